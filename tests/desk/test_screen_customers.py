"""Unknown callers by keys: one opens the search, typing searches, Enter links; no ring takes a letter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.screens.customer_form import CustomerForm
from agent_tui.screens.customer_search import CustomerSearch
from agent_tui.session import events as de
from agent_tui.session.state import Link, Phase, SessionState
from agent_tui.widgets.sheet import Sheet
from hub import contract as c
from hub.contract import CustomersFound
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk
from tests.stubs.unknown_desk import FOUND, NUMBER, UNKNOWN, UNKNOWN_OWED

SIZES = [(80, 24), (120, 40), (160, 45)]


def part(screen: Screen, name: str) -> str:
    return screen.app.screen.query_one(f"#{name}", Sheet).text


def asked(screen: Screen) -> list[do.FindCustomer]:
    return [command for command in screen.asked if isinstance(command, do.FindCustomer)]


def linked(screen: Screen) -> list[do.LinkCustomer]:
    return [command for command in screen.asked if isinstance(command, do.LinkCustomer)]


async def opened(screen: Screen) -> CustomerSearch:
    await screen.press("ctrl+n")
    shown = screen.app.screen
    assert isinstance(shown, CustomerSearch)
    return shown


async def answered(screen: Screen, *found: int) -> None:
    """The hub answers the newest question with these."""
    newest = asked(screen)[-1]
    await screen.hears(
        de.CustomersAsked(newest.key, newest.contact, newest.words),
        de.CustomersCame(newest.key, CustomersFound(customers=tuple(FOUND[place] for place in found))),
    )


@pytest.mark.parametrize("state", [UNKNOWN, UNKNOWN_OWED])
@pytest.mark.parametrize("size", SIZES)
async def test_its_key_is_shown_with_the_unknown_caller_and_works(
    state: SessionState, size: tuple[int, int]
) -> None:
    async with showing(state, size) as screen:
        assert "Ctrl+N finds and links" in " ".join(screen.sheet("card").split())
        await opened(screen)
        assert "+972 50-555-9999" in " ".join(screen.everything().split("\u00a0"))
        await screen.press("escape")
        assert screen.app.screen is screen.desk
        assert screen.asked == [do.LeaveCustomers()]


@pytest.mark.parametrize("state", [desk.IDLE, desk.RINGING, replace(UNKNOWN, hub=Link.DOWN)])
async def test_without_a_talk_or_a_hub_the_key_does_nothing(state: SessionState) -> None:
    async with showing(state) as screen:
        await screen.press("ctrl+n")
        assert screen.app.screen is screen.desk


async def test_typing_searches_one_question_at_a_time_and_the_newest_next() -> None:
    async with showing(UNKNOWN) as screen:
        await opened(screen)
        await screen.press("r")
        assert asked(screen) == []
        await screen.press("u", "t", "h")
        assert [one.words for one in asked(screen)] == ["ru"]
        await answered(screen, 0, 1, 2)
        assert [one.words for one in asked(screen)] == ["ru", "ruth"]
        await answered(screen, 0, 1)
        assert [one.words for one in asked(screen)] == ["ru", "ruth"]
        assert "2 customers" in part(screen, "customer-told")


async def test_the_arrows_choose_and_enter_links_to_the_contact_it_was_opened_for() -> None:
    async with showing(UNKNOWN) as screen:
        await opened(screen)
        await screen.press(*"ru")
        await answered(screen, 0, 1, 2)
        assert "▶ Ruth Ben-Ami" in part(screen, "customer-list").splitlines()[0]
        assert "Haifa" in part(screen, "customer-list")
        await screen.press("down", "enter")
        assert linked(screen) == [do.LinkCustomer("k-1", "C-2044")]
        await screen.hears(de.LinkAsked("k-1", "C-2044"))
        assert "linking" in part(screen, "customer-told")
        card = customers.ENGLISH_CARD.model_copy(update={"customer": "C-2044"})
        await screen.hears(de.CustomerLinked("C-2044", customers.found("k-1", card)))
        assert screen.app.screen is screen.desk
        assert "Ruth Ben-Ami" in screen.sheet("card")


async def test_enter_links_nobody_before_the_answer_to_what_is_typed() -> None:
    """Else an answer that comes late would put somebody else under the finger."""
    async with showing(UNKNOWN) as screen:
        await opened(screen)
        await screen.press(*"ru", "enter")
        assert linked(screen) == []
        await answered(screen, 0, 1, 2)
        await screen.press("down", "t", "enter")
        assert linked(screen) == []
        await answered(screen, 1, 2)
        assert "▶ Ruth Ben-Ami" in part(screen, "customer-list").splitlines()[0], "the choice stays theirs"
        await screen.press("enter")
        assert linked(screen) == [do.LinkCustomer("k-1", "C-2044")]


async def test_a_ring_neither_closes_it_nor_takes_a_letter_nor_the_contact() -> None:
    async with showing(UNKNOWN_OWED) as screen:
        search = await opened(screen)
        await screen.press(*"ru")
        await screen.hears(ev.CallIncoming("c-2", customers.MICHAL, "k-2"))
        await screen.press("t")
        assert (screen.app.screen, search.typed) == (search, "rut")
        await answered(screen, 0)
        await answered(screen, 0)
        await screen.press("enter")
        assert linked(screen) == [do.LinkCustomer("k-1", "C-2012")]
        assert "ןרוא לכימ" in screen.everything(), "the ring is seen"


async def test_a_contact_that_is_gone_says_so_and_what_is_typed_stays() -> None:
    async with showing(UNKNOWN_OWED) as screen:
        search = await opened(screen)
        await screen.press(*"ru")
        await answered(screen, 0)
        await screen.stands(replace(screen.store.state, work=()))
        assert "stored, or with somebody else" in part(screen, "overlay-obstacle")
        await screen.press("enter")
        assert (screen.app.screen, search.typed, linked(screen)) == (search, "ru", [])


async def test_what_failed_is_told_and_enter_asks_again() -> None:
    async with showing(UNKNOWN) as screen:
        await opened(screen)
        await screen.press(*"ru")
        first = asked(screen)[-1]
        await screen.hears(
            de.CustomersAsked(first.key, "k-1", "ru"), de.CustomersFailed(first.key, "The CRM broke off")
        )
        assert "The CRM broke off" in part(screen, "customer-told")
        await screen.press("enter")
        assert [one.words for one in asked(screen)] == ["ru", "ru"]
        assert linked(screen) == []


async def test_hebrew_is_typed_and_searched_as_it_is_written() -> None:
    async with showing(UNKNOWN) as screen:
        await opened(screen)
        await screen.press(*"רות")
        await answered(screen, 2)
        assert next(one.words for one in asked(screen)) == "רו"
        assert "תור" in screen.everything()


async def test_a_talk_that_is_spoken_of_is_the_one_in_hand_while_another_rings() -> None:
    ringing = replace(
        UNKNOWN_OWED,
        calls=desk.RINGING.calls,
        active="call-1",
        work=(*UNKNOWN_OWED.work, replace(desk.RINGING.work[0], contact="k-2")),
    )
    state = replace(ringing, calls=(replace(ringing.calls[0], contact="k-2"),))
    assert state.shown is not None
    assert state.shown.phase is Phase.OFFERED
    async with showing(state) as screen:
        await opened(screen)
        await screen.press(*"ru")
        assert [one.contact for one in asked(screen)] == ["k-1"]


CREATES = replace(UNKNOWN, me=desk.ME.model_copy(update={"creates_customers": True}))


def created(screen: Screen) -> list[do.CreateCustomer]:
    return [command for command in screen.asked if isinstance(command, do.CreateCustomer)]


async def test_the_key_once_more_creates_with_name_and_number_filled_in() -> None:
    async with showing(CREATES, (80, 24)) as screen:
        await opened(screen)
        assert "Ctrl+N new customer" in screen.everything()
        await screen.press(*"Dana", "ctrl+n")
        form = screen.app.screen
        assert isinstance(form, CustomerForm)
        await screen.press(*" Cohen", "enter")
        (first,) = created(screen)
        assert (first.contact, first.name, first.number) == ("k-1", "Dana Cohen", NUMBER)
        await screen.hears(de.CreationAsked(first.key))
        await screen.press("enter")
        assert created(screen) == [first], "while it is on the way another press is the same"
        await screen.hears(de.CreationFailed(first.key, "The CRM broke off"))
        assert "The CRM broke off" in part(screen, "customer-told")
        await screen.press("enter")
        assert created(screen) == [first, first], "unchanged it goes under the same key"
        card = customers.ENGLISH_CARD.model_copy(update={"customer": "N-1"})
        await screen.hears(
            de.CreationAsked(first.key), de.CustomerCreated(first.key, customers.found("k-1", card))
        )
        assert screen.app.screen is screen.desk
        assert "Ruth Ben-Ami" in screen.sheet("card")


async def test_what_is_changed_is_another_customer() -> None:
    async with showing(CREATES) as screen:
        await screen.press("ctrl+n", "ctrl+n", *"Dana", "enter")
        (first,) = created(screen)
        await screen.hears(de.CreationAsked(first.key), de.CreationFailed(first.key, "no"))
        await screen.press("x", "enter")
        assert [one.name for one in created(screen)] == ["Dana", "Danax"]
        assert len({one.key for one in created(screen)}) == 2


async def test_a_number_that_was_searched_for_is_the_customers_number() -> None:
    async with showing(CREATES) as screen:
        await opened(screen)
        await screen.press(*"0505551234", "ctrl+n", *"דנה", "enter")
        assert [(one.name, one.number) for one in created(screen)] == [("דנה", "0505551234")]


async def test_without_a_name_nobody_is_created_and_the_form_says_so() -> None:
    async with showing(CREATES) as screen:
        await screen.press("ctrl+n", "ctrl+n", "enter")
        assert created(screen) == []
        assert "customer's name" in part(screen, "customer-told")


async def test_where_the_crm_takes_nobody_new_it_is_not_offered() -> None:
    async with showing(UNKNOWN) as screen:
        search = await opened(screen)
        assert "new customer" not in screen.everything()
        await screen.press("ctrl+n")
        assert screen.app.screen is search


async def test_a_ring_takes_no_letter_of_the_form() -> None:
    owed = replace(UNKNOWN_OWED, me=CREATES.me)
    async with showing(owed) as screen:
        await screen.press("ctrl+n", "ctrl+n", *"Da")
        await screen.hears(ev.CallIncoming("c-2", customers.MICHAL, "k-2"))
        await screen.press(*"na", "enter")
        assert [(one.contact, one.name) for one in created(screen)] == [("k-1", "Dana")]


@pytest.mark.parametrize(
    ("typed", "told"), [("Dana", ("Dana", NUMBER)), ("0505551234", ("דנה", "0505551234"))]
)
async def test_a_name_that_was_searched_for_stays_in_the_form_in_another_language(
    typed: str, told: tuple[str, str]
) -> None:
    assert CREATES.me is not None
    async with showing(CREATES) as screen:
        await opened(screen)
        await screen.press(*typed, "ctrl+n")
        form = screen.app.screen
        assert isinstance(form, CustomerForm)
        await screen.hears(c.MeEvent(me=CREATES.me.model_copy(update={"language": "he"})))
        assert screen.app.screen is form
        await screen.press(*("" if typed == "Dana" else "דנה"), "enter")
        assert [(one.name, one.number) for one in created(screen)] == [told]


async def test_an_empty_form_leaves_with_the_language_it_was_asked_in() -> None:
    assert CREATES.me is not None
    async with showing(CREATES) as screen:
        await screen.press("ctrl+n", "ctrl+n")
        await screen.hears(c.MeEvent(me=CREATES.me.model_copy(update={"language": "he"})))
        assert screen.app.screen is screen.desk
