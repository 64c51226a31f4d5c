"""The board: figures at a pace, growing waits, a new day at the centre's midnight."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

from sqlalchemy.engine import URL

from hub.contract import QueuesEvent
from hub.events import Bus
from hub.ports.pbx import CallerAbandoned, CallerJoined
from hub.service.board import PACE, Board
from hub.service.floor import Floor
from hub.service.roster import Roster
from tests.hub.centre import Centre, Time, open_centre, sample_settings

_WITHIN = 10.0


class _Pace:
    """The board's sleep, which lasts until the test says so."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[float] = asyncio.Queue()
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.put_nowait(seconds)
        await self.over.wait()
        self.over.clear()

    async def passes(self) -> None:
        """Let one pace pass, and wait for the board to begin the next."""
        self.over.set()
        async with asyncio.timeout(_WITHIN):
            await self.asked.get()


async def test_a_burst_of_events_is_one_message_a_pace() -> None:
    centre, time, pace = sample_settings().centre, Time(), _Pace()
    roster = Roster.of(centre)
    bus = Bus(roster.agents, "e")
    board = Board(roster, Floor(), centre.zone, now=time, sleep=pace)
    stream = bus.subscribe("yael", "en", "e-0")
    running = asyncio.create_task(board.run(bus))
    board.refresh()
    async with asyncio.timeout(_WITHIN):
        assert await pace.asked.get() == PACE
        assert PACE > 0.5, "at most twice in any second"
        await anext(stream)
    for number in range(1000):
        board.count(CallerJoined("support", f"a.{number}", "1", "", 1, time()))
    await pace.passes()
    async with asyncio.timeout(_WITHIN):
        figures = QueuesEvent.model_validate(json.loads((await anext(stream)).data))
    assert figures.queues[0].today.offered == 1000
    bus.close()
    assert [sent async for sent in stream] == []
    running.cancel()


async def test_waits_grow_on_the_board_without_an_event(centre: Centre) -> None:
    pace = _Pace()
    centre.pbx.caller_joins("support")
    await centre.settle()
    centre.hub.board._sleep = pace
    desk = await centre.desk("yael")
    running = asyncio.create_task(centre.hub.board.run(centre.hub.bus))
    waits = []
    for _ in range(3):
        await pace.passes()
        event = await desk.next("queues")
        assert isinstance(event, QueuesEvent)
        waits.append(event.queues[0].longest_wait)
        centre.time.passes(1)
    running.cancel()
    assert waits == sorted(set(waits))


async def test_titles_are_in_the_agents_language(centre: Centre) -> None:
    english, hebrew = await centre.desk("yael"), await centre.desk("tal")
    assert [queue.title for queue in (await english.snapshot()).queues] == ["Support", "Sales"]
    assert [queue.title for queue in (await hebrew.snapshot()).queues] == ["תמיכה", "מכירות"]


async def test_a_new_day_begins_at_the_centres_midnight(database: URL) -> None:
    time = Time()
    time.moment = datetime(2026, 11, 22, 21, 58, tzinfo=UTC)  # two minutes to midnight in Jerusalem
    async with open_centre(database, time=time) as centre:
        desk = await centre.desk("yael")
        centre.pbx.caller_hangs_up(centre.pbx.caller_joins("support"))
        waiting = centre.pbx.caller_joins("support")
        await centre.settle()
        before = (await desk.snapshot()).queues[0]
        time.passes(240)
        after = (await desk.snapshot()).queues[0]
        late = CallerAbandoned("support", "of.yesterday", 5.0, datetime(2026, 11, 22, 21, 59, tzinfo=UTC))
        await centre.handle(late)
        centre.pbx.caller_hangs_up(waiting)
        await centre.settle()
        pbx, end = centre.pbx, (await desk.snapshot()).queues[0]
    assert (before.today.offered, before.today.abandoned, before.waiting) == (2, 1, 1)
    assert (after.today.offered, after.today.abandoned, after.waiting, after.longest_wait) == (0, 0, 1, 240.0)
    assert (end.today.offered, end.today.abandoned, end.waiting) == (0, 1, 0)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        assert (await (await centre.desk("yael")).snapshot()).queues[0] == end
