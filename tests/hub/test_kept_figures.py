"""Figures of agents and of what nobody saw: the same after a restart, since they are sums of events."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import URL

from hub.contract import OwnFiguresEvent
from tests.hub.centre import Centre, Desk, Time, open_centre
from tests.stubs.pbx import FakePbx

_PHONE = "1001"


async def _handled(centre: Centre, desk: Desk, *, talk: float, wrap_up: float) -> None:
    """A caller is answered at once, talked to, and wrapped up."""
    contact = centre.pbx.caller_joins("support")
    await centre.settle()
    centre.pbx.agent_answers(_PHONE)
    await centre.settle()
    centre.time.passes(talk)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    centre.time.passes(wrap_up)
    answer = await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up",
        json={"note": "", "disposition": "solved"},
        headers={"Idempotency-Key": f"wrap-{contact}"},
    )
    assert answer.status_code == 200, answer.text
    await centre.settle()


async def test_an_agents_day_is_the_same_after_a_restart(database: URL) -> None:
    time = Time()
    pbx = FakePbx(now=time)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        desk = await centre.desk("yael")
        await desk.told()
        await centre.ready("yael")
        await _handled(centre, desk, talk=60, wrap_up=30)
        await _handled(centre, desk, talk=120, wrap_up=90)
        centre.time.passes(100)
        before = (await desk.snapshot()).own
    assert before is not None
    assert (before.today.offered, before.today.answered, before.today.average_talk) == (2, 2, 90.0)
    assert before.today.average_handling == 150.0
    assert before.occupancy == 75.0
    assert before.recent == before.today
    async with open_centre(database, pbx=pbx, time=time) as again:
        desk = await again.desk("yael")
        assert (await desk.snapshot()).own == before
        again.time.passes(31 * 60)
        later = (await desk.snapshot()).own
    assert later is not None
    assert later.today == before.today
    assert later.recent.answered == 0


async def test_who_was_away_was_not_ready(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ready("yael")
    await _handled(centre, desk, talk=60, wrap_up=0)
    await desk.http.put("/v1/presence", json={"presence": "away", "reason": "Lunch"})
    centre.time.passes(3600)
    own = (await desk.snapshot()).own
    assert own is not None
    assert own.occupancy == 100.0


async def test_a_desk_is_told_its_agents_figures_alone(centre: Centre) -> None:
    yael, daniel = await centre.desk("yael"), await centre.desk("daniel")
    await centre.ready("yael")
    await _handled(centre, yael, talk=60, wrap_up=0)
    centre.hub.bus.publish_own("yael", OwnFiguresEvent(own=centre.hub.board.own("yael")))
    told = await yael.next("own_figures")
    assert isinstance(told, OwnFiguresEvent)
    assert (told.own.agent, told.own.today.answered) == ("yael", 1)
    assert await daniel.kinds() == []


async def test_calls_that_came_and_went_unseen_are_told_apart(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await desk.told()
    await centre.ready("yael")
    await _handled(centre, desk, talk=60, wrap_up=5)
    centre.pbx.link_down()
    centre.pbx.caller_hangs_up(centre.pbx.caller_joins("sales"))
    for _ in range(2):
        contact = centre.pbx.caller_joins("support")
        centre.pbx.agent_answers(_PHONE)
        centre.pbx.caller_hangs_up(contact)
    centre.pbx.link_up()
    await centre.settle()
    support, sales = (await desk.snapshot()).queues[:2]
    assert (support.today.offered, support.today.answered, support.today.unseen) == (1, 1, 2)
    assert (sales.today.offered, sales.today.unseen) == (0, 1)
    centre.pbx.link_down()
    centre.pbx.link_up()
    await centre.settle()
    assert [queue.today.unseen for queue in (await desk.snapshot()).queues[:2]] == [2, 1]


@pytest.mark.parametrize("seen", [True, False])
async def test_who_waited_as_the_line_broke_is_no_call_unseen(centre: Centre, *, seen: bool) -> None:
    """They were offered; how it ended nobody knows."""
    desk = await centre.desk("yael")
    contact = centre.pbx.caller_joins("support")
    await centre.settle()
    if not seen:
        centre.pbx.link_down()
    centre.pbx.caller_hangs_up(contact)
    centre.pbx.link_down()
    centre.pbx.link_up()
    await centre.settle()
    today = (await desk.snapshot()).queues[0].today
    assert (today.offered, today.unseen, today.abandoned) == (1, 0, 1 if seen else 0)


async def test_unseen_calls_are_kept_over_a_restart(database: URL) -> None:
    time = Time()
    pbx = FakePbx(now=time)
    async with open_centre(database, pbx=pbx, time=time):
        pass
    pbx.caller_hangs_up(pbx.caller_joins("support"))
    for _ in range(2):
        async with open_centre(database, pbx=pbx, time=time) as centre:
            desk = await centre.desk("yael")
            assert (await desk.snapshot()).queues[0].today.unseen == 1
