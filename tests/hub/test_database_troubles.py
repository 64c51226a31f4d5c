"""A database in trouble: the desk is told in words, the floor goes on, and later all is stored."""

from __future__ import annotations

import asyncio
import random
import re

import httpx
import pytest
from sqlalchemy.engine import URL

from hub.contract import Problem
from tests.databases import Databases
from tests.hub.centre import NOAH, Centre, Desk, open_centre
from tests.hub.trouble import busy, gone, no_room
from tests.postgres import PostgresServer

_ERRORS = re.compile("moked_hub_database_errors_total ")


async def _talking(centre: Centre) -> tuple[Desk, str]:
    """Yael's desk, and the contact she talks in."""
    desk = await centre.desk("yael")
    await centre.ready("yael")
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    await centre.cards_arrive()
    centre.pbx.agent_answers("1001")
    await centre.settle()
    return desk, contact


async def _note(desk: Desk, contact: str, text: str) -> httpx.Response:
    return await desk.http.put(f"/v1/contacts/{contact}/note", json={"text": text})


def _is_refused(answer: httpx.Response) -> None:
    problem = Problem.model_validate_json(answer.content)
    assert (answer.status_code, problem.status) == (503, 503)
    assert problem.detail.endswith(("it is kept here and sent again.", "try again.", "choose again."))


def _errors(centre: Centre) -> float:
    """How many errors of the database the metrics count."""
    (line,) = (line for line in centre.hub.metrics.page().decode().splitlines() if _ERRORS.match(line))
    return float(line.split()[1])


async def test_a_note_that_finds_no_room_is_refused_and_stored_later(
    centre: Centre, databases: Databases
) -> None:
    desk, contact = await _talking(centre)
    long = random.Random(1).randbytes(4_500).hex()  # noqa: S311 - a text that no database can compress
    with no_room(centre.hub.engine, databases):
        _is_refused(await _note(desk, contact, long))
        assert (await desk.http.get("/v1/me")).status_code == 200, "reading needs no room"
    assert (await _note(desk, contact, long)).status_code == 204
    (stored,) = await centre.hub.handling.work.contacts.visits(contact)
    assert stored.note == long


async def test_a_database_that_hangs_is_refused_within_its_time(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.db.engine.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr("hub.db.engine._BUSY_MILLISECONDS", 200)
    async with open_centre(database) as centre:
        desk, contact = await _talking(centre)
        async with busy(database):
            _is_refused(await _note(desk, contact, "so far"))
        assert (await _note(desk, contact, "so far")).status_code == 204
        assert _errors(centre) == 1


async def test_a_database_that_is_gone_stops_no_call(centre: Centre, databases: Databases) -> None:
    desk, contact = await _talking(centre)
    await centre.hub.engine.dispose()
    with gone(centre.hub.engine, databases):
        _is_refused(await _note(desk, contact, "so far"))
        _is_refused(await desk.http.get("/v1/me"))
        centre.pbx.agent_hangs_up("1001")
        await centre.settle()
        assert "contact_ended" in await desk.kinds()
    asked = {"note": "all of it", "disposition": "solved"}
    done = await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up", json=asked, headers={"Idempotency-Key": "key-00000001"}
    )
    assert done.status_code == 200, done.text
    (stored,) = await centre.hub.handling.work.contacts.visits(contact)
    assert (stored.note, stored.ended_by) == ("all of it", "agent")


@pytest.mark.parametrize("databases", ["postgres"], indirect=True)
async def test_a_server_that_was_restarted_meanwhile_is_not_noticed(
    centre: Centre, postgres: PostgresServer
) -> None:
    desk, contact = await _talking(centre)
    postgres.stop()
    postgres.start()
    assert (await _note(desk, contact, "so far")).status_code == 204
    assert _errors(centre) == 0


async def test_two_desks_of_an_agent_that_choose_at_once_are_both_heard(centre: Centre) -> None:
    desks = [await centre.desk("yael") for _ in range(8)]
    chosen = [
        desk.http.put("/v1/presence", json={"presence": "away", "reason": f"Lunch {number}"})
        for number, desk in enumerate(desks)
    ]
    assert {answer.status_code for answer in await asyncio.gather(*chosen)} == {200}
