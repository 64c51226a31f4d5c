"""A phone in memory: refuses what a phone refuses, so that a stub lets no desk through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sip import events as ev
from sip.capability import Capability
from sip.errors import PhoneGone
from tests.stubs.far_end import FarEnd
from tests.stubs.phone_calls import StubCalls
from tests.stubs.phone_sound import StubSound
from tests.stubs.taken import Taken


class StubPhone(FarEnd):
    """``agent_tui.ports.PhonePort``, over the other side of its calls that tests play.

    ``asked``, ``fail_next`` and ``delay_next`` are those of ``Taken``.
    """

    def __init__(self) -> None:
        super().__init__()
        self._taken = Taken()
        self.asked, self.fail_next = self._taken.asked, self._taken.fail_next
        self.delay_next = self._taken.delay_next
        self.calls = StubCalls(self, self._taken)
        self.sound = StubSound(self._taken, self.report, lambda: bool(self.states))
        self.attached = 0
        self.capabilities = ~Capability(0)

    async def attach(self) -> None:
        self._taken.raise_if_told("attach")
        self.attached += 1
        self._events = asyncio.Queue()
        self._events.put_nowait(ev.EngineCapabilities(self.capabilities))
        self._events.put_nowait(ev.RegistrationChanged(ev.RegistrationState.REGISTERED, 200))
        if self.sound.now is not None:
            self._events.put_nowait(self.sound.now)
        self._events.put_nowait(self.missed.tell())
        self._events.put_nowait(self._dialled.tell())
        self._tell_again()

    async def refresh(self) -> None:
        await self._taken.command("refresh")

    async def events(self) -> AsyncIterator[ev.PhoneReport]:
        while True:
            event = await self._events.get()
            if isinstance(event, PhoneGone):
                raise event
            yield event
