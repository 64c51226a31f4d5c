"""The program inside the terminal: the letters one by one, a word with the terminal left as it is, the desk.

``python -m tests.terminals.painter PIPE SIZE``: the first at once, the others for a line each in PIPE. In
SIZE it writes the terminal's columns and lines. Of the desk there are three pages: as it is, with Hebrew
typed into the note, and under the palette.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TextIO

from textual.pilot import Pilot

from agent_tui.text.terminal import TerminalUse, drawn_in_order
from tests.snapshots.test_desk_pictures import app_at

LETTERS = "אבגדהוזחטיךכלםמןנסעףפץצקרשת"
_BOLD, _UNDERLINED, _PLAIN = "\x1b[1m", "\x1b[4m", "\x1b[0m"
MOMENT, LANGUAGE = "hebrew", "he"
PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "desk": (),
    "note": tuple("לקוח 42 ביקש (נתב)"),
    "palette": ("ctrl+p",),
}
"""The keys that bring up each page of the desk."""

LOOKS: Final = {4: "", 8: _BOLD, 12: _UNDERLINED, 16: _BOLD + _UNDERLINED}
"""How each letter is shown, by the column it stands in: a row that is chosen has a line below."""
WORD, WORD_ROW, WORD_COLUMN = "שלום", 4, 4
"""A word with four different letters, and where it begins."""

LETTERS_MARK, WORD_MARK = (255, 0, 255), (0, 255, 255)
"""Red, green and blue of the corners: painted last, so who sees them sees the page."""


def at(row: int, column: int, text: str) -> str:
    """``text`` in these cells, counted from nought."""
    return f"\x1b[{row + 1};{column + 1}H{text}"


def page(parts: list[str], mark: tuple[int, int, int]) -> None:
    """Paint a page, and its corners last."""
    columns, lines = os.get_terminal_size()
    corner = f"\x1b[48;2;{';'.join(map(str, mark))}m {_PLAIN}"
    marks = [at(0, 0, corner), at(lines - 1, columns - 1, corner)]
    sys.stdout.write("\x1b[?25l\x1b[?7l\x1b[2J" + "".join([*parts, *marks]))
    sys.stdout.flush()


def letters() -> list[str]:
    """Each letter in a line of its own, in every look, parted by Latin ones: so no order moves them."""
    return [
        at(row, column - 2, "a") + at(row, column, f"{look}{letter}{_PLAIN}")
        for row, letter in enumerate(LETTERS, 1)
        for column, look in LOOKS.items()
    ]


def main() -> None:
    """Paint page after page, as the test asks."""
    pipe, size = map(Path, sys.argv[1:])
    with pipe.open(encoding="ascii") as asked:
        page(letters(), LETTERS_MARK)
        told = size.with_suffix(".new")
        told.write_text(" ".join(map(str, os.get_terminal_size())), "ascii")
        told.rename(size)
        asked.readline()
        page([at(WORD_ROW, WORD_COLUMN, WORD)], WORD_MARK)
        asked.readline()
        for keys in PAGES.values():
            desk(keys, asked)


def desk(keys: tuple[str, ...], asked: TextIO) -> None:
    """The desk with these keys pressed, until the next page is asked for."""

    async def press(pilot: Pilot[object]) -> None:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await asyncio.to_thread(asked.readline)
        pilot.app.exit()

    app = app_at(MOMENT, LANGUAGE)
    app.use_terminal(TerminalUse())
    with drawn_in_order():
        app.run(auto_pilot=press)


if __name__ == "__main__":
    main()
