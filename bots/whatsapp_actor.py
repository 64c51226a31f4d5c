"""A customer who writes by WhatsApp in a scenario."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bots import scenario as sc
from bots.errors import StepFailed
from bots.history import History, Watch
from bots.whatsapp_cloud import Arrived, Cloud


class WhatsAppActor:
    """One customer with a phone of ``number`` (E.164); what reaches it is told as delivered at once."""

    def __init__(self, cast: sc.WhatsAppCustomer, number: str, cloud: Cloud) -> None:
        self.name = cast.name
        self.history = History()
        self._cast = cast
        self._number = number
        self._cloud = cloud
        self._arrived: list[Arrived] = []
        self._ticking: set[asyncio.Task[None]] = set()
        self._acts: dict[type[sc.Step], Callable[[Any, Watch], Awaitable[None]]] = {
            sc.Write: self._write,
            sc.Plain: self._read,
            sc.MessageExpected: self._message_expected,
        }

    async def open(self) -> None:
        """Be there to be written to. Raises ``NotReady``."""
        await self._cloud.join(self._number, self._take)

    async def close(self) -> None:
        """Be there no more."""
        for task in self._ticking:
            task.cancel()
        await asyncio.gather(*self._ticking, return_exceptions=True)
        await self._cloud.leave(self._number)

    async def perform(self, step: sc.Step, watch: Watch) -> None:
        """Do it, or wait until it is so. Raises ``StepFailed``."""
        await self._acts[type(step)](step, watch)

    def state(self) -> dict[str, Any]:
        """What came, as evidence."""
        return {"messages": [f"{one.template} {one.text}".strip() for one in self._arrived]}

    async def _write(self, step: sc.Write, _watch: Watch) -> None:
        await self._cloud.write(self._number, self._cast.shown_as or self.name, step.text)

    async def _read(self, _step: sc.Plain, _watch: Watch) -> None:
        """Look at all that came."""
        for message in self._arrived:
            await self._cloud.tick(self._number, message, "read")

    async def _message_expected(self, step: sc.MessageExpected, watch: Watch) -> None:
        def matches(values: dict[str, Any]) -> bool:
            if values["event"] != "message":
                return False
            watch.saw = f"the message {values['text']!r}"
            return step.text in str(values["text"]) and step.template in (None, values["template"])

        await self.history.next(matches)

    def _take(self, message: Arrived) -> None:
        self._arrived.append(message)
        self.history.add({"event": "message", "text": message.text, "template": message.template})
        ticking = asyncio.create_task(self._delivered(message))
        self._ticking.add(ticking)
        ticking.add_done_callback(self._ticking.discard)

    async def _delivered(self, message: Arrived) -> None:
        try:
            await self._cloud.tick(self._number, message, "delivered")
        except StepFailed as error:
            self.history.add({"event": "tick", "words": str(error)})
