"""How one line to fill in is drawn: where it stands in its field, what is selected, where the cursor is."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from agent_tui.text.bidi import VisualLine


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """``left`` cells are left of it. Without the focus ``cursor`` is None and nothing is ``selected``."""

    line: VisualLine
    left: int
    selected: range
    cursor: int | None
    selection_style: Style
    cursor_style: Style

    def segments(self) -> list[Segment]:
        """From the left edge on; the cursor behind the last character has a cell of its own."""
        return [*self._margin(), *self._painted()]

    @property
    def _at_end(self) -> bool:
        return self.cursor == self.line.end

    def _margin(self) -> list[Segment]:
        cursor = [Segment(" ", self.cursor_style)] if self.line.rtl and self._at_end else []
        return [Segment(" " * (self.left - len(cursor))), *cursor]

    def _painted(self) -> list[Segment]:
        segments: list[Segment] = []
        for cluster in self.line.clusters:
            style = self.selection_style if cluster.start in self.selected else None
            if self.cursor is not None and cluster.start <= self.cursor < cluster.end:
                style = self.cursor_style
            segments.append(Segment(cluster.text, style))
        if not self.line.rtl and self._at_end:
            segments.append(Segment(" ", self.cursor_style))
        return list(Segment.simplify(segments))
