"""Who the caller is, by the agent's hand: found, linked, and the card theirs from then on."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.session import work_items as items
from agent_tui.session.draft import draft_of
from agent_tui.session.state import Finding, SessionState, Work
from hub import contract as c
from tests.commands.desk import Desk
from tests.stubs.clock import settle
from tests.stubs.desk import CLOCK
from tests.stubs.messages import CARD, an_offer

NUMBER = "+972505559999"
NOA, AVI = (
    CARD.model_copy(update={"customer": one, "name": name}) for one, name in (("C-1", "Noa"), ("C-2", "Avi"))
)
NOBODY = c.CardAnswer(contact="k-1", number=NUMBER, status=c.CardStatus.UNKNOWN)


def the_work(state: SessionState) -> Work:
    work = items.find(state, "k-1")
    assert work is not None
    return work


def shown(state: SessionState) -> str:
    card = the_work(state).customer_card
    return card.customer if card is not None else ""


async def unknown_caller(desk: Desk) -> None:
    """The agent talks with somebody whom the CRM does not know."""
    desk.hub.customers.known = {one.customer: one for one in (NOA, AVI)}
    desk.hub.offers(an_offer(number=NUMBER), NOBODY)
    await desk.until(lambda state: bool(state.work))
    await desk.talk("k-1")
    desk.hub.connects()


async def found(desk: Desk, words: str, key: str) -> Finding:
    desk.press(do.FindCustomer("k-1", words, key))
    state = await desk.until(lambda state: _answered(state, key))
    assert state.finding is not None
    return state.finding


def _answered(state: SessionState, key: str) -> bool:
    return state.finding is not None and state.finding.key == key and not state.finding.asking


async def test_who_is_found_and_linked_has_the_card_and_the_wrap_up(desk: Desk) -> None:
    await unknown_caller(desk)
    assert [one.customer for one in (await found(desk, "noa", "key-1")).customers] == ["C-1"]
    desk.press(do.LinkCustomer("k-1", "C-1"))
    state = await desk.until(lambda state: shown(state) == "C-1")
    assert state.finding is None
    assert the_work(state).chosen_customer == "C-1"


async def test_it_works_in_the_wrap_up_and_outlives_a_killed_desk(desk: Desk) -> None:
    await unknown_caller(desk)
    desk.phone.closes(desk.state.calls[0].id)
    desk.hub.ends()
    await desk.until(lambda state: not state.calls)
    await found(desk, "avi", "key-1")
    desk.press(do.LinkCustomer("k-1", "C-2"))
    state = await desk.until(lambda state: shown(state) == "C-2")
    kept = draft_of(the_work(state), state.now, CLOCK)
    assert kept is not None
    assert kept.customer == "C-2"


async def test_an_answer_that_comes_late_is_not_shown(desk: Desk) -> None:
    await unknown_caller(desk)
    gate = desk.hub.customers.delay("find noa")
    desk.press(do.FindCustomer("k-1", "noa", "slow"))
    assert [one.customer for one in (await found(desk, "avi", "fast")).customers] == ["C-2"]
    gate.set()
    await settle()
    assert desk.state.finding is not None
    assert [one.customer for one in desk.state.finding.customers] == ["C-2"]


async def test_the_customer_who_was_chosen_last_stays_though_an_earlier_link_is_slow(desk: Desk) -> None:
    await unknown_caller(desk)
    await found(desk, "a", "key-1")
    gate = desk.hub.customers.delay("link C-1")
    desk.press(do.LinkCustomer("k-1", "C-1"))
    desk.press(do.LinkCustomer("k-1", "C-2"))
    await settle()
    assert desk.state.finding is not None, "the agent still waits for the one they chose"
    gate.set()
    await desk.until(lambda state: shown(state) == "C-2" and state.finding is None)
    await settle()
    assert shown(desk.state) == "C-2"


async def test_no_card_that_comes_later_takes_the_linked_one_away(desk: Desk) -> None:
    await unknown_caller(desk)
    await found(desk, "noa", "key-1")
    desk.press(do.LinkCustomer("k-1", "C-1"))
    await desk.until(lambda state: shown(state) == "C-1")
    several = NOBODY.model_copy(update={"status": c.CardStatus.SEVERAL, "cards": (AVI, AVI)})
    other = NOBODY.model_copy(update={"status": c.CardStatus.FOUND, "cards": (AVI,)})
    for late in (NOBODY, several, other):
        desk.hub.tell(c.CardEvent(card=late))
        await settle()
        assert shown(desk.state) == "C-1"
    newer = NOA.model_copy(update={"city": "Haifa"})
    desk.hub.tell(c.CardEvent(card=other.model_copy(update={"cards": (newer,)})))
    state = await desk.until(lambda state: "Haifa" in str(the_work(state).card))
    assert shown(state) == "C-1"


async def test_a_link_that_is_refused_is_told_where_the_agent_looks(desk: Desk) -> None:
    await unknown_caller(desk)
    await found(desk, "noa", "key-1")
    desk.press(do.LinkCustomer("k-1", "C-9"))
    state = await desk.until(lambda state: state.finding is not None and bool(state.finding.trouble))
    assert state.finding is not None
    assert ("no such customer" in str(state.finding.trouble), state.finding.linking) == (True, "")
    gate = desk.hub.customers.delay("link C-9")
    desk.press(do.LinkCustomer("k-1", "C-9"))
    desk.press(do.LeaveCustomers())
    gate.set()
    await desk.until(lambda state: any("no such customer" in str(one.words) for one in state.notices))
    assert shown(desk.state) == ""


async def test_a_search_that_fails_says_why(desk: Desk) -> None:
    await unknown_caller(desk)
    desk.hub.refuse["find x"] = "You have searched very often; wait some minutes."
    assert "very often" in str((await found(desk, "x", "key-1")).trouble)


async def test_nobody_is_linked_to_what_only_rings(desk: Desk) -> None:
    desk.hub.offers(an_offer(number=NUMBER), NOBODY)
    await desk.until(lambda state: bool(state.work))
    desk.press(do.FindCustomer("k-1", "noa", "key-1"))
    assert "no talk or wrap-up" in desk.notice()
    assert desk.state.finding is None


async def creating(desk: Desk) -> None:
    """Where the centre's CRM takes new customers."""
    desk.hub.me = desk.hub.me.model_copy(update={"creates_customers": True})
    desk.hub.tell(c.MeEvent(me=desk.hub.me))
    await desk.until(lambda state: state.me is not None and state.me.creates_customers)
    await unknown_caller(desk)


async def test_who_is_created_has_the_card_and_the_same_key_is_one_customer(desk: Desk) -> None:
    await creating(desk)
    create = do.CreateCustomer("k-1", "Dana Cohen", NUMBER, "key-new")
    desk.hub.refuse["create Dana Cohen"] = "The CRM broke off"
    desk.press(create)
    await desk.until(lambda state: state.creation is not None and bool(state.creation.words))
    assert shown(desk.state) == ""
    desk.hub.refuse.clear()
    for _ in range(2):
        desk.press(create)
    await desk.until(
        lambda state: shown(state) == "N-1" and state.creation is not None and state.creation.made
    )
    await settle()
    assert list(desk.hub.customers.made) == ["key-new"]
    desk.hub.tell(c.CardEvent(card=NOBODY))
    await settle()
    assert shown(desk.state) == "N-1"


async def test_nobody_is_created_where_the_crm_takes_nobody(desk: Desk) -> None:
    await unknown_caller(desk)
    desk.press(do.CreateCustomer("k-1", "Dana Cohen", NUMBER, "key-new"))
    assert "takes nobody new" in desk.notice()
    await settle()
    assert desk.hub.customers.made == {}
