"""The grace after a lost desk: no new calls while it is gone for too long, and the choice stands."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.engine import URL

from hub.contract import AgentStanding, Me
from hub.domain.contacts import State
from tests.hub.centre import NOAH, Centre, Desk, open_centre, sample_settings
from tests.stubs.pbx import FakePbx

GRACE = 60
FREE, NO_DESK = {(False, "")}, {(True, "no desk")}


async def _me(desk: Desk) -> Me:
    return Me.model_validate_json((await desk.http.get("/v1/me")).content)


async def _stands(centre: Centre, extension: str = "1001") -> set[tuple[bool, str]]:
    """How the exchange has the agent: paused or not, and why."""
    rows = await centre.pbx.queues()
    return {(one.paused, one.reason) for row in rows for one in row.members if one.agent == extension}


async def _choose(desk: Desk, presence: str, reason: str = "") -> None:
    answer = await desk.http.put("/v1/presence", json={"presence": presence, "reason": reason})
    assert answer.status_code == 200, answer.text


async def _at_work(centre: Centre) -> Desk:
    """Yael is ready, and her desk listens."""
    desk = await centre.desk("yael")
    await desk.told()
    await _choose(desk, "ready")
    await centre.settle()
    return desk


async def _passes(centre: Centre, seconds: float) -> None:
    centre.time.passes(seconds)
    await centre.settle()


async def test_who_is_without_a_desk_for_too_long_gets_no_call_and_stays_ready(centre: Centre) -> None:
    desk = await _at_work(centre)
    since = (await _me(desk)).presence_since
    await _passes(centre, 3600)
    assert await _stands(centre) == FREE, "the desk is there"
    await desk.leave()
    await _passes(centre, GRACE - 1)
    assert await _stands(centre) == FREE
    await _passes(centre, 1)
    assert await _stands(centre) == NO_DESK
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    assert centre.hub.floor.in_hands("yael") == ()
    me = await _me(desk)
    assert (me.presence, me.reason, me.presence_since) == ("ready", "", since)
    back = await centre.desk("yael")
    await back.told()
    await centre.settle()
    assert await _stands(centre) == FREE
    assert [one.id for one in centre.hub.floor.in_hands("yael")] == [contact], "the caller who waited rings"


async def test_a_desk_that_is_back_in_time_costs_nothing(centre: Centre) -> None:
    desk = await _at_work(centre)
    for _ in range(5):
        await desk.leave()
        await _passes(centre, GRACE - 1)
        desk = await centre.desk("yael")
        await desk.told()
    assert await _stands(centre) == FREE
    assert centre.hub.bus.streams == 1


async def test_one_desk_of_two_is_enough(centre: Centre) -> None:
    desk, second = await _at_work(centre), await centre.desk("yael")
    await second.told()
    await desk.leave()
    await _passes(centre, 3600)
    assert await _stands(centre) == FREE


async def test_a_talk_goes_on_and_no_call_follows_it(centre: Centre) -> None:
    desk = await _at_work(centre)
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    centre.pbx.agent_answers("1001")
    await centre.settle()
    await desk.leave()
    await _passes(centre, GRACE)
    assert [one.state for one in centre.hub.floor.in_hands("yael")] == [State.TALKING]
    centre.pbx.caller_hangs_up(contact)
    centre.pbx.caller_joins("support", NOAH)
    await _passes(centre, 3600)
    assert await _stands(centre) == NO_DESK, "the wrap-up's time is over, and still nobody is there"
    assert [(one.id, one.state) for one in centre.hub.floor.in_hands("yael")] == [(contact, State.WRAP_UP)]


@pytest.mark.parametrize(("presence", "members"), [("away", {(True, "Lunch")}), ("offline", set())])
async def test_who_is_not_ready_stays_as_they_chose(
    centre: Centre, presence: str, members: set[tuple[bool, str]]
) -> None:
    desk = await _at_work(centre)
    await _choose(desk, presence, "Lunch")
    await desk.leave()
    await _passes(centre, GRACE)
    assert await _stands(centre) == members


async def test_a_line_to_the_exchange_that_breaks_changes_neither_grace_nor_pause(centre: Centre) -> None:
    desk = await _at_work(centre)
    await desk.leave()
    await _passes(centre, GRACE - 1)
    centre.pbx.link_down()
    await _passes(centre, 1)
    assert centre.hub.keeper.seconds_left() is None, "nobody else can be lost"
    centre.pbx.link_up()
    await centre.settle()
    assert await _stands(centre) == NO_DESK
    centre.pbx.link_down()
    back = await centre.desk("yael")
    await back.told()
    await centre.settle()
    centre.pbx.link_up()
    await centre.settle()
    assert await _stands(centre) == FREE


async def test_the_desk_hears_that_the_pause_is_the_hubs_own(centre: Centre) -> None:
    desk = await _at_work(centre)
    await desk.leave()
    await _passes(centre, GRACE)
    me = await _me(desk)
    assert me.wish is not None
    assert (me.wish.member, me.wish.paused) == (True, True)
    assert {(one.paused, one.reason) for one in me.members} == NO_DESK


async def test_a_supervisor_sees_whose_desk_is_gone_and_who_gets_no_call_for_it(centre: Centre) -> None:
    daniel = centre.hub.roster.agents["daniel"]
    centre.hub.roster.agents["daniel"] = daniel.model_copy(update={"role": "supervisor"})  # type: ignore[index]  # no mutable map
    desk, boss = await _at_work(centre), await centre.desk("daniel")

    async def seen() -> tuple[str, bool, set[tuple[bool, str]]]:
        answer = await boss.http.get("/v1/agents")
        assert answer.status_code == 200, answer.text
        all_of_them = [AgentStanding.model_validate(one) for one in answer.json()]
        assert [one.agent for one in all_of_them] == list(centre.hub.roster.agents)
        yael = all_of_them[0]
        return yael.presence, yael.desk, {(one.paused, one.reason) for one in yael.members}

    assert await seen() == ("ready", True, FREE)
    await desk.leave()
    assert await seen() == ("ready", False, FREE)
    await _passes(centre, GRACE)
    assert await seen() == ("ready", False, NO_DESK)


async def test_the_figures_count_nobody_who_gets_no_call(centre: Centre) -> None:
    desk = await _at_work(centre)
    assert (await desk.snapshot()).queues[0].agents_ready == 1
    await desk.leave()
    await _passes(centre, GRACE)
    assert (await desk.snapshot()).queues[0].agents_ready == 0


async def test_who_never_opened_a_stream_gets_the_grace_from_the_choice_on(centre: Centre) -> None:
    await _passes(centre, 3600)
    desk = await centre.desk("yael")
    await _choose(desk, "ready")
    await _passes(centre, GRACE - 1)
    assert await _stands(centre) == FREE
    await _passes(centre, 1)
    assert await _stands(centre) == NO_DESK
    await _choose(desk, "ready")
    await centre.settle()
    assert await _stands(centre) == FREE, "somebody is there: they pressed a key"
    await _passes(centre, GRACE)
    assert await _stands(centre) == NO_DESK


async def test_after_a_restart_of_the_hub_a_desk_has_the_grace_to_come_back(database: URL) -> None:
    async with open_centre(database) as centre:
        await _at_work(centre)
        daniel = await centre.desk("daniel")
        await daniel.told()
        await _choose(daniel, "ready")
        await centre.settle()
        pbx, time = centre.pbx, centre.time
    time.passes(3600)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        await _passes(centre, GRACE - 1)
        daniel = await centre.desk("daniel")
        await daniel.told()
        assert await _stands(centre, "1002") == await _stands(centre) == FREE
        await _passes(centre, 1)
        assert await _stands(centre, "1002") == FREE
        assert await _stands(centre) == NO_DESK


async def test_who_was_lost_before_a_restart_gets_no_call_after_it_until_the_desk_is_back(
    database: URL,
) -> None:
    async with open_centre(database) as centre:
        desk = await _at_work(centre)
        await desk.leave()
        await _passes(centre, GRACE)
        pbx, time = centre.pbx, centre.time
    async with open_centre(database, pbx=pbx, time=time) as centre:
        assert await _stands(centre) == NO_DESK
        centre.pbx.caller_joins("support", NOAH)
        await centre.settle()
        assert centre.hub.floor.in_hands("yael") == ()
        desk = await centre.desk("yael")
        assert (await _me(desk)).presence == "ready"
        await desk.told()
        await centre.settle()
        assert await _stands(centre) == FREE


async def test_a_centre_can_do_without(database: URL) -> None:
    settings = sample_settings(database)
    never = settings.centre.agent_state.model_copy(update={"desk_grace_seconds": 0})
    centre_file = settings.centre.model_copy(update={"agent_state": never})
    settings = settings.model_copy(update={"centre": centre_file})
    async with open_centre(database, settings=settings) as centre:
        desk = await _at_work(centre)
        await desk.leave()
        await _passes(centre, 3600)
        assert await _stands(centre) == FREE
        assert centre.hub.keeper.seconds_left() is None


async def test_the_grace_ends_and_begins_anew_though_nothing_else_happens(centre: Centre) -> None:
    """The keeper sleeps while nobody can be lost; a desk that goes wakes it, and so does one that comes."""
    desk = await _at_work(centre)
    await _passes(centre, GRACE)
    assert centre.hub.keeper.seconds_left() is None, "the others are lost already, and not ready"
    running = asyncio.create_task(centre.hub.keeper.run())
    try:
        await asyncio.sleep(0)
        await desk.leave()
        centre.time.passes(GRACE - 0.01)
        watcher = asyncio.create_task(_paused(centre.pbx, paused=True))
        await asyncio.sleep(0)
        centre.time.passes(0.01)
        async with asyncio.timeout(10):
            await watcher
        back = await centre.desk("yael")
        await back.told()
        async with asyncio.timeout(10):
            await _paused(centre.pbx, paused=False)
    finally:
        running.cancel()


async def _paused(pbx: FakePbx, *, paused: bool) -> None:
    """Wait until the exchange has Yael paused, or not."""
    while True:
        if any(
            one.paused is paused and one.agent == "1001" for row in await pbx.queues() for one in row.members
        ):
            return
        await asyncio.sleep(0)
