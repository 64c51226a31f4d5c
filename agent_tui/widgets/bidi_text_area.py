"""A field to write in, in Hebrew, in English, or in both on one line.

Textual keeps the text, wraps it and draws it in logical order. Here each drawn line is put into visual
order, and every way from the screen back to the text (cursor, mouse, arrow keys) is led through it.
A line that runs from right to left stands at the right edge, and Left goes forward in it.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.document._document import Location
from textual.geometry import Offset
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from agent_tui.text.bidi import VisualLine, left_to_right_only, reads_rtl, visual_line
from agent_tui.text.strips import reorder_strip
from agent_tui.text.word_edges import edge_before, next_edge
from agent_tui.widgets.cells import wrap
from agent_tui.widgets.editing_keys import AREA_KEYS
from agent_tui.widgets.guarded import Guarded
from edge.text import steady


class _Section(NamedTuple):
    """A line as wrapped: ``start:end`` of line ``row`` of the text."""

    row: int
    start: int
    end: int


class BidiTextArea(Guarded, TextArea, inherit_bindings=False):
    """A ``TextArea`` for prose in both directions: without line numbers, tabs and scrolling sideways."""

    BINDINGS: ClassVar[list[BindingType]] = AREA_KEYS
    longest: int | None = None
    """Characters it takes, where that has an end."""

    def render_line(self, y: int) -> Strip:
        """Draw one line as it is read; in an empty field what its placeholder says."""
        if not self.text and self.placeholder:
            return self._hint_line(y)
        strip = super().render_line(y)
        section = self._section_at(y)
        if section is None:
            return strip
        line = self._visual(section)
        if not line.rtl and left_to_right_only(self.document[section.row]):
            return strip
        return reorder_strip(strip, line)

    def edit(self, edit: Edit) -> EditResult:
        """What a keyboard's picker of emoji sends is typed and not pasted: here it keeps to its cells.

        What would be too much is not taken: behind the end of a full field it would be seen, and never read.
        """
        instead = self.get_text_range(*sorted((edit.from_location, edit.to_location)))
        edit.text = steady(edit.text)[: self.room(instead)]
        return super().edit(edit)

    def room(self, instead: str = "") -> int | None:
        """Characters it still takes, in place of some or beside all; None: as many as come."""
        return None if self.longest is None else max(0, self.longest - len(self.text) + len(instead))

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the cursor is seen, for input methods that open beside it."""
        row, column = self.cursor_location
        line = self._visual(self._section_of(row, column))
        return Offset(
            self.content_region.x + self._left(line) + line.column(column), super().cursor_screen_offset.y
        )

    def get_target_document_location(self, event: events.MouseEvent) -> Location:
        """The character under the mouse."""
        section = self._section_at(event.y - self.gutter.top)
        if section is None:
            return super().get_target_document_location(event)
        line = self._visual(section)
        column = line.index(event.x - self.gutter.left - self._left(line))
        last = len(self.document[section.row])
        if column == section.end < last:  # the end of a wrapped line is the start of the next one
            column = line.beside(column, forward=False)
        return section.row, column

    def action_cursor_left(self, select: bool = False) -> None:
        """Move one character to the left, as seen."""
        super().action_cursor_right(select) if self._rtl else super().action_cursor_left(select)

    def action_cursor_right(self, select: bool = False) -> None:
        """Move one character to the right, as seen."""
        super().action_cursor_left(select) if self._rtl else super().action_cursor_right(select)

    def action_cursor_word_left(self, select: bool = False) -> None:
        """Move one word to the left, as seen."""
        super().action_cursor_word_right(select) if self._rtl else super().action_cursor_word_left(select)

    def action_cursor_word_right(self, select: bool = False) -> None:
        """Move one word to the right, as seen."""
        super().action_cursor_word_left(select) if self._rtl else super().action_cursor_word_right(select)

    def get_cursor_left_location(self) -> Location:
        """The character before the cursor's; a letter with its marks is one."""
        return self._whole(super().get_cursor_left_location(), forward=False)

    def get_cursor_right_location(self) -> Location:
        """The character after the cursor's; a letter with its marks is one."""
        return self._whole(super().get_cursor_right_location(), forward=True)

    def get_cursor_word_left_location(self) -> Location:
        """The edge of a word before the cursor, as Hebrew writes words; from a line's start the end above."""
        row, column = self.cursor_location
        if row and not column:
            return row - 1, len(self.document[row - 1])
        return row, edge_before(self.document[row], column)

    def get_cursor_word_right_location(self) -> Location:
        """The edge of a word behind the cursor, as Hebrew writes words; from a line's end the start below."""
        row, column = self.cursor_location
        if row < self.document.line_count - 1 and column == len(self.document[row]):
            return row + 1, 0
        return row, next_edge(self.document[row], column)

    def _hint_line(self, y: int) -> Strip:
        """Textual would wrap it in visual order, and breaks where there is no room at all."""
        hint, width = str(self.placeholder), self.content_size.width
        lines = wrap(hint, width) if width > 0 else []
        if y >= len(lines):
            return Strip.blank(width, self.visual_style.rich_style)
        rtl = reads_rtl(hint)
        widest = max(cell_len(line) for line in lines)
        drawn = Content(lines[y]).stylize(self.get_visual_style("text-area--placeholder"))
        if self._draw_cursor and y == 0:
            at = len(drawn) - 1 if rtl else 0
            drawn = drawn.stylize(self.get_visual_style("text-area--cursor"), at, at + 1)
        drawn = drawn.pad_left(width - widest) if rtl else drawn
        return Strip(drawn.render_segments(self.visual_style), drawn.cell_length)

    @property
    def _rtl(self) -> bool:
        """Whether the line with the cursor runs from right to left."""
        return reads_rtl(self.document[self.cursor_location[0]])

    def _whole(self, location: Location, *, forward: bool) -> Location:
        """``location``, moved out of a cluster to its end or start: a cursor on a mark would not be seen."""
        row, column = location
        line = self._visual(_Section(row, 0, len(self.document[row])))
        for cluster in line.clusters:
            if cluster.start < column < cluster.end:
                return row, cluster.end if forward else cluster.start
        return location

    def _section_at(self, y: int) -> _Section | None:
        """What is drawn at line ``y`` of the field; nothing below the text."""
        y += self.scroll_offset.y
        if not 0 <= y < self.wrapped_document.height:
            return None
        return self._section_of(*self.wrapped_document.offset_to_location(Offset(0, y)))

    def _section_of(self, row: int, column: int) -> _Section:
        """The wrapped line that holds a place of the text."""
        edges = [0, *self.wrapped_document.get_offsets(row), len(self.document[row])]
        start = max(edge for edge in edges[:-1] if edge <= column)
        end = min((edge for edge in edges[1:] if edge > start), default=start)
        return _Section(row, start, end)

    def _visual(self, section: _Section) -> VisualLine:
        text = self.document[section.row]
        return visual_line(text, section.start, section.end, rtl=reads_rtl(text))

    def _left(self, line: VisualLine) -> int:
        """Cells left of ``line``: it stands at the right edge where it runs from right to left."""
        return self.scrollable_content_region.width - line.width if line.rtl else 0
