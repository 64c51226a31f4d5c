"""What trainers do at an agent's side, in the desk: who listens is shown, what they write is a notice."""

from __future__ import annotations

import pytest

from agent_tui.linear.telling import told
from agent_tui.screens.views.calls import calls_page
from agent_tui.screens.views.notices import notices_page
from agent_tui.session.events import NoticeDismissed, SnapshotTaken
from agent_tui.session.reduce import reduce
from agent_tui.session.state import SessionState
from hub.contract import Coach, CoachesEvent, CoachNoteEvent, ListenMode, Snapshot
from tests.desk.test_screen_views import said
from tests.stubs import desk
from tests.stubs.coached_desk import coached

NOAM = Coach(name="Noam Peretz", contact="k-1", mode=ListenMode.LISTEN)


def written(state: SessionState, *texts: str) -> SessionState:
    for text in texts:
        state = reduce(state, CoachNoteEvent(by="Noam Peretz", text=text, at=desk.CLOCK), desk.NOW)
    return state


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (ListenMode.LISTEN, "LISTENS"),
        (ListenMode.WHISPER, "only you hear them"),
        (ListenMode.BARGE, "the customer hears them, too"),
    ],
)
def test_the_agent_sees_who_listens_and_who_hears_them(mode: ListenMode, words: str) -> None:
    shown = said(calls_page(coached(desk.TALKING, mode, "Noam Peretz")))
    assert words in shown
    assert "Noam Peretz" in shown
    narrow = said(calls_page(coached(desk.TALKING, mode, "N" * 60)), 78)
    assert "N" * 60 in narrow


def test_who_listens_no_more_is_not_shown() -> None:
    state = coached(desk.TALKING, ListenMode.WHISPER, "Noam Peretz")
    over = reduce(state, CoachesEvent(coaches=()), desk.NOW)
    assert "Noam" not in said(calls_page(over))


def test_a_desk_that_comes_up_is_told_who_listens() -> None:
    snapshot = Snapshot(cursor="c-1", me=desk.ME, queues=(), coaches=(NOAM,), pbx=True)
    state = reduce(SessionState(), SnapshotTaken(snapshot, desk.CLOCK), desk.NOW)
    assert state.coaches == (NOAM,)
    later = reduce(state, SnapshotTaken(snapshot.model_copy(update={"coaches": ()}), desk.CLOCK), desk.NOW)
    assert later.coaches == ()


def test_each_line_is_a_notice_of_its_own_and_goes_when_it_was_read() -> None:
    state = written(desk.TALKING, "Slower.", "Offer a technician.")
    shown = said(notices_page(state))
    assert "Noam Peretz writes to you: Slower." in shown
    assert "Offer a technician." in shown
    read = reduce(state, NoticeDismissed(state.notices[-1].topic), desk.NOW)
    assert "Offer" not in said(notices_page(read))
    assert "Slower." in said(notices_page(read))


def test_the_newest_three_stand_there() -> None:
    shown = said(notices_page(written(desk.TALKING, *["one", "two", "three", "four", "five"])))
    assert [word for word in ["one", "two", "three", "four", "five"] if f": {word}" in shown] == [
        *("three", "four", "five")
    ]


def test_it_touches_neither_call_nor_note() -> None:
    state = written(coached(desk.TALKING, ListenMode.BARGE, "Noam Peretz"), "Slower.")
    assert (state.calls, state.active, state.work) == (
        desk.TALKING.calls,
        desk.TALKING.active,
        desk.TALKING.work,
    )


def test_the_linear_desk_tells_who_comes_how_and_who_goes() -> None:
    before = desk.TALKING
    whispers = coached(before, ListenMode.WHISPER, "Noam Peretz", "Slower.")
    assert list(told(before, whispers)) == [
        "Noam Peretz whispers to you; only you hear them.",
        "Note: Noam Peretz writes to you: Slower.",
    ]
    joins = coached(whispers, ListenMode.BARGE, "Noam Peretz")
    assert list(told(whispers, joins)) == ["Noam Peretz is in this call; the customer hears them, too."]
    gone = reduce(joins, CoachesEvent(coaches=()), desk.NOW)
    assert list(told(joins, gone)) == ["Noam Peretz listens no more."]
