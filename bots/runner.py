"""Several plays: how many at once, how fast they begin, and what Ctrl-C does to them."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bots.player import Make, Play, Played, Tell, accounts_of
from bots.scenario_file import ScenarioFile

_SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Pace:
    """``times`` each scenario, ``at_once`` at most, ``rate`` a second (0: as fast as they may)."""

    times: int = 1
    at_once: int = 1
    rate: float = 0.0
    seed: int = 1


class Runner:
    """Plays scenarios; ``tell`` hears of each step, ``over`` of each play that is over, both at once."""

    def __init__(self, make: Make, pace: Pace, tell: Tell, over: Callable[[Played], None]) -> None:
        self._make = make
        self._pace = pace
        self._tell = tell
        self._over = over
        self._room = asyncio.Semaphore(pace.at_once)
        self._accounts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, files: Sequence[ScenarioFile], stop: asyncio.Event) -> list[Played]:
        """All of them, in order; ``stop`` ends those that go on, and what they opened."""
        chance = random.Random(self._pace.seed)  # noqa: S311 - the same run for the same seed
        tasks = []
        for number, file in enumerate([file for _ in range(self._pace.times) for file in files], 1):
            seed = chance.randrange(_SEEDS) if number > 1 else self._pace.seed
            tasks.append(asyncio.create_task(self._one(file, number, seed)))
        stopping = asyncio.create_task(_cancel_on(stop, tasks))
        played = await asyncio.gather(*tasks)
        stopping.cancel()
        return [one for one in played if one is not None]

    async def _one(self, file: ScenarioFile, number: int, seed: int) -> Played | None:
        """None where it was not begun."""
        try:
            if self._pace.rate:
                await asyncio.sleep((number - 1) / self._pace.rate)
            async with AsyncExitStack() as kept:
                for account in accounts_of(file):
                    await kept.enter_async_context(self._accounts[account])
                await kept.enter_async_context(self._room)
                played = await Play(file, number, seed, self._make, self._say(number)).run()
        except asyncio.CancelledError:
            return None
        self._over(played)
        return played

    def _say(self, number: int) -> Tell:
        return lambda told: self._tell({**told, "play": number})


async def _cancel_on(stop: asyncio.Event, tasks: Sequence[asyncio.Task[Played | None]]) -> None:
    await stop.wait()
    for task in tasks:
        task.cancel()
