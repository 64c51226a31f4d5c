"""A shift in which the desk is killed again and again, in every state of a call and of a wrap-up.

What must be so afterwards is taken from others than the killed desk wherever somebody else knows: from
Asterisk how many calls there are and how far they are, from the two recordings who hears whom, from the hub
what was noted.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from agent_tui.commands import model as do
from agent_tui.session.state import Call, Link, Phase, SessionState
from hub.contract import Presence
from sip.call_state import CallState
from sip.events import RegistrationState
from tests.contract.phones import NO_ANSWER, TONE
from tests.e2e.acts import DANA, NAME, RUTH, rung_next, stored
from tests.e2e.blind_desk import BlindDesk, told
from tests.e2e.centre import AGENTS_TONE, Centre, Home
from tests.e2e.eventually import eventually
from tests.e2e.sound import Recording
from tests.pbx.console import Console, Customer

SILENT = "612"
"""Answers nothing at all: a call to it stays as dialled."""
NOBODY = "1199"
OTHER, OTHERS_TONE = "613", 1000
"""Plays a tone that leaves the customer's alone where both are listened for."""
_CUSTOMERS_TONE = 440
_HEARD_FOR = 0.3
_TIMERS_AGREE = 0.3
"""Seconds. Two desks read a moment as late as it reached each; a timer that began anew is off by more: what
was reached is older than that when its desk is killed."""

Reached: TypeAlias = Callable[[SessionState], object]

_UP, _IN, _OUT = "6", "5", "4"
_OF_ASTERISK = {
    CallState.ESTABLISHED: _UP,
    CallState.HELD: _UP,
    CallState.INCOMING: _IN,
    CallState.DIALLING: _OUT,
    CallState.RINGING: _OUT,
}
"""The agent's channel in Asterisk (ChannelState: 4 Ring, 5 Ringing, 6 Up) by the call's state."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: in which state, the desk as it told last, and whether all that was asked had happened."""

    name: str
    before: SessionState
    steady: bool


class Shift:
    """One agent with one phone; desks come and are killed. ``chance`` makes the instants."""

    def __init__(self, centre: Centre, console: Console, home: Home, chance: random.Random) -> None:
        self._centre = centre
        self._console = console
        self._home = home
        self._chance = chance
        self._customer: Customer | None = None
        self._notes: tuple[str, ...] = ("",)
        """What the note may be: the last is what was typed last."""
        self._serial = 0
        self._desk = BlindDesk(home)
        self._up()
        self._desk.ask(do.SetPresence(Presence.READY))
        eventually(lambda: rung_next(console), "a member who can be rung")

    def close(self) -> None:
        """End the last desk."""
        self._desk.kill()

    def kill_in(self, name: str) -> Kill:
        """Bring the desk into a state, kill it at a seeded instant, start the next and see that all is so."""
        self._customer, self._notes = None, ("",)
        reached = STATES[name](self)
        steady = self._chance.random() < 0.5
        if steady:
            self._desk.until(reached, name)
            self._pause(0.3, 0.6)
        else:
            self._pause(0.0, 0.06)
        kill = Kill(name, self._desk.kill(), steady)
        try:
            self._judge(kill)
        except (AssertionError, ValueError) as error:
            now = told(self._desk.state)
            raise AssertionError(
                f"{name}, {steady=}, notes {self._notes}\nbefore: {told(kill.before)}\nnow: {now}\n{error}"
            ) from error
        return kill

    def _judge(self, kill: Kill) -> None:
        """With no desk the talk goes on; the next one shows what is so, and can end it."""
        talks = [(talk, talk.length) for talk in self._talks(kill.before.calls)] if kill.steady else []
        began = time.monotonic()
        self._pause(0.1, 0.5)
        self._desk = BlindDesk(self._home)
        self._up()
        alone = time.monotonic() - began
        self._same_calls()
        self._same_moments(kill)
        self._same_work(kill)
        for talk, begin in talks:
            talk.wait_heard_since(begin, alone)
        for talk in [] if kill.steady else self._talks(self._desk.state.calls):
            talk.wait_heard(_HEARD_FOR)
        self._silent(self._desk.state.calls)
        self._clear()

    def _pause(self, least: float, most: float) -> None:
        """Let the seeded instant come."""
        threading.Event().wait(self._chance.uniform(least, most))

    # Into the states

    def ring(self) -> Customer:
        """A customer calls."""
        self._customer = self._console.customer("support", number=RUTH, tone=_CUSTOMERS_TONE)
        return self._customer

    def talk(self) -> str:
        """A customer is talked to, and something is noted; the contact."""
        contact = self.ring().contact
        self._desk.until(lambda state: state.ringing and state.work and state.work[0].card, "the ring")
        self._desk.ask(do.Answer())
        self._desk.until(_talking, "the talk")
        self._console.wait_bridged(DANA)
        self.note(contact)
        return contact

    def note(self, contact: str) -> Reached:
        """Type a note; where it was typed when."""
        self._serial += 1
        text = f"רות asked for bill {self._serial}"
        self._notes = (self._notes[-1], text)
        self._desk.ask(do.EditNote(contact, text))
        self._desk.until(lambda state: _note(state) == text, "the note")
        self._notes = (text,)
        return lambda state: _note(state) == text

    def ask(self, command: do.Command) -> None:
        """What a key would ask for."""
        self._desk.ask(command)

    def wait(self, reached: Reached, what: str) -> None:
        """Wait until the desk is so."""
        self._desk.until(reached, what)

    def customer_leaves(self) -> None:
        """The customer hangs up."""
        if self._customer is not None:
            self._customer.hang_up()

    # What must be so

    def _up(self) -> None:
        self._desk.until(
            lambda state: (
                state.phone is Link.UP
                and state.hub is Link.UP
                and state.registration.state is RegistrationState.REGISTERED
            ),
            "the desk is up",
        )

    def _same_calls(self) -> None:
        """The desk shows the calls that Asterisk has."""

        def agree() -> bool:
            mine = [_OF_ASTERISK[call.state] for call in self._desk.state.calls]
            rows = [row for row in self._console.channels() if row["Channel"].startswith(f"PJSIP/{DANA}-")]
            return sorted(mine) == sorted(row["ChannelState"] for row in rows)

        eventually(agree, "the calls that Asterisk has", within=10.0)

    def _same_moments(self, kill: Kill) -> None:
        """Each call that both desks know has its timers; where nothing was under way, all else too."""
        after = self._desk.state
        for call in after.calls:
            earlier = next((one for one in kill.before.calls if one.id == call.id), None)
            if earlier is None:
                continue
            if earlier.answered is not None:
                assert call.answered is not None
                assert abs(call.answered - earlier.answered) < _TIMERS_AGREE, (earlier, call)
            if earlier.state is call.state:
                assert abs(call.since - earlier.since) < _TIMERS_AGREE, (earlier, call)
            if kill.steady:
                assert _beside_time(call) == _beside_time(earlier)
        if kill.steady:
            assert after.active == kill.before.active
            assert len(after.calls) == len(kill.before.calls)

    def _same_work(self, kill: Kill) -> None:
        """Customer, note and outcome are on the desk."""
        if not self._notes[-1] and not kill.before.work:
            return
        if not kill.before.work:
            return
        (earlier,) = kill.before.work
        if kill.name == "finishing":
            return
        state = self._desk.until(lambda now: now.work and now.work[0].card, f"{kill.name}: the card")
        (work,) = state.work
        assert work.contact == earlier.contact
        assert work.customer_card is not None
        assert work.customer_card.name == NAME
        assert work.note in self._notes
        if kill.steady:
            assert work.phase is earlier.phase
            assert work.note == self._notes[-1]
            assert work.disposition == earlier.disposition
        if earlier.phase is Phase.WRAP_UP:
            assert abs(work.since - earlier.since) < 2 * _TIMERS_AGREE, (earlier.since, work.since)

    def _talks(self, calls: tuple[Call, ...]) -> list[Recording]:
        """Where the tones are heard of those who can hear each other now."""
        talks: list[Recording] = []
        for call in calls:
            if call.state is CallState.ESTABLISHED:
                talks.append(self._theirs(call))
                if call.contact and self._customer is not None and not call.muted:
                    talks.append(Recording(self._customer.heard, AGENTS_TONE))
        return talks

    def _theirs(self, call: Call) -> Recording:
        """What the agent hears of the other side."""
        return Recording(self._home.place / "ear.wav", _CUSTOMERS_TONE if call.contact else OTHERS_TONE)

    def _silent(self, calls: tuple[Call, ...]) -> None:
        """Who is held hears nobody and is not heard; who is muted is not heard."""
        for call in calls:
            if call.answered is not None and call.state is CallState.HELD:
                self._theirs(call).wait_not_heard(_HEARD_FOR)
            silent = call.state is CallState.HELD or (call.answered is not None and call.muted)
            if silent and call.contact and self._customer is not None:
                Recording(self._customer.heard, AGENTS_TONE).wait_gone(_HEARD_FOR)

    # Out of them

    def _clear(self) -> None:
        """End everything from the new desk, and find it stored."""
        desk = self._desk
        if desk.state.ringing is not None:
            self.customer_leaves()
            desk.until(lambda state: state.ringing is None, "no ring")
        while calls := desk.state.calls:
            desk.ask(do.HangUp())
            desk.until(lambda state, calls=calls: len(state.calls) < len(calls), "hung up")  # type: ignore[misc]
        self.customer_leaves()
        while work := desk.state.work:
            self._wrap_up(work[0].contact)
        if self._customer is not None and self._notes[-1]:
            assert stored(self._centre, self._customer.contact).note in self._notes
        eventually(lambda: rung_next(self._console), "a member who can be rung")

    def _wrap_up(self, contact: str) -> None:
        desk = self._desk
        desk.until(lambda state: all(item.phase is not Phase.TALKING for item in state.work), "the wrap-up")
        desk.ask(do.ChooseDisposition(contact, "solved"))
        desk.ask(do.FinishWrapUp(contact))
        desk.until(lambda state: not state.work, "the wrap-up stored")


def _beside_time(call: Call) -> tuple[object, ...]:
    return call.state, call.muted, call.merged, call.transferring, call.party, call.contact


def _note(state: SessionState) -> str:
    return state.work[0].note if state.work else ""


def _talking(state: SessionState) -> bool:
    return any(call.state is CallState.ESTABLISHED for call in state.calls) and bool(
        state.work and state.work[0].phase is Phase.TALKING
    )


def _in(*states: CallState) -> Reached:
    return lambda state: sorted(call.state for call in state.calls) == sorted(states)


def dialling(shift: Shift) -> Reached:
    shift.ask(do.Dial(SILENT))
    return _in(CallState.DIALLING)


def ringing_out(shift: Shift) -> Reached:
    shift.ask(do.Dial(NO_ANSWER))
    return _in(CallState.RINGING)


def ringing_in(shift: Shift) -> Reached:
    shift.ring()
    return lambda state: state.ringing and state.work and state.work[0].card


def answering(shift: Shift) -> Reached:
    shift.ring()
    shift.wait(lambda state: state.ringing and state.work, "the ring")
    shift.ask(do.Answer())
    return _talking


def called(shift: Shift) -> Reached:
    shift.ask(do.Dial(OTHER))
    return _in(CallState.ESTABLISHED)


def typing(shift: Shift) -> Reached:
    return shift.note(shift.talk())


def holding(shift: Shift) -> Reached:
    shift.talk()
    shift.ask(do.ToggleHold())
    return _in(CallState.HELD)


def resuming(shift: Shift) -> Reached:
    shift.wait(holding(shift), "hold")
    shift.ask(do.ToggleHold())
    return _in(CallState.ESTABLISHED)


def muting(shift: Shift) -> Reached:
    shift.talk()
    shift.ask(do.ToggleMute())
    return lambda state: state.calls and state.calls[0].muted


def held_and_muted(shift: Shift) -> Reached:
    shift.wait(muting(shift), "mute")
    shift.ask(do.ToggleHold())
    return _in(CallState.HELD)


def second_call(shift: Shift) -> Reached:
    shift.talk()
    shift.ask(do.Dial(OTHER))
    return _in(CallState.HELD, CallState.ESTABLISHED)


def swapping(shift: Shift) -> Reached:
    shift.wait(second_call(shift), "two calls")
    shift.ask(do.Swap())
    return lambda state: (
        [call.state for call in state.calls] == [CallState.ESTABLISHED, CallState.HELD]
        and state.active == state.calls[0].id
    )


def merging(shift: Shift) -> Reached:
    shift.wait(second_call(shift), "two calls")
    shift.ask(do.Merge())
    return lambda state: (
        state.calls and all(call.merged and call.state is CallState.ESTABLISHED for call in state.calls)
    )


def transferring(shift: Shift) -> Reached:
    shift.talk()
    shift.ask(do.Transfer(TONE))
    return lambda state: not state.calls and state.work and state.work[0].phase is Phase.WRAP_UP


def transfer_fails(shift: Shift) -> Reached:
    shift.talk()
    shift.ask(do.Transfer(NOBODY))
    return lambda state: any("Not transferred" in notice.words for notice in state.notices)


def wrapping_up(shift: Shift) -> Reached:
    shift.talk()
    shift.customer_leaves()
    return lambda state: not state.calls and state.work and state.work[0].phase is Phase.WRAP_UP


def choosing(shift: Shift) -> Reached:
    shift.wait(wrapping_up(shift), "the wrap-up")
    shift.ask(do.ChooseDisposition(_contact(shift), "solved"))
    return lambda state: state.work and state.work[0].disposition


def finishing(shift: Shift) -> Reached:
    shift.wait(choosing(shift), "the outcome")
    shift.ask(do.FinishWrapUp(_contact(shift)))
    return lambda state: not state.work


def _contact(shift: Shift) -> str:
    assert shift._customer is not None
    return shift._customer.contact


STATES: dict[str, Callable[[Shift], Reached]] = {
    state.__name__: state
    for state in (
        dialling,
        ringing_out,
        ringing_in,
        answering,
        called,
        typing,
        holding,
        resuming,
        muting,
        held_and_muted,
        second_call,
        swapping,
        merging,
        transferring,
        transfer_fails,
        wrapping_up,
        choosing,
        finishing,
    )
}


def instants(count: int, chance: random.Random) -> list[str]:
    """``count`` states, each as often as any other, in seeded order."""
    names: list[str] = []
    while len(names) < count:
        names += chance.sample(list(STATES), len(STATES))
    return names[:count]


def shift_of(
    centre: Centre, console: Console, count: int, seed: int, tell: Callable[[str], None] = lambda _line: None
) -> list[Kill]:
    """Kill desks at ``count`` seeded instants, over phones that each serve some of them."""
    chance = random.Random(seed)  # noqa: S311 - seeded instants, no secret
    kills: list[Kill] = []
    names = instants(count, chance)
    for begin in range(0, count, _OF_ONE_PHONE):
        home = centre.prepare(DANA)
        shift = Shift(centre, console, home, chance)
        try:
            for name in names[begin : begin + _OF_ONE_PHONE]:
                began = time.monotonic()
                kills.append(shift.kill_in(name))
                tell(f"{len(kills)} {name} {kills[-1].steady} {time.monotonic() - began:.1f}")
        finally:
            shift.close()
            home.end_phone()
    return kills


_OF_ONE_PHONE = 25
"""Kills with one phone, whose recording is read again and again."""
