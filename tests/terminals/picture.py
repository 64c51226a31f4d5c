"""Reading Hebrew off a picture: a cell is the letter whose own picture, in that terminal, is most like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.terminals.display import Pixels

Shape = npt.NDArray[np.float64]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a terminal's cells are on the screen, in pixels."""

    left: int
    top: int
    width: float
    height: float

    def cell(self, pixels: Pixels, row: int, column: int) -> Pixels:
        """The picture of one cell."""
        x, y = self.left + round(column * self.width), self.top + round(row * self.height)
        return pixels[y : y + int(self.height), x : x + int(self.width)]


def find_grid(pixels: Pixels, corner: Colour, columns: int, lines: int) -> Grid | None:
    """The grid between two corners of this colour; None while they are not there."""
    ys, xs = np.nonzero(np.all(pixels == corner[::-1], axis=2))
    if not len(ys) or ys.max() - ys.min() < lines or xs.max() - xs.min() < columns:
        return None
    left, top = int(xs.min()), int(ys.min())
    return Grid(left, top, (int(xs.max()) + 1 - left) / columns, (int(ys.max()) + 1 - top) / lines)


def ground(cell: Pixels) -> Colour:
    """The colour that most of a cell has: blue, green and red."""
    colours, counts = np.unique(cell.reshape(-1, 3), axis=0, return_counts=True)
    blue, green, red = map(int, colours[counts.argmax()])
    return blue, green, red


def shape(cell: Pixels) -> Shape:
    """What is drawn in a cell, whatever its colours: how far each pixel is from the commonest, 0 to 1."""
    flat = cell.reshape(-1, 3)
    colours, counts = np.unique(flat, axis=0, return_counts=True)
    far: Shape = np.abs(cell.astype(np.float64) - colours[counts.argmax()]).sum(axis=2)
    highest = float(far.max())
    return far / highest if highest else far


def most_like(cell: Pixels, letters: Sequence[tuple[str, Shape]]) -> str:
    """The letter one of whose shapes a cell has most of; a blank for an empty one."""
    drawn = shape(cell)
    if not drawn.any():
        return " "
    letter, _shape = min(letters, key=lambda known: float(np.square(known[1] - drawn).sum()))
    return letter
