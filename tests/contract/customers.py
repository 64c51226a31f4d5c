"""What the suite makes customers do whom an exchange calls: over Asterisk's trunk, and in the fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Protocol

from centre.callbacks import Callbacks
from hub.ports.pbx import CallEnd
from pbx.centre import Centre
from tests.contract.exchange import WITHIN
from tests.pbx.called_back import carrier, presses, put
from tests.pbx.console import Console
from tests.pbx.phone import Call, Phone
from tests.pbx.rig import Asterisk
from tests.stubs.pbx import FakePbx

CALLED = Callbacks(destinations=("+972",), ring_seconds=5)


class Customers(Protocol):
    """Each does one thing when they are called."""

    async def takes(self, contact: str) -> None:
        """The customer answers, and says that it is them."""
        ...

    async def answers_only(self, contact: str) -> None:
        """Somebody answers, says nothing of who they are, and hangs up."""
        ...

    async def is_busy(self, contact: str) -> None:
        """The customer's phone says that it is busy."""
        ...

    async def lets_ring(self, contact: str) -> None:
        """Nobody answers until the exchange gives up."""
        ...

    async def is_nobody(self, contact: str) -> None:
        """The network knows no such number."""
        ...

    async def hangs_up(self, contact: str) -> None:
        """The customer who took the call ends it."""
        ...


class TrunkCustomers:
    """Behind the telephone network's side of the real Asterisk."""

    def __init__(self, console: Console, network: Phone) -> None:
        self._console = console
        self._network = network
        self._calls: dict[str, Call] = {}

    async def takes(self, contact: str) -> None:
        await self._answers(contact)
        await presses(self._console, "1")

    async def answers_only(self, contact: str) -> None:
        await self._answers(contact)
        await self.hangs_up(contact)

    async def is_busy(self, contact: str) -> None:
        self._network.reject(await self._network.ringing())

    async def lets_ring(self, contact: str) -> None:
        await asyncio.wait_for((await self._network.ringing()).ended.wait(), WITHIN)

    async def is_nobody(self, contact: str) -> None:
        self._network.reject(await self._network.ringing(), "404 Not Found")

    async def hangs_up(self, contact: str) -> None:
        await self._network.hang_up(self._calls.pop(contact))

    async def _answers(self, contact: str) -> None:
        call = self._calls[contact] = await self._network.ringing()
        self._network.answer(call)


class FakeCustomers:
    """Of the exchange in memory."""

    def __init__(self, pbx: FakePbx) -> None:
        self._pbx = pbx

    async def takes(self, contact: str) -> None:
        self._pbx.customers.take(contact)

    async def answers_only(self, contact: str) -> None:
        self._pbx.customers.end(contact, CallEnd.HUNG_UP)

    async def is_busy(self, contact: str) -> None:
        self._pbx.customers.end(contact, CallEnd.BUSY)

    async def lets_ring(self, contact: str) -> None:
        self._pbx.customers.end(contact, CallEnd.NO_ANSWER)

    async def is_nobody(self, contact: str) -> None:
        self._pbx.customers.end(contact, CallEnd.FAILED)

    async def hangs_up(self, contact: str) -> None:
        self._pbx.caller_hangs_up(contact)
        self._pbx.customers.end(contact, CallEnd.HUNG_UP)


@contextmanager
def called(asterisk: Asterisk) -> Iterator[None]:
    """The run's Asterisk calls customers until the block ends."""
    put(asterisk, _calling(asterisk.centre))
    try:
        yield
    finally:
        put(asterisk, asterisk.centre)


def _calling(plain: Centre) -> Centre:
    silent = plain.exchange.model_copy(update={"silence_seconds": 60})
    return replace(plain, exchange=silent, callbacks=CALLED)


@asynccontextmanager
async def trunk_customers(asterisk: Asterisk) -> AsyncIterator[TrunkCustomers]:
    """Customers of the run's Asterisk."""
    async with carrier(asterisk) as network:
        yield TrunkCustomers(Console(asterisk), network)
