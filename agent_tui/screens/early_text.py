"""What is typed for a box that is still to come: it waits for the hub's answer, as the agent does."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeAlias, TypeVar

from textual import events
from textual.message import Message

from agent_tui.commands import model as do
from agent_tui.screens.overlay import Press, Typing
from agent_tui.screens.views.calls import contact_name
from agent_tui.session import work_items
from agent_tui.session.reduce_edits import writable
from agent_tui.session.state import SessionState
from agent_tui.session.writing_events import TextNoted
from agent_tui.widgets.answer_box import AnswerBox
from edge.text import clean
from hub.contract import LONGEST_TEXT

Result = TypeVar("Result")

LONGEST: Final = timedelta(seconds=15)
"""As long as an act of the desk may take (``commands.act``). What is begun later is for no box."""

ToNote: TypeAlias = Callable[[str, str], bool]
"""Puts a text at the end of a contact's note that is under the agent's hands; no, where another one is."""


class EarlyText:
    """The agent turned to a conversation and types on, while the hub is asked for it. What has no box yet."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._until: datetime | None = None
        self.text = ""
        self.about = ""
        """The conversation; empty while only the hub knows which the caller's is."""
        self.contact = ""
        """The caller's contact where the conversation is theirs, which the hub may never find."""
        self._read = False

    def begin(self, conversation: str, contact: str = "") -> None:
        """The agent turned to another one, and the hub is asked for it: without a name ``contact``'s."""
        self.text, self.contact = "", contact
        self.expect(conversation)
        self._read = True

    def expect(self, conversation: str) -> None:
        """It is to become the agent's own, and then has a box."""
        self._read, self.about = False, conversation
        self._until = self._clock() + LONGEST

    @property
    def expected(self) -> bool:
        """Whether the box is still to come."""
        return self._until is not None and self._clock() < self._until

    def take(self, event: events.Key) -> bool:
        """Whether a key is text, and so was kept. Nothing is sent unseen: Enter breaks a line of it, until
        there is no box to wait for; what was begun can still be written to its end then.
        """
        if event.key == "enter" and not self.expected:
            return False
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

    def without_box(self, conversation: str) -> bool:
        """The hub answered, and nothing can be written there now. Whether only by this it has a name."""
        if not self._read or self.about not in ("", conversation):
            return False
        named, self._until, self.about = not self.about, None, conversation
        return named


class TypesEarly(Typing[Result]):
    """A screen whose box comes with the hub's answer. Letters would go to the list meanwhile, where they do
    nothing, or choose. What no box comes for is a draft of its conversation, or stands in the note of the
    caller for whom no conversation was found. As it is typed the desk is told of it, and keeps it so for
    the desk that comes next.
    """

    class Noted(Message):
        """It stands in a note, which is to be said."""

        def __init__(self, told: TextNoted) -> None:
            super().__init__()
            self.told = told

    def __init__(
        self,
        state: SessionState,
        press: Press,
        clock: Callable[[], datetime],
        send: Callable[[do.Command], None],
        box: AnswerBox,
        to_note: ToNote,
    ) -> None:
        super().__init__(state, press)
        self._clock = clock
        self._send = send
        self._box = box
        self._to_note = to_note
        self.early = EarlyText(clock)
        self.warned = False
        """Whether the agent was told that it can be kept nowhere, and is about to turn away from it."""

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

    def turn_to(self, conversation: str, contact: str = "") -> None:
        """The agent turns to another conversation: that of a caller, where only the hub knows its name."""
        self.keep()
        self.give_up()
        self.early.begin(conversation, contact)

    def may_turn_away(self) -> bool:
        """Whether all that was typed is kept, or this is the second press, which lets it go."""
        self.keep()
        lost = bool(self.early.text)
        self.warned, again = lost and not self.warned, self.warned
        if self.warned:
            self._show_can()
        return not lost or again

    def keep(self) -> None:
        """As a draft, or in the caller's note. What has neither stays here."""
        name, text = self.early.about, self.early.text
        if name and text:
            self._send(do.EditAnswer(name, self._state.writing.drafts.get(name, "") + text))
            self.early.text = ""
        elif text and self._noted(self.early.contact, text):
            self.early.text = ""

    def give_up(self) -> None:
        """What could be put nowhere is let go."""
        if self.early.text:
            self.early.text = ""
            self.tell_early()

    def tell_early(self) -> None:
        """Tell what waits, and for which box."""
        self._send(do.EditEarly(self.early.about, self.early.contact, self.early.text))

    def tell_again(self) -> None:
        """What waits now waits for another box, or another text was told in its place."""
        if self.early.text:
            self.tell_early()

    def _noted(self, contact: str, text: str) -> bool:
        work = work_items.find(self._state, contact)
        note = work_items.added(work.note, text) if work is not None else ""
        if work is None or not writable(work) or not note:
            return False
        if not self._to_note(contact, text):
            self._send(do.EditNote(contact, note))
        self.post_message(self.Noted(TextNoted(contact_name(work))))
        return True

    def open_box(self, conversation: str) -> None:
        """What was typed for it stands in the box, and what is typed now."""
        self.set_focus(self._box)
        early = self.early.given(conversation)
        if early:
            self._box.insert(early)
            # after the box told: in both places for an instant, and at no time in neither
            self.tell_early()

    @property
    def _awaits_text(self) -> bool:
        return bool(self.early.text) or self.early.expected or self._box_has_come

    @property
    def _box_has_come(self) -> bool:
        """Since the key went to the list, for else the box has it."""
        return self._box.has_focus and not self._box.read_only

    @abstractmethod
    def _show_can(self, typed: int | None = None) -> None:
        """Show what waits for its box. ``typed``: letters that the box is to have."""

    def _hand_on(self) -> None:
        if self._box_has_come:
            self.open_box(self.early.about)
        else:
            self.tell_early()
            self._show_can()
