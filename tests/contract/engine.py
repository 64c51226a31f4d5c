"""An engine under test with its events in hand, against the run's Asterisk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from sip import events as ev
from sip.account import Account
from sip.capability import Capability
from sip.engine import SipEngine

Event = TypeVar("Event")
_WITHIN = 15.0
_LOUD = -40.0
"""dBFS of a tone, far above any noise."""


class Line:
    """One engine; ``heard`` is every event so far but levels, in order."""

    def __init__(self, engine: SipEngine) -> None:
        self.engine = engine
        self.heard: list[ev.PhoneEvent] = []
        self._unread: deque[ev.PhoneEvent] = deque()
        self._arrived = asyncio.Condition()
        self._loud = False

    async def follow(self) -> None:
        """Keep the engine's events until it closes."""
        async for event in self.engine.events():
            async with self._arrived:
                if isinstance(event, ev.AudioLevels):
                    self._loud |= event.speaker > _LOUD
                else:
                    self.heard.append(event)
                    self._unread.append(event)
                self._arrived.notify_all()

    async def next(self, kind: type[Event], accept: Callable[[Event], bool] = lambda _event: True) -> Event:
        """The next event of ``kind`` that is accepted; those before it count as read."""
        try:
            async with asyncio.timeout(_WITHIN), self._arrived:
                while True:
                    while self._unread:
                        event = self._unread.popleft()
                        if isinstance(event, kind) and accept(event):
                            return event
                    await self._arrived.wait()
        except TimeoutError:
            raise AssertionError(f"no {kind.__name__} within {_WITHIN:g} s; heard {self.heard}") from None

    async def proves_itself(self) -> None:
        """Wait until the far end of a call has shown that it is there, by a report or by a tone."""
        if Capability.QUALITY in self.engine.capabilities:
            await self.next(ev.CallQuality)
            return
        async with asyncio.timeout(_WITHIN), self._arrived:
            self._loud = False
            await self._arrived.wait_for(lambda: self._loud)

    async def register(self, account: Account) -> None:
        """Register and wait for the registrar's yes."""
        await self.engine.register(account)
        await self.next(ev.RegistrationChanged, lambda event: event.state is ev.RegistrationState.REGISTERED)


@asynccontextmanager
async def line(engine: SipEngine, account: Account | None = None) -> AsyncIterator[Line]:
    """An engine that runs, registered as ``account`` where one is given."""
    await engine.start()
    held = Line(engine)
    following = asyncio.create_task(held.follow())
    try:
        if account is not None:
            await held.register(account)
        yield held
    finally:
        await engine.close()
        with suppress(asyncio.CancelledError):
            await following
