"""Choose a file by its path, and read what it is before it is sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from textual.app import App, ComposeResult

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Place
from agent_tui.screens.overlay import Press, Typing, hint
from agent_tui.screens.views.conversations import name
from agent_tui.screens.views.files import chosen_row
from agent_tui.session.files import unfit
from agent_tui.session.state import SessionState
from agent_tui.session.writing import ChosenFile
from agent_tui.text.catalogue import Phrase, _
from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.cells import Page
from agent_tui.widgets.sheet import Sheet
from hub.contract import Conversation

_LONGEST_PATH = 4096


class FileForm(Typing[ChosenFile]):
    """The first Enter has the file looked at, the second sends what was read: never one that was not."""

    PLACE = Place.FILE

    def __init__(
        self, who: str, state: SessionState, press: Press, send: Callable[[do.Command], None]
    ) -> None:
        super().__init__(state, press, do.SendFile)
        self._who = who
        self._send = send
        self._path = BidiInput(id="file-path", max_length=_LONGEST_PATH, compact=True)
        self._told = Sheet(id="file-told", focusable=False)

    def compose(self) -> ComposeResult:
        """The path, what lies there, the keys, and the calls."""
        title = Phrase("A file to {who}", who=self._who)
        with self.frame(str(title), classes="-long-box"):
            yield hint(_("Its path, from / or ~. You can drop the file on the terminal."))
            yield self._path
            yield self._told
            yield hint(self.with_phone_keys(_("Enter goes on · Esc leaves")))
            yield self._obstacle
            yield self._calls

    def on_mount(self) -> None:
        """At the path."""
        self._path.focus()
        self._show()

    def paint(self, state: SessionState) -> None:
        """Show what was found."""
        super().paint(state)
        self._show()

    @property
    def typed(self) -> str:
        """The path."""
        return self._path.value

    def on_input_changed(self, _event: BidiInput.Changed) -> None:
        """What was found is another file's."""
        self._show()

    def on_input_submitted(self, _event: BidiInput.Submitted) -> None:
        """Look at it; where that was done, send it."""
        chosen = self._chosen
        if chosen is not None and not unfit(chosen, self._state.writing.files) and not self.why_not:
            self.dismiss(chosen)
        elif self._path.value.strip():
            self._send(do.LookAtFile(self._path.value))

    @property
    def _chosen(self) -> ChosenFile | None:
        """What was found at the path that stands there now."""
        chosen = self._state.writing.chosen
        return chosen if chosen is not None and chosen.path == self._path.value else None

    def _show(self) -> None:
        limits, typed = self._state.writing.files, bool(self._path.value.strip())
        row = chosen_row(self._chosen, limits, typed=typed, able=not self.why_not)
        self._told.show(Page((row,)))


def ask_file(
    app: App[Any], to: Conversation, state: SessionState, press: Press, send: Callable[[do.Command], None]
) -> None:
    """Have a file chosen, and send it."""

    def chosen(file: ChosenFile | None) -> None:
        send(do.LeaveFile())
        if file is not None and file.found is not None:
            send(do.SendFile(to.conversation, file.path, file.found.name, uuid.uuid4().hex))

    app.push_screen(FileForm(name(to), state, press, send), chosen)
