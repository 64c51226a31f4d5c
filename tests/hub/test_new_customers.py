"""Who is not in the CRM: put there by the agent who talks with them, once, and linked."""

from __future__ import annotations

import asyncio

import pytest
from httpx import Response
from sqlalchemy.engine import URL

from hub.contract import Card, CardAnswer, CardStatus, ContactRecord, Snapshot
from hub.ports.crm import CrmDown, CrmNotReached, NewCustomer
from hub.service.new_customers import MOST_CREATED
from tests.hub.centre import NOAH, Centre, Desk, open_centre
from tests.stubs.crm import EmptyCrm

UNKNOWN = "+972505559999"
DANA = {"name": "Dana  Cohen", "number": "050-555-9999"}


class NewCrm(EmptyCrm):
    """Creates as often as it is asked; ``fails`` is what it says instead of the id, ``taken`` or not."""

    def __init__(self) -> None:
        self.people: dict[str, Card] = {}
        self.fails: Exception | None = None
        self.taken = True

    @property
    def creates(self) -> bool:
        return True

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        return tuple(one for one in self.people.values() if number in one.numbers)

    async def card(self, customer: str) -> Card | None:
        return self.people.get(customer)

    async def create_customer(self, customer: NewCustomer, key: str) -> str:
        made = f"C-{len(self.people) + 1}"
        if self.fails is None or self.taken:
            self.people[made] = Card(customer=made, name=customer.name, numbers=(customer.number,))
        if self.fails is not None:
            raise self.fails
        return made


async def _talking(centre: Centre, number: str = UNKNOWN) -> tuple[Desk, str]:
    desk = await centre.desk("yael")
    contact = await centre.talk(number)
    await centre.cards_arrive()
    return desk, contact


async def _create(desk: Desk, contact: str, key: str = "key-0000001", **asked: str) -> Response:
    return await desk.http.post(
        f"/v1/contacts/{contact}/customer", json={**DANA, **asked}, headers={"Idempotency-Key": key}
    )


async def test_who_is_created_is_linked_and_found_by_their_number(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    answer = await _create(desk, contact)
    assert answer.status_code == 200, answer.text
    linked = CardAnswer.model_validate_json(answer.content)
    (card,) = linked.cards
    assert (linked.status, card.name, card.numbers) == (CardStatus.FOUND, "Dana Cohen", (UNKNOWN,))
    record = ContactRecord.model_validate_json((await desk.http.get(f"/v1/contacts/{contact}")).content)
    assert record.customer == card.customer
    found = await desk.http.post(f"/v1/contacts/{contact}/customers", json={"words": UNKNOWN})
    assert [one["customer"] for one in found.json()["customers"]] == [card.customer]


async def test_the_same_key_is_one_customer_however_often_and_side_by_side(database: URL) -> None:
    async with open_centre(database, crm=(crm := NewCrm())) as centre:
        desk, contact = await _talking(centre)
        answers = await asyncio.gather(*(_create(desk, contact, number="") for _ in range(5)))
        assert {one.status_code for one in answers} == {200}
        assert list(crm.people) == ["C-1"]


async def test_who_is_there_with_this_name_and_number_is_linked_and_not_created(database: URL) -> None:
    async with open_centre(database, crm=(crm := NewCrm())) as centre:
        desk, contact = await _talking(centre)
        await _create(desk, contact)
        answer = await _create(desk, contact, "key-0000002", name="dana cohen")
        assert answer.json()["cards"][0]["customer"] == "C-1"
        another = await _create(desk, contact, "key-0000003", name="Avi Cohen")
        assert another.json()["cards"][0]["customer"] == "C-2"
        assert list(crm.people) == ["C-1", "C-2"]


@pytest.mark.parametrize("taken", [True, False])
async def test_without_an_answer_it_is_not_asked_for_again(database: URL, taken: bool) -> None:
    async with open_centre(database, crm=(crm := NewCrm())) as centre:
        desk, contact = await _talking(centre)
        crm.fails, crm.taken = CrmDown("The CRM broke off"), taken
        first = await _create(desk, contact)
        assert (first.status_code, "not known" in first.json()["detail"]) == (424, True)
        crm.fails = None
        again = await _create(desk, contact)
        assert again.status_code == (200 if taken else 422), again.text
        assert len(crm.people) == int(taken)


async def test_what_was_never_asked_may_be_asked_again_under_the_same_key(database: URL) -> None:
    async with open_centre(database, crm=(crm := NewCrm())) as centre:
        desk, contact = await _talking(centre)
        crm.fails, crm.taken = CrmNotReached("The CRM cannot be reached"), False
        first = await _create(desk, contact)
        assert (first.status_code, "not known" in first.json()["detail"]) == (424, False)
        crm.fails = None
        assert (await _create(desk, contact)).status_code == 200
        assert list(crm.people) == ["C-1"]


@pytest.mark.parametrize("asked", [{"name": "  "}, {"number": "no number"}])
async def test_what_is_no_name_or_number_is_refused_in_words(centre: Centre, asked: dict[str, str]) -> None:
    desk, contact = await _talking(centre)
    answer = await _create(desk, contact, **asked)
    assert (answer.status_code, bool(answer.json()["detail"])) == (422, True)


async def test_nobody_else_creates_and_nobody_very_many(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    other = await centre.desk("daniel")
    assert (await _create(other, contact)).status_code == 404
    for place in range(MOST_CREATED):
        assert (await _create(desk, contact, f"key-00000{place}", name=f"Dana {place}")).status_code == 200
    assert (await _create(desk, contact, "key-0000099", name="Dana One-More")).status_code == 429


async def test_the_desk_is_told_whether_this_crm_takes_new_customers(centre: Centre) -> None:
    desk = await centre.desk("yael")
    told = Snapshot.model_validate_json((await desk.http.get("/v1/snapshot")).content)
    assert told.me.creates_customers


async def test_a_crm_that_takes_none_says_so(database: URL) -> None:
    async with open_centre(database, crm=EmptyCrm()) as centre:
        desk, contact = await _talking(centre, NOAH)
        told = Snapshot.model_validate_json((await desk.http.get("/v1/snapshot")).content)
        assert not told.me.creates_customers
        assert (await _create(desk, contact)).status_code == 424
