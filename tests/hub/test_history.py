"""An agent's own contacts of before: answered, missed, handed on; found by name, number and own note."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from hub.contract import HistoryPage, PastCall, Problem
from tests.hub.centre import NOAH, Centre, Desk, open_centre

RUTH = "+972505550199"
"""Nobody's number among the sample's customers."""
_SLOW = 0.3
"""Seconds for which a database writes nothing: longer than a question that does not wait takes."""


@pytest.fixture
async def yael(centre: Centre) -> Desk:
    return await centre.desk("yael")


async def page(desk: Desk, words: str = "", **asked: Any) -> HistoryPage:
    answer = await desk.http.post("/v1/history", json={"words": words, **asked})
    assert answer.status_code == 200, answer.text
    return HistoryPage.model_validate_json(answer.content)


async def calls(desk: Desk, words: str = "") -> tuple[PastCall, ...]:
    return (await page(desk, words)).calls


async def wrapped(centre: Centre, desk: Desk, note: str, number: str = NOAH) -> str:
    """A talk of Yael's with ``number``, wrapped up with ``note``; a minute passes."""
    contact = await centre.talk(number)
    centre.time.passes(45)
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    answer = await _wrap_up(desk, contact, note)
    assert answer.status_code == 200, answer.text
    await centre.settle()
    return contact


async def _wrap_up(desk: Desk, contact: str, note: str) -> httpx.Response:
    return await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up",
        json={"note": note, "disposition": "solved"},
        headers={"Idempotency-Key": f"key-of-{contact}-{desk.agent}"},
    )


async def test_an_answered_contact_with_its_customer_and_own_note(centre: Centre, yael: Desk) -> None:
    contact = await wrapped(centre, yael, "Sent a new router")
    (call,) = await calls(yael)
    assert (call.contact, call.kind, call.called) == (contact, "answered", False)
    assert (call.name, call.number, call.queue, call.queue_title) == ("נועה ברק", NOAH, "support", "Support")
    assert (call.talked, call.ended, call.note, call.disposition) == (
        45.0,
        "agent",
        "Sent a new router",
        "solved",
    )


async def test_a_talk_that_goes_on_is_not_history_yet(centre: Centre, yael: Desk) -> None:
    await centre.talk(NOAH)
    assert await calls(yael) == ()
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    assert [call.ended for call in await calls(yael)] == ["agent"]


async def test_who_gave_up_while_it_rang_was_missed(centre: Centre, yael: Desk) -> None:
    contact = await centre.ring(NOAH)
    assert await calls(yael) == ()
    centre.time.passes(8)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    (call,) = await calls(yael)
    assert (call.contact, call.kind, call.ended, call.waited) == (contact, "missed", "abandoned", 8.0)
    assert (call.name, call.number) == ("נועה ברק", NOAH)


async def test_what_the_hub_was_told_and_has_not_stored_yet_is_waited_for(
    centre: Centre, yael: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await centre.talk(NOAH)
    line, slow = centre.hub.handling.work.contacts._line, asyncio.Event()
    store = line._store

    async def late(changes: Sequence[Any]) -> None:
        await slow.wait()
        await store(changes)

    monkeypatch.setattr(line, "_store", late)
    asyncio.get_running_loop().call_later(_SLOW, slow.set)
    centre.pbx.agent_hangs_up("1001")
    while not centre._waiting.empty():
        await centre.hub.pump.handle(await anext(centre._events))
    assert [(call.kind, call.ended) for call in await calls(yael)] == [("answered", "agent")]


async def test_what_a_colleague_took_instead_is_missed_and_their_note_never_told(
    centre: Centre, yael: Desk
) -> None:
    daniel = await centre.desk("daniel")
    contact = await centre.ring(NOAH)
    await centre.ready("daniel")
    centre.pbx.ring_times_out("1001")
    await centre.settle()
    assert [call.ended for call in await calls(yael)] == ["waiting"]
    centre.pbx.agent_answers("1002")
    centre.pbx.agent_hangs_up("1002")
    await centre.settle()
    assert (await _wrap_up(daniel, contact, "secret of Daniel")).status_code == 200
    await centre.settle()
    (call,) = await calls(yael)
    assert (call.kind, call.ended, call.note, call.disposition) == ("missed", "elsewhere", "", "")
    assert await calls(yael, "secret") == ()
    assert [one.note for one in await calls(daniel, "secret")] == ["secret of Daniel"]


async def test_a_caller_answered_at_the_second_ring_was_not_missed(centre: Centre, yael: Desk) -> None:
    await centre.ring(NOAH)
    centre.pbx.ring_times_out("1001")
    await centre.settle()
    centre.time.passes(5)
    centre.pbx.agent_answers("1001")
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    assert [call.kind for call in await calls(yael)] == ["answered"]


async def test_a_caller_handed_on_is_in_the_history_of_both(centre: Centre, yael: Desk) -> None:
    daniel = await centre.desk("daniel")
    contact = await centre.talk(NOAH)
    assert (await yael.http.put(f"/v1/contacts/{contact}/note", json={"text": "of Yael"})).status_code == 204
    centre.time.passes(10)
    centre.pbx.agent_transfers("1001", "1002")
    await centre.settle()
    centre.time.passes(20)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    (first,), (second,) = await calls(yael), await calls(daniel)
    assert (first.ended, first.talked, first.note, first.visit) == ("transfer", 10.0, "of Yael", 1)
    assert (second.ended, second.talked, second.note, second.visit) == ("caller", 20.0, "", 2)


async def test_nobody_elses_contacts_are_told(centre: Centre, yael: Desk) -> None:
    await wrapped(centre, yael, "mine alone")
    daniel = await centre.desk("daniel")
    assert await calls(daniel) == ()
    assert await calls(daniel, "mine") == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("נועה", True),
        ("ברק נועה", True),
        ("ROUTER", True),
        ("נועה router", True),
        ("router umbrella", False),
        ("050-555 01", True),
        ("972505550", True),
        ("+972 50", True),
        ("00972505550101", True),
        ("4711", True),
        ("0777", False),
        ("100%", True),
        ("%", True),
        ("_", False),
        ("r%r", False),
        ("back\\slash", True),
        ("'; drop table contacts; --", False),
    ],
)
async def test_words_of_name_and_note_and_pieces_of_the_number_find_it(
    centre: Centre, yael: Desk, words: str, found: bool
) -> None:
    await wrapped(centre, yael, "New Router for order 4711, 100% sure: back\\slash")
    assert bool(await calls(yael, words)) is found


async def test_pages_go_on_where_the_last_one_ended(centre: Centre, yael: Desk) -> None:
    made = [await wrapped(centre, yael, f"note {number}") for number in range(5)]
    seen: list[str] = []
    before = ""
    for size in (2, 2, 1):
        got = await page(yael, limit=2, before=before)
        assert len(got.calls) == size
        seen += [call.contact for call in got.calls]
        before = got.next
        if size == 2:
            await wrapped(centre, yael, "came meanwhile")
    assert before == ""
    assert seen == made[::-1]


async def test_calls_of_one_moment_are_each_told_once(centre: Centre, yael: Desk) -> None:
    made = set()
    for _ in range(3):
        contact = await centre.ring(NOAH)
        centre.pbx.caller_hangs_up(contact)
        await centre.settle()
        made.add(contact)
    first = await page(yael, limit=2)
    rest = await page(yael, limit=2, before=first.next)
    assert sorted(call.contact for call in (*first.calls, *rest.calls)) == sorted(made)


@pytest.mark.parametrize(
    "before",
    ["x", "2026-11-22 1 k", "0001-01-01T00:00:00+14:00 1 k", "2026-11-22T09:00:00+00:00 9999999999 k"],
)
async def test_a_place_that_was_never_told_is_refused_in_words(yael: Desk, before: str) -> None:
    answer = await yael.http.post("/v1/history", json={"before": before})
    assert answer.status_code == 422, answer.text
    assert "beginning" in Problem.model_validate_json(answer.content).detail


async def test_a_request_is_bounded(yael: Desk) -> None:
    for asked in ({"limit": 0}, {"limit": 51}, {"words": "x" * 101}, {"before": "x" * 257}):
        assert (await yael.http.post("/v1/history", json=asked)).status_code == 422


async def test_it_is_there_after_the_hubs_restart(database: URL) -> None:
    async with open_centre(database) as centre:
        contact = await wrapped(centre, await centre.desk("yael"), "kept", RUTH)
        pbx, time = centre.pbx, centre.time
    async with open_centre(database, pbx=pbx, time=time) as centre:
        (call,) = await calls(await centre.desk("yael"))
        assert (call.contact, call.note, call.name) == (contact, "kept", "")
