"""An agent's change is told by each of their queues; the desk hears of it once."""

from __future__ import annotations

import asyncio

from hub.contract import MeEvent
from hub.ports.pbx import MemberChanged, MemberState
from tests.hub.centre import Centre


async def test_one_change_in_every_queue_reaches_the_desk_as_one(centre: Centre) -> None:
    await centre.ready("yael")
    desk = await centre.desk("yael")
    for queue in ("support", "sales"):
        await centre.hub.pump.handle(
            MemberChanged(queue, "1001", MemberState.BUSY, False, "", True, centre.time(), 1)
        )
    await asyncio.sleep(0)
    (me,) = [event.me for event in await desk.told() if isinstance(event, MeEvent)]
    assert [member.state for member in me.members] == ["busy", "busy"]
