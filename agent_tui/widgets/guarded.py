"""A part of the screen that cannot be painted says so in its own place, and the rest goes on."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast, runtime_checkable

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from agent_tui.faults import Faults
from agent_tui.text.catalogue import Phrase
from agent_tui.widgets.cells import cut

Surviving: TypeAlias = AbstractContextManager[None, bool]
NOT_SHOWN = Phrase("This cannot be shown: fault {reference}.")
"""Its reference is to be put in."""


@runtime_checkable
class Survivor(Protocol):
    """An app that goes on after faults of ours."""

    faults: Faults


if TYPE_CHECKING:
    _Mixed = Widget
else:
    _Mixed = object  # Textual looks for a widget's styles in one base alone: the first that is a widget


class Guarded(_Mixed):
    """Mixed into a widget, before it: words take the place of what cannot be painted, of this widget alone.

    What leaves Textual's painting with an exception ends all of it, and nothing is painted any more. Without
    an app that survives, a fault is seen where it is.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of ``crop``; words and the fault's reference where they cannot be made."""
        with self.surviving("painting"):
            return super().render_lines(crop)
        return [self._instead(crop, y) for y in crop.line_range]

    def surviving(self, what: str) -> Surviving:
        """Within it a fault of this widget ends what is done, and no more."""
        app: object = self.app
        name = f"{what} {type(self).__name__}"
        surviving = app.faults.surviving(name) if isinstance(app, Survivor) else nullcontext()
        return cast("Surviving", surviving)

    def _instead(self, crop: Region, y: int) -> Strip:
        app: object = self.app
        reference = app.faults.last if isinstance(app, Survivor) and y == 0 else ""
        words = str(Phrase.of(NOT_SHOWN, reference=reference)) if reference else ""
        return Strip([Segment(cut(words, crop.width))]).adjust_cell_length(crop.width)
