"""What each command of the keys leads to: most are sent as they are, some ask for more first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias, get_args

from agent_tui.commands import model as do
from agent_tui.screens import callback_words
from agent_tui.screens.callback_form import CallbackForm
from agent_tui.screens.choice import Choice
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.screens.customer_form import CustomerForm
from agent_tui.screens.customer_search import CustomerSearch
from agent_tui.screens.floor import FloorScreen
from agent_tui.screens.history import HistoryScreen
from agent_tui.screens.keypad import Keypad
from agent_tui.screens.number_entry import NumberEntry
from agent_tui.screens.overlay import Desk
from agent_tui.session import select
from agent_tui.session.agenda import Whom, agenda, whom
from agent_tui.session.odds import at_odds
from agent_tui.session.state import SessionState, Work
from agent_tui.text.catalogue import Phrase, _, line
from agent_tui.text.local import near_day_time
from hub.contract import Presence

Send: TypeAlias = Callable[[do.Command], None]

_AtOnce: TypeAlias = (
    do.Answer
    | do.ToggleHold
    | do.ToggleMute
    | do.AttendedTransfer
    | do.Merge
    | do.Part
    | do.HangUp
    | do.Swap
    | do.CallBack
    | do.ClearMissed
    | do.ToggleRing
)
"""What a key asks for without asking more."""

_REASON = "reason "
"""Before a reason in a row's key, since a row without a key cannot be chosen and a reason may be empty."""

_LEAVE, _TAKE_BACK = "leave", "take_back"


class Acts:
    """The acts of one desk. ``send`` takes the commands."""

    def __init__(self, desk: Desk, send: Send) -> None:
        self._desk = desk
        self._send = send
        self._by_command: dict[type[do.Command], Callable[[SessionState], None]] = {
            **{command: partial(self._send_one, command) for command in get_args(_AtOnce)},
            do.Transfer: partial(self._ask_number, do.Transfer, Phrase("Transfer to")),
            do.SendKeys: self._open_keypad,
            do.Dial: partial(self._ask_number, do.Dial, Phrase("Dial")),
            do.SetPresence: self._change_presence,
            do.UseSound: self._choose_sound,
            do.PromiseCallback: self._promise_callback,
            do.WatchFloor: self._watch_floor,
            do.FindCustomer: self._find_customer,
            do.CreateCustomer: self._create_customer,
            do.WatchConversations: self._read_conversations,
            do.WriteToCaller: self._write_to_caller,
            do.TickStep: self._tick,
            do.FinishWrapUp: self._finish,
        }

    def act(self, command: type[do.Command], state: SessionState) -> None:
        """Do what ``command`` means in ``state``, where it is possible."""
        self._by_command[command](state)

    def look_through(self, state: SessionState) -> None:
        """Show the agent's own contacts of before; a callback may be promised from there."""
        desk = self._desk
        screen = HistoryScreen(
            state,
            desk.press,
            lambda: desk.clock,
            self._send,
            lambda known: self._promise(known, screen.state),
        )
        desk.app.push_screen(screen)

    def _watch_floor(self, state: SessionState) -> None:
        self._desk.app.push_screen(FloorScreen(state, self._desk.press, self._send))

    def _find_customer(self, state: SessionState) -> None:
        work = state.written
        if work is None:
            return
        search = CustomerSearch(work, state, self._desk.press, self._send)

        def given(name: str | None) -> None:
            if name is not None:
                self._new_customer(work, name, search.state)

        self._desk.app.push_screen(search, given)

    def _create_customer(self, state: SessionState) -> None:
        if state.written is not None:
            self._new_customer(state.written, "", state)

    def _new_customer(self, work: Work, name: str, state: SessionState) -> None:
        self._desk.app.push_screen(CustomerForm(work, name, state, self._desk.press, self._send))

    def _read_conversations(self, state: SessionState) -> None:
        self._desk.app.push_screen(self._conversations(state))

    def _conversations(self, state: SessionState) -> ConversationsScreen:
        desk = self._desk
        return ConversationsScreen(state, desk.press, lambda: desk.clock, self._send, desk.add_to_note)

    def _write_to_caller(self, state: SessionState) -> None:
        work = select.caller_to_write_to(state)
        if work is not None:
            screen = self._conversations(state)
            screen.turn_to("", work.contact)
            self._desk.app.push_screen(screen)
            self._send(do.WriteToCaller(work.contact))

    def _tick(self, state: SessionState) -> None:
        """The step that is next is done; works while typing."""
        step = select.next_step(state)
        if state.shown is not None and step is not None:
            self._send(do.TickStep(state.shown.contact, step.id))

    def _finish(self, state: SessionState) -> None:
        """The focus goes from the outcomes back to the note, where the next talk is written down."""
        if state.written is not None:
            self._desk.tell_note()
            self._send(do.FinishWrapUp(state.written.contact))
            self._desk.to_note()

    def choose_callback(self, state: SessionState, callback: str) -> None:
        """Ask what is to become of one in the agenda."""
        found = next((one for one in agenda(state) if one.id == callback), None)
        if found is None:
            return

        def given(answer: str | None) -> None:
            if answer == _TAKE_BACK:
                self._send(do.CancelCallback(callback))

        title = line(callback_words.who(found), near_day_time(found.at, self._desk.clock))
        rows = ((_LEAVE, _("Leave it as it stands")), (_TAKE_BACK, _("Take it back: nobody is called")))
        self._desk.app.push_screen(Choice(title, rows, do.CancelCallback, state, self._desk.press), given)

    def _choose_sound(self, state: SessionState) -> None:
        sound = state.sound
        if sound is None:
            return

        def given(profile: str | None) -> None:
            if profile is not None:
                self._send(do.UseSound(profile))

        rows = tuple((profile, profile) for profile in sound.profiles)
        question = Choice(_("Talk through"), rows, do.UseSound, state, self._desk.press, holds=sound.profile)
        self._desk.app.push_screen(question, given)

    def _promise_callback(self, state: SessionState) -> None:
        self._promise(whom(state), state)

    def _promise(self, known: Whom, state: SessionState) -> None:
        desk = self._desk
        desk.app.push_screen(CallbackForm(known, state, desk.press, lambda: desk.clock, self._send))

    def _send_one(self, command: type[_AtOnce], _state: SessionState) -> None:
        self._send(command())

    def _ask_number(self, command: type[do.Transfer | do.Dial], title: Phrase, state: SessionState) -> None:
        def given(number: str | None) -> None:
            if number is not None:
                self._send(command(number))

        desk = self._desk
        entry = NumberEntry(str(title), state, desk.press, command, lambda: desk.clock)
        desk.app.push_screen(entry, given)

    def _open_keypad(self, state: SessionState) -> None:
        keypad = Keypad(state, self._desk.press, lambda key: self._send(do.SendKeys(key)))
        self._desk.app.push_screen(keypad)

    def _change_presence(self, state: SessionState) -> None:
        me = state.me
        if me is not None and at_odds(state):
            self._send(do.SetPresence(me.presence, me.reason))
            return
        if select.chosen_presence(state) is not Presence.READY:
            self._send(do.SetPresence(Presence.READY))
            return
        reasons = me.pause_reasons if me is not None else ()
        if not reasons:
            self._send(do.SetPresence(Presence.AWAY))
            return

        def given(reason: str | None) -> None:
            if reason is not None:
                self._send(do.SetPresence(Presence.AWAY, reason.removeprefix(_REASON)))

        rows = ((_REASON, _("without a reason")), *((_REASON + reason, reason) for reason in reasons))
        question = Choice(_("Away: why?"), rows, do.SetPresence, state, self._desk.press)
        self._desk.app.push_screen(question, given)
