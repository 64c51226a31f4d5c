"""Centres behind ``agent_tui.ports.HubPort``: the stub, and the real hub over HTTP on an exchange in memory.

A centre lets a test say what callers and the agent's phone do; the suite then looks at what the desk is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import URL

from agent_tui.adapters.http_hub import HttpHub
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.ports import HubPort
from hub.contract import Presence
from hub.db.customers import CustomerStore
from hub.ports.messages import Messages
from hub.ports.pbx import CallEnd
from hub.seed import seed
from hub.server import HubServer, tcp_listener
from hub.service.hub import Hub, open_hub, utc_now
from hub.settings import Settings, load
from hub.whatsapp_settings import WhatsAppSection
from tests.stubs.hub import StubHub
from tests.stubs.messages import CARD, a_card, an_offer
from tests.stubs.pbx import FakePbx

SAMPLE = Path(__file__).parents[2] / "hub" / "sample"
AGENT, EXTENSION = "yael", "1001"
NUMBER = "0505550101"
ANOTHER = "איתי שגב"
TOKEN = "a-token-of-an-agent-for-one-test-only"


class HubCentre(Protocol):
    """What the suite needs of a centre beside the port itself."""

    port: HubPort
    another: str
    """The name of a customer who is not the one that calls."""

    async def caller_rings(self) -> str:
        """A caller is offered to the agent; returns the contact."""
        ...

    def dials_in_vain(self) -> str:
        """The agent dials a number that is busy; returns the contact."""
        ...

    def agent_answers(self, contact: str) -> None: ...
    def caller_hangs_up(self, contact: str) -> None: ...
    async def goes_down(self) -> None: ...


class StubCentre:
    """The stub, which must keep the rules of the real one."""

    another = ANOTHER

    def __init__(self) -> None:
        self._stub = StubHub()
        self._stub.customers.known["C-1002"] = CARD.model_copy(update={"customer": "C-1002", "name": ANOTHER})
        self.port: HubPort = self._stub
        self._talking = False

    async def caller_rings(self) -> str:
        self._stub.offers(an_offer("k-1", NUMBER), a_card("k-1", NUMBER))
        return "k-1"

    def dials_in_vain(self) -> str:
        offer = an_offer("d-1", "+972505550101").model_copy(update={"queue": "", "queue_title": ""})
        self._stub.dial_fails(offer)
        return "d-1"

    def agent_answers(self, contact: str) -> None:
        self._talking = True
        self._stub.connects(contact)

    def caller_hangs_up(self, contact: str) -> None:
        if self._talking:
            self._stub.ends(contact)
        else:
            self._stub.withdraws(contact)

    async def goes_down(self) -> None:
        self._stub.goes_down()


class RealCentre:
    """The hub's own code behind a socket on this machine, and the HTTP adapter before it."""

    another = ANOTHER

    def __init__(self, hub: Hub, pbx: FakePbx, stop: Callable[[], Awaitable[None]], port: HttpHub) -> None:
        self.hub = hub
        self._pbx = pbx
        self._stop = stop
        self.port: HubPort = port

    async def caller_rings(self) -> str:
        await self.port.set_presence(Presence.READY, "")
        return self._pbx.caller_joins("support", NUMBER)

    def dials_in_vain(self) -> str:
        return self._pbx.dial_fails(EXTENSION, NUMBER, CallEnd.BUSY)

    def agent_answers(self, contact: str) -> None:
        self._pbx.agent_answers(EXTENSION)

    def caller_hangs_up(self, contact: str) -> None:
        self._pbx.caller_hangs_up(contact)

    async def goes_down(self) -> None:
        await self._stop()


@asynccontextmanager
async def stub_centre() -> AsyncIterator[HubCentre]:
    """The stub needs no database."""
    centre = StubCentre()
    await centre.port.snapshot()
    yield centre


@asynccontextmanager
async def real_centre(
    database: URL, whatsapp: WhatsAppSection | None = None, senders: Mapping[str, Messages] | None = None
) -> AsyncIterator[RealCentre]:
    """A hub with the sample centre's settings on ``database``, served on a free port."""
    settings = _settings(database).model_copy(update={"whatsapp": whatsapp})
    pbx = FakePbx()
    hub = await open_hub(settings, pbx, senders=senders)
    await seed(CustomerStore(hub.engine), settings.crm, settings.centre.country)
    await hub.access.devices.store.admit(AGENT, TOKEN, utc_now())
    ready = asyncio.Event()
    server = HubServer(hub)
    with tcp_listener(settings.hub) as listener:
        url = "http://{}:{}".format(*listener.getsockname()[:2])
        serving = asyncio.create_task(server.run(listener, ready.set))
        await asyncio.wait_for(ready.wait(), 20)

        async def stop() -> None:
            server.stop()
            await asyncio.wait_for(asyncio.shield(serving), 20)

        port = HttpHub(_at(HubAddress(url, TOKEN)))
        try:
            await _line_to_the_exchange(port)
            yield RealCentre(hub, pbx, stop, port)
        finally:
            await port.close()
            await stop()


def _settings(database: URL) -> Settings:
    """The sample centre, on any free port and on ``database``."""
    sample = load(SAMPLE / "hub.toml")
    changes = {"port": 0, "database": database.render_as_string()}
    return sample.model_copy(update={"hub": sample.hub.model_copy(update=changes)})


def _at(address: HubAddress) -> Callable[[], Awaitable[HubAddress]]:
    async def locate() -> HubAddress:
        return address

    return locate


async def _line_to_the_exchange(port: HubPort) -> None:
    """Wait until the hub follows the exchange: from here on it sees every caller."""
    async with asyncio.timeout(20):
        while not (taken := await port.snapshot()).pbx:
            async for event in port.events(taken.cursor):
                if event.kind == "pbx_link":
                    break
