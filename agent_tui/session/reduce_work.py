"""What a contact goes through on the desk: offered, talking, wrap-up, gone.

Phone and hub both tell of it, in any order. A phase never goes back because of a late word; only a call
that is answered again (handed back to us) takes a contact from wrap-up to talk. Until the wrap-up is
stored a contact whose talk began stays, with all that was typed.
"""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session import reduce_calls, reduce_edits, reduce_snapshot
from agent_tui.session import work_items as items
from agent_tui.session.events import CardArrived, PhoneLinkChanged, ScriptArrived, WrapUpStored
from agent_tui.session.script import restored
from agent_tui.session.state import Link, NoteState, Phase, SessionState, Work
from agent_tui.session.table import Table
from hub.contract import (
    CardAnswer,
    CardEvent,
    CardStatus,
    ConnectedEvent,
    ContactEndedEvent,
    DialFailedEvent,
    OfferedEvent,
    OfferEndedEvent,
    ScriptChangedEvent,
    WrappedUpEvent,
)
from sip import events as ev


def _incoming(state: SessionState, event: ev.CallIncoming) -> SessionState:
    """A ring may be ahead of the hub's word, or there may be no hub: the contact stands here all the same.
    Who was missed and rings again goes on with the note.
    """
    known = items.find(state, event.contact) if event.contact else None
    if known is not None and known.phase is Phase.MISSED and not known.finishing:
        return items.put(state, items.in_phase(known, Phase.OFFERED, state.now))
    if not event.contact or known is not None:
        return state
    return items.put(state, Work(event.contact, None, Phase.OFFERED, state.now))


def _established(state: SessionState, event: ev.CallEstablished) -> SessionState:
    call = reduce_calls.find(state, event.call)
    if call is None or not reduce_calls.possible(call, event):
        return state
    work = items.find(state, call.contact)
    if work is None or work.finishing:
        return state
    return items.put(state, items.in_phase(work, Phase.TALKING, state.now))


def _closed(state: SessionState, event: ev.CallClosed) -> SessionState:
    """After a talk a wrap-up is owed; a ring that nobody answered here leaves what was noted of it."""
    call = reduce_calls.find(state, event.call)
    work = items.find(state, call.contact) if call is not None else None
    if work is None:
        return state
    if work.phase is Phase.OFFERED:
        return items.after_ring(state, work)
    if work.phase is Phase.MISSED:
        return state
    return items.put(state, items.in_phase(work, Phase.WRAP_UP, state.now))


def _phone_link(state: SessionState, event: PhoneLinkChanged) -> SessionState:
    """With the phone gone no talk goes on here; should the phone still hold the call, it tells so."""
    if event.link is Link.UP:
        return state
    for call in state.calls:
        state = _closed(state, ev.CallClosed(call.id, ev.CloseReason.FAILED))
    return state


def _offered(state: SessionState, event: OfferedEvent) -> SessionState:
    offer = event.offer
    known = items.find(state, offer.contact)
    if known is None:
        known = Work(offer.contact, offer, Phase.OFFERED, state.now)
    elif known.phase is Phase.MISSED and not known.finishing:
        known = items.in_phase(known, Phase.OFFERED, state.now)
    return items.put(state, items.with_card(replace(known, offer=offer), event.card))


def _card(state: SessionState, event: CardEvent | CardArrived) -> SessionState:
    """A request's answer and the stream come by two ways: what was still looked up is old news then."""
    work = items.find(state, event.card.contact)
    if work is None or _known_already(work, event.card):
        return state
    return items.put(state, items.with_card(work, event.card))


def _known_already(work: Work, card: CardAnswer) -> bool:
    known = work.card
    if known is None or card.status is not CardStatus.PENDING or card.number != known.number:
        return False
    return known.status not in (CardStatus.PENDING, CardStatus.CRM_DOWN)


def _connected(state: SessionState, event: ConnectedEvent) -> SessionState:
    return _forward(state, event.contact, Phase.TALKING)


def _ended(state: SessionState, event: ContactEndedEvent) -> SessionState:
    return _forward(state, event.contact, Phase.WRAP_UP)


def _forward(state: SessionState, contact: str, phase: Phase) -> SessionState:
    work = items.find(state, contact)
    if work is None:
        return state
    return items.put(state, items.in_phase(work, items.further(work.phase, phase), state.now))


def _offer_ended(state: SessionState, event: OfferEndedEvent) -> SessionState:
    """The offer is over, unless the phone already rings for the next one of the same contact."""
    work = items.find(state, event.contact)
    if work is None or work.phase is not Phase.OFFERED or items.rings(state, event.contact):
        return state
    return items.after_ring(state, work)


def _dial_failed(state: SessionState, event: DialFailedEvent) -> SessionState:
    """A note may be left with it; how it ended is known already. Whoever is dialled in a talk is asked about
    that customer, and is no contact of their own.
    """
    offer = event.offer
    asked = any(call.answered is not None for call in state.calls)
    if asked or items.find(state, offer.contact) is not None:
        return state
    return items.put(state, Work(offer.contact, offer, Phase.MISSED, state.now, dialled=event.end))


def _wrapped_up(state: SessionState, event: WrappedUpEvent) -> SessionState:
    """Stored, by this desk or by another of the same agent: what only this desk has is kept."""
    record = event.record
    work = items.find(state, record.contact)
    if work is None or items.talks(state, record.contact) or items.rings(state, record.contact):
        return state
    safe = work.note in ("", record.note) or (work.note_state is NoteState.SAVED and not work.finishing)
    return items.drop(state, record.contact) if safe else state


def _stored(state: SessionState, event: WrapUpStored) -> SessionState:
    """Who was missed and came again while the note was on its way is here anew."""
    contact = event.record.contact
    work = items.find(state, contact)
    state = items.drop(state, contact)
    if work is None or work.phase is not Phase.MISSED:
        return state
    if items.talks(state, contact):
        return items.put(state, Work(contact, work.offer, Phase.TALKING, state.now, work.card))
    if items.rings(state, contact):
        return items.put(state, Work(contact, work.offer, Phase.OFFERED, state.now, work.card))
    return state


def _script_arrived(state: SessionState, event: ScriptArrived) -> SessionState:
    work = items.find(state, event.contact)
    if work is None:
        return state
    progress = work.progress
    if event.script is not None and not work.finishing:
        progress = restored(event.script, progress)
    return items.put(state, replace(work, script=event.script, script_due=False, progress=progress))


def _script_changed(state: SessionState, event: ScriptChangedEvent) -> SessionState:
    """An edited script is fetched again for each contact it guides."""

    def touched(work: Work) -> bool:
        if work.script is not None and work.script.id == event.script:
            return work.script.revision != event.revision
        return work.offer is not None and work.offer.queue == event.queue

    work = tuple(replace(item, script_due=True) if touched(item) else item for item in state.work)
    return replace(state, work=work)


TABLE: Table = {
    ev.CallIncoming: _incoming,
    ev.CallEstablished: _established,
    ev.CallClosed: _closed,
    PhoneLinkChanged: _phone_link,
    OfferedEvent: _offered,
    CardEvent: _card,
    CardArrived: _card,
    ConnectedEvent: _connected,
    OfferEndedEvent: _offer_ended,
    ContactEndedEvent: _ended,
    DialFailedEvent: _dial_failed,
    WrappedUpEvent: _wrapped_up,
    WrapUpStored: _stored,
    ScriptArrived: _script_arrived,
    ScriptChangedEvent: _script_changed,
    **reduce_edits.TABLE,
    **reduce_snapshot.TABLE,
}
