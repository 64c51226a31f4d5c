"""The widget behind nearly everything on the desk: rows of plain text, scrolled, chosen from.

Textual's own widgets take markup nearly everywhere and redraw wholly at each change. A sheet paints
pieces of text as they stand, and of a new page only the lines that differ from the old one.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from agent_tui.text.catalogue import right_to_left
from agent_tui.widgets.cells import Page, Tone, lay_out
from agent_tui.widgets.guarded import Guarded
from agent_tui.widgets.laid_out import LaidOut
from agent_tui.widgets.titles import entitle


class Sheet(Guarded, ScrollView, can_focus=True):
    """A page of rows. Up and Down move a cursor over rows with a key; Enter, Space or a click chooses."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"sheet--cursor", *(f"sheet--{tone}" for tone in Tone)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter,space", "choose", show=False),
    ]

    class Chosen(Message):
        """The agent chose a row."""

        def __init__(self, sheet: Sheet, key: str) -> None:
            super().__init__()
            self.sheet = sheet
            self.key = key

        @property
        def control(self) -> Sheet:
            """The sheet, for ``@on`` selectors."""
            return self.sheet

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
        focusable: bool = True,
        led: bool = False,
    ) -> None:
        """``led``: its cursor is moved, and so shown, while the focus is elsewhere.

        A chosen row that is in sight stays so, whatever comes above it and however low the sheet gets.
        """
        super().__init__(id=id, classes=classes)
        self.can_focus = focusable
        self._led = led
        self._page = Page()
        self._mirrored = False
        self._laid = LaidOut()
        self._cursor = ""
        self._height = 0
        """Lines that were seen when it was laid out last."""
        self._styles = _Styles(self)

    def show(self, page: Page) -> None:
        """Make ``page`` what the sheet shows; only lines that differ are painted.

        Rows begin at the right in a language that is written so.
        """
        mirrored = right_to_left()
        if page == self._page and mirrored is self._mirrored:
            return
        titled = (page.title, page.subtitle) == (self._page.title, self._page.subtitle)
        self._page, self._mirrored = page, mirrored
        self._keep_cursor()
        if not titled:
            entitle(self, page.title, page.subtitle)
        self._lay_out()

    @property
    def cursor(self) -> str:
        """The key of the row under the cursor; empty when no row can be chosen."""
        return self._cursor

    @property
    def text(self) -> str:
        """What the sheet shows, line by line, as composed: for tests and for reading aloud."""
        return self._laid.text

    def render_line(self, y: int) -> Strip:
        """The strip at line ``y`` of what is seen."""
        width = self.scrollable_content_region.width
        if self._laid.width != width:  # Textual paints what it has placed before it tells where
            self._laid = LaidOut.of(self._page, width, mirrored=self._mirrored)
        index, laid = y + self.scroll_offset.y, self._laid
        if not 0 <= index < len(laid.lines):
            return Strip.blank(laid.width, self._styles.own)
        style = self._styles.own
        if (self.has_focus or self._led) and laid.keys[index] and laid.keys[index] == self._cursor:
            style += self.get_component_rich_style("sheet--cursor", partial=True)
        pieces = [Segment(text, style + self._styles.of(tone)) for text, tone in laid.lines[index]]
        return Strip(pieces, laid.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the page has at this width, where the style sheet says ``height: auto``."""
        with self.surviving("measuring"):
            return sum(len(lay_out(row, width, mirrored=self._mirrored)) for row in self._page.rows)
        return 1

    def notify_style_update(self) -> None:
        """Forget the styles worked out from the old style sheet."""
        super().notify_style_update()
        self._styles.forget()

    def on_resize(self) -> None:
        """Lay the page out anew for the new width."""
        with self.surviving("laying out"):
            entitle(self, self._page.title, self._page.subtitle)
            self._lay_out()

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        offset = event.get_content_offset(self)
        index = offset.y + self.scroll_offset.y if offset is not None else -1
        key = self._laid.key_at(index)
        if key:
            self._move_to(key)
            self.action_choose()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self._cursor:
            self.post_message(self.Chosen(self, self._cursor))

    def action_move(self, by: int) -> None:
        """Move the cursor; a sheet without rows to choose scrolls instead."""
        keys = self._page.keys
        if not keys:
            self.scroll_relative(y=by, animate=False)
            return
        index = keys.index(self._cursor) if self._cursor in keys else 0
        self._move_to(keys[max(0, min(len(keys) - 1, index + by))])

    def start_over(self) -> None:
        """Put the cursor on the first row that can be chosen."""
        keys = self._page.keys
        if keys:
            self._move_to(keys[0])

    def point_at(self, key: str) -> None:
        """Light the row of this ``key``, as its maker leads the cursor; none without a key."""
        if key == (self._cursor if self._led else ""):
            return
        self._led = bool(key)
        self.refresh()
        if key and key in self._page.keys:
            self._move_to(key)

    def _move_to(self, key: str) -> None:
        before, self._cursor = self._cursor, key
        for index, one in enumerate(self._laid.keys):
            if one and one in (before, key):
                self.refresh_line(index)
        self._reveal(self._laid.row_of(key))

    def _reveal(self, row: range) -> None:
        """Scroll to where the whole row is seen, or as much of it from its top as there is room for; one that
        is not laid out yet has no place.
        """
        if not row:
            return
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if row[0] < top:
            self.scroll_to(y=row[0], animate=False)
        elif row[-1] >= top + height:
            self.scroll_to(y=min(row[0], row[-1] - height + 1), animate=False)

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        before, self._laid = self._laid, LaidOut.of(self._page, width, mirrored=self._mirrored)
        size = Size(width, len(self._laid.lines))
        if self._laid.same_size(before) and size == self.virtual_size:
            for index in self._laid.changed_from(before):
                self.refresh_line(index)
        else:
            self.virtual_size = size
            self.refresh(layout=self.styles.height is not None and self.styles.height.is_auto)
        self._keep_place(before)
        self._height = self.scrollable_content_region.height

    def _keep_place(self, before: LaidOut) -> None:
        """Have the chosen row seen if it was to be seen ``before``, or is only now chosen. Nobody misses one
        unmarked.
        """
        if not self._cursor or not (self.has_focus or self._led or self._cursor == self._page.cursor):
            return
        row, top = before.row_of(self._cursor), self.scroll_offset.y
        if not row or (top <= row[0] and row[-1] < top + self._height):
            self._reveal(self._laid.row_of(self._cursor))

    def _keep_cursor(self) -> None:
        keys = self._page.keys
        if self._cursor not in keys:
            self._cursor = self._page.cursor if self._page.cursor in keys else next(iter(keys), "")


class SheetBeside(Sheet):
    """A sheet beside what is written: a click chooses a row, and the focus stays where is typed. What it has
    come to (the page's ``cursor``) is brought into sight, with what stands indented below it.
    """

    FOCUS_ON_CLICK: ClassVar[bool] = False
    _come_to = ""

    def _lay_out(self) -> None:
        super()._lay_out()
        now = self._page.cursor
        lines = self._laid.with_indented(now)
        if now != self._come_to and (lines or not now):
            self._come_to = now
            self.call_after_refresh(self._reveal, lines)  # before its first one Textual scrolls nowhere


class _Styles:
    """The styles of a sheet, kept: Textual works them out anew at each asking, from the screen down."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._own: Style | None = None
        self._of: dict[Tone, Style] = {}

    @property
    def own(self) -> Style:
        """That of a line."""
        if self._own is None:
            self._own = self._sheet.rich_style
        return self._own

    def of(self, tone: Tone) -> Style:
        """What a tone adds to it."""
        style = self._of.get(tone)
        if style is None:
            style = self._of[tone] = self._sheet.get_component_rich_style(f"sheet--{tone}", partial=True)
        return style

    def forget(self) -> None:
        """The style sheet is another."""
        self._own = None
        self._of.clear()
