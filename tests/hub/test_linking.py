"""Unknown callers: the agent who talks looks for them in the CRM and links them; nobody else does."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import URL

from hub.contract import Card, CardAnswer, CardEvent, CardStatus, ContactRecord, CustomersFound, Problem
from hub.ports.crm import CrmDown
from hub.service.linking import MOST_SEARCHES
from tests.hub.centre import NOAH, TWO_PEOPLE, Centre, Desk, Time, open_centre
from tests.stubs.crm import EmptyCrm
from tests.stubs.pbx import FakePbx


class DownCrm(EmptyCrm):
    """Whose questions all fail."""

    async def search(self, name: str) -> tuple[Card, ...]:
        raise CrmDown("The CRM broke off")

    async def card(self, customer: str) -> Card | None:
        raise CrmDown("The CRM broke off")


UNKNOWN = "+972505559999"


async def _search(desk: Desk, contact: str, words: str) -> list[str]:
    answer = await desk.http.post(f"/v1/contacts/{contact}/customers", json={"words": words})
    assert answer.status_code == 200, answer.text
    return [one.customer for one in CustomersFound.model_validate_json(answer.content).customers]


async def _link(desk: Desk, contact: str, customer: str) -> CardAnswer:
    answer = await desk.http.put(f"/v1/contacts/{contact}/customer", json={"customer": customer})
    assert answer.status_code == 200, answer.text
    return CardAnswer.model_validate_json(answer.content)


async def _talking(centre: Centre, number: str = UNKNOWN) -> tuple[Desk, str]:
    desk = await centre.desk("yael")
    contact = await centre.talk(number)
    await centre.cards_arrive()
    return desk, contact


@pytest.mark.parametrize("words", ["050-555-0101", "+972 50 555 0101", NOAH])
async def test_found_by_number_as_it_is_typed(centre: Centre, words: str) -> None:
    desk, contact = await _talking(centre)
    assert await _search(desk, contact, words) == ["C-1001"]


async def test_found_by_a_piece_of_the_name_and_not_by_nobodys(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    name = (await _link(desk, contact, "C-1001")).cards[0].name
    assert "C-1001" in await _search(desk, contact, name.split()[0])
    assert await _search(desk, contact, "Nobody-Of-This-Name") == []
    assert await _search(desk, contact, "%") == []


async def test_who_was_linked_is_on_the_card_and_in_the_record_and_no_look_up_takes_them_away(
    centre: Centre,
) -> None:
    desk, contact = await _talking(centre)
    await desk.told()
    linked = await _link(desk, contact, "C-1001")
    assert (linked.status, linked.cards[0].customer, linked.number) == (CardStatus.FOUND, "C-1001", UNKNOWN)
    await centre.cards_arrive()
    cards = [event.card for event in await desk.told() if isinstance(event, CardEvent)]
    assert [(card.status, card.cards[0].customer) for card in cards] == [(CardStatus.FOUND, "C-1001")]
    shown = CardAnswer.model_validate_json((await desk.http.get(f"/v1/contacts/{contact}/card")).content)
    assert shown.cards[0].customer == "C-1001"
    record = ContactRecord.model_validate_json((await desk.http.get(f"/v1/contacts/{contact}")).content)
    assert record.customer == "C-1001"


async def test_whose_number_has_another_customer_may_be_linked_and_wrapped_up(centre: Centre) -> None:
    """The son calls from his mother's telephone."""
    desk, contact = await _talking(centre, NOAH)
    await _link(desk, contact, "C-1002")
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    asked = {"note": "", "disposition": "solved", "customer": "C-1002"}
    done = await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up", json=asked, headers={"Idempotency-Key": "key-00000001"}
    )
    assert (done.status_code, done.json()["customer"]) == (200, "C-1002")


async def test_of_a_shared_number_one_is_linked(centre: Centre) -> None:
    desk, contact = await _talking(centre, TWO_PEOPLE)
    shown = CardAnswer.model_validate_json((await desk.http.get(f"/v1/contacts/{contact}/card")).content)
    assert shown.status is CardStatus.SEVERAL
    chosen = shown.cards[-1].customer
    assert (await _link(desk, contact, chosen)).cards[0].customer == chosen


async def test_a_customer_whom_the_crm_does_not_have_is_not_made(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    answer = await desk.http.put(f"/v1/contacts/{contact}/customer", json={"customer": "C-9999"})
    assert answer.status_code == 422
    assert "no such customer" in Problem.model_validate_json(answer.content).detail


async def test_nobody_else_searches_or_links_and_nobody_after_the_wrap_up(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    other = await centre.desk("daniel")
    for who in (other, desk):
        if who is desk:
            centre.pbx.agent_hangs_up("1001")
            await centre.settle()
            asked = {"note": "", "disposition": "solved"}
            await desk.http.post(
                f"/v1/contacts/{contact}/wrap-up", json=asked, headers={"Idempotency-Key": "key-00000001"}
            )
        searched = await who.http.post(f"/v1/contacts/{contact}/customers", json={"words": "noa"})
        linked = await who.http.put(f"/v1/contacts/{contact}/customer", json={"customer": "C-1001"})
        assert (searched.status_code, linked.status_code) == (404, 404)


async def test_nobody_leafs_through_the_crm(centre: Centre) -> None:
    desk, contact = await _talking(centre)
    for _ in range(MOST_SEARCHES):
        await _search(desk, contact, "Nobody")
    refused = await desk.http.post(f"/v1/contacts/{contact}/customers", json={"words": "noa"})
    assert refused.status_code == 429
    centre.time.passes(16 * 60)
    assert await _search(desk, contact, NOAH) == ["C-1001"]


async def test_a_crm_that_is_down_says_so(database: URL) -> None:
    async with open_centre(database, crm=DownCrm()) as centre:
        desk = await centre.desk("yael")
        contact = await centre.talk(UNKNOWN)
        for answer in (
            await desk.http.post(f"/v1/contacts/{contact}/customers", json={"words": "noa"}),
            await desk.http.put(f"/v1/contacts/{contact}/customer", json={"customer": "C-1001"}),
        ):
            assert (answer.status_code, "CRM" in answer.json()["detail"]) == (424, True)


async def test_who_was_linked_has_the_card_after_a_restart_of_the_hub(database: URL) -> None:
    time = Time()
    pbx = FakePbx(now=time)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        desk, contact = await _talking(centre, NOAH)
        await _link(desk, contact, "C-1002")
    async with open_centre(database, pbx=pbx, time=time) as again:
        desk = await again.desk("yael")
        await desk.http.get(f"/v1/contacts/{contact}/card")
        await again.cards_arrive()
        shown = CardAnswer.model_validate_json((await desk.http.get(f"/v1/contacts/{contact}/card")).content)
        assert (shown.status, [card.customer for card in shown.cards]) == (CardStatus.FOUND, ["C-1002"])
