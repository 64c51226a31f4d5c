"""Views that screens paint, and the rules that screens and handlers share: pure readings of the state."""

from __future__ import annotations

from typing import Final

from agent_tui.commands import model as do
from agent_tui.session.agenda import agenda
from agent_tui.session.reduce_edits import taken, writable
from agent_tui.session.script import Facts, ShownStep, StepStanding, shown_steps
from agent_tui.session.state import Call, Link, Phase, SessionState, Work
from agent_tui.text.catalogue import _
from hub.contract import CardStatus, Presence
from sip.call_state import CallState
from sip.capability import Capability

_TALK = (CallState.ESTABLISHED, CallState.HELD)
_PENDING = (CallState.DIALLING, CallState.RINGING)
_MOST_CALLS = 2
"""Calls at once that the agent may bring about; a further one that comes in still rings."""

LISTENING_WITHIN: Final = 10.0
"""Seconds from the request to listen in to its INVITE."""

_NEEDED: dict[type[do.Command], Capability] = {
    do.ToggleHold: Capability.HOLD,
    do.Swap: Capability.HOLD,
    do.Transfer: Capability.BLIND_TRANSFER,
    do.AttendedTransfer: Capability.ATTENDED_TRANSFER,
    do.Merge: Capability.MERGE,
    do.Part: Capability.MERGE,
    do.SendKeys: Capability.DTMF,
}
"""What the phone's engine must be able to do for a command; the others every engine can carry out."""

OF_THE_PHONE: Final = frozenset(_NEEDED) | {
    do.Answer,
    do.HangUp,
    do.ToggleMute,
    do.Dial,
    do.CallBack,
    do.ClearMissed,
    do.SelectCall,
    do.ToggleRing,
    do.UseSound,
    do.FindDevices,
    do.ChooseDevice,
    do.SetRingVolume,
    do.TrySound,
}
"""What is done at the phone: never here where the agent talks by a telephone of their own."""


def possible(state: SessionState) -> frozenset[type[do.Command]]:
    """The kinds of command that would act now. A screen shows these; a handler refuses all others."""
    found: set[type[do.Command]] = {do.DismissNotice} if state.notices else set()
    if state.phone is Link.UP:
        found |= _able(state, _of_phone(state) | _of_active_call(state))
    if state.hub is Link.UP and state.me is not None:
        found |= {do.SetPresence, do.SearchHistory}
        if state.history is not None and state.history.next and not state.history.asking:
            found.add(do.OlderHistory)
    if state.unknown_here and not state.calls and not state.talks_elsewhere:
        found.add(do.LogIn)
    found |= _of_callbacks(state) | _of_floor(state) | _of_customers(state) | _of_conversations(state)
    return frozenset(found | _of_shown(state.shown) | _of_written(state.written))


def _of_callbacks(state: SessionState) -> set[type[do.Command]]:
    """Also while the hub is away: a form that is being filled in stays, and is told when it is sent."""
    found: set[type[do.Command]] = set()
    if state.me is not None and state.me.calls_back and state.me.queues:
        found.add(do.PromiseCallback)
    return found | {do.CancelCallback} if agenda(state) else found


def _of_customers(state: SessionState) -> set[type[do.Command]]:
    """A contact in the agent's hands may be anybody's, whatever the look-up by its number found."""
    work = state.written
    if state.hub is not Link.UP or work is None or not taken(work):
        return set()
    new: set[type[do.Command]] = {do.CreateCustomer} if state.me and state.me.creates_customers else set()
    return {do.FindCustomer, do.LinkCustomer} | new


def writes(state: SessionState) -> bool:
    """Whether this centre writes by WhatsApp, once the hub told."""
    return state.me is not None and state.me.writes


def caller_to_write_to(state: SessionState) -> Work | None:
    """The contact with whose caller the agent could go on in writing: one that is talked with, or was."""
    work = state.written
    if work is None or work.offer is None or not work.offer.writable or not taken(work):
        return None
    return work


def _of_conversations(state: SessionState) -> set[type[do.Command]]:
    """What there is stays to be read while the hub is away."""
    if not writes(state):
        return set()
    found: set[type[do.Command]] = {do.WatchConversations}
    if state.hub is not Link.UP:
        return found
    found |= {do.ReadConversation, do.TakeConversation, do.LetConversationGo, do.SeeConversation, do.SayText}
    if state.writing.templates:
        found.add(do.SendTemplate)
    if state.writing.files.document and not state.talks_elsewhere:
        found |= {do.LookAtFile, do.SendFile, do.SaveFile}
    return found | {do.WriteToCaller} if caller_to_write_to(state) is not None else found


def trains(state: SessionState) -> bool:
    """Whether the agent's role has the floor, once the hub told."""
    return state.me is not None and state.me.sees_floor


def _of_floor(state: SessionState) -> set[type[do.Command]]:
    if state.me is None or not trains(state) or state.hub is not Link.UP:
        return set()
    found: set[type[do.Command]] = {do.WatchFloor, do.WriteCoachNote}
    if state.me.listens and state.phone is Link.UP:
        found.add(do.Listen)
    return found


def _able(state: SessionState, commands: set[type[do.Command]]) -> set[type[do.Command]]:
    """Those of ``commands`` that the phone's engine can carry out."""
    return {one for one in commands if _NEEDED.get(one, Capability(0)) in state.capabilities}


def _of_phone(state: SessionState) -> set[type[do.Command]]:
    found: set[type[do.Command]] = set()
    if state.talks_elsewhere:
        return found
    pending = any(call.state in _PENDING for call in state.calls)
    if state.ringing is not None and not pending:
        found.add(do.Answer)
    second = Capability.SECOND_CALL in state.capabilities
    if not pending and len(state.calls) < (_MOST_CALLS if second else 1):
        found.add(do.Dial)
    if state.calls:
        found.add(do.SelectCall)
    elif state.missed:
        found |= {do.ClearMissed, do.CallBack} if state.missed[-1].number else {do.ClearMissed}
    found.add(do.ToggleRing)
    return found | _of_sound(state) | _of_two_calls(state)


def _of_sound(state: SessionState) -> set[type[do.Command]]:
    """What can be chosen of the sound; a device is tried where no call needs it."""
    if state.sound is None:
        return set()
    found: set[type[do.Command]] = {do.UseSound} if len(state.sound.profiles) > 1 else set()
    if state.sound.chosen is not None:
        found |= {do.FindDevices, do.ChooseDevice, do.SetRingVolume}
        if not state.calls:
            found.add(do.TrySound)
    return found


def _of_two_calls(state: SessionState) -> set[type[do.Command]]:
    """What can be done with the active call and another one that is talked in or on hold."""
    active, other = state.active_call, other_call(state)
    if active is None or other is None or active.transferring or other.transferring:
        return set()
    found: set[type[do.Command]] = {do.Part} if active.merged else {do.Merge, do.Swap}
    if consultation(state) is not None:
        found.add(do.AttendedTransfer)
    return found


def _of_active_call(state: SessionState) -> set[type[do.Command]]:
    call = state.active_call
    if call is None:
        return set()
    found: set[type[do.Command]] = {do.HangUp}
    if call.state not in _TALK:
        return found
    if all(not one.transferring for one in state.calls):
        found |= {do.ToggleHold, do.Transfer}
    if call.state is CallState.ESTABLISHED:
        found |= {do.ToggleMute, do.SendKeys}
    return found


def _of_shown(work: Work | None) -> set[type[do.Command]]:
    """What can be done with the card and script on the screen."""
    if work is None or work.finishing:
        return set()
    found: set[type[do.Command]] = set()
    if work.card is not None and work.card.status is CardStatus.SEVERAL:
        found.add(do.ChooseCustomer)
    if taken(work) and work.script is not None:
        found |= {do.TickStep, do.AnswerStep}
    return found


def _of_written(work: Work | None) -> set[type[do.Command]]:
    """What can be done with the note under the agent's hands, which may be another contact's."""
    if work is None or not writable(work):
        return set()
    found: set[type[do.Command]] = {do.EditNote}
    if taken(work):
        found.add(do.ChooseDisposition)
    if work.phase in (Phase.WRAP_UP, Phase.MISSED):
        found.add(do.FinishWrapUp)
    return found


def other_call(state: SessionState) -> Call | None:
    """The call to swap to: one talked in or on hold beside the active one, which must be so too."""
    active = state.active_call
    if active is None or active.state not in _TALK:
        return None
    return next((call for call in state.calls if call.id != active.id and call.state in _TALK), None)


def consultation(state: SessionState) -> tuple[Call, Call] | None:
    """The call with the customer and that with the colleague who was asked, when both are answered."""
    for asked in state.calls:
        first = asked_about(state, asked)
        if first is not None and first.state in _TALK and asked.state in _TALK:
            return first, asked
    return None


def asked_about(state: SessionState, call: Call) -> Call | None:
    """The open call that ``call`` is a consultation about."""
    return next((one for one in state.calls if one.id == call.consults), None) if call.consults else None


def listening_call(state: SessionState) -> Call | None:
    """The call in which the trainer at this desk hears an agent."""
    return next((call for call in state.calls if call.listening), None)


def taken_by_itself(state: SessionState) -> Call | None:
    """The call that rings, was asked for here to hear an agent, and is taken by the phone: it bears the
    secret of that request, comes in its time, and no other call is open.
    """
    awaited = state.awaited
    if not state.takes_listening or awaited is None or len(state.calls) != 1:
        return None
    (call,) = state.calls
    fits = call.state is CallState.INCOMING and call.listening == awaited.token
    return call if fits and state.now - awaited.at <= LISTENING_WITHIN else None


def talked_in(state: SessionState) -> tuple[Call, ...]:
    """The calls whose voices go both ways now, whichever has the keys; two of them are merged."""
    return tuple(call for call in state.calls if call.state is CallState.ESTABLISHED)


def call_seconds(call: Call, now: float) -> float:
    """How long the talk has lasted, hold included; before it, how long the call has rung."""
    return max(0.0, now - (call.since if call.answered is None else call.answered))


def waited_seconds(work: Work, now: float) -> float | None:
    """How long the customer waited before talk began, the ringing here included; None while unknown."""
    if work.offer is None:
        return None
    ringing = max(0.0, now - work.since) if work.phase is Phase.OFFERED else 0.0
    return work.offer.waited + ringing


def phase_seconds(work: Work, now: float) -> float:
    """How long the contact has been offered, talked to, or in wrap-up."""
    return max(0.0, now - work.since)


def facts(work: Work) -> Facts:
    """What the card gives to fill the script."""
    card = work.customer_card
    return card.facts if card is not None else {}


def script_steps(work: Work) -> tuple[ShownStep, ...]:
    """The script's steps that show now, filled in, with what was ticked and answered."""
    return shown_steps(work.script, work.progress, facts(work)) if work.script is not None else ()


def next_step(state: SessionState) -> ShownStep | None:
    """The step of the script on the screen that is to be done next."""
    steps = script_steps(state.shown) if state.shown is not None else ()
    return next((step for step in steps if step.standing is StepStanding.CURRENT), None)


def chosen_presence(state: SessionState) -> Presence | None:
    """What the agent chose last, whether the hub has it yet or not; None before the hub told."""
    return state.wanted or (state.me.presence if state.me is not None else None)


def missing(state: SessionState, call: Call) -> str:
    """Why a call has no card, in words; empty when its contact is on the desk with the hub's offer."""
    work = next((item for item in state.work if item.contact == call.contact), None) if call.contact else None
    if work is not None and work.offer is not None:
        return ""
    if call.listening:
        return _("You hear an agent's call in this one.")
    if state.hub is not Link.UP:
        return _("The hub does not answer: no card.")
    if not call.contact:
        return _("A direct call: it came by no queue, so there is no card.")
    return _("The hub has not told of this contact yet.")


def unsaved_contacts(state: SessionState) -> tuple[Work, ...]:
    """The contacts with something typed or ticked that the hub does not have."""
    return tuple(work for work in state.work if work.unsaved)
