"""Written conversations, beside calls: the list, one of them, and the box for an answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Place
from agent_tui.screens.early_text import ToNote, TypesEarly
from agent_tui.screens.file_form import ask_file
from agent_tui.screens.keyboard import place_bindings
from agent_tui.screens.overlay import Press
from agent_tui.screens.template_form import ask_template
from agent_tui.screens.thread_sheet import ThreadSheet
from agent_tui.screens.views import conversations as view
from agent_tui.session import answering, select
from agent_tui.session.state import Link, SessionState
from agent_tui.session.writing import Sending
from agent_tui.text.catalogue import _
from agent_tui.widgets.answer_box import AnswerBox
from agent_tui.widgets.cells import Page
from agent_tui.widgets.mirrored import SideBySide
from agent_tui.widgets.sheet import Sheet
from hub.contract import LONGEST_TEXT, Conversation

_NARROW, _NORMAL = "-narrow", "-normal"


class ConversationsScreen(TypesEarly[None]):
    """The whole screen, and the calls below. What is typed belongs to the conversation it was begun in: it
    stays there when another one is read, when a call rings, and when the screen is left.

    The box is there only while text goes in the conversation that is read, which is said above it.
    """

    PLACE = Place.CONVERSATIONS
    OPENED_BY = "whatsapp"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "turn(-1)", priority=True, show=False),
        Binding("pagedown", "turn(1)", priority=True, show=False),
        *place_bindings(Place.CONVERSATIONS),
    ]

    def __init__(
        self,
        state: SessionState,
        press: Press,
        clock: Callable[[], datetime],
        send: Callable[[do.Command], None],
        to_note: ToNote,
    ) -> None:
        box = AnswerBox(id="written-box", typed=self._typed, sends=self._answer)
        super().__init__(state, press, clock, send, box, to_note)
        self.id = "conversations"
        self.HORIZONTAL_BREAKPOINTS = [(0, _NARROW), (110, _NORMAL)]
        self._seen = ""
        """The last message that the hub was told to have been read."""
        self._wants_box = True
        """Whether the agent turned to a conversation, and so to its box: it comes with the hub's answer."""
        self._was_up = state.hub is Link.UP
        self._list = Sheet(id="written-list")
        self._thread = ThreadSheet(id="written-thread")
        self._say = partial(_say, self._thread, send)
        self._can = Sheet(id="written-can", focusable=False)
        self._keys = Sheet(id="written-keys", focusable=False)

    def compose(self) -> ComposeResult:
        """The list beside what was said, what will work, the box, the keys, and the calls."""
        with self.frame(_("WhatsApp"), box="written-frame"):
            with SideBySide(id="written-main"):
                yield self._list
                with Vertical(id="written-side"):
                    yield self._thread
                    yield self._can
                    yield self._box
            yield self._keys
            yield self._obstacle
            yield self._calls

    def on_mount(self) -> None:
        """The list, until one is read.

        The focus is set at once here and below, not by a message: letters that were typed behind the key that
        opened this would come before that, and be lost.
        """
        self.set_focus(self._list)
        if select.writes(self._state) and not self._state.writing.told and self._was_up:
            self._send(do.WatchConversations())
        self._show()

    def paint(self, state: SessionState) -> None:
        """Show what came; what is read is asked for anew when the hub is back."""
        super().paint(state)
        up, thread = state.hub is Link.UP, state.writing.thread
        if up and not self._was_up and thread is not None:
            self._send(do.ReadConversation(thread.conversation))
        self._was_up = up
        self._show()

    def action_leave(self) -> None:
        """What customers wrote stands on a desk no longer than it is read. No answer is lost with it: what
        can be kept nowhere is left by a second press alone.
        """
        if self.is_active:
            self._box.tell()
            if not self.may_turn_away():
                return
            self.give_up()
            self._send(do.LeaveConversations())
        super().action_leave()

    def can(self, command: type[do.Command]) -> bool:
        """Most is about the conversation that is read."""
        return answering.can_do(self._state, self._clock(), command) or command is do.LeaveConversations

    def action_turn(self, pages: int) -> None:
        """A page of what was said."""
        self._thread.turn(pages)

    def action_take(self) -> None:
        """Make the conversation that is read one's own, or give it back."""
        command = answering.taken_or_given_back(self._state)
        if isinstance(command, do.TakeConversation):
            self._wants_box = True
            self.keep()
            self.early.expect(command.conversation)
            self.tell_again()
        if command is not None:
            self._send(command)

    def action_call(self) -> None:
        """Back to voice: the desk shows the call."""
        shown = self._state.writing.shown
        if shown is not None and answering.can_call(self._state):
            self.action_leave()
            self._send(do.Dial(shown.number))

    def action_template(self) -> None:
        """Send a file, or fill a template where only that goes. What is stuck comes first: refused, it is had
        back; else a template or a file is sent again under its key.
        """
        state, shown = self._state, self._state.writing.shown
        stuck = answering.stuck_here(state)
        if shown is None:
            return
        if stuck is not None and stuck.refused:
            self._have_back(shown, stuck)
        elif stuck is not None and not stuck.is_text:
            self._say(answering.once_more(stuck))
        elif stuck is None and answering.can_send_template(state, self._clock()):
            ask_template(self.app, shown, state, self._press, self._say)
        elif stuck is None and answering.can_send_file(state, self._clock()):
            ask_file(self.app, shown, state, self._press, self._say)

    def _have_back(self, shown: Conversation, stuck: Sending) -> None:
        """The refused text in the box again, before what was begun meanwhile; of anything else nothing."""
        text = "\n".join(part for part in (stuck.text, self._box.text) if part)
        self._send(do.TakeTextBack(stuck.key))
        if stuck.is_text:
            self._box.begin_anew(text)
            self._send(do.EditAnswer(shown.conversation, text))
            self.tell_again()

    def _answer(self) -> None:
        """Send what stands in the box; of an empty box what did not reach the hub, once more."""
        state, shown = self._state, self._state.writing.shown
        if (
            shown is None
            or do.SayText not in select.possible(state)
            or not answering.can_answer(state, self._clock())
        ):
            return
        text, name = self._box.text, shown.conversation
        stuck = state.writing.stuck(name)
        if text.strip() and len(text) <= LONGEST_TEXT:
            self._box.begin_anew()
            self._say(do.SayText(name, text, uuid.uuid4().hex))
        elif not text.strip() and stuck is not None and stuck.is_text and not stuck.refused:
            self._say(answering.once_more(stuck))

    def on_descendant_focus(self) -> None:
        """Enter means something else there."""
        self._show_keys()

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Read the chosen conversation; the box is at hand where it can be answered. Of what was said only
        files can be chosen: they are saved.
        """
        event.stop()
        shown = self._state.writing.shown
        if event.sheet is self._thread and shown is not None and answering.can_save(self._state):
            self._send(do.SaveFile(shown.conversation, event.key))
        reads = event.sheet is self._list and do.ReadConversation in select.possible(self._state)
        if reads and self.may_turn_away():
            self._wants_box = True
            self.turn_to(event.key)
            self._send(do.ReadConversation(event.key))

    def _typed(self, conversation: str, text: str) -> None:
        self._send(do.EditAnswer(conversation, text))
        self._show_can(len(text))

    def _show_can(self, typed: int | None = None) -> None:
        """What will work, and before that what waits for its box. ``typed``: letters the box is to have."""
        letters = len(self._box.text) if typed is None else typed
        page = view.can_page(self._state, self._clock(), letters)
        early = view.early_rows(self.early.text, expected=self.early.expected, lost=self.warned)
        self._can.show(replace(page, rows=(*early, *page.rows)))

    def _show(self) -> None:
        state, clock = self._state, self._clock()
        self._list.show(view.list_page(state, clock))
        self._show_box(state)
        thread = state.writing.thread
        name = thread.conversation if thread is not None else ""
        self._thread.read(name, view.thread_page(state, clock), answering.newest(state))
        self._show_can()
        self._show_keys()
        self.on_thread_sheet_at_end()

    def _show_keys(self) -> None:
        writing = self._box.has_focus and self._box.display
        on_file = self._thread.has_focus and bool(self._thread.cursor)
        row = view.keys_line(self._state, self._clock(), writing=writing, on_file=on_file)
        self._keys.show(Page((row,)))

    def _show_box(self, state: SessionState) -> None:
        self._box.show(view.answer_view(state))
        had, may = self._box.has_focus, answering.can_answer(state, self._clock())
        self._box.display = may
        if had and not may:
            self.set_focus(self._list)
        thread, mine = state.writing.thread, answering.is_own(state)
        if thread is None or thread.asking:
            return
        if not mine or not may:
            if self.early.without_box(thread.conversation):
                self.tell_again()
        elif self._wants_box:
            self.open_box(thread.conversation)
        self._wants_box = self._wants_box and not mine

    def on_thread_sheet_at_end(self) -> None:
        """Tell of the last message that the agent has before their eyes: what comes while older ones are read
        has to wait for that.
        """
        command = answering.seen(self._state)
        if command is None or command.message == self._seen:
            return
        if not self.app.app_focus or not self._thread.follows:
            return
        if do.SeeConversation in select.possible(self._state):
            self._seen = command.message
            self._send(command)


def _say(thread: ThreadSheet, send: Callable[[do.Command], None], command: do.Command) -> None:
    """Who sends something sees that it is on its way, wherever they were reading."""
    if isinstance(command, do.SayText | do.SendTemplate | do.SendFile):
        thread.follow()
    send(command)
