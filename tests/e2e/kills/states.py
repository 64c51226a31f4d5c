"""The states that a shift can be brought into: each asks for the last step, and says where it was reached."""

from __future__ import annotations

from collections.abc import Callable

from agent_tui.commands import model as do
from agent_tui.session.state import Phase, SessionState
from sip.call_state import CallState
from tests.contract.phones import BUSY, COLLEAGUE, NO_ANSWER, TONE
from tests.e2e.kills.shift import Reached, Shift, talking

_SILENT = "612"
"""Answers nothing at all: a call to it stays as dialled."""
_NOBODY = "1199"


def _in(*states: CallState) -> Reached:
    return lambda state: sorted(call.state for call in state.calls) == sorted(states)


def _wrap_up_owed(state: SessionState) -> bool:
    return not state.calls and bool(state.work) and state.work[0].phase is Phase.WRAP_UP


# One call


def dialling(shift: Shift) -> Reached:
    shift.ask(do.Dial(_SILENT))
    return _in(CallState.DIALLING)


def ringing_out(shift: Shift) -> Reached:
    shift.ask(do.Dial(NO_ANSWER))
    return _in(CallState.RINGING)


def ringing_in(shift: Shift) -> Reached:
    shift.ring()
    return lambda state: state.ringing and state.work and state.work[0].card


def noting_a_ring(shift: Shift) -> Reached:
    shift.ring()
    shift.wait(lambda state: state.ringing and state.work and state.work[0].card, "the ring")
    return shift.note(shift.contact)


def missing(shift: Shift) -> Reached:
    shift.wait(noting_a_ring(shift), "the note of the ring")
    shift.customer_leaves()
    return lambda state: not state.calls and state.work and state.work[0].phase is Phase.MISSED


def leaving_a_missed_one(shift: Shift) -> Reached:
    shift.wait(missing(shift), "the ring has ended")
    shift.ask(do.FinishWrapUp(shift.contact))
    return lambda state: not state.work


def answering(shift: Shift) -> Reached:
    shift.ring()
    shift.wait(lambda state: state.ringing and state.work, "the ring")
    shift.ask(do.Answer())
    return talking


def called(shift: Shift) -> Reached:
    shift.ask(do.Dial(COLLEAGUE))
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


def dialled_in_vain(shift: Shift) -> Reached:
    shift.ask(do.Dial(BUSY))
    shift.wait(lambda state: state.work and state.work[0].dialled, "the number that is busy")
    return shift.note(shift.desk.state.work[0].contact)


# A colleague is asked about the customer, who is on hold


def asking(shift: Shift) -> Reached:
    shift.talk()
    shift.ask(do.Dial(NO_ANSWER))
    return _in(CallState.HELD, CallState.RINGING)


def consulting(shift: Shift) -> Reached:
    shift.talk()
    shift.ask(do.Dial(COLLEAGUE))
    return _in(CallState.HELD, CallState.ESTABLISHED)


def swapping(shift: Shift) -> Reached:
    shift.wait(consulting(shift), "two calls")
    shift.ask(do.Swap())
    return lambda state: (
        [call.state for call in state.calls] == [CallState.ESTABLISHED, CallState.HELD]
        and state.active == state.calls[0].id
    )


def merging(shift: Shift) -> Reached:
    shift.wait(consulting(shift), "two calls")
    shift.ask(do.Merge())
    return lambda state: (
        state.calls and all(call.merged and call.state is CallState.ESTABLISHED for call in state.calls)
    )


def returning(shift: Shift) -> Reached:
    shift.wait(consulting(shift), "two calls")
    shift.ask(do.HangUp())
    return _in(CallState.ESTABLISHED)


def completing(shift: Shift) -> Reached:
    shift.wait(consulting(shift), "two calls")
    shift.ask(do.AttendedTransfer())
    return _wrap_up_owed


# The customer is handed on, or gone


def transferring(shift: Shift) -> Reached:
    shift.talk()
    shift.ask(do.Transfer(TONE))
    return _wrap_up_owed


def transfer_fails(shift: Shift) -> Reached:
    shift.talk()
    shift.ask(do.Transfer(_NOBODY))
    return lambda state: any("Not transferred" in str(notice.words) for notice in state.notices)


def wrapping_up(shift: Shift) -> Reached:
    shift.talk()
    shift.customer_leaves()
    return _wrap_up_owed


def choosing(shift: Shift) -> Reached:
    shift.wait(wrapping_up(shift), "the wrap-up")
    shift.ask(do.ChooseDisposition(shift.contact, "solved"))
    return lambda state: state.work and state.work[0].disposition


def finishing(shift: Shift) -> Reached:
    shift.wait(choosing(shift), "the outcome")
    shift.ask(do.FinishWrapUp(shift.contact))
    return lambda state: not state.work


STATES: dict[str, Callable[[Shift], Reached]] = {
    state.__name__: state
    for state in (
        dialling,
        ringing_out,
        ringing_in,
        noting_a_ring,
        missing,
        leaving_a_missed_one,
        answering,
        called,
        dialled_in_vain,
        typing,
        holding,
        resuming,
        muting,
        held_and_muted,
        asking,
        consulting,
        swapping,
        merging,
        returning,
        completing,
        transferring,
        transfer_fails,
        wrapping_up,
        choosing,
        finishing,
    )
}

OF_RINGS = ("noting_a_ring", "missing", "leaving_a_missed_one")
"""Those in which the customer is not talked with."""
