"""What the suite of ``hub.ports.pbx.Pbx`` makes callers and agents do, on whichever exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from hub.ports.pbx import Pbx, PbxEvent

WITHIN = 20.0
E = TypeVar("E", bound=object)


class Exchange(Protocol):
    """An exchange with queues ``support`` and ``sales``, its callers, and two agents' phones.

    ``agents`` are two extensions whose phones are registered and free. In ``sales`` a ring that nobody
    answers ends after a few seconds by itself.
    """

    @property
    def pbx(self) -> Pbx: ...

    @property
    def agents(self) -> tuple[str, str]: ...

    @property
    def outside(self) -> str:
        """A number that answers, can be handed a caller, and is no agent's."""
        ...

    @property
    def nobody(self) -> str:
        """An extension that there is not."""
        ...

    async def caller_joins(self, queue: str, *, number: str, name: str = "") -> str:
        """A caller calls ``queue``; returns the contact."""
        ...

    async def caller_hangs_up(self, contact: str) -> None:
        """The caller hangs up, waiting or talking."""
        ...

    async def answers(self, agent: str) -> None:
        """The agent's phone, which rings or is about to, is answered."""
        ...

    async def declines(self, agent: str) -> None:
        """The agent's phone, which rings or is about to, declines."""
        ...

    async def lets_ring(self, agent: str) -> None:
        """The agent's phone rings until the exchange gives up."""
        ...

    async def holds(self, agent: str) -> None:
        """The agent puts the caller they talk with on hold."""
        ...

    async def resumes(self, agent: str) -> None:
        """The agent talks with the caller again."""
        ...

    async def hangs_up(self, agent: str) -> None:
        """The agent ends the talk."""
        ...

    async def transfers(self, agent: str, to: str) -> None:
        """The agent hands the caller on to another extension, which answers (REFER)."""
        ...

    async def connects(self, agent: str, to: str) -> None:
        """The agent asks ``to`` by a second call, then joins the caller with them (REFER with Replaces)."""
        ...

    async def transfer_fails(self, agent: str, to: str) -> None:
        """The agent would hand the caller on to ``to``, which is refused."""
        ...

    async def line_breaks(self) -> None:
        """The hub's line to the exchange breaks; calls go on."""
        ...

    async def line_mends(self) -> None:
        """The line can be had again."""
        ...


class Watch:
    """Keeps the events of a ``Pbx`` and waits for the one a test wants."""

    def __init__(self, pbx: Pbx) -> None:
        self.pbx = pbx
        self.seen: list[PbxEvent] = []
        self._events = pbx.events()
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Take events until cancelled."""
        async for event in self._events:
            async with self._changed:
                self.seen.append(event)
                self._changed.notify_all()

    async def until(self, kind: type[E], check: Callable[[E], bool] = lambda _event: True) -> E:
        """The first event of ``kind`` that passes ``check``, now or within the time."""
        try:
            async with asyncio.timeout(WITHIN), self._changed:
                while True:
                    for event in self.seen:
                        if isinstance(event, kind) and check(event):
                            return event
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"no {kind.__name__} among {self.seen}") from None

    def kinds(self, contact: str) -> list[str]:
        """The names of a contact's events in order."""
        return [type(event).__name__ for event in self.seen if getattr(event, "contact", "") == contact]

    def forget(self) -> None:
        """Wait only for what comes from now on."""
        self.seen.clear()
