"""Card look-ups: early, limited in time, and never in the way of an offer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.contract import Card, CardAnswer, CardEvent, CardStatus, OfferedEvent
from hub.ports.crm import CrmDown, CrmError
from hub.service.cards import Cards
from tests.hub.centre import NOAH, TWO_PEOPLE, Centre, open_centre


class HeldCrm:
    """Answers when the test lets it; raises what the test puts in."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.let_go = asyncio.Event()
        self.error: Exception | None = None

    async def find(self, number: str) -> tuple[Card, ...]:
        self.asked.append(number)
        await self.let_go.wait()
        if self.error is not None:
            raise self.error
        return (Card(customer="C-1", name="Ann", numbers=(number,)),)

    async def healthy(self) -> bool:
        return self.error is None


async def _offer(centre: Centre, number: str) -> str:
    await centre.ready("yael")
    contact = centre.pbx.caller_joins("support", number)
    await centre.settle()
    return contact


async def test_the_look_up_begins_when_the_caller_joins(tmp_path: Path) -> None:
    crm = HeldCrm()
    async with open_centre(tmp_path, crm=crm) as centre:
        centre.pbx.caller_joins("support", "050-555-0101")
        await centre.settle()
        await asyncio.sleep(0)
        assert crm.asked == [NOAH]


async def test_a_slow_crm_delays_no_offer_and_its_card_follows(tmp_path: Path) -> None:
    crm = HeldCrm()
    async with open_centre(tmp_path, crm=crm) as centre:
        desk = await centre.desk("yael")
        contact = await _offer(centre, NOAH)
        offered = next(event for event in await desk.told() if isinstance(event, OfferedEvent))
        assert offered.card.status is CardStatus.PENDING
        crm.let_go.set()
        arrived = await desk.next("card")
        assert isinstance(arrived, CardEvent)
        assert (arrived.card.contact, arrived.card.status) == (contact, CardStatus.FOUND)
        assert arrived.card.cards[0].name == "Ann"


@pytest.mark.parametrize("error", [CrmDown("The CRM is not there"), RuntimeError("a bug in an adapter")])
async def test_a_crm_that_is_down_is_told_in_words_and_asked_again_on_demand(
    tmp_path: Path, error: Exception
) -> None:
    crm = HeldCrm()
    crm.error = error
    crm.let_go.set()
    async with open_centre(tmp_path, crm=crm) as centre:
        desk = await centre.desk("yael")
        contact = await _offer(centre, NOAH)
        await centre.cards_arrive()
        down = (await desk.snapshot()).contacts[0].card
        assert down.status is CardStatus.CRM_DOWN
        assert down.words
        assert "bug" not in down.words
        crm.error = None
        answer = await desk.http.get(f"/v1/contacts/{contact}/card")
        assert answer.json()["status"] == "pending"
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
    contact = await _offer(centre, number)
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
    contact = await _offer(centre, TWO_PEOPLE)
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
