"""How long to wait before trying again: longer each time, never too long, and not all desks at once."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from agent_tui.session.clock import Clock


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds before the first new try, the factor for each further one, and the most there is."""

    first: float = 0.5
    factor: float = 2.0
    most: float = 20.0


USUAL = Pace()


class Reconnect:
    """The pauses between tries at one line. ``hurry`` ends a pause early, ``settled`` starts over.

    Half of each pause is by chance, so that a centre's desks do not all come back to a restarted hub
    in the same moment.
    """

    def __init__(self, clock: Clock, pace: Pace = USUAL, chance: random.Random | None = None) -> None:
        self._clock = clock
        self._pace = pace
        self._chance = chance or random.SystemRandom()
        self._tries = 0
        self._hurry = asyncio.Event()

    def settled(self) -> None:
        """The line works: the next pause is a short one again."""
        self._tries = 0

    def hurry(self) -> None:
        """There is reason to try now."""
        self._hurry.set()

    def next_pause(self) -> float:
        """Seconds to wait this time."""
        full = min(self._pace.first * self._pace.factor**self._tries, self._pace.most)
        if full < self._pace.most:
            self._tries += 1
        return full * (0.5 + 0.5 * self._chance.random())

    async def pause(self) -> None:
        """Wait before the next try."""
        self._hurry.clear()
        await self._clock.wait(self._hurry, self.next_pause())
