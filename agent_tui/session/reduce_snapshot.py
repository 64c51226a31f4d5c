"""How the contacts on the desk and a snapshot of the hub become one. What the agent typed here wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from agent_tui.session import work_items as items
from agent_tui.session.events import SnapshotTaken
from agent_tui.session.state import NoteState, Phase, SessionState, Work
from agent_tui.session.table import Table
from hub.contract import OpenContact


def _snapshot(state: SessionState, event: SnapshotTaken) -> SessionState:
    told = {contact.offer.contact: contact for contact in event.snapshot.contacts}
    kept = (_local(state, work, told.get(work.contact), event.at) for work in state.work)
    new = (
        _from_hub(contact, state.now, event.at)
        for key, contact in told.items()
        if items.find(state, key) is None
    )
    return replace(state, work=(*(work for work in kept if work is not None), *new))


def _from_hub(told: OpenContact, now: float, at: datetime) -> Work:
    """A contact this desk did not know: the agent came to another terminal, or the desk was started anew."""
    record = told.record
    return Work(
        contact=told.offer.contact,
        offer=told.offer,
        phase=Phase(told.phase),
        since=_since(told, now, at),
        card=told.card,
        customer=record.customer,
        progress=record.script,
        note=record.note,
        note_state=NoteState.SAVED if record.note else NoteState.EMPTY,
        disposition=record.disposition,
    )


def _local(state: SessionState, work: Work, told: OpenContact | None, at: datetime) -> Work | None:
    """A contact of this desk after a snapshot, or None when it is over."""
    if told is None:
        return _untold(state, work)
    return _merged(state, work, told, at)


def _untold(state: SessionState, work: Work) -> Work | None:
    """The hub knows nothing that is owed here. Voice and unsaved work keep the contact on the desk."""
    if work.phase is Phase.OFFERED and not items.rings(state, work.contact):
        return items.in_phase(work, Phase.MISSED, state.now) if items.noted(work) else None
    if work.phase in (Phase.OFFERED, Phase.MISSED):
        return work
    if items.talks(state, work.contact):
        return work
    return items.in_phase(work, Phase.WRAP_UP, state.now) if work.unsaved else None


def _since(told: OpenContact, now: float, at: datetime) -> float:
    """When the contact's phase began, on the desk's clock."""
    return now - max(0.0, (at - told.since).total_seconds())


def _merged(state: SessionState, work: Work, told: OpenContact, at: datetime) -> Work:
    heard_of = work.offer is not None
    work = items.with_card(replace(work, offer=work.offer or told.offer, script_due=True), told.card)
    if not items.talks(state, work.contact):
        work = items.in_phase(work, items.further(work.phase, Phase(told.phase)), state.now)
        if not heard_of and work.phase is Phase(told.phase):
            work = replace(work, since=_since(told, state.now, at))
    if work.finishing:
        return work
    record = told.record
    if work.note_state is NoteState.EMPTY and record.note:
        work = replace(work, note=record.note, note_state=NoteState.SAVED)
    if work.progress is None:
        work = replace(work, progress=record.script)
    return replace(
        work,
        customer=work.customer or record.customer,
        disposition=work.disposition or record.disposition,
    )


TABLE: Table = {SnapshotTaken: _snapshot}
