"""The desk on plain terminals: signs and lines in ASCII, few colours or none. Filters of what is painted.

Where colours are few, a background that would set something apart (a tag, a chosen row, the cursor) becomes
reverse video: what is marked stays marked, whatever the terminal makes of its sixteen colours. Of those only
red is told from a light ground and from a dark one: a light tone of the desk's would come nearest to white,
and xterm is black on white unless told otherwise.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from agent_tui.text.signs import IN_ASCII

_MARKED: Final = 0.13
"""Difference in brightness from the desk's ground, of 1, from which a background marks something: bars and
panels differ by 0.06, what is least marked, a chosen row, by 0.16.
"""
_VIVID: Final = 0.35
"""Saturation (HSL) from which a colour of letters says something."""
_NEAR_RED: Final = 1 / 18
"""Of a turn of hues: 20°. Amber, which warns, is further away."""
_RED: Final = RichColor.parse("red")
_DEFAULT: Final = RichColor.default()


class AsciiSigns(LineFilter):
    """Lines and signs for a terminal without Unicode; letters and ₪ stay as they are."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same, cell for cell."""
        return [
            segment if segment.text.isascii() else segment._replace(text=segment.text.translate(IN_ASCII))
            for segment in segments
        ]


ASCII_SIGNS: Final = AsciiSigns()


class FewColours(LineFilter):
    """Letters in the terminal's own colour, what is marked in reverse video. ``letters``: whether what is
    red is red still. ``ground`` is the desk's background.
    """

    def __init__(self, ground: Color, *, letters: bool) -> None:
        super().__init__()
        self._ground = ground
        self._letters = letters

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same text."""
        return [
            Segment(text, _plain(style, self._ground, self._letters) if style else None, control)
            for text, style, control in segments
        ]


@lru_cache(maxsize=8)
def few_colours(ground: str, *, letters: bool) -> FewColours:
    """The one filter for a desk of this background: painted lines are kept by filter."""
    return FewColours(Color.parse(ground), letters=letters)


@lru_cache(maxsize=1024)
def _plain(style: Style, ground: Color, letters: bool) -> Style:
    marked = style.bgcolor is not None and _stands_out(style.bgcolor, ground)
    colour = _RED if letters and not marked and _is_red(style.color) else _DEFAULT
    reverse = marked is not bool(style.reverse)
    return style + Style(color=colour, bgcolor=_DEFAULT, reverse=reverse, dim=False)


def _is_red(colour: RichColor | None) -> bool:
    if colour is None:
        return False
    hue, saturation, _light = Color.from_rich_color(colour).hsl
    return saturation >= _VIVID and not _NEAR_RED < hue < 1 - _NEAR_RED


def _stands_out(colour: RichColor, ground: Color) -> bool:
    return abs(Color.from_rich_color(colour).brightness - ground.brightness) > _MARKED
