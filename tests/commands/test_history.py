"""Looking through the history: asked of the hub, answered in any order, left and forgotten."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.session.select import possible
from agent_tui.session.state import History, SessionState
from hub.contract import MOST_OF_A_PAGE
from tests.commands.desk import Desk
from tests.stubs.history import a_past_call


async def searched(desk: Desk, words: str = "", key: str = "key-1") -> History:
    desk.press(do.SearchHistory(words, key))
    state = await desk.until(lambda state: _is_there(state, key))
    assert state.history is not None
    return state.history


def _is_there(state: SessionState, key: str) -> bool:
    history = state.history
    return history is not None and history.key == key and not history.asking


async def test_a_search_finds_by_words_of_the_note(desk: Desk) -> None:
    desk.hub.history_of.add(a_past_call("k-1", note="umbrella"))
    desk.hub.history_of.add(a_past_call("k-2"))
    assert [call.contact for call in (await searched(desk)).calls] == ["k-2", "k-1"]
    assert [call.contact for call in (await searched(desk, "umbrella", "key-2")).calls] == ["k-1"]


async def test_pages_are_turned_one_after_the_other(desk: Desk) -> None:
    for number in range(MOST_OF_A_PAGE + 3):
        desk.hub.history_of.add(a_past_call(f"k-{number}"))
    first = await searched(desk)
    assert (len(first.calls), bool(first.next)) == (MOST_OF_A_PAGE, True)
    desk.press(do.OlderHistory())
    desk.press(do.OlderHistory())
    state = await desk.until(lambda state: _is_there(state, "key-1"))
    assert state.history is not None
    assert [call.contact for call in state.history.calls][-1] == "k-0"
    assert len(desk.hub.history_of.asked) == 2


async def test_a_slow_answer_keeps_no_newer_search_waiting_and_is_not_shown(desk: Desk) -> None:
    desk.hub.history_of.add(a_past_call("k-1", note="umbrella"))
    desk.hub.history_of.add(a_past_call("k-2"))
    gate = desk.hub.delay_next_history()
    desk.press(do.SearchHistory("", "slow"))
    newer = await searched(desk, "umbrella", "fast")
    assert [call.contact for call in newer.calls] == ["k-1"]
    gate.set()
    await searched(desk, "umbrella", "last")
    assert desk.state.history is not None
    assert [call.contact for call in desk.state.history.calls] == ["k-1"]


async def test_a_hub_that_fails_is_told_in_its_words(desk: Desk) -> None:
    desk.hub.refuse["history x"] = "The hub's database does not answer; try again."
    assert "database" in str((await searched(desk, "x")).trouble)


async def test_what_was_left_is_forgotten(desk: Desk) -> None:
    desk.hub.history_of.add(a_past_call())
    await searched(desk)
    desk.press(do.LeaveHistory())
    assert desk.state.history is None


async def test_while_the_hub_is_away_it_is_said(desk: Desk) -> None:
    desk.hub.goes_down()
    await desk.until(lambda state: do.SearchHistory not in possible(state))
    desk.press(do.SearchHistory("", "key-1"))
    assert "hub is away" in desk.notice()
    assert desk.state.history is None


async def test_a_call_that_was_dialled_is_known_once_it_is_over(desk: Desk) -> None:
    desk.press(do.Dial("0505550199"))
    state = await desk.until(lambda state: bool(state.calls))
    desk.phone.closes(state.calls[0].id)
    state = await desk.until(lambda state: bool(state.dialled))
    assert state.dialled[0].number == "0505550199"
