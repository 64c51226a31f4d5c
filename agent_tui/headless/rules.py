"""What an agent without a screen does, and when: pure readings of the desk's state.

Each answer is a command that a key of the desk would ask for, so nothing here can do what an agent could not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent_tui.commands import model as do
from agent_tui.session.reach import why_not_ready
from agent_tui.session.reduce_edits import taken
from agent_tui.session.select import chosen_presence, possible
from agent_tui.session.state import Link, Phase, SessionState, Work
from hub.contract import Presence
from sip.call_state import CallState


@dataclass(frozen=True, slots=True)
class Rules:
    """How calls are taken. ``answer_after`` and ``talk`` are seconds. Without a ``note`` none is written, and
    without an ``outcome`` the one that was chosen stays, or the first that the centre has is chosen.
    """

    answer_after: float = 1.0
    talk: float = 30.0
    note: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A command, and when it is to be given: seconds of the desk's clock."""

    at: float
    command: do.Command


def due(state: SessionState, rules: Rules) -> tuple[Due, ...]:
    """All that is to be done as things stand, the next first."""
    found = [one for rule in _RULES for one in rule(state, rules)]
    return tuple(sorted(found, key=lambda one: one.at))


def owed(state: SessionState, rules: Rules) -> tuple[Due, ...]:
    """What is to be done by who leaves: every call ended, every wrap-up stored, nothing taken any more."""
    found = [*_away(state), *_endings(state), *_wrap_ups(state, rules)]
    return tuple(sorted(found, key=lambda one: one.at))


def due_of_before(state: SessionState, rules: Rules) -> tuple[Due, ...]:
    """What a desk of before left to be stored."""
    return tuple(_wrap_ups(state, rules))


def _ready(state: SessionState, _rules: Rules) -> Iterator[Due]:
    """Also after the hub set the agent away, as it does with who misses calls."""
    told = state.hub is Link.UP and state.me is not None
    if told and chosen_presence(state) is not Presence.READY and why_not_ready(state) is None:
        yield Due(state.now, do.SetPresence(Presence.READY))


def _answer(state: SessionState, rules: Rules) -> Iterator[Due]:
    if state.ringing is not None and do.Answer in possible(state):
        yield Due(state.ringing.since + rules.answer_after, do.Answer())


def _notes(state: SessionState, rules: Rules) -> Iterator[Due]:
    for work in state.work:
        note = _note(work, rules)
        if taken(work) and work.note != note:
            yield Due(state.now, do.EditNote(work.contact, note))


def _note(work: Work, rules: Rules) -> str:
    """What is to stand there: what an earlier desk left is not lost."""
    if rules.note in work.note:
        return work.note
    return f"{work.note}\n{rules.note}" if work.note else rules.note


def _hang_up(state: SessionState, rules: Rules) -> Iterator[Due]:
    call = state.active_call
    if call is not None and call.state is CallState.ESTABLISHED and call.answered is not None:
        yield Due(call.answered + rules.talk, do.HangUp())


def _wrap_ups(state: SessionState, rules: Rules) -> Iterator[Due]:
    for work in state.work:
        if work.phase is Phase.MISSED and not work.finishing:
            yield Due(state.now, do.FinishWrapUp(work.contact))
        if work.phase is Phase.WRAP_UP and not work.finishing and work.note == _note(work, rules):
            yield Due(state.now, _next_of(state, work, rules))


def _next_of(state: SessionState, work: Work, rules: Rules) -> do.Command:
    known = [one.code for one in state.me.dispositions] if state.me is not None else []
    chosen = work.disposition if work.disposition in known else ""
    outcome = rules.outcome or chosen or next(iter(known), "")
    if work.disposition != outcome:
        return do.ChooseDisposition(work.contact, outcome)
    return do.FinishWrapUp(work.contact)


def _away(state: SessionState) -> Iterator[Due]:
    if state.hub is Link.UP and state.me is not None and chosen_presence(state) is not Presence.OFFLINE:
        yield Due(state.now, do.SetPresence(Presence.OFFLINE))


def _endings(state: SessionState) -> Iterator[Due]:
    if state.active_call is not None:
        yield Due(state.now, do.HangUp())
    elif state.calls:
        yield Due(state.now, do.SelectCall(state.calls[0].id))


_RULES: tuple[Callable[[SessionState, Rules], Iterator[Due]], ...] = (
    _ready,
    _answer,
    _notes,
    _hang_up,
    _wrap_ups,
)
