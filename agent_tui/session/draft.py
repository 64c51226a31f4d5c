"""What the agent did for a contact that is not wrapped up yet, in a form that outlives the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field

from agent_tui.session.kept import Kept
from agent_tui.session.state import NoteState, Phase, Work
from hub.contract import ScriptProgress, VoiceQuality


class Draft(Kept):
    """One contact's note, ticks, outcome and wrap-up.

    ``note_saved`` and ``progress_saved`` say what the hub has already; ``wrap_up_since`` is the wall clock
    (aware) when the talk ended, None while it goes on; ``wrap_up_key`` makes a wrap-up that was on its way
    be stored once.
    """

    contact: Annotated[str, Field(min_length=1)]
    note: Annotated[str, Field(max_length=10_000)] = ""
    note_saved: bool = True
    progress: ScriptProgress | None = None
    progress_saved: bool = True
    customer: str = ""
    disposition: str = ""
    finishing: bool = False
    wrap_up_key: str = ""
    wrap_up_since: AwareDatetime | None = None
    voice: VoiceQuality | None = None

    @property
    def about(self) -> str:
        """The contact."""
        return self.contact


def draft_of(work: Work, now: float, at: datetime) -> Draft | None:
    """What is to be kept of ``work``, seen at ``now`` on the desk's clock and ``at`` on the wall's.

    None when the agent did nothing yet.
    """
    over = work.phase is Phase.WRAP_UP
    did = work.note or work.unsaved or work.customer or work.disposition or (over and work.voice is not None)
    if work.phase is Phase.OFFERED or not did:
        return None
    return Draft(
        contact=work.contact,
        note=work.note,
        note_saved=work.note_state in (NoteState.SAVED, NoteState.EMPTY),
        progress=work.progress,
        progress_saved=not work.progress_unsaved,
        customer=work.chosen_customer,
        disposition=work.disposition,
        finishing=work.finishing,
        wrap_up_key=work.wrap_up_key,
        wrap_up_since=at - timedelta(seconds=max(0.0, now - work.since)) if over else None,
        voice=work.voice if over else None,
    )


def work_of(draft: Draft, now: float, at: datetime) -> Work:
    """The contact as it stands when a desk finds ``draft``: owed, until the phone tells that it talks."""
    since = draft.wrap_up_since
    note_state = NoteState.SAVED if draft.note else NoteState.EMPTY
    return Work(
        contact=draft.contact,
        offer=None,
        phase=Phase.WRAP_UP,
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
    )
