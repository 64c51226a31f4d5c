"""The history by keys: typing searches, the arrows choose, one key calls back and another promises it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.screens.callback_form import CallbackForm
from agent_tui.screens.history import HistoryScreen
from agent_tui.session import events as de
from agent_tui.session.state import History, Link, SessionState
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.sheet import Sheet
from hub.contract import HistoryPage
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk, past_desk
from tests.stubs.past_desk import CALLS, FOUND, LOOKING, RANG

SIZES = [(80, 24), (120, 40), (160, 45)]


def part(screen: Screen, name: str) -> str:
    return screen.app.screen.query_one(f"#history-{name}", Sheet).text


def searches(screen: Screen) -> list[do.SearchHistory]:
    return [command for command in screen.asked if isinstance(command, do.SearchHistory)]


async def opened(screen: Screen) -> None:
    await screen.press("ctrl+f")
    assert isinstance(screen.app.screen, HistoryScreen)


async def typed(screen: Screen, *keys: str, finds: str) -> None:
    """Type, and wait until that is searched for."""
    await screen.press(*keys)
    await searched(screen, finds)


async def searched(screen: Screen, words: str) -> None:
    """The pause after the last key is over, and the desk was painted."""
    async with asyncio.timeout(10):
        while not searches(screen) or searches(screen)[-1].words != words:
            await screen.pilot.pause()


@pytest.mark.parametrize("state", [desk.IDLE, desk.TALKING, desk.WRAP_UP, desk.MISSED])
@pytest.mark.parametrize("size", SIZES)
async def test_its_key_is_shown_and_leads_there_and_back(state: SessionState, size: tuple[int, int]) -> None:
    async with showing(state, size) as screen:
        assert "Ctrl+F calls" in screen.everything()
        await opened(screen)
        assert [one.words for one in searches(screen)] == [""]
        await screen.press("escape")
        assert screen.app.screen is screen.desk
        assert screen.asked[-1] == do.LeaveHistory()


async def test_a_line_tells_when_which_way_who_how_long_how_it_ended_and_what_was_noted() -> None:
    async with showing(LOOKING) as screen:
        await opened(screen)
        lines = part(screen, "list").splitlines()
        told = [" ".join(line.split()) for line in lines]
        assert told[0] == "▶ today 14:34 ↑ dialled Noam Katz 00:35"
        assert told[1] == "today 14:32 ✗ MISSED 0505550199 gave up"
        assert "today 13:55 ↓ came Noa Cohen 01:42 caller hung up Router was to arrive today." in told[3]
        assert "ץרפ יבא 01:42 handed on Fibre 1000 שודיח :תוריכמל רבעוה" in told[4]
        assert "◷ callback [red]Gal[/red] Stern" in told[5]
        assert "taken elsewhere" in told[6]
        assert "8 calls" in part(screen, "told")


async def test_all_of_one_call_is_told_below_and_its_whole_note() -> None:
    async with showing(LOOKING, (80, 24)) as screen:
        await opened(screen)
        await screen.press("down", "down", "down")
        (marked,) = [line for line in part(screen, "list").splitlines() if "▶" in line]
        assert "Noa Cohen" in marked
        told = part(screen, "details")
        assert "Noa Cohen · +972 52-123-4567" in told
        assert "waited 00:12 · talked 01:42 · on hold 00:21" in told
        assert "Outcome: Needs follow-up" in told
        assert "Sent a new one by courier; promised to call when it is there." in " ".join(told.split())
        await screen.press("enter")
        assert screen.app.focused is screen.app.screen.query_one("#history-details")
        await screen.press("up")
        assert "Noa Cohen" in part(screen, "details"), "the note scrolls, the choice stays"


async def test_typing_searches_once_for_what_is_typed_and_keeps_the_arrows() -> None:
    async with showing(LOOKING) as screen:
        await opened(screen)
        await typed(screen, *"router", finds="router")
        assert len({one.key for one in searches(screen)}) == len(searches(screen)) > 1
        await screen.press("down")
        assert screen.app.focused is screen.app.screen.query_one("#history-words")


async def test_hebrew_is_typed_and_searched_as_it_is_written() -> None:
    async with showing(LOOKING) as screen:
        await opened(screen)
        await typed(screen, *"אבי", finds="אבי")
        assert "יבא" in screen.everything()


async def test_what_is_pasted_is_cleaned_and_never_too_long() -> None:
    async with showing(LOOKING) as screen:
        await opened(screen)
        screen.app.screen.query_one("#history-words", BidiLine).text = "\x1b]52;c;x\x07" + "y" * 300
        await searched(screen, "]52;c;x" + "y" * 92 + "…")


async def test_an_answer_that_comes_late_is_not_shown() -> None:
    async with showing(desk.IDLE) as screen:
        await opened(screen)
        await typed(screen, "n", finds="n")
        first, second = searches(screen)
        await screen.hears(de.HistoryAsked(first.key, ""), de.HistoryAsked(second.key, "n"))
        assert "asking the hub" in part(screen, "told")
        await screen.hears(de.HistoryCame(second.key, HistoryPage(calls=CALLS[1:2])))
        await screen.hears(de.HistoryCame(first.key, HistoryPage(calls=CALLS)))
        assert "1 call" in part(screen, "told")
        assert "Gal" not in part(screen, "list")


async def test_one_key_calls_back() -> None:
    async with showing(LOOKING, (80, 24)) as screen:
        await opened(screen)
        assert "F7 calls back" in screen.everything()
        await screen.press("down", "f7")
        assert screen.asked[-2:] == [do.LeaveHistory(), do.Dial(RANG.number)]
        assert screen.app.screen is screen.desk


async def test_nobody_is_called_where_no_number_is_known_or_no_line_is_free() -> None:
    private = CALLS[0].model_copy(update={"number": ""})
    alone = replace(LOOKING, dialled=(), missed=(), history=replace(FOUND, calls=(private,)))
    for state in (alone, replace(alone, history=FOUND, phone=Link.DOWN)):
        async with showing(state) as screen:
            await opened(screen)
            assert "F7" not in part(screen, "keys")
            await screen.press("f7")
            assert not [one for one in screen.asked if isinstance(one, do.Dial)]
            assert isinstance(screen.app.screen, HistoryScreen)


async def test_a_callback_is_promised_from_it_to_the_same_customer() -> None:
    async with showing(LOOKING) as screen:
        await opened(screen)
        await screen.press("down", "down", "down", "ctrl+r")
        assert isinstance(screen.app.screen, CallbackForm)
        await screen.press("5", "enter")
        (asked,) = [one.asked for one in screen.asked if isinstance(one, do.PromiseCallback)]
        assert (asked.queue, asked.customer, asked.name) == ("support", "c-1", "Noa Cohen")
        assert (asked.numbers, asked.minutes) == (("+972521234567",), 5)
        await screen.press("escape")
        assert screen.app.screen.id == "history", "the list is there again"


async def test_missed_calls_have_their_place_and_are_seen_by_one_key() -> None:
    async with showing(LOOKING) as screen:
        await opened(screen)
        assert "F6" in part(screen, "keys")
        await screen.press("f6")
        assert screen.asked[-1] == do.ClearMissed()
        await screen.hears(ev.MissedCalls(()))
        assert "F6" not in part(screen, "keys")
        assert "✗ MISSED" in part(screen, "list"), "they stay in the history"


async def test_while_the_hub_is_away_it_is_said_and_asked_when_it_is_back() -> None:
    async with showing(past_desk.HUB_AWAY, (80, 24)) as screen:
        await opened(screen)
        assert "The hub is away" in part(screen, "told")
        assert "Noam Katz" in part(screen, "list"), "what the phone knows"
        await screen.press(*"noam")
        assert searches(screen) == []
        assert "0505550199" not in part(screen, "list")
        await screen.hears(de.HubLinkChanged(Link.UP))
        await searched(screen, "noam")


async def test_a_failure_is_told_in_the_hubs_words() -> None:
    failed = History("key-1", "", asking=False, trouble="The hub's database does not answer.")
    async with showing(replace(LOOKING, history=failed)) as screen:
        await opened(screen)
        assert "▲ The hub's database does not answer." in part(screen, "told")


async def test_older_ones_are_read_by_enter_on_their_row() -> None:
    more = replace(LOOKING, history=replace(FOUND, next="more"))
    async with showing(more) as screen:
        await opened(screen)
        await screen.press("pagedown", "enter")
        assert screen.asked[-1] == do.OlderHistory()
        cut = replace(FOUND, cut=True)
        await screen.hears(de.HistoryCame("key-1", HistoryPage()))
        assert "older" not in part(screen, "list")
    async with showing(replace(LOOKING, history=cut)) as screen:
        await opened(screen)
        assert "There is more" in part(screen, "list")


async def test_a_call_that_ends_meanwhile_is_asked_for_but_not_under_a_reader_of_older_ones() -> None:
    async with showing(LOOKING) as screen:
        await opened(screen)
        await screen.hears(ev.MissedCalls((RANG, replace(RANG, call="p-10", contact="k-8"))))
        assert len(searches(screen)) == 2
    async with showing(replace(LOOKING, history=replace(FOUND, pages=2))) as screen:
        await opened(screen)
        await screen.hears(ev.MissedCalls((RANG, replace(RANG, call="p-10", contact="k-8"))))
        assert len(searches(screen)) == 1


async def test_a_ring_is_seen_and_answered_and_takes_no_letter() -> None:
    async with showing(LOOKING, (80, 24)) as screen:
        await opened(screen)
        await screen.press("a")
        await screen.hears(ev.CallIncoming("call-9", customers.MICHAL))
        await screen.press("b")
        assert "RINGING" in screen.app.screen.query_one("#overlay-calls", Sheet).text
        assert screen.app.screen.query_one("#history-words", BidiLine).line == "ab"
        await screen.press("f2")
        assert do.Answer() in screen.asked


@pytest.mark.parametrize("words", ["", "umbrella"])
async def test_an_empty_list_says_why(words: str) -> None:
    state = replace(past_desk.NOTHING, history=History("key-1", words, pages=1, asking=False))
    async with showing(state) as screen:
        await opened(screen)
        assert ("Nothing found." if words else "No call yet.") in part(screen, "list")


async def test_what_has_not_reached_the_crm_is_told_with_its_reason() -> None:
    async with showing(LOOKING, (160, 45)) as screen:
        await opened(screen)
        assert "▲ CRM · wants the contract by mail" in part(screen, "list")
        await screen.press(*["down"] * 5)
        told = part(screen, "details")
        assert "Not in the CRM yet; the hub tries again. (The CRM cannot be reached)" in told
    sent = replace(FOUND, calls=(past_desk.ago(3, "k-9", note="Said thanks", crm="waiting"),))
    async with showing(replace(LOOKING, history=sent, dialled=(), missed=())) as screen:
        await opened(screen)
        assert "CRM" not in part(screen, "list")
        assert "On its way into the CRM" in part(screen, "details")
