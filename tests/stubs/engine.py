"""An engine without a network: says what a test has it say, and keeps what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sip.account import Account
from sip.capability import Capability
from sip.errors import NoSuchCall
from sip.events import CallId, PhoneEvent
from sip.stream import EventStream


class StubEngine:
    """``sip.engine.SipEngine``. Knows no call but those in ``calls``; ``closed`` tells the end."""

    capabilities = Capability(0)

    def __init__(self) -> None:
        self.stream: EventStream[PhoneEvent] = EventStream(100_000)
        self.asked: list[tuple[object, ...]] = []
        self.calls: set[CallId] = set()
        self.closed = False
        self.on_unregister: list[PhoneEvent] = []
        """What happens while it leaves the registrar, once."""

    async def start(self) -> None:
        self.asked.append(("start",))

    async def close(self) -> None:
        self.closed = True
        self.stream.close()

    def events(self) -> AsyncIterator[PhoneEvent]:
        return aiter(self.stream)

    async def register(self, account: Account) -> None:
        self.asked.append(("register", account))

    async def refresh(self) -> None:
        self.asked.append(("refresh",))

    async def unregister(self) -> None:
        self.asked.append(("unregister",))
        while self.on_unregister:
            self.stream.put(self.on_unregister.pop(0))
        await asyncio.sleep(0)

    async def dial(self, target: str, consults: CallId = "") -> CallId:
        self.asked.append(("dial", target, consults))
        return "c1"

    async def answer(self, call: CallId) -> None:
        self._take("answer", call)

    async def reject(self, call: CallId) -> None:
        self._take("reject", call)

    async def hangup(self, call: CallId) -> None:
        self._take("hangup", call)

    async def hold(self, call: CallId) -> None:
        self._take("hold", call)

    async def resume(self, call: CallId) -> None:
        self._take("resume", call)

    async def mute(self, call: CallId, muted: bool) -> None:
        self._take("mute", call, muted)

    async def transfer(self, call: CallId, target: str) -> None:
        self._take("transfer", call, target)

    async def attended_transfer(self, call: CallId, consultation: CallId) -> None:
        self._take("attended_transfer", call, consultation)

    async def merge(self, call: CallId, other: CallId) -> None:
        self._take("merge", call, other)

    async def part(self, call: CallId) -> None:
        self._take("part", call)

    async def send_dtmf(self, call: CallId, digits: str) -> None:
        self._take("send_dtmf", call, digits)

    def _take(self, command: str, call: CallId, *rest: object) -> None:
        if call not in self.calls:
            raise NoSuchCall("this call is over")
        self.asked.append((command, call, *rest))
