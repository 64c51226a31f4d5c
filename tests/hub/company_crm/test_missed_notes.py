"""What a company's CRM is told of callers who were missed, and of numbers that were dialled in vain."""

from __future__ import annotations

from sqlalchemy.engine import URL

from hub.db.unsent import UnsentStore
from hub.ports.pbx import CallEnd
from tests.contract.crms import hubspot_settings, stand_in
from tests.hub.centre import NOAH, Centre, open_centre, sample_settings
from tests.hub.company_crm.acts import send
from tests.hub.test_missed_notes import leave, missed
from tests.stubs.crm_server import Answer, CrmApi


async def test_the_crm_has_it_once_in_its_turn(centre: Centre, api: CrmApi) -> None:
    desk = await centre.desk("yael")
    api.broken["/notes"] = Answer(503, "", {"Retry-After": "60"})
    for number, note in enumerate(("first", "second")):
        contact = await missed(centre)
        assert (await leave(desk, contact, note, f"key-0000000{number}")).status_code == 200
        await leave(desk, contact, note, f"key-0000000{number}")
        await send(centre)
    assert len(await UnsentStore(centre.hub.engine).all()) == 2
    api.broken.clear()
    centre.time.passes(3600)
    await send(centre, turns=3)
    told = [(one.customer, *one.words.split()[:2]) for one in api.written]
    assert told == [("1001", "Missed:", "first"), ("1001", "Missed:", "second")]


async def test_the_crm_has_the_note_of_each_agent_who_missed_the_call(centre: Centre, api: CrmApi) -> None:
    desk, daniel = await centre.desk("yael"), await centre.desk("daniel")
    contact = await centre.ring(NOAH)
    await centre.ready("daniel")
    centre.pbx.ring_times_out("1001")
    await centre.settle()
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    for one, note in ((desk, "Yael's"), (daniel, "Daniel's")):
        assert (await leave(one, contact, note, "the-same-key")).status_code == 200
        await send(centre)
    assert [one.words.split()[1] for one in api.written] == ["Yael's", "Daniel's"]


async def test_the_crm_is_told_how_a_dialled_call_ended(centre: Centre, api: CrmApi) -> None:
    desk = await centre.desk("yael")
    contact = centre.pbx.dial_fails("1001", "0505550101", CallEnd.BUSY)
    await centre.settle()
    assert (await leave(desk, contact, "call again")).status_code == 200
    await send(centre)
    (written,) = api.written
    assert (written.customer, written.words.startswith("Dialled, busy: call again")) == ("1001", True)


async def test_a_dialled_call_is_one_of_the_centres_own_in_hubspot(database: URL) -> None:
    with stand_in("hubspot") as hubspot:
        settings = sample_settings(database).model_copy(update={"crm": hubspot_settings(hubspot.address)})
        async with open_centre(database, settings=settings) as centre:
            desk = await centre.desk("yael")
            contact = centre.pbx.dial_fails("1001", "0505550101", CallEnd.BUSY)
            await centre.settle()
            await centre.cards_arrive()
            assert (await leave(desk, contact, "call again")).status_code == 200
            await send(centre)
        (call,) = [one.json()["properties"] for one in hubspot.asked if one.path.endswith("/objects/calls")]
    assert (call["hs_call_direction"], call["hs_call_status"]) == ("OUTBOUND", "BUSY")
    assert call["hs_call_to_number"] == "+972505550101"
