"""Callbacks that agents promise: stored once, told to whom they concern, held to what may be promised."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from hub.contract import CallbackEvent, CallbackView, Problem
from tests.hub.centre import NOAH, Centre, Desk, open_centre, sample_settings

HOME = "+97235550101"
TOMORROW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""At noon in the sample centre, whose clock stands at 9:00 UTC of the 22nd."""


async def ask(desk: Desk, key: str = "key-00000001", **changes: Any) -> httpx.Response:
    asked = {"queue": "support", "numbers": [NOAH], "customer": "C-1001", **changes}
    return await desk.http.post("/v1/callbacks", json=asked, headers={"Idempotency-Key": key})


async def made(desk: Desk, key: str = "key-00000001", **changes: Any) -> CallbackView:
    answer = await ask(desk, key, **changes)
    assert answer.status_code == 200, answer.text
    return CallbackView.model_validate_json(answer.content)


def words(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return Problem.model_validate_json(answer.content).detail


@pytest.fixture
async def yael(centre: Centre) -> Desk:
    return await centre.desk("yael")


async def test_a_promise_now_in_minutes_and_at_a_time(centre: Centre, yael: Desk) -> None:
    now = centre.time()
    at_once = await made(yael)
    assert (at_once.promised, at_once.state, at_once.made_by, at_once.agent) == (now, "open", "yael", "")
    later = await made(yael, "key-00000002", customer="C-2", minutes=20, mine=True)
    assert (later.at, later.agent) == (now + timedelta(minutes=20), "yael")
    booked = await made(yael, "key-00000003", customer="C-3", at=TOMORROW.isoformat())
    assert booked.promised == TOMORROW


async def test_numbers_are_read_as_people_write_them_and_home_comes_first(yael: Desk) -> None:
    callback = await made(yael, numbers=["050-555 0101", "03-5550101", NOAH], customer="")
    assert callback.numbers == (HOME, NOAH)
    assert callback.customer == HOME


async def test_the_same_sent_again_is_one(yael: Desk) -> None:
    first = await made(yael)
    assert await made(yael) == first
    assert "another callback" in words(await ask(yael, minutes=5), 422)
    assert [one.id for one in (await yael.snapshot()).callbacks] == [first.id]


async def test_a_second_one_of_a_customer_in_a_queue_is_refused_in_words(yael: Desk) -> None:
    await made(yael, at=TOMORROW.isoformat())
    assert "stands for 2026-11-23 12:00+02:00;" in words(await ask(yael, "key-00000002"), 409)
    await made(yael, "key-00000003", queue="sales")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"queue": "nowhere"}, "no such queue"),
        ({"numbers": ["+12125550101"]}, "may not go to this number"),
        ({"numbers": ["700"]}, "no whole telephone number"),
        ({"numbers": ["0505550101&PJSIP/premium"]}, "no whole telephone number"),
        ({"numbers": ["anonymous"]}, "no whole telephone number"),
        ({"at": "2026-11-22T08:00:00Z"}, "past"),
        ({"at": "2027-11-22T08:00:00Z"}, "ahead"),
        ({"at": "2026-11-22T20:00:00Z"}, "Nobody is called from 21:00 to 08:00"),
    ],
)
async def test_what_may_not_be_promised_is_refused_in_words(
    yael: Desk, changes: dict[str, Any], said: str
) -> None:
    assert said in words(await ask(yael, **changes), 422)
    assert (await yael.snapshot()).callbacks == ()


async def test_an_agent_keeps_none_of_a_queue_that_they_do_not_serve(centre: Centre) -> None:
    tal = await centre.desk("tal")
    assert "do not serve" in words(await ask(tal, queue="sales", mine=True), 422)
    await made(tal, queue="sales")


async def test_a_slot_takes_so_many_and_no_more(yael: Desk) -> None:
    for number in range(3):
        await made(yael, f"key-0000000{number}", customer=f"C-{number}", at=TOMORROW.isoformat())
    late_in_it = (TOMORROW + timedelta(minutes=14)).isoformat()
    full = await ask(yael, "key-00000004", customer="C-4", at=late_in_it)
    assert "booked for this time" in words(full, 409)
    await made(yael, "key-00000002", customer="C-2", at=TOMORROW.isoformat())
    await made(yael, "key-00000005", customer="C-5", at=(TOMORROW + timedelta(minutes=15)).isoformat())
    await made(yael, "key-00000006", customer="C-6", at=TOMORROW.isoformat(), queue="sales")


async def test_whoever_it_concerns_is_told_and_nobody_else(centre: Centre, yael: Desk) -> None:
    daniel = await centre.desk("daniel")
    callback = await made(yael, name="[red]Noah\x1b]0;x\x07", words="about\nthe bill")
    (event,) = [one for one in await yael.told() if isinstance(one, CallbackEvent)]
    assert event.callback == callback
    assert "\x1b" not in callback.name
    assert not [one for one in await daniel.told() if isinstance(one, CallbackEvent)]


async def test_an_agent_sees_their_own_and_a_supervisor_all(database: URL) -> None:
    settings = sample_settings(database)
    agents = tuple(
        one.model_copy(update={"role": "supervisor"}) if one.id == "tal" else one
        for one in settings.centre.agents
    )
    file = settings.centre.model_copy(update={"agents": agents})
    async with open_centre(database, settings=settings.model_copy(update={"centre": file})) as centre:
        callback = await made(await centre.desk("yael"))
        seen = {}
        for agent in ("yael", "daniel", "tal"):
            desk = await centre.desk(agent)
            seen[agent] = [one["id"] for one in (await desk.http.get("/v1/callbacks")).json()]
        assert seen == {"yael": [callback.id], "daniel": [], "tal": [callback.id]}
        path = f"/v1/callbacks/{callback.id}"
        daniel = await centre.desk("daniel")
        assert "no such callback of yours" in words(await daniel.http.delete(path), 404)
        tal = await centre.desk("tal")
        assert (await tal.http.delete(path)).status_code == 204
        assert (await tal.http.delete(path)).status_code == 404


async def test_what_is_taken_back_makes_room(yael: Desk) -> None:
    callback = await made(yael)
    assert (await yael.http.delete(f"/v1/callbacks/{callback.id}")).status_code == 204
    assert (await yael.snapshot()).callbacks == ()
    last = (await yael.told())[-1]
    assert isinstance(last, CallbackEvent)
    assert last.callback.state == "cancelled"
    await made(yael, "key-00000002")


async def test_a_centre_without_callbacks_says_so(database: URL) -> None:
    settings = sample_settings(database)
    file = settings.centre.model_copy(update={"callbacks": None})
    async with open_centre(database, settings=settings.model_copy(update={"centre": file})) as centre:
        assert "calls nobody back" in words(await ask(await centre.desk("yael")), 404)


async def test_what_was_promised_is_there_after_the_hubs_restart(database: URL) -> None:
    async with open_centre(database) as centre:
        callback = await made(await centre.desk("yael"))
    async with open_centre(database) as centre:
        assert (await (await centre.desk("yael")).snapshot()).callbacks == (callback,)


@pytest.fixture
async def broken(centre: Centre) -> AsyncIterator[Centre]:
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE callbacks RENAME TO elsewhere")
    yield centre
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO callbacks")


async def test_nothing_is_promised_that_is_not_stored(broken: Centre) -> None:
    yael = await broken.desk("yael")
    assert "nothing is promised" in words(await ask(yael), 503)
    assert (await yael.snapshot()).callbacks == ()
