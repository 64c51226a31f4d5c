"""What is typed for a box that is still to come: it waits for the hub's answer, as the agent does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from textual import events

from agent_tui.commands import model as do
from agent_tui.screens.overlay import Press, Typing
from agent_tui.session.state import SessionState
from agent_tui.widgets.answer_box import AnswerBox
from edge.text import clean
from hub.contract import LONGEST_TEXT

Result = TypeVar("Result")

LONGEST: Final = timedelta(seconds=15)
"""As long as an act of the desk may take (``commands.act``). What is typed later is for no box."""


class EarlyText:
    """The agent turned to a conversation and types on, while the hub is asked for it. What has no box yet."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._until: datetime | None = None
        self.text = ""
        self.about = ""
        """The conversation; empty while only the hub knows which the caller's is."""
        self._read = False

    def begin(self, conversation: str) -> None:
        """The agent turned to another one, and the hub is asked for it."""
        self.text, self.about = "", conversation
        self.expect()
        self._read = True

    def expect(self) -> None:
        """It is to become the agent's own, and then has a box."""
        self._read = False
        self._until = self._clock() + LONGEST

    @property
    def expected(self) -> bool:
        """Whether the box is still to come."""
        return self._until is not None and self._clock() < self._until

    def take(self, event: events.Key) -> bool:
        """Whether a key is text, and so was kept. Nothing is sent unseen: Enter breaks a line of it."""
        if event.key in ("enter", "backspace"):
            before = self.text
            self.text = before[:-1] if event.key == "backspace" else f"{before}\n" if before else ""
            return bool(before)
        if event.character is None or not event.is_printable:
            return False
        self.add(event.character)
        return True

    def add(self, text: str) -> None:
        """As much as one message holds."""
        self.text = clean(self.text + text, limit=LONGEST_TEXT, multiline=True)

    def given(self, conversation: str) -> str:
        """The box of this conversation is there, and has from now on what was typed for it."""
        if self.about not in ("", conversation):
            return ""
        self._until = None
        text, self.text = self.text, ""
        return text

    def without_box(self, conversation: str) -> None:
        """The hub answered, and nothing can be written there now."""
        if self._read and self.about in ("", conversation):
            self._until, self.about = None, conversation


class TypesEarly(Typing[Result]):
    """A screen whose box comes with the hub's answer. Letters would go to the list meanwhile, where they do
    nothing, or choose. What no box comes for is a draft of its conversation. ``kept`` is told that more of it
    waits, to be shown.
    """

    def __init__(
        self,
        state: SessionState,
        press: Press,
        clock: Callable[[], datetime],
        send: Callable[[do.Command], None],
        box: AnswerBox,
        kept: Callable[[], None],
    ) -> None:
        super().__init__(state, press)
        self._clock = clock
        self._send = send
        self._box = box
        self._kept = kept
        self.early = EarlyText(clock)

    @property
    def typed(self) -> str:
        """What stands in the box is kept with its conversation; but the next letter would go elsewhere."""
        return self.early.text + self._box.text

    def on_key(self, event: events.Key) -> None:
        """What the list did not take itself."""
        if self._awaits_text and self.early.take(event):
            event.stop()
            event.prevent_default()
            self._hand_on()

    def on_paste(self, event: events.Paste) -> None:
        """The same of what is pasted."""
        if self._awaits_text:
            event.stop()
            self.early.add(event.text)
            self._hand_on()

    def turn_to(self, conversation: str) -> None:
        """The agent turns to another conversation."""
        self.keep_early()
        self.early.begin(conversation)

    def keep_early(self) -> None:
        """As a draft."""
        name, text = self.early.about, self.early.text
        if name and text:
            self._send(do.EditAnswer(name, self._state.writing.drafts.get(name, "") + text))

    def open_box(self, conversation: str) -> None:
        """What was typed for it stands in the box, and what is typed now."""
        self.set_focus(self._box)
        early = self.early.given(conversation)
        if early:
            self._box.insert(early)

    @property
    def _awaits_text(self) -> bool:
        return self.early.expected or self._box_has_come

    @property
    def _box_has_come(self) -> bool:
        """Since the key went to the list, for else the box has it."""
        return self._box.has_focus and not self._box.read_only

    def _hand_on(self) -> None:
        if self._box_has_come:
            self.open_box(self.early.about)
        else:
            self._kept()
