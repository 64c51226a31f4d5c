"""The program inside the terminal: the letters one by one, a word with the terminal left as it is, the desk.

``python -m tests.terminals.painter PIPE SIZE``: the first at once, the others for a line each in PIPE. In
SIZE it writes the terminal's columns and lines.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from agent_tui.text.terminal import drawn_in_order
from tests.snapshots.test_desk_pictures import app_at

LETTERS = "אבגדהוזחטיךכלםמןנסעףפץצקרשת"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
MOMENT, LANGUAGE = "hebrew", "he"

PLAIN_COLUMN, BOLD_COLUMN = 4, 8
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
    """Each letter in a line of its own, plain and bold, parted by a Latin one: so no order moves them."""
    return [
        at(row, PLAIN_COLUMN, letter)
        + at(row, BOLD_COLUMN - 2, "a")
        + at(row, BOLD_COLUMN, f"{_BOLD}{letter}{_PLAIN}")
        for row, letter in enumerate(LETTERS, 1)
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
    with drawn_in_order():
        app_at(MOMENT, LANGUAGE).run()


if __name__ == "__main__":
    main()
