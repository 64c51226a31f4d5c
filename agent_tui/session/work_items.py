"""Finding and changing one contact's work in the state; what several reducers share."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session.state import NoteState, Phase, SessionState, Work
from hub.contract import LONGEST_NOTE, CardAnswer, CardStatus
from sip.call_state import CallState

_ORDER = (Phase.MISSED, Phase.OFFERED, Phase.TALKING, Phase.WRAP_UP)
"""Whatever is told of a contact that was missed here is news: it comes again, or was talked in after all."""

_UNTOLD = (CardStatus.PENDING, CardStatus.CRM_DOWN)


def find(state: SessionState, contact: str) -> Work | None:
    """The contact's work, if it is on the desk."""
    return next((item for item in state.work if item.contact == contact), None)


def put(state: SessionState, work: Work) -> SessionState:
    """With ``work`` in the place of its contact's, or at the end."""
    if find(state, work.contact) is None:
        return replace(state, work=(*state.work, work))
    return replace(state, work=tuple(work if item.contact == work.contact else item for item in state.work))


def drop(state: SessionState, contact: str) -> SessionState:
    """Without this contact."""
    return replace(state, work=tuple(item for item in state.work if item.contact != contact))


def rings(state: SessionState, contact: str) -> bool:
    """Whether a call of this contact waits here to be answered."""
    return any(call.contact == contact and call.state is CallState.INCOMING for call in state.calls)


def talks(state: SessionState, contact: str) -> bool:
    """Whether a call of this contact was answered here and is still open."""
    return any(call.contact == contact and call.answered is not None for call in state.calls)


def in_phase(work: Work, phase: Phase, now: float) -> Work:
    """Moved to ``phase``. The wait ends with the offer: ``offer.waited`` takes in the ringing and stays."""
    if work.phase is phase:
        return work
    offer = work.offer
    if work.phase is Phase.OFFERED and offer is not None:
        offer = offer.model_copy(update={"waited": offer.waited + max(0.0, now - work.since)})
    return replace(work, phase=phase, since=now, offer=offer)


def added(note: str, text: str) -> str:
    """``note``, and behind it ``text`` in lines of its own; empty where a note does not hold both."""
    whole = "\n".join(part for part in (note, text) if part)
    return whole if len(whole) <= LONGEST_NOTE else ""


def noted(work: Work) -> bool:
    """Whether the agent noted something of a ring, which is here alone."""
    return bool(work.note) and work.note_state in (NoteState.TYPED, NoteState.UNSAVED)


def after_ring(state: SessionState, work: Work) -> SessionState:
    """Nothing is left of a ring that nobody took here, but what was noted of it."""
    if not noted(work):
        return drop(state, work.contact)
    return put(state, in_phase(work, Phase.MISSED, state.now))


def further(one: Phase, other: Phase) -> Phase:
    """The later of two phases: what phone and hub tell of a contact arrives in any order."""
    return max(one, other, key=_ORDER.index)


def with_card(work: Work, card: CardAnswer) -> Work:
    """With a card; a choice among several stays while that customer is still among them, a link for good.

    A look-up that has not told yet who it is, as of a hub that was started again, takes nothing away.
    """
    if work.linked and work.linked not in {one.customer for one in card.cards}:
        return work
    if card.status in _UNTOLD:
        shown = work.card is not None and work.card.cards and work.card.number == card.number
        return work if shown else replace(work, card=card)
    known = work.finishing or any(one.customer == work.customer for one in card.cards)
    return replace(work, card=card, customer=work.customer if known else "")
