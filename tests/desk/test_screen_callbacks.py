"""A callback is promised by one key from wherever the agent is, and taken back from the agenda."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from textual.widgets import Input

from agent_tui.commands import model as do
from agent_tui.screens.callback_form import CallbackForm
from agent_tui.screens.choice import Choice
from agent_tui.session import events as de
from agent_tui.session.state import Link, SessionState
from agent_tui.widgets.least_room import LEAST_ROOM
from agent_tui.widgets.note_pane import NotePane
from agent_tui.widgets.sheet import Sheet
from hub.contract import CallbackEvent, CallbackRequest
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import callback_desk, customers, desk
from tests.stubs.callback_desk import AGENDA, AGENDA_HEBREW, CALLBACKS, HINDERED, MOBILE, a_callback
from tests.stubs.customers import ENGLISH_CARD, RUTH

TALKING = callback_desk.with_callbacks(desk.TALKING, ())
WRAP_UP = callback_desk.with_callbacks(desk.WRAP_UP, ())
IDLE = callback_desk.with_callbacks(desk.IDLE, ())
FOR_RUTH = CallbackRequest(
    queue="support", numbers=ENGLISH_CARD.numbers, customer="C-2012", name=RUTH.name, language="en"
)


def asked(screen: Screen) -> list[do.PromiseCallback]:
    return [command for command in screen.asked if isinstance(command, do.PromiseCallback)]


def request(screen: Screen) -> CallbackRequest:
    (command,) = asked(screen)
    assert len(command.key) >= 8
    return command.asked


def in_form(screen: Screen, name: str) -> str:
    return screen.app.screen.query_one(f"#callback-{name}", Sheet).text


async def to_agenda(screen: Screen) -> None:
    screen.desk.query_one("#agenda").focus()
    await screen.pilot.pause()


@pytest.mark.parametrize("state", [TALKING, WRAP_UP], ids=["talking", "wrap-up"])
async def test_now_for_anyone_is_two_keys(state: SessionState) -> None:
    async with showing(state) as screen:
        assert "Ctrl+R" in screen.everything()
        await screen.press("ctrl+r", "enter")
        assert request(screen) == FOR_RUTH


async def test_in_minutes_to_me_and_about_something() -> None:
    async with showing(TALKING) as screen:
        await screen.press("ctrl+r", "2", "0")
        assert "today 14:56" in in_form(screen, "read")
        await screen.press("tab", "down", "enter")
        assert "● I do" in in_form(screen, "whose")
        await screen.press(*"price", "enter")
        assert request(screen) == FOR_RUTH.model_copy(update={"minutes": 20, "mine": True, "words": "price"})


async def test_at_a_time_and_on_a_day() -> None:
    async with showing(TALKING) as screen:
        await screen.press("ctrl+r", *"9:30")
        assert "tomorrow 09:30" in in_form(screen, "read")
        await screen.press("enter")
        at = desk.CLOCK.replace(hour=9, minute=30) + timedelta(days=1)
        assert request(screen).at == at
        assert request(screen).minutes == 0


async def test_a_time_that_means_nothing_is_told_and_not_sent() -> None:
    async with showing(TALKING) as screen:
        await screen.press("ctrl+r", *"99:99", "enter")
        assert "No time reads like this" in in_form(screen, "told")
        assert asked(screen) == []
        await screen.press("backspace", "backspace", "backspace", "backspace", "backspace", "enter")
        assert request(screen) == FOR_RUTH


async def test_a_number_is_asked_for_where_none_is_known_and_the_queue_too() -> None:
    async with showing(IDLE) as screen:
        await screen.press("ctrl+r", "enter")
        assert "Type the number" in in_form(screen, "told")
        await screen.press(*"0505550199", "tab", "tab", "tab", "down", "enter", "enter")
        assert request(screen) == CallbackRequest(queue="sales", numbers=("0505550199",))


async def test_more_numbers_than_can_be_are_told() -> None:
    async with showing(IDLE) as screen:
        await screen.press("ctrl+r")
        screen.app.screen.query_one("#callback-numbers", Input).value = "1,2;3, 4 ,5"
        await screen.press("enter")
        assert "Four numbers at most" in in_form(screen, "told")
        screen.app.screen.query_one("#callback-numbers", Input).value = "1,2;3, ,4,"
        await screen.press("enter")
        assert request(screen).numbers == ("1", "2", "3", "4")


async def test_the_button_does_what_enter_does() -> None:
    async with showing(TALKING, (80, 24)) as screen:
        await screen.press("ctrl+r")
        assert await screen.pilot.click("#callback-promise")
        await screen.pilot.pause()
        assert request(screen) == FOR_RUTH


async def test_the_form_stays_until_the_hub_holds_the_promise() -> None:
    async with showing(TALKING) as screen:
        await screen.press("ctrl+r", "5", "enter")
        (first,) = asked(screen)
        await screen.hears(de.CallbackAsked(first.key))
        assert "asking the hub" in in_form(screen, "told")
        await screen.press("enter")
        assert asked(screen) == [first], "it is on its way"
        await screen.hears(de.CallbackRefused(first.key, "It did not answer in time."))
        assert "It did not answer in time." in in_form(screen, "told")
        await screen.press("enter")
        assert asked(screen) == [first, first], "the same once more goes under the same key"
        await screen.hears(de.CallbackRefused(first.key, "There is one already."))
        await screen.press("0", "enter")
        third = asked(screen)[2]
        assert (third.asked.minutes, third.key != first.key) == (50, True)
        await screen.hears(de.CallbackAsked(third.key), de.CallbackMade(third.key, a_callback()))
        assert screen.app.screen is screen.desk


async def test_what_becomes_of_another_promise_does_not_touch_the_form() -> None:
    async with showing(TALKING) as screen:
        await screen.press("ctrl+r", "5")
        await screen.hears(de.CallbackAsked("other"), de.CallbackMade("other", a_callback()))
        assert isinstance(screen.app.screen, CallbackForm)
        assert screen.app.screen.query_one("#callback-when", Input).value == "5"


async def test_a_form_stays_with_its_customer_whatever_rings_or_ends() -> None:
    async with showing(TALKING) as screen:
        await screen.press("ctrl+r", "5")
        await screen.hears(ev.CallIncoming("call-9", customers.MICHAL))
        assert "RINGING" in screen.app.screen.query_one("#overlay-calls", Sheet).text
        await screen.press("f2")
        assert screen.asked == [do.Answer()]
        await screen.hears(
            ev.CallClosed("call-1", ev.CloseReason.NORMAL), de.HubLinkChanged(Link.DOWN, "gone")
        )
        await screen.press("enter")
        assert request(screen) == FOR_RUTH.model_copy(update={"minutes": 5})


async def test_escape_promises_nothing_and_the_note_goes_on() -> None:
    async with showing(TALKING) as screen:
        await screen.press("ctrl+r", "5", "escape", "x")
        assert asked(screen) == []
        assert screen.app.focused is screen.desk.query_one("#note")


async def test_hebrew_words_in_the_reason_are_sent_as_they_were_written() -> None:
    state = callback_desk.with_callbacks(desk.HEBREW, (), AGENDA_HEBREW.me or desk.ME)
    async with showing(state, (80, 24)) as screen:
        await screen.press("ctrl+r")
        assert "תרזוח החיש" in screen.everything()
        screen.app.screen.query_one("#callback-about").focus()
        await screen.press(*"מחיר 5", "enter")
        assert request(screen).words == "מחיר 5"
        assert request(screen).language == "he"


@pytest.mark.parametrize("state", [desk.TALKING, desk.IDLE], ids=["talking", "idle"])
async def test_where_nobody_is_called_back_no_key_is_shown_and_none_works(state: SessionState) -> None:
    async with showing(state) as screen:
        assert "Ctrl+R" not in screen.everything()
        await screen.press("ctrl+r")
        assert screen.app.screen is screen.desk


async def test_no_key_is_promised_while_the_hub_is_away() -> None:
    async with showing(replace(TALKING, hub=Link.DOWN)) as screen:
        assert "Ctrl+R" not in screen.everything()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_agenda_has_the_scripts_place_while_there_is_no_contact(size: tuple[int, int]) -> None:
    async with showing(AGENDA, size) as screen:
        shown = screen.everything()
        assert "Callbacks · 4" in shown
        assert "The script comes" not in shown
        told = screen.sheet("agenda")
        assert "◷ DUE  today 14:33 +972 50-555-0199" in told
        assert "◷ SOON  today 14:40 Avi Peretz" in told
        words = " ".join(told.split())
        assert "yours · Support · router was to arrive today" in words
        assert "for anyone · Support · 1 tried, last: busy" in words
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH, contact="k-9"))
        assert screen.desk.query_one("#script").display
        assert "DUE · 14:33 · +1" in screen.sheet("status")


async def test_the_agenda_says_whose_note_is_not_in_the_crm_and_why() -> None:
    async with showing(HINDERED, (120, 40)) as screen:
        told = " ".join(screen.sheet("agenda").split())
        for words in (
            "no note of it yet; the hub tries again. (The CRM has a fault of its own (503))",
            "NO note of it: the hub has given up. Tell your administrator. (The CRM has no such customer)",
            "Perhaps the CRM has no note of it: no answer came. Tell your administrator.",
        ):
            assert words in told
        written = HINDERED.callbacks[1].model_copy(update={"crm": "", "crm_words": ""})
        await screen.hears(CallbackEvent(callback=written))
        assert "the hub tries again" not in screen.sheet("agenda")


async def test_beside_a_contact_the_agenda_has_what_is_left_over() -> None:
    state = callback_desk.with_callbacks(desk.TALKING)
    async with showing(state, (120, 40)) as screen:
        assert screen.desk.query_one("#script").display
        assert screen.desk.query_one("#agenda").region.height <= 8
        assert "Callbacks · 4" in screen.everything()
    async with showing(state, (80, 24)) as screen:
        assert "Callbacks · 4" not in screen.everything()


@pytest.mark.parametrize("size", [LEAST_ROOM, (80, 24), (120, 31), (120, 40)])
async def test_the_palette_leads_to_the_agenda_in_a_talk_too(size: tuple[int, int]) -> None:
    """Where there is no room beside the script it has that one's place, for as long as it is looked at."""
    async with showing(callback_desk.with_callbacks(desk.TALKING), size) as screen:
        agenda, script = (screen.desk.query_one(f"#{name}", Sheet) for name in ("agenda", "script"))
        had_room = agenda.display
        await screen.press("ctrl+p", *"take a callback back", "enter")
        assert agenda.has_focus
        assert agenda.region.height > 2, "it is seen"
        assert script.display is had_room
        await screen.press("enter")
        assert isinstance(screen.app.screen, Choice)
        await screen.press("escape", "escape")
        await screen.stands(replace(screen.store.state, now=desk.NOW + 1))
        assert (agenda.display, script.display) == (had_room, True)
        await screen.press("x")
        assert screen.desk.query_one("#note", NotePane).text.endswith("x")


async def test_a_ring_takes_no_key_from_who_reads_the_agenda() -> None:
    """The focus goes to the note when the agenda gives way, and nowhere when it does not."""
    async with showing(AGENDA, (80, 24)) as screen:
        await to_agenda(screen)
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH, contact="k-9"))
        assert screen.app.focused is screen.desk.query_one("#note")
        await screen.press("enter")
        assert screen.asked == [do.EditNote("k-9", "\n")], "it is typed, and acts on nothing"


async def test_one_is_taken_back_from_the_agenda_after_a_question() -> None:
    async with showing(AGENDA) as screen:
        await to_agenda(screen)
        await screen.press("down", "enter")
        assert "Avi Peretz · today 14:40" in screen.everything()
        await screen.press("enter")
        assert screen.asked == []
        await screen.press("enter", "down", "enter")
        assert screen.asked == [do.CancelCallback("cb-1")]


async def test_one_is_chosen_by_mouse_and_left() -> None:
    async with showing(AGENDA) as screen:
        await screen.pilot.click("#agenda", offset=(8, 1))
        await screen.pilot.pause()
        assert "+972 50-555-0199" in screen.everything()
        await screen.press("escape")
        assert screen.asked == []


async def test_the_question_closes_when_nothing_is_left_to_take_back() -> None:
    state = callback_desk.with_callbacks(desk.IDLE, CALLBACKS[1:2])
    async with showing(state) as screen:
        await to_agenda(screen)
        await screen.press("enter")
        assert screen.app.screen is not screen.desk
        await screen.hears(CallbackEvent(callback=CALLBACKS[1].model_copy(update={"state": "done"})))
        assert screen.app.screen is screen.desk


async def test_what_stands_for_this_customer_is_on_the_card() -> None:
    at = callback_desk.CLOCK_UTC.astimezone(UTC) + timedelta(minutes=60 * 26)
    async with showing(callback_desk.STANDING, (80, 24)) as screen:
        told = " ".join(screen.sheet("card").split())
        assert f"Callback stands · tomorrow {at.astimezone(desk.CLOCK.tzinfo):%H:%M} · yours" in told


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_call_that_keeps_a_promise_says_so_and_why(size: tuple[int, int]) -> None:
    async with showing(callback_desk.CALLED_BACK, size) as screen:
        card = " ".join(screen.sheet("card").split())
        assert "◷ Callback" in card
        assert "you promised it for today 14:30 · price of the 2500 plan" in card
        assert "1 tried, last: no answer" in card
        assert "◷ Callback" in screen.sheet("calls")


async def test_who_promised_it_is_named() -> None:
    for made_by, said in (("noam", "promised by noam"), ("", "the caller asked for it")):
        promise = a_callback(made_by=made_by, numbers=(MOBILE,))
        async with showing(
            callback_desk.called_back(callback_desk.with_callbacks(desk.RINGING, ()), promise)
        ) as screen:
            assert said in screen.sheet("card")


async def test_hebrew_rows_begin_at_the_right() -> None:
    async with showing(AGENDA_HEBREW, (120, 40)) as screen:
        first, second, *_rest = screen.sheet("agenda").splitlines()
        assert first.endswith("עוציבל ◷ ")
        assert second.rstrip().endswith("גיצנ לכל")
        assert "ןיא :דחא ןויסינ · Support · גיצנ לכל" in second
        assert "+1 · 14:33 · עוציבל ◷" in screen.sheet("status")
