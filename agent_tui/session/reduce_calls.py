"""What phone events make of the calls, and which call the keys act on."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from agent_tui.session import work_items as items
from agent_tui.session.events import CallSelected, PhoneLinkChanged, SnapshotTaken
from agent_tui.session.state import Call, Link, Phase, SessionState, Work
from agent_tui.session.table import Table
from hub.contract import ConnectedEvent
from sip import events as ev
from sip.call_state import CallState, ImpossibleTransition, first_state, next_state

_MOST_KEYS_SHOWN = 32
_PREFERRED = (
    CallState.ESTABLISHED,
    CallState.RINGING,
    CallState.DIALLING,
    CallState.INCOMING,
    CallState.HELD,
)
"""Which of the calls left takes the keys when the active one is over."""

_Moving: TypeAlias = ev.CallProgress | ev.CallEstablished | ev.CallHeld | ev.CallResumed


def find(state: SessionState, call: ev.CallId) -> Call | None:
    """The open call of this id."""
    return next((one for one in state.calls if one.id == call), None)


def put(state: SessionState, changed: Call) -> SessionState:
    """With ``changed`` in the place of the call of its id."""
    calls = tuple(changed if call.id == changed.id else call for call in state.calls)
    return replace(state, calls=calls)


def possible(call: Call, event: ev.CallEvent) -> bool:
    """Whether the call-state table knows ``event`` for the call as it stands."""
    try:
        next_state(call.state, event)
    except ImpossibleTransition:
        return False
    return True


def _begun(state: SessionState, event: ev.CallIncoming | ev.CallDialling) -> SessionState:
    """A new call. It takes the keys when no other call does, or when we placed it ourselves."""
    if find(state, event.call) is not None:
        return state
    outgoing = isinstance(event, ev.CallDialling)
    contact = event.contact if isinstance(event, ev.CallIncoming) else ""
    call = Call(event.call, event.party, contact, first_state(event), state.now, outgoing)
    if isinstance(event, ev.CallDialling):
        call = replace(call, consults=event.consults)
    else:
        call = replace(call, consulted=event.consulted, listening=event.listening)
    active = call.id if outgoing or state.active is None else state.active
    return replace(state, calls=(*state.calls, call), active=active)


def _moved(state: SessionState, event: _Moving) -> SessionState:
    """The call went on as the table says; whoever is talked to takes the keys."""
    call = find(state, event.call)
    if call is None or not possible(call, event):
        return state
    changed = replace(call, state=next_state(call.state, event))
    if changed.state is not call.state:
        changed = replace(changed, since=state.now)
    talking = isinstance(event, ev.CallEstablished | ev.CallResumed)
    return replace(put(state, changed), active=call.id if talking else state.active)


def _established(state: SessionState, event: ev.CallEstablished) -> SessionState:
    """The talk began."""
    moved = _moved(state, event)
    call = find(moved, event.call)
    if call is None or moved is state:
        return state
    return _found_again(put(moved, replace(call, answered=state.now)))


def _muted(state: SessionState, event: ev.CallMuted) -> SessionState:
    call = find(state, event.call)
    return state if call is None else put(state, replace(call, muted=event.muted))


def _merged(state: SessionState, event: ev.CallMerged) -> SessionState:
    """Of two merged calls the one that is told first has the keys: it is the one that had them before."""
    call = find(state, event.call)
    if call is None:
        return state
    first = event.merged and not any(one.merged for one in state.calls)
    state = replace(state, active=call.id) if first else state
    return put(state, replace(call, merged=event.merged))


def _encrypted(state: SessionState, event: ev.CallEncrypted) -> SessionState:
    call = find(state, event.call)
    return state if call is None else put(state, replace(call, encryption=event.suite))


def _transferring(state: SessionState, event: ev.CallTransferring) -> SessionState:
    call = find(state, event.call)
    return state if call is None else put(state, replace(call, transferring=event.target))


def _handed_on(state: SessionState, event: ConnectedEvent) -> SessionState:
    """The colleague who asked us about a contact has handed the customer on: the talk is that contact's."""
    for call in state.calls:
        if not call.contact and call.consulted == event.contact and call.answered is not None:
            return put(state, replace(call, contact=event.contact))
    return state


def _snapshot(state: SessionState, _event: SnapshotTaken) -> SessionState:
    return _found_again(state)


def _found_again(state: SessionState) -> SessionState:
    """Told again, a call bears only the contact asked about; who is with us by now was handed on in it."""
    for call in state.calls:
        work = items.find(state, call.consulted)
        if work is not None and not call.contact and _talk_of(call, work):
            state = put(state, replace(call, contact=work.contact))
            state = items.put(state, items.in_phase(work, Phase.TALKING, state.now))
    return state


def _talk_of(call: Call, work: Work) -> bool:
    """Whether ``call``, which was about the contact of ``work``, is the talk with that customer.

    A wrap-up that is younger than the open call was held for owed while nothing was heard of the phone; an
    older one is of a talk that we had before, and the customer is the colleague's.
    """
    if call.answered is None or work.finishing or work.phase is Phase.OFFERED:
        return False
    return work.phase is Phase.TALKING or call.answered < work.since


def _transfer_failed(state: SessionState, event: ev.TransferFailed) -> SessionState:
    call = find(state, event.call)
    return state if call is None else put(state, replace(call, transferring=""))


def _keys_sent(state: SessionState, event: ev.DtmfSent) -> SessionState:
    call = find(state, event.call)
    if call is None:
        return state
    return put(state, replace(call, keys_sent=(call.keys_sent + event.digits)[-_MOST_KEYS_SHOWN:]))


def _closed(state: SessionState, event: ev.CallClosed) -> SessionState:
    left = tuple(call for call in state.calls if call.id != event.call)
    active = _next_active(left) if state.active == event.call else state.active
    return replace(state, calls=left, active=active)


def _selected(state: SessionState, event: CallSelected) -> SessionState:
    return state if find(state, event.call) is None else replace(state, active=event.call)


def _missed(state: SessionState, event: ev.MissedCalls) -> SessionState:
    return replace(state, missed=event.calls)


def _dialled(state: SessionState, event: ev.DialledCalls) -> SessionState:
    return replace(state, dialled=event.calls)


def _phone_link(state: SessionState, event: PhoneLinkChanged) -> SessionState:
    """Without the phone there is no voice; calls it still holds are told again when it is back."""
    return state if event.link is Link.UP else replace(state, calls=(), active=None)


def _next_active(calls: tuple[Call, ...]) -> ev.CallId | None:
    best = min(calls, key=lambda call: _PREFERRED.index(call.state), default=None)
    return best.id if best else None


TABLE: Table = {
    ev.CallIncoming: _begun,
    ev.CallDialling: _begun,
    ev.CallProgress: _moved,
    ev.CallEstablished: _established,
    ev.CallHeld: _moved,
    ev.CallResumed: _moved,
    ev.CallMuted: _muted,
    ev.CallMerged: _merged,
    ev.CallEncrypted: _encrypted,
    ev.CallTransferring: _transferring,
    ev.TransferFailed: _transfer_failed,
    ev.CallClosed: _closed,
    ev.MissedCalls: _missed,
    ev.DialledCalls: _dialled,
    ev.DtmfSent: _keys_sent,
    CallSelected: _selected,
    ConnectedEvent: _handed_on,
    SnapshotTaken: _snapshot,
    PhoneLinkChanged: _phone_link,
}
