"""The lab exchange under the suite: callers and agents are real phones that call each other through it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import baresip
import pytest

from hub.adapters.lab import LabPbx
from pbx.lab.client import ControlClient, ControlGone
from pbx.lab.queue import QueueSettings
from pbx.lab.server import Running, running
from sip.engines.baresip.calls import DIRECTION_STANDS_AFTER
from tests.e2e.eventually import eventually_async
from tests.stubs.unix_relay import UnixRelay

WITHIN = 20.0
QUEUES = (QueueSettings("support"), QueueSettings("sales", service_level=30, timeout=3.0))
MOST_PHONES = 8


async def sent(act: Callable[[], Awaitable[None]]) -> None:
    """Do ``act`` once the re-INVITE before it has been answered (RFC 3261 §14.1)."""

    async def taken() -> bool:
        try:
            await act()
        except baresip.BaresipError as error:
            if "in flight" not in str(error):
                raise
            return False
        return True

    await eventually_async(taken, "a re-INVITE sent", within=WITHIN)


class LabPhone:
    """A registered phone that follows transfers, and what rings at it."""

    def __init__(self, agent: baresip.UserAgent, domain: str) -> None:
        self.talk: baresip.Call | None = None
        self._agent = agent
        self._domain = domain
        self._rings: asyncio.Queue[baresip.Call] = asyncio.Queue()
        agent.on_incoming(self._rings.put_nowait)

    async def ringing(self) -> baresip.Call:
        return await asyncio.wait_for(self._rings.get(), WITHIN)

    async def answer(self) -> None:
        self.talk = await self.ringing()
        await self.talk.answer()
        await self.talk.wait_established(WITHIN)

    async def dial(self, user: str) -> None:
        self.talk = await self._agent.dial(f"sip:{user}@{self._domain}")

    async def asks(self, user: str) -> baresip.Call:
        """A second call, once it is answered."""
        consultation = await self._agent.dial(f"sip:{user}@{self._domain}")
        await consultation.wait_established(WITHIN)
        return consultation

    async def hang_up(self) -> None:
        with contextlib.suppress(baresip.StaleHandleError):
            if self.talk is not None:
                await self.talk.hangup()


class Caller:
    """A customer: a line to the queue, and a phone that does as the queue says."""

    def __init__(self, phone: LabPhone, line: ControlClient) -> None:
        self._phone = phone
        self._line = line
        self._obeying = asyncio.create_task(self._obey())

    async def hang_up(self) -> None:
        await self.gone()
        await self._phone.hang_up()

    async def gone(self) -> None:
        """An order under way is carried out first: a cancelled command of the stack may still take effect."""
        await self._line.close()
        await self._obeying

    async def _obey(self) -> None:
        with contextlib.suppress(ControlGone):
            while True:
                order = await self._line.hear()
                if order["order"] == "Dial":
                    await self._phone.dial(order["agent"])
                else:
                    await self._phone.hang_up()


class LabExchange:
    """A lab exchange with two agents' phones registered."""

    agents = ("1001", "1002")
    outside = "+972525550109"
    nobody = "1999"

    def __init__(self, lab: Running, relay: UnixRelay, phone: Callable[[str], LabPhone]) -> None:
        self.pbx = LabPbx(relay.path)
        self._lab = lab
        self._relay = relay
        self._phone = phone
        self._callers: dict[str, Caller] = {}

    async def caller_joins(self, queue: str, *, number: str, name: str = "") -> str:
        line = await ControlClient.connect(self._lab.control)
        contact = str(await line.ask("enter", queue=queue, number=number, name=name))
        self._callers[contact] = Caller(self._phone(number), line)
        return contact

    async def caller_hangs_up(self, contact: str) -> None:
        await self._callers.pop(contact).hang_up()

    async def answers(self, agent: str) -> None:
        await self._phone(agent).answer()

    async def declines(self, agent: str) -> None:
        await (await self._phone(agent).ringing()).reject()

    async def lets_ring(self, agent: str) -> None:
        call = await self._phone(agent).ringing()
        ended = asyncio.Event()
        call.on(lambda event: ended.set() if event.event is baresip.Event.CALL_CLOSED else None)
        await asyncio.wait_for(ended.wait(), WITHIN)

    async def holds(self, agent: str) -> None:
        talk = self._phone(agent).talk
        assert talk is not None
        await asyncio.sleep(DIRECTION_STANDS_AFTER)
        await sent(talk.hold)

    async def resumes(self, agent: str) -> None:
        talk = self._phone(agent).talk
        assert talk is not None
        await sent(talk.resume)

    async def hangs_up(self, agent: str) -> None:
        await self._phone(agent).hang_up()

    async def transfers(self, agent: str, to: str) -> None:
        talk = self._phone(agent).talk
        assert talk is not None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._phone(to).answer())
            await talk.transfer(f"sip:{to}@127.0.0.1:{self._lab.port}", timeout=WITHIN)

    async def connects(self, agent: str, to: str) -> None:
        talk = self._phone(agent).talk
        assert talk is not None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._phone(to).answer())
            asking = tasks.create_task(self._phone(agent).asks(to))
        async with asyncio.TaskGroup() as tasks:
            # baresip rings with the call that replaces another
            tasks.create_task(self._phone(to).answer())
            await talk.attended_transfer(asking.result(), timeout=WITHIN)

    async def transfer_fails(self, agent: str, to: str) -> None:
        talk = self._phone(agent).talk
        assert talk is not None
        with pytest.raises(baresip.TransferFailed):
            await talk.transfer(f"sip:{to}@127.0.0.1:{self._lab.port}", timeout=WITHIN)

    async def line_breaks(self) -> None:
        await self._relay.cut()

    async def line_mends(self) -> None:
        await self._relay.mend()

    async def close(self) -> None:
        for caller in self._callers.values():
            await caller.gone()


NUMBERS = ("0525550101", "0525550102")


@asynccontextmanager
async def lab_exchange(directory: Path) -> AsyncIterator[LabExchange]:
    """A lab exchange of one's own, with phones for the agents and for two callers."""
    async with AsyncExitStack() as stack:
        lab = await stack.enter_async_context(running(directory / "lab", 0, QUEUES))
        relay = await stack.enter_async_context(UnixRelay(directory / "relay", lab.control))
        runtime = baresip.Runtime()
        await runtime.start(baresip.Config(net_interface="127.0.0.1", max_concurrent_calls=MOST_PHONES))
        stack.push_async_callback(runtime.close)
        phones: dict[str, LabPhone] = {}
        control = await ControlClient.connect(lab.control)
        for user in (*LabExchange.agents, *NUMBERS, LabExchange.outside):
            await control.ask("enrol", user=user, password="secret")
            account = baresip.Account(user, f"127.0.0.1:{lab.port}", password="secret")
            agent = await baresip.UserAgent.create(runtime, account, transfer_policy="auto")
            await agent.register()
            phones[user] = LabPhone(agent, f"127.0.0.1:{lab.port}")
        await control.close()
        exchange = LabExchange(lab, relay, phones.__getitem__)
        stack.push_async_callback(exchange.close)
        yield exchange
