"""The floor and coach notes, as the hub has them: who sees it, and whom a trainer's line reaches."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.listening import Listening
from hub.contract import CoachNoteEvent, FloorView
from tests.hub.centre import NOAH, Centre, Desk
from tests.hub.test_listening import hears, listens, of_kind, opened, refused


@pytest.fixture
async def centre(database: URL) -> AsyncIterator[Centre]:
    async with opened(database, Listening()) as made:
        yield made


async def writes(desk: Desk, text: str, agent: str = "yael") -> httpx.Response:
    return await desk.http.post(f"/v1/agents/{agent}/coach-notes", json={"text": text})


async def test_a_line_of_a_trainers_is_told_to_the_agent_alone_and_cleaned(centre: Centre) -> None:
    trainer, agent, other = [await centre.desk(one) for one in ("daniel", "yael", "tal")]
    await listens(agent)
    await listens(other)
    answer = await writes(trainer, "שאלו על הכתובת [@click=x]\x1b]0;x\x07\u202e\nnow")
    assert answer.status_code == 204, answer.text
    (told,) = of_kind(await agent.told(), CoachNoteEvent)
    text = "שאלו על הכתובת [@click=x]]0;x now"
    assert told == CoachNoteEvent(by="Daniel Katz", text=text, at=centre.time.moment)
    assert not of_kind(await other.told(), CoachNoteEvent)
    (act,) = await centre.hub.trainers.orders.acts(None)
    assert (act.who, act.what, act.whom, act.words) == ("daniel", "coach note", "yael", text)


@pytest.mark.parametrize(
    ("text", "agent", "status"),
    [("x" * 201, "yael", 422), ("", "yael", 422), ("\x07\u202e", "yael", 422), ("x", "nobody", 404)],
)
async def test_what_cannot_be_read_is_not_written(centre: Centre, text: str, agent: str, status: int) -> None:
    trainer, listener = await centre.desk("daniel"), await centre.desk("yael")
    await listens(listener)
    assert (await writes(trainer, text, agent)).status_code == status
    assert not of_kind(await listener.told(), CoachNoteEvent)


async def test_who_has_no_desk_open_is_not_written_to(centre: Centre) -> None:
    refused(await writes(await centre.desk("daniel"), "Slower."), 409, "no desk")


async def test_agents_write_to_nobody(centre: Centre) -> None:
    refused(await writes(await centre.desk("yael"), "Slower.", "daniel"), 403, "role")


async def test_what_the_audit_cannot_hold_is_not_written(centre: Centre) -> None:
    trainer, agent = await centre.desk("daniel"), await centre.desk("yael")
    await listens(agent)
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")
    refused(await writes(trainer, "Slower."), 503, "not sent")
    assert not of_kind(await agent.told(), CoachNoteEvent)


async def floor_of(desk: Desk) -> FloorView:
    answer = await desk.http.get("/v1/floor")
    assert answer.status_code == 200, answer.text
    return FloorView.model_validate_json(answer.content)


async def test_the_floor_shows_who_talks_who_rings_and_who_waits(centre: Centre) -> None:
    contact, trainer = await centre.ring(NOAH), await centre.desk("daniel")
    await (await centre.desk("tal")).http.put("/v1/presence", json={"presence": "away", "reason": "Lunch"})
    centre.time.passes(7)
    centre.pbx.agent_answers("1001")
    await centre.settle()
    began = centre.time.moment
    centre.time.passes(30)
    waits = centre.pbx.caller_joins("support", "0525550101")
    await centre.settle()
    centre.time.passes(5)
    view = await floor_of(trainer)
    yael = next(one for one in view.agents if one.agent == "yael")
    assert yael.call is not None
    assert (yael.call.contact, yael.call.since, yael.call.held, yael.rings) == (contact, began, False, False)
    assert (yael.call.queue_title, yael.call.number, yael.line) == ("Support", NOAH, "busy")
    assert {one.agent: one.presence for one in view.agents} == {
        "yael": "ready",
        "omri": "offline",
        "tal": "away",
    }
    (caller,) = view.waiting
    assert (caller.contact, (view.at - caller.since).total_seconds()) == (waits, 5)
    await hears(centre, trainer, "whisper")
    yael = next(one for one in (await floor_of(trainer)).agents if one.agent == "yael")
    assert [(one.name, one.mode) for one in yael.coaches] == [("Daniel Katz", "whisper")]
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    yael = next(one for one in (await floor_of(trainer)).agents if one.agent == "yael")
    assert (yael.call, yael.owes) == (None, centre.time.moment)


async def test_a_ring_is_no_talk(centre: Centre) -> None:
    await centre.ring()
    view = await floor_of(await centre.desk("daniel"))
    yael = next(one for one in view.agents if one.agent == "yael")
    assert yael.rings
    assert yael.call is not None


async def test_the_floor_is_for_trainers_and_supervisors(centre: Centre, database: URL) -> None:
    refused(await (await centre.desk("yael")).http.get("/v1/floor"), 403, "role")
    for agent, sees in (("yael", False), ("daniel", True), ("omri", True)):
        me = (await (await centre.desk(agent)).snapshot()).me
        assert (me.sees_floor, me.listens) == (sees, sees)


async def test_without_listening_a_trainer_still_sees_the_floor(database: URL) -> None:
    async with opened(database) as centre:
        me = (await (await centre.desk("daniel")).snapshot()).me
        assert (me.sees_floor, me.listens) == (True, False)
