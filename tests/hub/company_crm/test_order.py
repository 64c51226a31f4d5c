"""What the CRM is told of one customer comes there in order, also where it knew only later who called."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import URL

from hub.db.unsent import UnsentStore
from hub.domain.contacts import Contact
from hub.domain.outbox import State
from tests.hub.centre import NOAH, TWO_PEOPLE, Centre, open_centre
from tests.hub.company_crm.acts import company, send, talked
from tests.hub.test_callbacks import made
from tests.stubs.crm_server import Answer, CrmApi

AT_HOME = "03-555-0199"
NOBODY = "+972505559999"
AWAY = Answer(503)


async def noted(centre: Centre, note: str, number: str = NOAH, customer: str = "") -> None:
    """Yael talks with a caller and notes it, of ``customer`` where the CRM has told."""
    desk, contact = await talked(centre, number)
    asked = {"note": note, "disposition": "solved", "customer": customer}
    headers = {"Idempotency-Key": f"key-of-{note}"}
    answer = await desk.http.post(f"/v1/contacts/{contact}/wrap-up", json=asked, headers=headers)
    assert answer.status_code == 200, answer.text


async def noted_in_an_outage(centre: Centre, api: CrmApi, number: str = NOAH) -> None:
    """The first note is tried in vain while the CRM is away; then it is there again."""
    api.broken["/v1/"] = AWAY
    await noted(centre, "first", number)
    await send(centre)
    api.broken.clear()


async def told(centre: Centre, api: CrmApi) -> list[tuple[str, str]]:
    """What the CRM has once everything had its turn: customer, and the last word before the time."""
    centre.time.passes(60)
    await send(centre, turns=3)
    return [(one.customer, words[-2]) for one in api.written if (words := one.words.split())]


@pytest.mark.parametrize("again", [NOAH, AT_HOME])
async def test_what_was_noted_in_an_outage_goes_before_what_was_noted_since(
    centre: Centre, api: CrmApi, again: str
) -> None:
    """Whichever of their numbers the customer calls from then."""
    await noted_in_an_outage(centre, api)
    await noted(centre, "second", again, "1001")
    await send(centre)
    assert api.written == []
    assert await told(centre, api) == [("1001", "first"), ("1001", "second")]


async def test_the_next_hub_keeps_to_it(database: URL, api: CrmApi) -> None:
    settings = company(database, api)
    async with open_centre(database, settings=settings) as centre:
        await noted_in_an_outage(centre, api)
        await noted(centre, "second", customer="1001")
        pbx, clock = centre.pbx, centre.time
    async with open_centre(database, settings=settings, pbx=pbx, time=clock) as centre:
        await send(centre)
        assert api.written == []
        assert await told(centre, api) == [("1001", "first"), ("1001", "second")]


async def test_a_promise_to_the_customer_waits_for_the_note_as_well(centre: Centre, api: CrmApi) -> None:
    await noted_in_an_outage(centre, api, AT_HOME)
    await made(await centre.desk("yael"), customer="1001", numbers=[NOAH, AT_HOME], words="promise")
    await send(centre)
    assert api.written == []
    assert [customer for customer, _ in await told(centre, api)] == ["1001", "1001"]
    assert [one.kind for one in api.written] == ["call", "note"]


async def test_without_a_card_the_number_of_the_call_is_what_is_known(centre: Centre) -> None:
    missed = Contact("c-1", "support", centre.time(), number=NOAH, customer="1001")
    told = centre.hub.handling.work.crm_log.of_missed(missed, "key-1")
    assert told is not None
    assert (told.recipient, told.aliases) == ("1001", (f"tel:{NOAH}",))


async def test_a_note_for_the_number_waits_for_what_the_customer_has(centre: Centre, api: CrmApi) -> None:
    api.broken["/notes"] = AWAY
    await noted(centre, "first", customer="1001")
    await send(centre)
    api.broken = {"/v1/customers": AWAY}
    await noted(centre, "second")
    api.broken.clear()
    await send(centre)
    assert api.written == []
    assert await told(centre, api) == [("1001", "first"), ("1001", "second")]


async def test_what_nobody_can_place_holds_up_nothing(centre: Centre, api: CrmApi) -> None:
    await noted_in_an_outage(centre, api, TWO_PEOPLE)
    for customer in ("1002", "1003"):
        await noted(centre, customer, TWO_PEOPLE, customer)
    assert await told(centre, api) == [("1002", "1002"), ("1003", "1003")]
    ((_, state),) = await _unsent(centre)
    assert state is State.GIVEN_UP


async def test_who_shares_a_number_waits_for_nobody_whom_the_crm_tells_apart(
    centre: Centre, api: CrmApi
) -> None:
    api.broken["/v1/customers/1002/notes"] = AWAY
    for customer in ("1002", "1003"):
        await noted(centre, customer, TWO_PEOPLE, customer)
    assert await told(centre, api) == [("1003", "1003")]
    api.broken.clear()
    assert ("1002", "1002") in await told(centre, api)


async def test_one_put_back_by_hand_goes_before_what_waits_of_the_same_customer(
    centre: Centre, api: CrmApi
) -> None:
    await noted_in_an_outage(centre, api, NOBODY)
    assert await told(centre, api) == []
    rina = api.create("Rina", "Paz", NOBODY).id
    api.broken["/notes"] = AWAY
    await noted(centre, "second", NOBODY, rina)
    await send(centre)
    ((given_up, _), _) = await _unsent(centre)
    assert await UnsentStore(centre.hub.engine).resend(given_up, "(command line)", centre.time())
    api.broken.clear()
    assert await told(centre, api) == [(rina, "first"), (rina, "second")]


async def _unsent(centre: Centre) -> list[tuple[str, State]]:
    return [(one.id, one.state) for one in await UnsentStore(centre.hub.engine).all()]
