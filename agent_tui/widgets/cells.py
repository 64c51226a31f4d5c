"""Rows of cells laid out on the terminal's grid: wrapped, cut with ``…``, aligned. Pure; no Textual here.

A cell is one paragraph of plain text in one tone. Text is never markup: what comes out are pieces of
text that are painted as they stand. A cell is wrapped in logical order and each of its lines is put in
visual order by itself (UAX #9), so a Hebrew value never moves its English label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from rich.cells import cell_len, chop_cells, set_cell_size

from agent_tui.text.bidi.display import left_to_right_only, reads_rtl, visual_line, visual_text


class Tone(StrEnum):
    """What a piece of text is, for the style sheet to colour. Never the only sign of anything."""

    PLAIN = "plain"
    STRONG = "strong"
    DIM = "dim"
    TITLE = "title"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    GOOD_TAG = "good-tag"
    WARN_TAG = "warn-tag"
    BAD_TAG = "bad-tag"
    INFO_TAG = "info-tag"


@dataclass(frozen=True, slots=True)
class Cell:
    """One paragraph. Without ``width`` it is as wide as its text; the one that ``grow``s takes the rest.

    A growing cell is cut with ``…`` unless it ``wraps``. In a row that is too narrow, cells with a
    ``drop`` are left out first, the highest first, and ``…`` at its end stands for them. One that is only
    ``seen`` is for the eye or of the screen's own keys, and not read out; ``said`` is read out in its place.
    """

    text: str
    tone: Tone = Tone.PLAIN
    width: int | None = None
    grow: bool = False
    wraps: bool = False
    right: bool = False
    drop: int = 0
    seen: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side, a space between them. A row with a ``key`` can be chosen; rows of one are one.

    ``subject`` is what it tells of: by that it is found again on a page that has changed.
    """

    cells: tuple[Cell, ...] = ()
    key: str = ""
    indent: int = 0
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """All that a sheet shows."""

    rows: tuple[Row, ...] = ()
    title: str = ""
    subtitle: str = ""
    cursor: str = field(default="", compare=False)
    """The key of the row the cursor starts at, when it stands at none."""

    @property
    def keys(self) -> list[str]:
        """Those of the rows that can be chosen, each once, from the top."""
        return list(dict.fromkeys(row.key for row in self.rows if row.key))


Piece: TypeAlias = tuple[str, Tone]
Line: TypeAlias = tuple[Piece, ...]
"""Pieces that together fill the width asked for."""

_PAIR = re.compile("↑ ↓|← →|PgUp PgDn")
_WORD = re.compile(rf"(?:{_PAIR.pattern}|[^ ])+")
"""What no line breaks in; of two keys that do one thing neither stands alone."""
_KEY = rf"\u2068?(?:Ctrl\+[^ .,:;\u2069]+|F\d\d?|Esc|Enter|Tab|Insert|{_PAIR.pattern})\u2069*"
_SAID = re.compile(
    rf"(?:(?<![^ (]){_KEY}:? (?=[^ ·])"  # what it does stands behind it, a little word with it
    rf"(?:[^ ·,.;]+ (?=[^ ·,.;]{{1,3}}(?:[,.;]| ·|$)))?"
    rf"| (?<=: )(?={_KEY}(?!\w))| (?<=[^ ·] )(?={_KEY}(?:[.,;]| ·|$))"  # or before it
    rf"|{_PAIR.pattern}|[^ ])+"
)
"""The same where there is room: a key and the word beside it that says what it does (*hangs up*)."""
_GAP = 1
_LEAST = 4
"""Cells a squeezed paragraph still gets: three letters and the sign that more was there."""
_LEFT_OUT = Cell("…", Tone.DIM)
"""Stands at the end of a row for the cells that are not there."""


def lay_out(row: Row, width: int, *, mirrored: bool = False) -> list[Line]:
    """The lines of ``row``, each exactly ``width`` cells wide; at least one.

    ``mirrored`` it begins at the right.
    """
    if not row.cells:
        return [((" " * width, Tone.PLAIN),)]
    room = max(1, width - row.indent)
    cells = _fitting(row.cells, room)
    if mirrored:
        cells = tuple(replace(cell, right=not cell.right) for cell in reversed(cells))
    widths = _widths(cells, room)
    columns = [_column(cell, wide) for cell, wide in zip(cells, widths, strict=True)]
    height = max(len(column) for column in columns)
    lines = [_line(cells, widths, [c[y] if y < len(c) else None for c in columns]) for y in range(height)]
    rest = _blank(room - sum(widths) - _GAP * (len(cells) - 1))
    margin = _blank(row.indent)
    return [(*rest, *line, *margin) if mirrored else (*margin, *line, *rest) for line in lines]


def wrap(text: str, width: int) -> list[str]:
    """``text`` as it is drawn in lines of at most ``width`` cells, broken at spaces where there are any.

    The lines of a paragraph that reads from right to left begin at one right edge.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        spans = _breaks(paragraph, width)
        if left_to_right_only(paragraph):
            lines.extend(paragraph[start:end] for start, end in spans)
            continue
        rtl = reads_rtl(paragraph)
        drawn = [visual_line(paragraph, start, end, rtl=rtl) for start, end in spans]
        widest = max(line.width for line in drawn)
        lines.extend(" " * (widest - line.width if rtl else 0) + line.text for line in drawn)
    return lines


def cut(text: str, width: int) -> str:
    """``text`` as it is drawn in one line of at most ``width`` cells; ``…`` stands for what is missing.

    A line break in it is a space here: painted as it stands it would tear the screen.
    """
    if "\n" in text:
        text = " ".join(text.split())
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else "…"[:width]
    return text if left_to_right_only(text) else visual_text(text)


def title_room(width: int) -> int:
    """The cells that a title has in a border ``width`` cells wide: three at each end are the border's.

    Textual would cut what is in visual order at its right end, where a Hebrew title begins.
    """
    return max(1, width - 6)


def _fitting(cells: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    """The cells without those that may be dropped, as many of them as must, and a sign for these."""
    sign: tuple[Cell, ...] = ()
    while len(cells) > 1 and _needed((*cells, *sign)) > width:
        droppable = max(cells, key=lambda cell: cell.drop)
        if not droppable.drop:
            break
        cells = tuple(cell for cell in cells if cell is not droppable)
        sign = (_LEFT_OUT,) if droppable.text else sign
    return (*cells, *sign) if _whole((*cells, *sign)) <= width else cells


def _needed(cells: tuple[Cell, ...]) -> int:
    gaps = _GAP * (len(cells) - 1)
    return gaps + sum(min(_natural(cell), _LEAST) if cell.grow else _natural(cell) for cell in cells)


def _whole(cells: tuple[Cell, ...]) -> int:
    """What they take where none is cut."""
    return _GAP * (len(cells) - 1) + sum(_natural(cell) for cell in cells)


def _natural(cell: Cell) -> int:
    return cell_len(cell.text) if cell.width is None else cell.width


def _widths(cells: tuple[Cell, ...], width: int) -> list[int]:
    """How wide each cell is: the growing one takes what is left, else the widest give way."""
    widths = [_natural(cell) for cell in cells]
    room = width - _GAP * (len(cells) - 1)
    grower = next((index for index, cell in enumerate(cells) if cell.grow), None)
    if grower is not None:
        widths[grower] = max(0, room - sum(widths) + widths[grower])
    while sum(widths) > room and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths


def _column(cell: Cell, width: int) -> list[str]:
    if not cell.wraps:
        return [_aligned(cut(cell.text, width), width, cell.right)]
    # a letter two cells wide does not fit into a column of one
    lines = [line if cell_len(line) <= width else "…"[:width] for line in wrap(cell.text, width)]
    if cell.right:  # the lines of a paragraph keep one edge, whichever side it stands at
        widest = max(cell_len(line) for line in lines)
        lines = [line if reads_rtl(cell.text) else _aligned(line, widest, right=False) for line in lines]
    return [_aligned(line, width, cell.right) for line in lines]


def _aligned(line: str, width: int, right: bool) -> str:
    space = " " * max(0, width - cell_len(line))
    return space + line if right else line + space


def _blank(width: int) -> Line:
    return ((" " * width, Tone.PLAIN),) if width > 0 else ()


def _line(cells: tuple[Cell, ...], widths: list[int], texts: list[str | None]) -> Line:
    pieces: list[Piece] = []
    for index, (cell, wide, text) in enumerate(zip(cells, widths, texts, strict=True)):
        if index:
            pieces.append((" " * _GAP, Tone.PLAIN))
        pieces.append((text, cell.tone) if text is not None else (" " * wide, Tone.PLAIN))
    return tuple(pieces)


def _words(paragraph: str, width: int) -> Iterator[re.Match[str]]:
    """What no line of ``width`` cells breaks in, unless it is longer by itself."""
    for said in _SAID.finditer(paragraph):
        if cell_len(said.group()) <= width:
            yield said
        else:
            yield from _WORD.finditer(paragraph, said.start(), said.end())


def _breaks(paragraph: str, width: int) -> list[tuple[int, int]]:
    """Where the lines of a paragraph start and end; the space a line breaks at belongs to none."""
    spans: list[tuple[int, int]] = []
    start = end = 0
    for word in _words(paragraph, width):
        if cell_len(paragraph[start : word.end()]) <= width:
            end = word.end()
            continue
        if end > start:
            spans.append((start, end))
        start = word.start()
        for piece in chop_cells(word.group(), max(1, width))[:-1]:
            spans.append((start, start + len(piece)))
            start += len(piece)
        end = word.end()
    return [*spans, (start, end)]
