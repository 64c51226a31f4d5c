"""Makes the pictures in ``docs/pictures`` from known moments: ``python -m docs.pictures [NAME …]``.

Each is the desk itself, drawn by Textual without a terminal, as SVG and, by ``rsvg-convert``, as PNG. The
desk has put Hebrew into visual order already, so the SVG says that nobody may do it again.
"""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len
from textual.app import App

from agent_tui.app import MokedApp
from agent_tui.session.store import Store
from agent_tui.welcome import WelcomeApp
from tests.stubs import callback_desk, desk, floor_desk, past_desk, unknown_desk, writing_desk
from tests.stubs.doctor import StubDoctor

_OUT = Path(__file__).parent / "pictures"
_FONTS = "'Liberation Mono', 'DejaVu Sans Mono', monospace"
_DESKS = (desk, callback_desk, past_desk, floor_desk, unknown_desk, writing_desk)
_MOMENTS = {name: moment for one in _DESKS for name, moment in one.MOMENTS.items()} | {
    "choosing": desk.CHOOSING
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A known moment of the desk, its columns and lines, the desk's language, and keys pressed before.

    Without a moment: the screen that a new desk begins with.
    """

    moment: str
    size: tuple[int, int]
    language: str = ""
    keys: tuple[str, ...] = ()


_WIDE = (120, 36)
_PICTURES = {
    **{
        name: Picture(name, size)
        for name, size in (
            ("idle", (120, 32)),
            ("ringing", (120, 36)),
            ("talking", (120, 36)),
            ("wrap_up", (120, 36)),
            ("two_calls", (120, 36)),
            ("bad_line", (120, 36)),
            ("consulting", (120, 36)),
            ("merged", (120, 36)),
            ("missed", (120, 32)),
            ("agenda", (120, 32)),
            ("agenda_hebrew", (120, 32)),
            ("called_back", (120, 36)),
            ("several_cards", (120, 36)),
            ("hebrew", (120, 36)),
            ("hub_down", (120, 32)),
            ("held_muted", (80, 24)),
        )
    },
    "begin": Picture("", (80, 24), keys=(*"hub.example.com", "tab", *"ABCD-EFGH")),
    "desk_hebrew": Picture("hebrew", _WIDE, "he"),
    "directory": Picture("talking", _WIDE, keys=("f5",)),
    "customer": Picture("creating", _WIDE, keys=("ctrl+n", *"ruth", "down")),
    "settings": Picture("talking", _WIDE, keys=("ctrl+s",)),
    "devices": Picture("choosing", _WIDE, keys=("ctrl+s", "down", "down", "down")),
    "palette": Picture("talking", _WIDE, keys=("ctrl+p",)),
    "history": Picture("history", _WIDE, keys=("ctrl+f", "down", "down", "down")),
    "doctor": Picture("idle", _WIDE, keys=("f11",)),
    "written": Picture("written", _WIDE, keys=("ctrl+t",)),
    "floor": Picture("floor_listening", _WIDE, keys=("ctrl+l",)),
}
_AS_IT_STANDS = 'direction="ltr" unicode-bidi="bidi-override" xml:space="preserve"'
"""Neither reordered again nor trimmed: librsvg takes no-break spaces at a text's ends for white space."""

_TEXT = re.compile(r'<text ([^>]*?)x="([\d.]+)"( y="[\d.]+")( textLength="[\d.]+")([^>]*)>([^<]*)</text>')
_CELL = 12.2
"""How wide Textual's SVG draws a cell."""

_CONVERT_WITHIN = 60.0


async def draw(picture: Picture) -> str:
    """The desk as SVG."""
    app = _app(picture)
    if isinstance(app, MokedApp):
        app.doctor = doctor = StubDoctor()
        doctor.goes_on.set()
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause()
        await pilot.press(*picture.keys)
        await pilot.pause()
        return in_plain_fonts(app.export_screenshot(title="moked"))


def _app(picture: Picture) -> App[None]:
    if not picture.moment:
        return WelcomeApp(Path("config.toml"))
    store = Store(lambda: desk.NOW, _MOMENTS[picture.moment])
    return MokedApp(store, lambda _command: None, clock=lambda: desk.CLOCK, language=picture.language)


def in_plain_fonts(svg: str) -> str:
    """``svg`` with fonts every machine has, no address to fetch one from, and its text in its own order."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family:\s*Fira Code[^;]*;", f"font-family: {_FONTS};", svg)
    return _TEXT.sub(_by_cell, svg)


def _by_cell(text: re.Match[str]) -> str:
    """A text with Hebrew, each letter in the middle of its cell: fonts draw Hebrew narrower than the grid."""
    before, left, y, length, after, words = text.groups()
    chars = html.unescape(words)
    start = f"<text {_AS_IT_STANDS} {before}"
    if chars.isascii() or not any(unicodedata.bidirectional(char) == "R" for char in chars):
        return f'{start}x="{left}"{y}{length}{after}>{words}</text>'
    drawn: list[str] = []
    x = float(left)
    for char in chars:
        width = cell_len(char) * _CELL
        middle = f'x="{x + width / 2:g}" text-anchor="middle"'
        drawn.append(f"{start}{middle}{y}{after}>{html.escape(char)}</text>")
        x += width
    return "".join(drawn)


def convert(svg: Path) -> None:
    """A PNG beside ``svg``."""
    tool = shutil.which("rsvg-convert")
    if tool is None:
        raise SystemExit("rsvg-convert is missing; on Debian: apt-get install librsvg2-bin")
    target = svg.with_suffix(".png")
    subprocess.run([tool, str(svg), "-o", str(target)], check=True, timeout=_CONVERT_WITHIN)  # noqa: S603 - no shell, own arguments


def main(names: list[str]) -> None:
    """Make the pictures named, or all."""
    _OUT.mkdir(exist_ok=True)
    for name in names or _PICTURES:
        target = _OUT / f"{name}.svg"
        target.write_text(asyncio.run(draw(_PICTURES[name])), encoding="utf-8")
        convert(target)


if __name__ == "__main__":
    main(sys.argv[1:])
