"""One line to fill in, in Hebrew, in English, or in both: a number, a time, a word to look for.

Textual keeps the text and draws it in logical order. Here the line is drawn in visual order, and every way
from the screen back to the text (cursor, mouse, arrow keys, scrolling) is led through it, by the same rule
as in the note (``bidi_text_area``): a line that runs from right to left stands at the right edge, and Left
goes forward in it, also through an English word. So one key always goes the same way through the text, no
place of it is passed over, and what is selected is one piece of the text. A line without letters, such as
a number, runs from left to right.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Offset
from textual.strip import Strip
from textual.widgets import Input
from textual.widgets.input import Selection

from agent_tui.text.bidi import VisualLine, visual, visual_text
from agent_tui.text.word_edges import WORD_START, next_start, start_before
from agent_tui.widgets.drawn_line import DrawnLine
from agent_tui.widgets.editing_keys import INPUT_KEYS
from agent_tui.widgets.guarded import Guarded
from edge.text import clean, steady

LONGEST = 200
"""Characters a line takes where its maker does not say."""


class BidiInput(Guarded, Input, inherit_bindings=False):
    """An ``Input`` in both directions. The cursor stands still; a letter with its marks is one step."""

    BINDINGS: ClassVar[list[BindingType]] = INPUT_KEYS
    _WORD_START = WORD_START  # the name is Textual's

    def __init__(
        self,
        value: str = "",
        placeholder: str = "",
        *,
        id: str,  # noqa: A002 - Textual's own name
        max_length: int = LONGEST,
        compact: bool = False,
    ) -> None:
        super().__init__(
            value or None, visual_text(placeholder), id=id, max_length=max_length, compact=compact
        )
        self.cursor_blink = False

    def render_line(self, y: int) -> Strip:
        """Draw the line as it is read."""
        if y or not self.value:
            return super().render_line(y)
        strip = Strip(self._drawn(self._visual).segments())
        width, scrolled = self.scrollable_content_region.width, self.scroll_offset.x
        return (
            strip.crop(scrolled, scrolled + width).extend_cell_length(width + 1).apply_style(self.rich_style)
        )

    @property
    def content_width(self) -> int:
        """The line with a cell for the cursor at its end."""
        return self._visual.width + 1 if self.value else super().content_width

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the cursor is seen."""
        content = self.content_region
        return Offset(content.x + self._cursor_offset - self.scroll_offset.x, content.y)

    def action_cursor_left(self, select: bool = False) -> None:
        """Move one character to the left; forward in a line that runs from right to left."""
        self._step(forward=self._visual.rtl, select=select)

    def action_cursor_right(self, select: bool = False) -> None:
        """Move one character to the right; back in a line that runs from right to left."""
        self._step(forward=not self._visual.rtl, select=select)

    def action_cursor_left_word(self, select: bool = False) -> None:
        """Move one word to the left."""
        self._step(forward=self._visual.rtl, select=select, words=True)

    def action_cursor_right_word(self, select: bool = False) -> None:
        """Move one word to the right."""
        self._step(forward=not self._visual.rtl, select=select, words=True)

    def action_delete_left(self) -> None:
        """Take away what stands before the cursor, a letter with its marks."""
        if self.selection.is_empty:
            self.delete(self._visual.beside(self.cursor_position, forward=False), self.cursor_position)
        else:
            self.delete_selection()

    def action_delete_right(self) -> None:
        """Take away what stands at the cursor, a letter with its marks."""
        if self.selection.is_empty:
            self.delete(self.cursor_position, self._visual.beside(self.cursor_position, forward=True))
        else:
            self.delete_selection()

    def replace(self, text: str, start: int, end: int) -> None:
        """All that is typed comes through here; a picture of several characters keeps to its cells."""
        super().replace(steady(text), start, end)

    def on_paste(self, event: events.Paste) -> None:
        """A pasted text comes from outside: it is made one clean line, as long as there is room for."""
        event.text = self._fitting(event.text)

    def action_paste(self) -> None:
        """The same for what was copied on the desk, which may be several lines of a note."""
        self.replace(self._fitting(self.app.clipboard), *self.selection)

    @property
    def _visual(self) -> VisualLine:
        return visual(self.value)

    @property
    def _cursor_offset(self) -> int:
        """The cursor's cell, counted from the left end of what can be scrolled to."""
        line = self._visual
        return self._left(line) + line.column(self.cursor_position)

    def _cell_offset_to_index(self, offset: int) -> int:
        """The character that is seen in a cell of the field."""
        line = self._visual
        return line.index(offset + self.scroll_offset.x - self._left(line))

    def _left(self, line: VisualLine) -> int:
        """Cells left of ``line``: one for the cursor at its end, and all that are left over."""
        if not line.rtl:
            return 0
        return max(self.scrollable_content_region.width - line.width, 1)

    def _step(self, *, forward: bool, select: bool, words: bool = False) -> None:
        anchor, cursor = self.selection
        if words:
            place = (next_start if forward else start_before)(self.value, cursor)
        elif select or self.selection.is_empty:
            place = self._visual.beside(cursor, forward=forward)
        else:
            place = max(anchor, cursor) if forward else min(anchor, cursor)
        if select:
            self.selection = Selection(anchor, place)
        else:
            self.cursor_position = place

    def _fitting(self, text: str) -> str:
        room = self.max_length - len(self.value) + len(self.selected_text) if self.max_length else LONGEST
        return clean(text, limit=room) if room > 0 else ""

    def _drawn(self, line: VisualLine) -> DrawnLine:
        return DrawnLine(
            line,
            self._left(line),
            selected=range(*sorted(self.selection)) if self.has_focus else range(0),
            cursor=self.cursor_position if self.has_focus else None,
            selection_style=self.get_component_rich_style("input--selection"),
            cursor_style=self.get_component_rich_style("input--cursor"),
        )
