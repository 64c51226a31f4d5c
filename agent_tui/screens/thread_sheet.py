"""What was said in one conversation: at its end, or where the reader has gone back to."""

from __future__ import annotations

from dataclasses import replace

from textual.message import Message

from agent_tui.text.catalogue import _
from agent_tui.widgets.cells import Page
from agent_tui.widgets.laid_out import LaidOut
from agent_tui.widgets.sheet import Sheet


class ThreadSheet(Sheet):
    """Who is at the end stays there when a message comes. Who went back from it keeps the lines that they
    read, whatever comes, goes or changes; that there is something newer stands in the border below.
    """

    class AtEnd(Message):
        """The reader is at the end again, and has the newest message before their eyes."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._thread: Page = Page()
        self._conversation = self._newest = ""
        self._newer = False
        """Whether something came since the reader went back."""
        self._follows = True
        self._read_in = LaidOut()
        """What the reader had before them when it was laid out last."""

    @property
    def follows(self) -> bool:
        """Whether the end is what is seen."""
        return self._follows

    def read(self, conversation: str, page: Page, newest: str) -> None:
        """Make ``page`` what is seen of ``conversation``; another one begins at its end. ``newest``: its last
        message by somebody else; empty where there is none.
        """
        if conversation != self._conversation:
            self._follows, self._newer = True, False
        elif not self._follows and newest and newest != self._newest:
            self._newer = True
        self._conversation, self._newest, self._thread = conversation, newest, page
        self._sign()

    def turn(self, pages: int) -> None:
        """Go back or on by so many pages."""
        self.scroll_relative(y=pages * max(1, self.size.height - 1), animate=False)

    def follow(self) -> None:
        """Go to the end, and stay there."""
        self._at_end()
        self.call_after_refresh(self._to_end)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Reading follows the end as soon as it is reached, and no more when it is left."""
        super().watch_scroll_y(old_value, new_value)
        if not self.is_vertical_scroll_end:
            self._follows = False
        elif not self._follows:
            self._at_end()

    def _at_end(self) -> None:
        self._follows, self._newer = True, False
        self._sign()
        self.post_message(self.AtEnd())

    def _sign(self) -> None:
        self.show(replace(self._thread, subtitle=_("▼ New message below") if self._newer else ""))

    def _to_end(self) -> None:
        if self._follows:
            self.scroll_end(animate=False, immediate=True)

    def _lay_out(self) -> None:
        super()._lay_out()
        self._read_in = self._laid
        if self._follows:
            self.call_after_refresh(self._to_end)

    def _keep_place(self, before: LaidOut) -> None:
        if not self._follows:
            self.scroll_to(y=self._read_in.found_in(self._laid, self.scroll_offset.y), animate=False)
            # by the lines as they are now: a file that is the first to be chosen calls nobody to it
            super()._keep_place(self._laid)
