"""The fake exchange under the suite that the real ones pass."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.stubs.pbx import FakePbx


class FakeExchange:
    """``FakePbx`` as the suite drives it."""

    agents = ("1001", "1002")
    outside = "+972525550109"
    nobody = "1999"

    def __init__(self) -> None:
        self.pbx = FakePbx()

    async def caller_joins(self, queue: str, *, number: str, name: str = "") -> str:
        return self.pbx.caller_joins(queue, number, name)

    async def caller_hangs_up(self, contact: str) -> None:
        self.pbx.caller_hangs_up(contact)

    async def answers(self, agent: str) -> None:
        self.pbx.agent_answers(agent)

    async def declines(self, agent: str) -> None:
        self.pbx.agent_rejects(agent)

    async def lets_ring(self, agent: str) -> None:
        self.pbx.ring_times_out(agent)

    async def holds(self, agent: str) -> None:
        self.pbx.agent_holds(agent)

    async def resumes(self, agent: str) -> None:
        self.pbx.agent_resumes(agent)

    async def hangs_up(self, agent: str) -> None:
        self.pbx.agent_hangs_up(agent)

    async def transfers(self, agent: str, to: str) -> None:
        self.pbx.agent_transfers(agent, to)

    async def connects(self, agent: str, to: str) -> None:
        self.pbx.agent_transfers(agent, to)

    async def transfer_fails(self, agent: str, to: str) -> None:
        """Nothing happens."""

    async def line_breaks(self) -> None:
        self.pbx.link_down()

    async def line_mends(self) -> None:
        self.pbx.link_up()


@asynccontextmanager
async def fake_exchange() -> AsyncIterator[FakeExchange]:
    """A fake exchange; it needs nothing."""
    yield FakeExchange()
