"""Card look-ups: early, limited in time, and never in the way of an offer."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.engine import URL

from hub.contract import Card, CardAnswer, CardEvent, CardStatus, OfferedEvent
from hub.ports.crm import CrmBusy, CrmDown, CrmError
from hub.service.cards import Cards
from tests.e2e.eventually import eventually_async
from tests.hub.centre import NOAH, TWO_PEOPLE, Centre, open_centre
from tests.stubs.crm import EmptyCrm


class HeldCrm(EmptyCrm):
    """Answers when the test lets it; raises what the test puts in."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.let_go = asyncio.Event()
        self.error: Exception | None = None

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        self.asked.append(number)
        await self.let_go.wait()
        if self.error is not None:
            raise self.error
        return (Card(customer="C-1", name="Ann", numbers=(number,)),)

    async def healthy(self) -> bool:
        return self.error is None


async def test_the_look_up_begins_when_the_caller_joins(database: URL) -> None:
    crm = HeldCrm()
    async with open_centre(database, crm=crm) as centre:
        centre.pbx.caller_joins("support", "050-555-0101")
        await centre.settle()
        await asyncio.sleep(0)
        assert crm.asked == [NOAH]


async def test_a_slow_crm_delays_no_offer_and_its_card_follows(database: URL) -> None:
    crm = HeldCrm()
    async with open_centre(database, crm=crm) as centre:
        desk = await centre.desk("yael")
        contact = await centre.ring(NOAH)
        offered = next(event for event in await desk.told() if isinstance(event, OfferedEvent))
        assert offered.card.status is CardStatus.PENDING
        crm.let_go.set()
        arrived = await desk.next("card")
        assert isinstance(arrived, CardEvent)
        assert (arrived.card.contact, arrived.card.status) == (contact, CardStatus.FOUND)
        assert arrived.card.cards[0].name == "Ann"


@pytest.mark.parametrize("error", [CrmDown("The CRM is not there"), RuntimeError("a bug in an adapter")])
async def test_a_crm_that_is_down_is_told_in_words_and_asked_again_at_once_on_demand(
    database: URL, error: Exception
) -> None:
    crm = HeldCrm()
    crm.error = error
    crm.let_go.set()
    async with open_centre(database, crm=crm) as centre:
        desk = await centre.desk("yael")
        contact = await centre.ring(NOAH)

        async def known() -> CardAnswer | None:
            card = (await desk.snapshot()).contacts[0].card
            return None if card.status is CardStatus.PENDING else card

        down = await eventually_async(known, "what the CRM says")
        assert down.status is CardStatus.CRM_DOWN
        assert down.words
        assert "bug" not in down.words
        crm.error = None
        answer = await desk.http.get(f"/v1/contacts/{contact}/card")
        assert answer.json()["status"] == "pending"
        again = await desk.next("card")
        while isinstance(again, CardEvent) and again.card.status is CardStatus.CRM_DOWN:  # the first word
            again = await desk.next("card")
        assert isinstance(again, CardEvent)
        assert again.card.status is CardStatus.FOUND
        assert (await desk.snapshot()).contacts[0].record.customer == "C-1"


async def test_a_crm_that_says_nothing_is_given_up_after_the_limit(centre: Centre) -> None:
    answers: asyncio.Queue[CardAnswer] = asyncio.Queue()
    cards = Cards(HeldCrm(), limit=0.001, arrived=answers.put)
    centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    contact = next(centre.hub.floor.contacts())
    assert cards.answer(contact).status is CardStatus.PENDING
    async with asyncio.timeout(10):
        answer = await answers.get()
    assert answer.status is CardStatus.CRM_DOWN
    assert "in time" in answer.words
    await cards.close()


async def test_a_crm_that_comes_back_is_found_without_asking(centre: Centre) -> None:
    crm, answers, pauses = HeldCrm(), asyncio.Queue[CardAnswer](), asyncio.Queue[float]()
    crm.error = CrmDown("The CRM is not there")
    crm.let_go.set()
    tried = asyncio.Event()

    async def pause(seconds: float) -> None:
        pauses.put_nowait(seconds)
        if pauses.qsize() == 7:
            tried.set()
            crm.let_go.clear()
            crm.error = None
        await asyncio.sleep(0)

    cards = Cards(crm, limit=10.0, arrived=answers.put, sleep=pause)
    centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    contact = next(centre.hub.floor.contacts())
    cards.answer(contact)
    async with asyncio.timeout(10):
        assert (await answers.get()).status is CardStatus.CRM_DOWN
        await tried.wait()
        assert cards.answer(contact).status is CardStatus.CRM_DOWN, (
            "what is known stays while it is asked again"
        )
        assert answers.empty(), "an outage is told once"
        crm.let_go.set()
        assert (await answers.get()).status is CardStatus.FOUND
    waited = [pauses.get_nowait() for _ in range(pauses.qsize())]
    assert waited == sorted(waited)
    assert waited[-1] == waited[-2] <= 30
    await cards.close()


async def test_a_contact_that_ended_is_not_asked_for_any_more(centre: Centre) -> None:
    crm, asleep = HeldCrm(), asyncio.Event()
    crm.error = CrmDown("The CRM is not there")
    crm.let_go.set()

    async def pause(_seconds: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    cards = Cards(crm, limit=10.0, arrived=_nothing, sleep=pause)
    centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    contact = next(centre.hub.floor.contacts())
    cards.answer(contact)
    async with asyncio.timeout(10):
        await asleep.wait()
    (look_up,) = cards._running.values()
    cards.forget(contact.id)
    await asyncio.wait([look_up], timeout=10)
    assert look_up.cancelled()


async def test_a_crm_that_wants_to_be_left_alone_is(centre: Centre) -> None:
    crm, pauses = HeldCrm(), asyncio.Queue[float]()
    crm.error = CrmBusy("The CRM takes no more questions for now", 70)
    crm.let_go.set()

    async def pause(seconds: float) -> None:
        await pauses.put(seconds)
        await asyncio.Event().wait()

    cards = Cards(crm, limit=10.0, arrived=_nothing, sleep=pause)
    centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    cards.answer(next(centre.hub.floor.contacts()))
    async with asyncio.timeout(10):
        assert await pauses.get() == 70
    await cards.close()


async def _nothing(_answer: CardAnswer) -> None:
    pass


@pytest.mark.parametrize(
    ("number", "status", "cards"),
    [
        (NOAH, CardStatus.FOUND, 1),
        ("0505550101", CardStatus.FOUND, 1),
        ("972505550101", CardStatus.FOUND, 1),
        (TWO_PEOPLE, CardStatus.SEVERAL, 2),
        ("+972505559999", CardStatus.UNKNOWN, 0),
        ("*2700", CardStatus.UNKNOWN, 0),
        ("anonymous", CardStatus.PRIVATE, 0),
        ("", CardStatus.PRIVATE, 0),
    ],
)
async def test_what_the_built_in_crm_finds(
    centre: Centre, number: str, status: CardStatus, cards: int
) -> None:
    desk = await centre.desk("yael")
    contact = await centre.ring(number)
    await centre.cards_arrive()
    answer = (await desk.http.get(f"/v1/contacts/{contact}/card")).json()
    assert (answer["status"], len(answer["cards"])) == (status.value, cards)


async def test_a_broken_database_is_a_crm_that_is_down(centre: Centre) -> None:
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE customers RENAME TO elsewhere")
    with pytest.raises(CrmError):
        await centre.hub.crm.find(NOAH)
    health = (await centre.client().get("/v1/health")).json()
    assert (health["ok"], health["crm"], health["pbx"]) == (False, False, True)


async def test_of_several_customers_the_agent_chooses_one(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.ring(TWO_PEOPLE)
    await centre.cards_arrive()
    centre.pbx.agent_answers("1001")
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    asked = {"note": "", "disposition": "solved", "customer": "C-2001"}
    path, headers = f"/v1/contacts/{contact}/wrap-up", {"Idempotency-Key": "key-00000001"}
    refused = await desk.http.post(path, json=asked, headers=headers)
    assert refused.status_code == 422
    stored = await desk.http.post(path, json={**asked, "customer": "C-1013"}, headers=headers)
    assert stored.json()["customer"] == "C-1013"


async def test_the_card_says_whose_customer_it_is(centre: Centre) -> None:
    for number, agent in (("+14155550103", "yael"), (NOAH, "")):
        contact = centre.pbx.caller_joins("support", number)
        await centre.settle()
        await centre.cards_arrive()
        (card,) = centre.hub.cards.answer(centre.hub.floor.visits(contact)[0]).cards
        assert card.personal_agent == agent
