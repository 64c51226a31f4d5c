"""Written conversations, beside calls: the list, one of them, and the box for an answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Place
from agent_tui.screens.choice import Choice
from agent_tui.screens.file_form import FileForm
from agent_tui.screens.keyboard import place_bindings
from agent_tui.screens.overlay import LONGEST_TITLE, Press, Typing
from agent_tui.screens.template_form import Filled, TemplateForm, chooser
from agent_tui.screens.views import conversations as view
from agent_tui.session import select
from agent_tui.session.state import Link, SessionState
from agent_tui.session.writing import ChosenFile, Sending
from agent_tui.text.catalogue import _
from agent_tui.widgets.answer_box import AnswerBox
from agent_tui.widgets.cells import Page, cut
from agent_tui.widgets.mirrored import SideBySide
from agent_tui.widgets.note_pane import NoteView
from agent_tui.widgets.sheet import Sheet
from hub.contract import LONGEST_TEXT, Conversation

_NARROW, _NORMAL = "-narrow", "-normal"


class ConversationsScreen(Typing[None]):
    """The whole screen, and the calls below. What is typed belongs to the conversation it was begun in: it
    stays there when another one is read, when a call rings, and when the screen is left.

    The box is there only while text goes in the conversation that is read, which is said above it.
    """

    PLACE = Place.CONVERSATIONS
    OPENED_BY = "whatsapp"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", priority=True, show=False),
        Binding("shift+tab", "app.focus_previous", priority=True, show=False),
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
    ) -> None:
        super().__init__(state, press)
        self.id = "conversations"
        self.HORIZONTAL_BREAKPOINTS = [(0, _NARROW), (110, _NORMAL)]
        self._clock = clock
        self._send = send
        self._seen = ""
        """The last message that the hub was told to have been read."""
        self._length = 0
        self._wants_box = True
        """Whether the agent turned to a conversation, and so to its box: it comes with the hub's answer."""
        self._was_up = state.hub is Link.UP
        self._list = Sheet(id="written-list")
        self._thread = Sheet(id="written-thread")
        self._can = Sheet(id="written-can", focusable=False)
        self._box = AnswerBox(id="written-box", typed=self._typed, sends=self._answer)
        self._keys = Sheet(id="written-keys", focusable=False)

    def compose(self) -> ComposeResult:
        """The list beside what was said, what will work, the box, the keys, and the calls."""
        with Vertical(id="written-frame") as frame:
            frame.border_title = Content(cut(_("WhatsApp"), LONGEST_TITLE))
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

    @property
    def typed(self) -> str:
        """Nothing is lost with the screen: answers are kept with their conversations."""
        return ""

    def action_leave(self) -> None:
        """What customers wrote stands on a desk no longer than it is read."""
        if self.is_active:
            self._box.tell()
            self._send(do.LeaveConversations())
        super().action_leave()

    def can(self, command: type[do.Command]) -> bool:
        """Most is about the conversation that is read."""
        return view.can_do(self._state, self._clock(), command) or command is do.LeaveConversations

    def action_turn(self, pages: int) -> None:
        """A page of what was said."""
        self._thread.scroll_relative(y=pages * max(1, self._thread.size.height - 1), animate=False)

    def action_take(self) -> None:
        """Make the conversation that is read one's own, or give it back."""
        shown = self._state.writing.shown
        if shown is None:
            return
        if view.can_take(self._state):
            self._wants_box = True
            self._send(do.TakeConversation(shown.conversation))
        elif view.can_let_go(self._state):
            self._send(do.LetConversationGo(shown.conversation))

    def action_call(self) -> None:
        """Back to voice: the desk shows the call."""
        shown = self._state.writing.shown
        if shown is not None and view.can_call(self._state):
            self.action_leave()
            self._send(do.Dial(shown.number))

    def action_template(self) -> None:
        """Send a file, or fill a template where only that goes. What is stuck comes first: refused, it is had
        back; else a template or a file is sent again under its key.
        """
        shown = self._state.writing.shown
        if shown is None:
            return
        stuck = self._state.writing.stuck(shown.conversation)
        if stuck is not None:
            self._stuck(shown, stuck)
        elif view.can_send_template(self._state, self._clock()):
            self._choose_template(shown)
        elif view.can_send_file(self._state, self._clock()):
            self._choose_file(shown)

    def _stuck(self, shown: Conversation, stuck: Sending) -> None:
        if stuck.refused:
            self._have_back(shown, stuck)
        elif stuck.template is not None:
            self._send(do.SendTemplate(stuck.conversation, stuck.template, stuck.text, stuck.key))
        elif stuck.file:
            self._send(do.SendFile(stuck.conversation, stuck.file, stuck.text, stuck.key))

    def _choose_file(self, shown: Conversation) -> None:
        def chosen(file: ChosenFile | None) -> None:
            self._send(do.LeaveFile())
            if file is not None and file.found is not None:
                key = uuid.uuid4().hex
                self._send(do.SendFile(shown.conversation, file.path, file.found.name, key))

        form = FileForm(view.name(shown), self._state, self._press, self._send)
        self.app.push_screen(form, chosen)

    def _choose_template(self, shown: Conversation) -> None:
        templates = self._state.writing.templates

        def chosen(name: str | None) -> None:
            template = next((one for one in templates if one.template == name), None)
            if template is not None:
                self.app.push_screen(TemplateForm(template, shown, self._state, self._press), given)

        def given(filled: Filled | None) -> None:
            if filled is not None:
                key = uuid.uuid4().hex
                self._send(do.SendTemplate(shown.conversation, filled.asked, filled.text, key))

        if len(templates) == 1:
            chosen(templates[0].template)
            return
        rows = chooser(templates)
        self.app.push_screen(
            Choice(_("Which template?"), rows, do.SendTemplate, self._state, self._press), chosen
        )

    def _have_back(self, shown: Conversation, stuck: Sending) -> None:
        """The refused text in the box again, before what was begun meanwhile; of anything else nothing."""
        if not stuck.is_text:
            self._send(do.TakeTextBack(stuck.key))
            return
        text = "\n".join(part for part in (stuck.text, self._box.text) if part)
        self._send(do.TakeTextBack(stuck.key))
        self._box.begin_anew(text)
        self._send(do.EditAnswer(shown.conversation, text))

    def _answer(self) -> None:
        """Send what stands in the box; of an empty box what did not reach the hub, once more."""
        state, shown = self._state, self._state.writing.shown
        if (
            shown is None
            or do.SayText not in select.possible(state)
            or not view.can_answer(state, self._clock())
        ):
            return
        text, name = self._box.text, shown.conversation
        stuck = state.writing.stuck(name)
        if text.strip() and len(text) <= LONGEST_TEXT:
            self._box.begin_anew()
            self._send(do.SayText(name, text, uuid.uuid4().hex))
        elif not text.strip() and stuck is not None and stuck.is_text and not stuck.refused:
            self._send(do.SayText(name, stuck.text, stuck.key))

    def on_descendant_focus(self) -> None:
        """Enter means something else there."""
        self._show_keys()

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Read the chosen conversation; the box is at hand where it can be answered. Of what was said only
        files can be chosen: they are saved.
        """
        event.stop()
        shown = self._state.writing.shown
        if event.sheet is self._thread and shown is not None and view.can_save(self._state):
            self._send(do.SaveFile(shown.conversation, event.key))
        if event.sheet is self._list and do.ReadConversation in select.possible(self._state):
            self._wants_box = True
            self._send(do.ReadConversation(event.key))

    def _typed(self, conversation: str, text: str) -> None:
        self._send(do.EditAnswer(conversation, text))
        self._can.show(view.can_page(self._state, self._clock(), len(text)))

    def _show(self) -> None:
        state, clock = self._state, self._clock()
        self._list.show(view.list_page(state, clock))
        self._show_box(state)
        self._show_thread(state, clock)
        self._can.show(view.can_page(state, clock, len(self._box.text)))
        self._show_keys()
        self._tell_seen(state)

    def _show_keys(self) -> None:
        writing = self._box.has_focus and self._box.display
        on_file = self._thread.has_focus and bool(self._thread.cursor)
        row = view.keys_line(self._state, self._clock(), writing=writing, on_file=on_file)
        self._keys.show(Page((row,)))

    def _show_box(self, state: SessionState) -> None:
        shown, may = state.writing.shown, view.can_answer(state, self._clock())
        name = shown.conversation if shown is not None else ""
        hint = _("Write an answer.") if name else ""
        self._box.show(
            NoteView(name, state.writing.drafts.get(name, ""), bool(name), view.name(shown), "", hint)
            if shown is not None
            else NoteView()
        )
        had = self._box.has_focus
        self._box.display = may
        if had and not may:
            self.set_focus(self._list)
        thread, me = state.writing.thread, state.me
        if thread is None or thread.asking or shown is None or me is None or shown.agent != me.agent:
            return
        if self._wants_box and may:
            self.set_focus(self._box)
        self._wants_box = False

    def _show_thread(self, state: SessionState, clock: datetime) -> None:
        """At the newest message while a new one comes, and when another conversation is read."""
        page = view.thread_page(state, clock)
        self._thread.show(page)
        if len(page.rows) != self._length:
            self._length = len(page.rows)
            self.call_after_refresh(self._thread.scroll_end, animate=False)

    def _tell_seen(self, state: SessionState) -> None:
        """The last message that the agent has before their eyes, where the conversation is theirs."""
        if not self.app.app_focus:
            return
        shown, thread, me = state.writing.shown, state.writing.thread, state.me
        if shown is None or thread is None or me is None or shown.agent != me.agent or not shown.unread:
            return
        last = next((one.message for one in reversed(thread.messages) if one.incoming), "")
        if last and last != self._seen and do.SeeConversation in select.possible(state):
            self._seen = last
            self._send(do.SeeConversation(shown.conversation, last))
