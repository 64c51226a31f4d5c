"""Text in visual order on a grid of cells, with the way back to its logical order.

A line is cut from its paragraph first, by whoever wraps, and reordered then: the levels come from the
whole paragraph, so brackets, numbers and isolates that a break parts still read right (UAX #9, 3.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from rich.cells import split_graphemes

from agent_tui.text.bidi.algorithm import line_levels, resolve_levels, visual_order
from agent_tui.text.bidi.characters import BidiClass, bidi_class, bidi_classes, brackets, mirrored
from agent_tui.text.bidi.paragraph import paragraph_level

NO_BREAK_SPACE: Final = "\u00a0"

_LRI, _PDI = "\u2066", "\u2069"

_CONTROLS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidi_Control: they steer the order. Terminals would draw boxes for them, or obey them a second time."""

_STEERING: Final = frozenset[BidiClass]({"R", "AL", "AN"})
"""Without these and controls, all stays at level 0 in a paragraph that runs from left to right."""

_PARAGRAPHS_KEPT: Final = 256
_CLUSTERS_KEPT: Final = 4096
_LINES_KEPT: Final = 1024
"""A screen has some sixty lines; each kept one takes about 15 kB at 90 characters."""


@dataclass(slots=True)
class _Order:
    """Who orders, in this process: a desk has one terminal."""

    by_terminal: bool = False


_order = _Order()


@contextmanager
def left_to_terminal(left: bool) -> Iterator[None]:
    """Within it, where ``left``, lines are drawn in logical order: the terminal reorders whatever it gets."""
    before, _order.by_terminal = _order.by_terminal, left
    _forget()
    try:
        yield
    finally:
        _order.by_terminal = before
        _forget()


def _forget() -> None:
    reads_rtl.cache_clear()
    visual_line.cache_clear()


class VisualCluster(NamedTuple):
    """What stands together in one or two cells: a character with its marks."""

    text: str
    """As shown: mirrored where it runs from right to left, without format controls."""
    start: int
    """Its first character in the paragraph."""
    end: int
    """After its last character."""
    width: int
    """Cells."""
    rtl: bool
    """Whether it runs from right to left."""


@dataclass(frozen=True)
class VisualLine:
    """One line, its clusters from left to right. Columns are cells from its left edge."""

    clusters: tuple[VisualCluster, ...]
    rtl: bool
    """Whether its paragraph runs from right to left."""
    start: int
    end: int

    @cached_property
    def text(self) -> str:
        """The line as it is sent to the terminal."""
        return "".join(cluster.text for cluster in self.clusters)

    @cached_property
    def width(self) -> int:
        """Cells."""
        return sum(cluster.width for cluster in self.clusters)

    def column(self, index: int) -> int:
        """The first cell of the cluster that holds the paragraph's character ``index``.

        At the line's end it is the cell where the next character would come: right of the line, or one
        left of it (-1) in a paragraph that runs from right to left. Raises ``KeyError`` outside the line.
        """
        if index == self.end:
            return -1 if self.rtl else self.width
        return self._columns[index]

    def index(self, column: int) -> int:
        """The first character of the cluster at ``column``; beyond the edges, the line's start or end."""
        if not 0 <= column < self.width:
            return self.end if (column < 0) == self.rtl else self.start
        return self.clusters[self._places[column]].start

    def beside(self, index: int, *, forward: bool) -> int:
        """The next place for a cursor; none is between a letter and its marks."""
        places = [cluster.start for cluster in self.clusters if cluster.width]
        if forward:
            return min((one for one in places if one > index), default=self.end)
        return max((one for one in places if one < index), default=self.start)

    @cached_property
    def _columns(self) -> dict[int, int]:
        columns: dict[int, int] = {}
        column = 0
        for cluster in self.clusters:
            columns.update(dict.fromkeys(range(cluster.start, cluster.end), column))
            column += cluster.width
        return columns

    @cached_property
    def _places(self) -> list[int]:
        return [place for place, cluster in enumerate(self.clusters) for _ in range(cluster.width)]


@lru_cache(maxsize=_LINES_KEPT)
def reads_rtl(text: str, default: bool = False) -> bool:
    """Whether the paragraph runs from right to left: its first strong character decides (P2, P3)."""
    return not _order.by_terminal and bool(paragraph_level(bidi_classes(text), int(default)))


def left_to_right_only(text: str) -> bool:
    """Whether ``text`` needs no reordering in a paragraph that runs from left to right. Quick."""
    if text.isascii():
        return True
    steered = not _order.by_terminal and not _STEERING.isdisjoint(map(bidi_class, set(text)))
    return not steered and _CONTROLS.isdisjoint(text)


def visual(text: str, *, rtl: bool | None = None) -> VisualLine:
    """A paragraph on one line. Its direction is its own where ``rtl`` does not say it."""
    return visual_line(text, 0, len(text), rtl=reads_rtl(text) if rtl is None else rtl)


def visual_text(text: str, *, rtl: bool | None = None) -> str:
    """``visual(...).text``: for where only a string can be shown, such as a window's title."""
    return visual(text, rtl=rtl).text


@lru_cache(maxsize=_LINES_KEPT)
def visual_line(paragraph: str, start: int, end: int, *, rtl: bool) -> VisualLine:
    """The line ``start:end`` of a paragraph, from left to right as it is drawn."""
    if _order.by_terminal:
        return _logical_line(paragraph, start, end)
    told = _paragraph(paragraph, rtl)
    levels = line_levels(told.classes[start:end], told.levels[start:end], int(rtl))
    line = paragraph[start:end]
    spans = _spans(line)
    odd = [level & 1 == 1 for level in levels]
    clusters = [
        VisualCluster(_shown(line[first:after], odd[first]), start + first, start + after, width, odd[first])
        for first, after, width in spans
    ]
    order = visual_order([levels[first] for first, _, _ in spans])
    return VisualLine(tuple(clusters[place] for place in order), rtl, start, end)


def _logical_line(paragraph: str, start: int, end: int) -> VisualLine:
    line = paragraph[start:end]
    clusters = tuple(
        VisualCluster(_shown(line[first:after], False), start + first, start + after, width, False)
        for first, after, width in _spans(line)
    )
    return VisualLine(clusters, False, start, end)


def isolate_ltr(text: str) -> str:
    """``text`` kept together and reading from left to right wherever it stands: numbers, ids, addresses.

    Without it ``+972 52 123 4567`` reads backwards in a Hebrew line. Only for text already cleaned.
    """
    return f"{_LRI}{text.replace(' ', NO_BREAK_SPACE)}{_PDI}"


class _Paragraph(NamedTuple):
    classes: list[BidiClass]
    levels: list[int]


@lru_cache(maxsize=_PARAGRAPHS_KEPT)
def _paragraph(text: str, rtl: bool) -> _Paragraph:
    classes = bidi_classes(text)
    return _Paragraph(classes, resolve_levels(classes, int(rtl), brackets(text)))


def _spans(line: str) -> list[tuple[int, int, int]]:
    """(start, end, cells) of each cluster. Controls stand alone: they part what reads in two directions."""
    if line.isascii() or _CONTROLS.isdisjoint(line):
        return split_graphemes(line)[0]
    spans: list[tuple[int, int, int]] = []
    start = 0
    for control, group in groupby(line, _CONTROLS.__contains__):
        end = start + len(list(group))
        if control:
            spans += [(index, index + 1, 0) for index in range(start, end)]
        else:
            spans += [(start + a, start + b, width) for a, b, width in split_graphemes(line[start:end])[0]]
        start = end
    return spans


@lru_cache(maxsize=_CLUSTERS_KEPT)
def _shown(cluster: str, rtl: bool) -> str:
    if cluster in _CONTROLS:
        return ""
    return mirrored(cluster) if rtl else cluster
