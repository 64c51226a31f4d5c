"""The history in the desk: the newest search alone counts, pages follow one another, memory is bounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_tui.commands import model as do
from agent_tui.session import events as de
from agent_tui.session.agenda import Whom
from agent_tui.session.past import Past, Way, past_calls, whom
from agent_tui.session.reduce import reduce
from agent_tui.session.reduce_history import MOST
from agent_tui.session.select import possible
from agent_tui.session.state import History, Link, SessionState
from hub.contract import HistoryPage, PastCall
from sip import events as ev
from tests.stubs import desk, past_desk
from tests.stubs.past_desk import CALLS, CLOCK_UTC, DIALLED, LOOKING, RANG, ago


def after(state: SessionState, *events: de.DeskEvent) -> SessionState:
    for event in events:
        state = reduce(state, event, desk.NOW)
    return state


def page(*calls: PastCall, more: str = "") -> HistoryPage:
    return HistoryPage(calls=calls, next=more)


def history(state: SessionState) -> History:
    assert state.history is not None
    return state.history


def searched(words: str = "", key: str = "key-1") -> SessionState:
    return after(desk.IDLE, de.HistoryAsked(key, words))


def test_a_search_is_asked_and_answered() -> None:
    asked = searched("noa")
    assert (history(asked).asking, history(asked).words) == (True, "noa")
    came = history(after(asked, de.HistoryCame("key-1", page(*CALLS, more="next"))))
    assert (came.calls, came.next, came.asking, came.pages) == (CALLS, "next", False, 1)


def test_a_late_answer_of_an_older_search_never_takes_the_place_of_a_newer_one() -> None:
    newer = after(searched("n"), de.HistoryAsked("key-2", "noa"))
    assert after(newer, de.HistoryCame("key-1", page(*CALLS))) == newer
    assert after(newer, de.HistoryFailed("key-1", "too slow")) == newer
    answered = after(newer, de.HistoryCame("key-2", page(CALLS[0])))
    assert after(answered, de.HistoryCame("key-1", page(*CALLS))) == answered


def test_what_is_shown_stays_until_the_next_answer_and_goes_with_a_failure() -> None:
    state = after(searched(), de.HistoryCame("key-1", page(*CALLS)), de.HistoryAsked("key-2", "x"))
    assert history(state).calls == CALLS
    failed = history(after(state, de.HistoryFailed("key-2", "no answer")))
    assert (failed.calls, failed.trouble, failed.asking) == ((), "no answer", False)


def test_older_ones_follow_and_a_failure_keeps_what_is_there() -> None:
    first = after(searched(), de.HistoryCame("key-1", page(CALLS[0], more="2")))
    assert do.OlderHistory in possible(first)
    asking = after(first, de.HistoryAsked("key-1", "", older=True))
    assert do.OlderHistory not in possible(asking)
    failed = history(after(asking, de.HistoryFailed("key-1", "no answer")))
    assert (failed.calls, failed.next, failed.trouble) == (CALLS[:1], "2", "no answer")
    both = history(after(asking, de.HistoryCame("key-1", page(CALLS[1]))))
    assert (both.calls, both.next, both.pages) == (CALLS[:2], "", 2)


def test_no_more_is_kept_than_fits_and_it_is_known_that_there_is_more() -> None:
    state = searched()
    for number in range(6):
        calls = (ago(number * 50 + one, f"k-{number}-{one}") for one in range(50))
        state = after(state, de.HistoryCame("key-1", page(*calls, more="more")))
    assert (len(history(state).calls), history(state).next, history(state).cut) == (MOST, "", True)
    assert do.OlderHistory not in possible(state)


def test_what_was_left_is_forgotten_and_a_late_answer_brings_nothing_back() -> None:
    left = after(searched(), de.HistoryLeft())
    assert left.history is None
    assert after(left, de.HistoryCame("key-1", page(*CALLS))).history is None
    assert after(left, de.HistoryAsked("key-1", "", older=True)).history is None


def test_nothing_is_searched_for_while_the_hub_is_away() -> None:
    assert do.SearchHistory in possible(desk.IDLE)
    away = replace(LOOKING, hub=Link.DOWN)
    assert not {do.SearchHistory, do.OlderHistory} & possible(away)


def test_what_the_phone_knows_stands_among_what_the_hub_knows_by_time() -> None:
    past = past_calls(LOOKING, "")
    assert [one.way for one in past] == [
        *(Way.DIALLED, Way.MISSED, Way.DIALLED, Way.CAME),
        *(Way.CAME, Way.CALLED_BACK, Way.MISSED, Way.CAME),
    ]
    assert [one.local for one in past] == [True, False, True, *[False] * 5]
    assert len({one.key for one in past}) == len(past)


def test_a_missed_caller_is_called_by_the_number_that_rang_here() -> None:
    (missed, *_rest) = [one for one in past_calls(LOOKING, "") if one.way is Way.MISSED]
    assert missed.number == RANG.number
    away = past_calls(past_desk.HUB_AWAY, "")
    assert [(one.way, one.number) for one in away] == [
        *((Way.DIALLED, "1102"), (Way.MISSED, RANG.number)),
        (Way.DIALLED, "+97235550188"),
    ]


@pytest.mark.parametrize(
    ("words", "found"), [("noam", ["1102"]), ("03-555", ["+97235550188"]), ("110", ["1102"]), ("zzz", [])]
)
def test_what_the_phone_knows_is_searched_as_well(words: str, found: list[str]) -> None:
    away = replace(past_desk.HUB_AWAY, missed=())
    assert [one.number for one in past_calls(away, words)] == found


def test_what_is_older_than_the_page_waits_until_it_is_turned() -> None:
    old = replace(DIALLED[0], at=(CLOCK_UTC - timedelta(days=9)).timestamp())
    looking = replace(LOOKING, dialled=(old,))
    assert old.number in {one.number for one in past_calls(looking, "")}
    more = replace(looking, history=replace(past_desk.FOUND, next="more"))
    assert old.number not in {one.number for one in past_calls(more, "")}


def test_the_phones_list_is_what_it_tells() -> None:
    assert after(desk.IDLE, ev.DialledCalls(DIALLED)).dialled == DIALLED


def test_a_callback_is_for_the_customer_in_a_queue_that_the_agent_serves() -> None:
    past = Past("k", CLOCK_UTC, Way.CAME, "+972505550199", "אבי פרץ", queue="support", customer="C-9")
    assert whom(past, LOOKING) == Whom("support", ("+972505550199",), "C-9", "אבי פרץ", "he")
    assert whom(replace(past, queue="closed", number="", name="Avi"), LOOKING) == Whom(
        "", (), "C-9", "Avi", "en"
    )
