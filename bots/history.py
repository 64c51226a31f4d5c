"""What happened to one actor, in order: read on by expectations, shown as evidence by failures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

Values: TypeAlias = dict[str, str | int | float | bool]

MOST = 2_000
"""Of more the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: ``values`` has its name as ``event``. ``at`` is aware UTC."""

    at: datetime
    values: Values

    def __str__(self) -> str:
        words = " ".join(
            f"{key}={value}" for key, value in self.values.items() if key != "event" and value != ""
        )
        return f"{self.at:%H:%M:%S.%f}"[:-3] + f" {self.values['event']} {words}"


class History:
    """Grows while the scenario is played. Each event answers one expectation at most, and none twice."""

    def __init__(self) -> None:
        self._all: list[Happening] = []
        self._read = 0
        self._news = asyncio.Event()

    def add(self, values: Values) -> None:
        """Something happened now."""
        self._all.append(Happening(datetime.now(UTC), values))
        if len(self._all) > MOST:
            del self._all[0]
            self._read = max(0, self._read - 1)
        self._news.set()

    def last(self, count: int) -> list[Happening]:
        """The newest, in order."""
        return self._all[-count:]

    async def next(self, matches: Callable[[Values], bool]) -> Happening:
        """The first one that was not read yet and matches; those before it count as read."""
        while True:
            self._news.clear()
            for place in range(self._read, len(self._all)):
                if matches(self._all[place].values):
                    self._read = place + 1
                    return self._all[place]
            await self._news.wait()


class Watch:
    """What an expectation saw last, for the words of its failure."""

    def __init__(self) -> None:
        self.saw = ""
