"""Hebrew in real terminals: the desk's letters stand in the picture where the desk put them.

A terminal draws each letter alone, so its pictures are known. Then the desk is opened in it, and its Hebrew
is read off the pixels: a terminal that still reorders what the desk has ordered shows it backwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.eventually import eventually
from tests.snapshots.test_desk_pictures import app_at
from tests.terminals import painter
from tests.terminals.display import Display, display
from tests.terminals.kinds import KINDS, TMUX, TMUX_SETTINGS, Kind
from tests.terminals.picture import Colour, Grid, Shape, find_grid, ground, most_like, shape

MANY = 200
"""Hebrew letters that a desk in Hebrew has at least."""

_LEGIBLE = {"desk": 1.0, "note": 1.0, "palette": 0.98}
"""The share of letters that is read rightly: the pointer stands over the palette, and one row is tinted."""
_PATIENCE = 60.0


class Shown:
    """One terminal with the painter in it."""

    def __init__(self, screen: Display, directory: Path) -> None:
        self._screen = screen
        self._pipe = directory / "pipe"
        self._told = directory / "size"
        os.mkfifo(self._pipe)
        self._ask = os.open(self._pipe, os.O_RDWR)
        self.program = [sys.executable, "-m", painter.__name__, str(self._pipe), str(self._told)]
        self.columns = self.lines = 0
        self._grid = Grid(0, 0, 0, 0)
        self._letters: list[tuple[str, Shape]] = []

    def learn(self) -> None:
        """Wait for the page of letters, and keep the shape of each."""
        size = eventually(self._size, "the terminal opens", within=_PATIENCE)
        self.columns, self.lines = map(int, size.split())
        self._grid = self._page(painter.LETTERS_MARK)
        seen = self._screen.pixels
        for row, letter in enumerate(painter.LETTERS, 1):
            for column in painter.LOOKS:
                self._letters.append((letter, shape(self._grid.cell(seen, row, column))))

    def turn(self) -> None:
        """Ask for the next page."""
        os.write(self._ask, b"\n")

    def word(self) -> str:
        """The painter's one word, as it stands in the picture from left to right."""
        self._page(painter.WORD_MARK)
        cells = range(painter.WORD_COLUMN, painter.WORD_COLUMN + len(painter.WORD))
        return "".join(self.letters_at([(painter.WORD_ROW, column) for column in cells]))

    def letters_at(self, cells: list[tuple[int, int]]) -> list[str]:
        """What is read off the picture in these cells."""
        seen = self._screen.pixels
        return [most_like(self._grid.cell(seen, row, column), self._letters) for row, column in cells]

    def reads(self, cells: list[tuple[int, int]], letters: list[str], share: float) -> bool:
        """Whether these letters stand there, or this share of them at least."""
        right = sum(read == letter for read, letter in zip(self.letters_at(cells), letters, strict=True))
        return right >= share * len(letters)

    def has_cursor(self, row: int, column: int) -> bool:
        """Whether the cell is filled otherwise than those at both sides."""
        seen = self._screen.pixels
        left, here, right = (ground(self._grid.cell(seen, row, column + by)) for by in (-1, 0, 1))
        return here not in {left, right}

    def _size(self) -> str:
        return self._told.read_text("ascii")

    def _page(self, mark: Colour) -> Grid:
        def found() -> Grid | None:
            return find_grid(self._screen.pixels, mark, self.columns, self.lines)

        return eventually(found, "the page", within=_PATIENCE)


@contextmanager
def opened(kind: Kind, home: Path) -> Iterator[Shown]:
    """This terminal under an X server of its own, with the painter in it."""
    (home / ".tmux.conf").write_text(TMUX_SETTINGS, "ascii")
    with display(home) as screen, (home / "terminal.log").open("wb") as log:
        shown = Shown(screen, home)
        env = surroundings_of(screen, home)
        terminal = subprocess.Popen(kind.command(shown.program), env=env, stdout=log, stderr=log)
        try:
            yield shown
        finally:
            terminal.terminate()
            terminal.wait(20)
            if kind.in_tmux:
                subprocess.run(["tmux", "-L", TMUX, "kill-server"], env=env, check=False, timeout=20)


def surroundings_of(screen: Display, home: Path) -> dict[str, str]:
    """What a terminal sees: this X server, drawing without a graphics card, an empty home."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "HOME": str(home),
        "DISPLAY": screen.name,
        "LANG": "C.UTF-8",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "XDG_RUNTIME_DIR": str(home),
        "TMUX_TMPDIR": str(home),
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_the_desks_hebrew_stands_in_order_in_the_picture(kind: Kind, surroundings: Path) -> None:
    with opened(kind, surroundings) as shown:
        shown.learn()
        shown.turn()
        assert shown.word() == (painter.WORD[::-1] if kind.reorders else painter.WORD)
        for page, keys in painter.PAGES.items():
            shown.turn()
            wanted, cursor = await hebrew_of_the_desk(shown.columns, shown.lines, keys)
            assert len(wanted) > MANY
            cells, letters = list(wanted), list(wanted.values())
            there = partial(shown.reads, cells, letters, _LEGIBLE[page])
            eventually(there, f"the Hebrew of the {page}", within=_PATIENCE)
            if page == "note":
                eventually(partial(shown.has_cursor, *cursor), "the cursor beside it", within=_PATIENCE)


async def hebrew_of_the_desk(
    columns: int, lines: int, keys: tuple[str, ...]
) -> tuple[dict[tuple[int, int], str], tuple[int, int]]:
    """The Hebrew letters that the desk composes at this size, by row and column; and where its cursor is."""
    app = app_at(painter.MOMENT, painter.LANGUAGE)
    async with app.run_test(size=(columns, lines)) as pilot:
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await pilot.pause()
        column, row = app.cursor_position
        rows = [
            "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
        ]
    letters = {
        (y, x): letter
        for y, line in enumerate(rows)
        for x, letter in enumerate(line)
        if letter in painter.LETTERS
    }
    return letters, (row, column)
