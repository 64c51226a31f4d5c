"""What a theme owes to whoever reads it, as painted: WCAG 2.2, 1.4.1, 1.4.3, 1.4.6 and 1.4.11."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import Theme

from agent_tui.screens.theme import THEMES
from agent_tui.widgets.frame import Frame

LEAST: Final = {"dark": 4.5, "light": 4.5, "contrast": 7.0}
"""Of a text to its ground (1.4.3; 1.4.6)."""
LEAST_DRAWN: Final = 3.0
"""Of what is drawn and says something: the border of what has the focus, a bar (1.4.11)."""
DRAWN: Final = "".join(map(chr, range(0x2500, 0x25A0)))
"""Lines, borders and bars of Unicode's box drawing and block elements, which no one reads."""


def luminance(colour: Color) -> float:
    """Of sRGB, as WCAG has it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour.get_truecolor())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def contrast(text: Color, ground: Color) -> float:
    """From 1, the same, to 21, black and white."""
    lighter, darker = sorted((luminance(text), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def strips(top: Screen[object]) -> list[Strip]:
    """What is painted, line by line."""
    return top._compositor.render_strips()


def uppermost(top: Screen[object], lines: Sequence[Strip]) -> Iterator[Segment]:
    """All that is seen of it: of what lies over the desk only that itself."""
    frames = top.query(Frame)
    box = frames.first().region if frames else top.region
    for strip in lines[box.y : box.bottom]:
        for segment in strip.crop(box.x, box.right):
            if segment.text.strip():
                yield segment


def characters(lines: Sequence[Strip]) -> list[str]:
    """What stands in each line, without its colours."""
    return [strip.text for strip in lines]


def too_faint(seen: Sequence[Segment], theme: str) -> set[tuple[str, str, str]]:
    """Texts, borders and bars of too little contrast, each with its colour and its ground's.

    What only keeps two parts apart, in the theme's own colour for that, says nothing and may be faint.
    """
    apart = Color.parse(THEMES[theme].variables["line"])
    found = set()
    for segment in seen:
        text, ground = colours(segment.style)
        drawn = not segment.text.strip(" " + DRAWN)
        if drawn and apart in (text, ground):
            continue
        if contrast(text, ground) < (LEAST_DRAWN if drawn else LEAST[theme]):
            found.add((segment.text.strip(), str(text.get_truecolor()), str(ground.get_truecolor())))
    return found


def told_by_colour_alone(seen: Sequence[Segment], theme: str) -> set[str]:
    """Rows under a cursor that nothing but their ground marks."""
    chosen = Color.parse(THEMES[theme].variables["cursor-line"])
    return {
        one.text
        for one in seen
        if colours(one.style)[1] == chosen and not (one.style and one.style.underline)
    }


def colours(style: Style | None) -> tuple[Color, Color]:
    """Of a text and of its ground."""
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    return (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)


def grounds(theme: Theme) -> set[Color]:
    """On which most of it stands."""
    return {Color.parse(one) for one in (theme.background, theme.surface) if one}


async def holds_in_every_theme(pilot: Pilot[None]) -> None:
    """Each theme shows the same letters in the same places, and all can be read; at the end it is as before.

    The colours come under the name of the theme that is worn, which the palette tells in words.
    """
    app = pilot.app
    worn = app.current_theme
    shown = characters(strips(app.screen))
    for theme in [*(one for name, one in THEMES.items() if name != worn.name), worn]:
        app.register_theme(replace(theme, name=worn.name))
        app.refresh_css(animate=False)
        await pilot.pause()
        lines = strips(app.screen)
        assert characters(lines) == shown, theme.name
        seen = list(uppermost(app.screen, lines))
        assert grounds(theme) & {colours(one.style)[1] for one in seen}, "it is worn by now"
        assert too_faint(seen, theme.name) == set(), theme.name
        assert told_by_colour_alone(seen, theme.name) == set(), theme.name
