"""A drawn line put into visual order: each cluster keeps the style it was drawn with."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from agent_tui.text.bidi import VisualLine


def reorder_strip(strip: Strip, line: VisualLine) -> Strip:
    """``strip`` in visual order, as wide as before.

    It draws, character for character and from its first cell, the text of ``line`` in logical order, then
    blank cells. In a paragraph that runs from right to left the blank cells come before the text: the
    first of them, where a cursor may stand, is the one beside it.
    """
    drawn = [(char, segment.style) for segment in strip for char in segment.text]
    length = line.end - line.start
    text = [(cluster.text, drawn[cluster.start - line.start][1]) for cluster in line.clusters]
    blank = drawn[length:]
    ordered = [*reversed(blank), *text] if line.rtl else [*text, *blank]
    return Strip(_joined(ordered), strip.cell_length)


def _joined(pieces: Iterable[tuple[str, Style | None]]) -> list[Segment]:
    """Segments of the pieces, one for each stretch of one style: every segment costs bytes on the line."""
    segments: list[Segment] = []
    for text, style in pieces:
        if segments and segments[-1].style == style:
            segments[-1] = Segment(segments[-1].text + text, style)
        else:
            segments.append(Segment(text, style))
    return segments
