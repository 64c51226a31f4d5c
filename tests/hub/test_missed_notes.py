"""What agents note of callers who rang at them and whom they did not talk with."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from hub.contract import ContactRecord, DialFailedEvent, HistoryPage, PastCall
from hub.ports.pbx import CallEnd
from tests.hub.centre import NOAH, Centre, Desk, open_centre

_NOTE = "Heard music, nobody spoke"


async def missed(centre: Centre, number: str = NOAH) -> str:
    """A caller rings at Yael, and gives up."""
    contact = await centre.ring(number)
    await centre.cards_arrive()
    centre.time.passes(8)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    return contact


async def leave(
    desk: Desk, contact: str, note: str = _NOTE, key: str = "key-00000001", **more: Any
) -> httpx.Response:
    asked = {"note": note, "disposition": "", "missed": True, **more}
    return await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up", json=asked, headers={"Idempotency-Key": key}
    )


async def history(desk: Desk, words: str = "") -> tuple[PastCall, ...]:
    answer = await desk.http.post("/v1/history", json={"words": words})
    return HistoryPage.model_validate_json(answer.content).calls


async def test_the_note_is_kept_told_and_in_the_agents_own_history(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await missed(centre)
    answer = await leave(desk, contact)
    assert answer.status_code == 200, answer.text
    record = ContactRecord.model_validate_json(answer.content)
    assert (record.contact, record.agent, record.note, record.number) == (contact, "yael", _NOTE, "")
    (call,) = await history(desk, "music")
    assert (call.contact, call.kind, call.ended, call.note) == (contact, "missed", "abandoned", _NOTE)
    assert "wrapped_up" in await desk.kinds()


async def test_sent_again_it_is_stored_once_and_its_key_serves_nothing_else(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await missed(centre)
    first = await leave(desk, contact)
    assert (await leave(desk, contact)).json() == first.json()
    assert (await leave(desk, contact, "another")).status_code == 422
    assert [call.note for call in await history(desk)] == [_NOTE]


async def test_it_pauses_nobody_and_the_next_caller_rings(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await missed(centre)
    await leave(desk, contact)
    await desk.told()
    centre.pbx.caller_joins("support", "0525550102")
    await centre.settle()
    assert "offered" in await desk.kinds()


async def test_a_caller_who_rings_and_is_missed_again_has_all_that_was_noted(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await centre.ring(NOAH)
    for key, note in enumerate(("first ring", "second ring")):
        centre.pbx.ring_times_out("1001")
        await centre.settle()
        assert (await leave(desk, contact, note, f"key-0000000{key}")).status_code == 200
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    assert [call.note for call in await history(desk)] == ["first ring\nsecond ring"]


async def test_the_colleague_who_takes_the_call_has_a_record_of_their_own(centre: Centre) -> None:
    desk, daniel = await centre.desk("yael"), await centre.desk("daniel")
    contact = await centre.ring(NOAH)
    await centre.ready("daniel")
    centre.pbx.ring_times_out("1001")
    await centre.settle()
    centre.pbx.agent_answers("1002")
    await centre.settle()
    assert (await leave(desk, contact)).status_code == 200
    (theirs,) = (await daniel.snapshot()).contacts
    assert (theirs.phase, theirs.record.note) == ("talking", "")
    centre.pbx.agent_hangs_up("1002")
    await centre.settle()
    asked = {"note": "Daniel's", "disposition": "solved"}
    path, headers = f"/v1/contacts/{contact}/wrap-up", {"Idempotency-Key": "key-of-daniel"}
    stored = await daniel.http.post(path, json=asked, headers=headers)
    assert stored.status_code == 200, stored.text
    assert [call.note for call in await history(desk)] == [_NOTE]
    assert [(call.kind, call.note) for call in await history(daniel)] == [("answered", "Daniel's")]


async def test_only_of_a_contact_that_rang_at_the_agent(centre: Centre) -> None:
    contact = await missed(centre)
    for other in ("daniel", "tal"):
        answer = await leave(await centre.desk(other), contact)
        assert answer.status_code == 404, other
    assert await _rows(centre) == 0


async def test_what_rang_while_the_hub_saw_nothing_is_the_agents_word(centre: Centre) -> None:
    """The caller was there before the line broke, and is there still."""
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    centre.pbx.link_down()
    await centre.settle()
    desk = await centre.desk("yael")
    assert (await leave(desk, contact)).status_code == 503
    centre.time.passes(5)
    centre.pbx.link_up()
    await centre.settle()
    assert (await leave(desk, contact)).status_code == 200
    (call,) = await history(desk)
    assert (call.contact, call.kind, call.note, call.number) == (contact, "missed", _NOTE, "")


async def test_of_a_contact_of_which_nothing_was_seen_the_agents_word_is_taken(centre: Centre) -> None:
    desk = await centre.desk("yael")
    assert (await leave(desk, "never-seen.1")).status_code == 200
    (call,) = await history(desk)
    assert (call.contact, call.note, call.queue) == ("never-seen.1", _NOTE, "")


async def test_a_result_that_the_centre_does_not_know_is_refused(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await missed(centre)
    assert (await leave(desk, contact, disposition="no_such")).status_code == 422
    assert (await leave(desk, contact, disposition="solved")).status_code == 200


async def test_a_number_dialled_in_vain_is_told_to_who_dialled_it_and_noted_by_nobody_else(
    centre: Centre,
) -> None:
    desk, other = await centre.desk("yael"), await centre.desk("daniel")
    contact = centre.pbx.dial_fails("1001", "0505550101", CallEnd.BUSY)
    await centre.settle()
    (told,) = [one for one in await desk.told() if isinstance(one, DialFailedEvent)]
    assert (told.offer.contact, told.offer.number, told.end) == (contact, NOAH, "busy")
    assert "dial_failed" not in await other.kinds()
    assert (await leave(other, contact)).status_code == 404
    assert await history(desk) == ()
    assert (await leave(desk, contact)).status_code == 200
    (call,) = await history(desk, "music")
    assert (call.kind, call.ended, call.number, call.note) == ("dialled", "busy", NOAH, _NOTE)
    assert await history(other) == ()


async def test_a_number_dialled_in_vain_keeps_no_call_away_and_outlives_the_hub(
    centre: Centre, database: URL
) -> None:
    desk = await centre.desk("yael")
    contact = centre.pbx.dial_fails("1001", "0505550101", CallEnd.NO_ANSWER)
    await centre.settle()
    await centre.ring(NOAH)
    assert "offered" in await desk.kinds()
    async with open_centre(database) as later:
        desk = await later.desk("yael")
        assert (await leave(desk, contact, "")).status_code == 200
        (call,) = [one for one in await history(desk) if one.contact == contact]
        assert (call.kind, call.ended) == ("dialled", "no_answer")
        assert (await leave(await later.desk("daniel"), contact, key="key-00000002")).status_code == 404


@pytest.mark.parametrize("number", ["1002", "700"])
async def test_colleagues_and_queues_are_no_contacts(centre: Centre, number: str) -> None:
    desk = await centre.desk("yael")
    centre.pbx.dial_fails("1001", number, CallEnd.BUSY)
    centre.pbx.dial_fails("9999", "0505550101", CallEnd.BUSY)
    await centre.settle()
    assert "dial_failed" not in await desk.kinds()


async def _rows(centre: Centre) -> int:
    async with centre.hub.engine.connect() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM missed_notes"))).scalar_one())
