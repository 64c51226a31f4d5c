"""Parts that lie side by side: from the left, or from the right in a language that is written so.

Only the places are mirrored. The order of the parts, in which the Tab key goes, is that of reading.
"""

from __future__ import annotations

from textual.containers import Container, Horizontal
from textual.geometry import Region, Spacing
from textual.layout import WidgetPlacement

from agent_tui.text.catalogue import right_to_left


class Mirrored:
    """Mixed into a container: Textual asks it where its parts lie, each time before they are painted."""

    def process_layout(self, placements: list[WidgetPlacement]) -> list[WidgetPlacement]:
        """The places as the style sheet has them, or their mirror image."""
        return mirrored(placements) if right_to_left() else placements


class Columns(Mirrored, Container):
    """Parts on a grid."""


class SideBySide(Mirrored, Horizontal):
    """Parts in one row."""


def mirrored(placements: list[WidgetPlacement]) -> list[WidgetPlacement]:
    """The mirror image of the places within what they cover together, each with its margin."""
    bounds = WidgetPlacement.get_bounds(placements)
    return [
        placement._replace(
            region=_across(placement.region, bounds),
            margin=Spacing(
                placement.margin.top, placement.margin.left, placement.margin.bottom, placement.margin.right
            ),
        )
        for placement in placements
    ]


def _across(region: Region, bounds: Region) -> Region:
    return region.at_offset((bounds.x + bounds.right - region.right, region.y))
