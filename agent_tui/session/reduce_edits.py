"""What the agent types, ticks and chooses for a contact, and whether the hub has it.

The note is open from the first ring, and stays when the ring ends; all else begins with the talk.
While the wrap-up is on its way nothing of it changes, so that what is stored is what the agent saw.
"""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session import work_items as items
from agent_tui.session.draft import work_of
from agent_tui.session.events import (
    CustomerChosen,
    DispositionChosen,
    DraftFound,
    MissedLeft,
    NoteNotSaved,
    NoteSaved,
    NoteTyped,
    ProgressSaved,
    StepAnswered,
    StepTicked,
    WrapUpFailed,
    WrapUpStarted,
)
from agent_tui.session.script import answered, ticked
from agent_tui.session.state import NoteState, Phase, SessionState, Work
from agent_tui.session.table import Table
from agent_tui.session.writing_events import EarlyTyped
from hub.contract import ScriptProgress


def writable(work: Work) -> bool:
    """Whether the agent may write a note."""
    return not work.finishing


def taken(work: Work) -> bool:
    """Whether the agent talks or talked in it: may tick a step, say who it is and how it ended."""
    return work.phase in (Phase.TALKING, Phase.WRAP_UP) and not work.finishing


def _taken(state: SessionState, contact: str) -> Work | None:
    work = items.find(state, contact)
    return work if work is not None and taken(work) else None


def _draft_found(state: SessionState, event: DraftFound) -> SessionState:
    """What an earlier desk left; where something stands here already, that is newer."""
    if items.find(state, event.draft.contact) is not None:
        return state
    return items.put(state, work_of(event.draft, state.now, event.at))


def _note_typed(state: SessionState, event: NoteTyped) -> SessionState:
    work = items.find(state, event.contact)
    if work is None or not writable(work) or work.note == event.text:
        return state
    rang = not taken(work)
    note_state = NoteState.EMPTY if rang and not event.text else NoteState.TYPED
    # while something waits for its box nobody writes here: what comes into the note is that
    return items.put(state, replace(work, note=event.text, note_state=note_state, early=""))


def _early(state: SessionState, event: EarlyTyped) -> SessionState:
    contact = "" if event.conversation else event.contact
    for work in state.work:
        text = event.text if work.contact == contact else ""
        state = items.put(state, replace(work, early=text)) if text != work.early else state
    return state


def _note_saved(state: SessionState, event: NoteSaved) -> SessionState:
    work = items.find(state, event.contact)
    if work is None or work.note != event.text:
        return state
    return items.put(state, replace(work, note_state=NoteState.SAVED if work.note else NoteState.EMPTY))


def _note_not_saved(state: SessionState, event: NoteNotSaved) -> SessionState:
    work = items.find(state, event.contact)
    if work is None or work.note_state is not NoteState.TYPED:
        return state
    return items.put(state, replace(work, note_state=NoteState.UNSAVED))


def _ticked(state: SessionState, event: StepTicked) -> SessionState:
    work = _taken(state, event.contact)
    if work is None or not _has_step(work, event.step) or work.progress is None:
        return state
    return _with_progress(state, work, ticked(work.progress, event.step))


def _answered(state: SessionState, event: StepAnswered) -> SessionState:
    work = _taken(state, event.contact)
    if work is None or work.progress is None or event.answer not in _answers(work, event.step):
        return state
    return _with_progress(state, work, answered(work.progress, event.step, event.answer))


def _with_progress(state: SessionState, work: Work, progress: ScriptProgress) -> SessionState:
    return items.put(state, replace(work, progress=progress, progress_unsaved=True))


def _progress_saved(state: SessionState, event: ProgressSaved) -> SessionState:
    work = items.find(state, event.contact)
    if work is None or work.progress != event.progress:
        return state
    return items.put(state, replace(work, progress_unsaved=False))


def _customer(state: SessionState, event: CustomerChosen) -> SessionState:
    work = items.find(state, event.contact)
    if work is None or work.finishing or work.card is None:
        return state
    if event.customer not in {card.customer for card in work.card.cards}:
        return state
    return items.put(state, replace(work, customer=event.customer))


def _disposition(state: SessionState, event: DispositionChosen) -> SessionState:
    work = _taken(state, event.contact)
    return state if work is None else items.put(state, replace(work, disposition=event.code))


def _wrap_up_started(state: SessionState, event: WrapUpStarted) -> SessionState:
    work = items.find(state, event.contact)
    if work is None or work.phase not in (Phase.WRAP_UP, Phase.MISSED) or work.finishing:
        return state
    key = work.wrap_up_key or event.key
    return items.put(state, replace(work, finishing=True, customer=work.chosen_customer, wrap_up_key=key))


def _missed_left(state: SessionState, event: MissedLeft) -> SessionState:
    work = items.find(state, event.contact)
    gone = work is not None and work.phase is Phase.MISSED and not (work.note or work.finishing)
    return items.drop(state, event.contact) if gone else state


def _wrap_up_failed(state: SessionState, event: WrapUpFailed) -> SessionState:
    work = items.find(state, event.contact)
    return state if work is None else items.put(state, replace(work, finishing=False))


def _has_step(work: Work, step: str) -> bool:
    return work.script is not None and any(one.id == step for one in work.script.steps)


def _answers(work: Work, step: str) -> tuple[str, ...]:
    steps = work.script.steps if work.script is not None else ()
    return next((one.answers for one in steps if one.id == step), ())


TABLE: Table = {
    DraftFound: _draft_found,
    NoteTyped: _note_typed,
    EarlyTyped: _early,
    NoteSaved: _note_saved,
    NoteNotSaved: _note_not_saved,
    StepTicked: _ticked,
    StepAnswered: _answered,
    ProgressSaved: _progress_saved,
    CustomerChosen: _customer,
    DispositionChosen: _disposition,
    WrapUpStarted: _wrap_up_started,
    MissedLeft: _missed_left,
    WrapUpFailed: _wrap_up_failed,
}
