"""What must be so on the desk that comes after a killed one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from agent_tui.screens.views.calls import contact_name
from agent_tui.session.select import asked_about
from agent_tui.session.state import Call, Phase, SessionState
from sip.call_state import CallState
from tests.contract.phones import BUSY, COLLEAGUES_HZ
from tests.e2e.acts import DANA, NAME
from tests.e2e.eventually import eventually
from tests.e2e.kills.shift import CUSTOMERS_TONE, Shift
from tests.e2e.sound import Recording
from tests.pbx.console import Console

HEARD_FOR = 0.3
_TIMERS_AGREE = 0.3
"""Seconds, beside what the next desk read too late. A timer that began anew is off by more: what was reached
is older than that when its desk is killed, and still older when the next one is there."""

_STORED = ("finishing", "leaving_a_missed_one")
"""Where the wrap-up may be stored before the next desk looks."""

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


class Judge:
    """Looks at the desk that a shift has now, after ``kill``."""

    def __init__(self, shift: Shift, console: Console, kill: Kill) -> None:
        self._shift = shift
        self._console = console
        self._kill = kill

    def same_calls(self) -> None:
        """The desk shows the calls that Asterisk has; one that is being handed on is so no more."""

        def agree() -> bool:
            calls = self._shift.desk.state.calls
            if any(call.transferring for call in calls):
                return False
            mine = [_OF_ASTERISK[call.state] for call in calls]
            rows = [row for row in self._console.channels() if row["Channel"].startswith(f"PJSIP/{DANA}-")]
            return sorted(mine) == sorted(row["ChannelState"] for row in rows)

        eventually(agree, "the calls that Asterisk has", within=10.0)

    def same_moments(self) -> None:
        """Each call that both desks know has its timers; where nothing was under way, all else too."""
        kill, after = self._kill, self._shift.desk.state
        for call in after.calls:
            earlier = next((one for one in kill.before.calls if one.id == call.id), None)
            if earlier is None:
                continue
            late = self._shift.desk.late_by(call.id, call.since)
            if earlier.answered is not None:
                assert call.answered is not None
                assert self._goes_on(earlier.answered, call.answered, late), (earlier, call, late)
            if earlier.state is call.state:
                assert self._goes_on(earlier.since, call.since, late), (earlier, call, late)
            if kill.steady:
                assert _beside_time(call) == _beside_time(earlier)
        if kill.steady:
            assert after.active == kill.before.active
            assert len(after.calls) == len(kill.before.calls)

    def same_consultation(self) -> None:
        """Whom we called while a customer was there, we asked about that customer."""
        customer, after = self._shift.customer, self._shift.desk.state
        if customer is None:
            return
        for asked in (call for call in after.calls if call.outgoing):
            assert asked.consults, asked
            first = asked_about(after, asked)
            known = [call for call in after.calls if call.contact == customer.contact]
            assert known == ([] if first is None else [first]), after.calls

    def connected(self) -> None:
        """Where both calls were handed on, customer and colleague talk without us.

        Asterisk is asked, for a made-up colleague who was on hold says no more tone.
        """
        if self._kill.name == "completing" and not self._shift.desk.state.calls:
            eventually(self._shift.bridged_with_colleague, "customer and colleague in one bridge")

    def same_work(self) -> None:
        """Customer, note and outcome are on the desk."""
        kill = self._kill
        if not kill.before.work or kill.name in _STORED:
            return
        (earlier,) = kill.before.work
        state = self._shift.desk.until(_known, f"{kill.name}: who it is")
        (work,) = state.work
        assert work.contact == earlier.contact
        assert contact_name(work) == (BUSY if earlier.dialled else NAME)
        assert work.dialled == earlier.dialled
        assert work.note in self._shift.notes
        if kill.steady:
            assert work.phase is earlier.phase
            assert work.note == self._shift.notes[-1]
            assert work.disposition == earlier.disposition
        if earlier.phase in (Phase.WRAP_UP, Phase.MISSED):
            late = self._shift.desk.late_by(work.contact, work.since)
            assert self._goes_on(earlier.since, work.since, late + _TIMERS_AGREE), (earlier, work, late)

    def _goes_on(self, earlier: float, now: float, late: float) -> bool:
        """Whether a timer goes on from where the killed desk had it: that one may have read late itself."""
        return self._shift.began <= now < earlier + late + _TIMERS_AGREE

    def talks(self, calls: tuple[Call, ...]) -> list[Recording]:
        """Where the tones are heard of those who can hear each other now."""
        talks: list[Recording] = []
        for call in calls:
            if call.state is CallState.ESTABLISHED:
                talks.append(self._theirs(call))
                if call.contact and self._shift.customer is not None and not call.muted:
                    talks.append(self._shift.agent_heard)
        return talks

    def _theirs(self, call: Call) -> Recording:
        """What the agent hears of the other side."""
        return self._shift.agent_hears(CUSTOMERS_TONE if call.contact else COLLEAGUES_HZ)

    def silent(self) -> None:
        """Who is held hears nobody and is not heard; who is muted is not heard."""
        for call in self._shift.desk.state.calls:
            changed = partial(self._changed, call)
            if call.answered is not None and call.state is CallState.HELD:
                self._theirs(call).wait_not_heard(HEARD_FOR, changed)
            silent = call.state is CallState.HELD or (call.answered is not None and call.muted)
            if silent and call.contact and self._shift.customer is not None:
                self._shift.agent_heard.wait_gone(HEARD_FOR, changed)

    def _changed(self, call: Call) -> bool:
        """Whether what the killed desk had asked for comes about only now."""
        calls = [(one.id, one.state, one.muted) for one in self._shift.desk.state.calls]
        return not self._kill.steady and (call.id, call.state, call.muted) not in calls


def _known(state: SessionState) -> bool:
    """Whether the desk knows who it is: of a ring that is over the hub tells no card any more."""
    work = state.work[0] if state.work else None
    if work is None:
        return False
    return work.card is not None or (work.phase is Phase.MISSED and not state.calls)


def _beside_time(call: Call) -> tuple[object, ...]:
    return call.state, call.muted, call.merged, call.transferring, call.party, call.contact, call.consults
