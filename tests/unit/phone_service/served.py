"""A phone in this process, and what it tells a desk."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from edge.runtime import runtime_directory
from sip.audio.sound import Sound
from sip.client import PhoneClient
from sip.place import Place, UnixPlace
from sip.service import PhoneService
from tests.stubs.engine import StubEngine

WITHIN = 10.0
"""Seconds for anything that a phone tells or does."""


class Served:
    """A phone in this process, at a real place, over an engine without a network."""

    def __init__(self, place: Place | None = None, sound: Sound | None = None) -> None:
        self.engine = StubEngine()
        self.place = place or UnixPlace(runtime_directory() / "phone.sock")
        self.sound = sound
        self._stop = asyncio.Event()
        self._ready = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._service: PhoneService | None = None

    async def start(self, linger: float = 60.0) -> None:
        self._service = PhoneService(self.engine, self.place, linger=linger, sound=self.sound)
        self._running = asyncio.create_task(self._service.run(self._stop, self._ready.set))
        async with asyncio.timeout(WITHIN):
            await self._ready.wait()

    @property
    def desks(self) -> int:
        """How many lines the phone holds."""
        assert self._service is not None
        return len(self._service._lines)

    async def ended(self) -> None:
        assert self._running is not None
        async with asyncio.timeout(WITHIN):
            await self._running

    async def stop(self) -> None:
        self._stop.set()
        await self.ended()


Told = TypeVar("Told")


async def told_of(desk: PhoneClient, kind: type[Told]) -> Told:
    """The next of what the phone tells that is of this kind."""
    async with asyncio.timeout(WITHIN):
        async for event in desk.events():
            if isinstance(event, kind):
                return event
    raise AssertionError("the phone is gone")
