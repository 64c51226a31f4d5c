"""The desk of an agent whom a trainer listens to and writes to."""

from __future__ import annotations

from agent_tui.session.reduce import reduce
from agent_tui.session.state import SessionState
from hub.contract import Coach, CoachesEvent, CoachNoteEvent, ListenMode
from tests.stubs import desk


def coached(state: SessionState, mode: ListenMode, who: str, *notes: str) -> SessionState:
    """``state`` while ``who`` listens to its first contact, after their notes."""
    coach = Coach(name=who, contact=state.work[0].contact, mode=mode)
    state = reduce(state, CoachesEvent(coaches=(coach,)), desk.NOW)
    for note in notes:
        state = reduce(state, CoachNoteEvent(by=who, text=note, at=desk.CLOCK), desk.NOW)
    return state


COACHED = coached(
    desk.TALKING,
    ListenMode.WHISPER,
    "Noam Peretz",
    "Slower, please.",
    "She asked twice about the price: say the price first, then what is in it, and offer it in writing.",
)
COACHED_HEBREW = coached(
    desk.HEBREW, ListenMode.LISTEN, "נועם פרץ", "כדאי לשאול מתי הקו מתנתק, ולהציע טכנאי ל-17:00."
)

MOMENTS = {"coached": COACHED, "coached_hebrew": COACHED_HEBREW}
"""Every moment by name, for pictures and snapshots."""
