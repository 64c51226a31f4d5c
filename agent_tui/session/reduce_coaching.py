"""What trainers do at the agent's side: who listens, and what they write."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agent_tui.session.events import SnapshotTaken
from agent_tui.session.reduce_notices import clear, put
from agent_tui.session.state import SessionState, Severity
from agent_tui.session.table import Table
from agent_tui.text.catalogue import Phrase
from hub.contract import CoachesEvent, CoachNoteEvent

MOST_NOTES: Final = 3
"""Lines of trainers on the desk at once: a newer one takes the place of the oldest."""
_TOPIC: Final = "coach "
"""Before the number of a trainer's line, as the topic of its notice."""


def is_coach_note(topic: str) -> bool:
    """Whether a notice of this topic is a trainer's line."""
    return topic.startswith(_TOPIC)


def _coaches(state: SessionState, event: CoachesEvent) -> SessionState:
    return replace(state, coaches=event.coaches)


def _snapshot(state: SessionState, event: SnapshotTaken) -> SessionState:
    return replace(state, coaches=event.snapshot.coaches)


def _note(state: SessionState, event: CoachNoteEvent) -> SessionState:
    """Each is a notice of its own, so that none hides another before it was read."""
    number = state.coach_notes + 1
    state = clear(replace(state, coach_notes=number), f"{_TOPIC}{number - MOST_NOTES}")
    words = Phrase("{who} writes to you: {text}", who=event.by, text=event.text)
    return put(state, f"{_TOPIC}{number}", Severity.INFO, words)


TABLE: Table = {CoachesEvent: _coaches, SnapshotTaken: _snapshot, CoachNoteEvent: _note}
