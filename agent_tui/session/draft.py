"""What the agent did for a contact that is not wrapped up yet, in a form that outlives the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field

from agent_tui.session.kept import Kept
from agent_tui.session.state import NoteState, Phase, Work
from agent_tui.session.work_items import added, noted
from hub.contract import LONGEST_NOTE, DialEnd, Offer, ScriptProgress, VoiceQuality


class Draft(Kept):
    """One contact's note, ticks, outcome and wrap-up, or the note of a ring.

    ``note_saved`` and ``progress_saved`` say what the hub has already; ``wrap_up_since`` is the wall clock
    (aware) when the talk ended, None while it goes on; ``wrap_up_key`` makes a wrap-up that was on its way
    be stored once. ``rang``: no talk began, and who it was stands in ``offer``, for the hub tells it no more.
    """

    contact: Annotated[str, Field(min_length=1)]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    note_saved: bool = True
    progress: ScriptProgress | None = None
    progress_saved: bool = True
    customer: str = ""
    disposition: str = ""
    finishing: bool = False
    wrap_up_key: str = ""
    wrap_up_since: AwareDatetime | None = None
    voice: VoiceQuality | None = None
    rang: bool = False
    offer: Offer | None = None
    dialled: DialEnd | None = None

    @property
    def about(self) -> str:
        """The contact."""
        return self.contact


def draft_of(work: Work, now: float, at: datetime) -> Draft | None:
    """What is to be kept of ``work``, seen at ``now`` on the desk's clock and ``at`` on the wall's.

    None when the agent did nothing yet. What waits for the caller's conversation is in the note of the desk
    that comes next, which looks for none; but a wrap-up on its way stays what it is.
    """
    early = added(work.note, work.early) if work.early and not work.finishing else ""
    over = work.phase in (Phase.WRAP_UP, Phase.MISSED)
    rang = work.phase in (Phase.OFFERED, Phase.MISSED)
    did = (
        work.note
        or early
        or work.unsaved
        or work.customer
        or work.disposition
        or (over and work.voice is not None)
    )
    if not (noted(work) or work.dialled if rang else did):
        return None
    return Draft(
        contact=work.contact,
        note=early or work.note,
        note_saved=not early and work.note_state in (NoteState.SAVED, NoteState.EMPTY),
        progress=work.progress,
        progress_saved=not work.progress_unsaved,
        customer=work.chosen_customer,
        disposition=work.disposition,
        finishing=work.finishing,
        wrap_up_key=work.wrap_up_key,
        wrap_up_since=at - timedelta(seconds=max(0.0, now - work.since)) if over else None,
        voice=work.voice if over else None,
        rang=rang,
        offer=_whose(work) if rang else None,
        dialled=work.dialled,
    )


def _whose(work: Work) -> Offer | None:
    """The offer with the name that the card had: of the card nothing else is kept on the machine."""
    card = work.customer_card
    if work.offer is None or card is None:
        return work.offer
    return work.offer.model_copy(update={"name": card.name})


def work_of(draft: Draft, now: float, at: datetime) -> Work:
    """The contact as it stands when a desk finds ``draft``: owed or missed, until more is told."""
    since = draft.wrap_up_since
    note_state = NoteState.SAVED if draft.note else NoteState.EMPTY
    return Work(
        contact=draft.contact,
        offer=draft.offer,
        phase=Phase.MISSED if draft.rang else Phase.WRAP_UP,
        since=now - (max(0.0, (at - since).total_seconds()) if since is not None else 0.0),
        customer=draft.customer,
        progress=draft.progress,
        progress_unsaved=not draft.progress_saved,
        note=draft.note,
        note_state=note_state if draft.note_saved else NoteState.UNSAVED,
        disposition=draft.disposition,
        finishing=draft.finishing and since is not None,
        voice=draft.voice,
        wrap_up_key=draft.wrap_up_key,
        dialled=draft.dialled,
    )
