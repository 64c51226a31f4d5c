"""The sample centre on a real database and the exchange in memory, moved on step by step.

Nothing runs by itself here: ``settle`` carries what the exchange told through the hub, and back, until both
are quiet. Time stands still until a test lets it pass.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

import httpx
from fastapi import FastAPI
from pydantic import TypeAdapter
from sqlalchemy.engine import URL

from hub import sample
from hub.app import make_app
from hub.contract import HubEvent, ResyncEvent, Snapshot
from hub.db.customers import CustomerStore
from hub.events import Bus
from hub.ports.crm import Crm
from hub.ports.messages import Messages
from hub.ports.pbx import PbxEvent
from hub.seed import seed
from hub.service.hub import Hub, open_hub
from hub.settings import Settings, load
from hub.whatsapp_settings import WebhookSection, WhatsAppSection
from tests.hub.tokens import token_of
from tests.stubs.pbx import FakePbx
from tests.stubs.whatsapp import SENDER

NOAH = "+972505550101"
"""The mobile number of the sample's first customer, נועה ברק."""

TWO_PEOPLE = "+97235550112"
"""A home number that two of the sample's customers share."""

METRICS_TOKEN = "a-token-of-the-monitoring-alone"
ROUTING_SECRET = "a-secret-of-the-exchange-alone"

WITHIN = 10.0
EVENT: TypeAdapter[HubEvent] = TypeAdapter(HubEvent)


class Time:
    """A clock that a test moves. The day is far from midnight."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def passes(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def sample_settings(database: URL | None = None) -> Settings:
    """The sample centre's settings, on ``database`` where the test opens one."""
    settings = load(sample.SETTINGS)
    if database is None:
        return settings
    changed = settings.hub.model_copy(update={"database": database.render_as_string()})
    return settings.model_copy(update={"hub": changed})


def told_by_webhooks(database: URL) -> Settings:
    """The same where customers write by WhatsApp."""
    section = WhatsAppSection(phone_number_id=SENDER, webhook=WebhookSection())
    return sample_settings(database).model_copy(update={"whatsapp": section})


class Listener:
    """What one agent's desk is told."""

    def __init__(self, agent: str, bus: Bus) -> None:
        self.agent = agent
        self._bus = bus
        self._stream = bus.subscribe(agent, "en", bus.cursor(agent))

    async def told(self) -> list[HubEvent]:
        """The events since the last time, figures left out."""
        self._bus.publish(self.agent, ResyncEvent())
        events: list[HubEvent] = []
        async with asyncio.timeout(WITHIN):
            async for sent in self._stream:
                if sent.kind == "resync":
                    return events
                if sent.kind not in {"queues", "own_figures"}:
                    events.append(EVENT.validate_json(sent.data))
        return events

    async def leave(self) -> None:
        """The desk is gone: its stream has ended."""
        assert isinstance(self._stream, AsyncGenerator)
        await self._stream.aclose()

    async def next(self, kind: str) -> HubEvent:
        """The next event of ``kind``; others are passed over."""
        async with asyncio.timeout(WITHIN):
            async for sent in self._stream:
                if sent.kind == kind:
                    return EVENT.validate_json(sent.data)
        raise AssertionError(f"the stream ended before {kind}")

    async def kinds(self) -> list[str]:
        """The kinds of the events since the last time, without membership."""
        return [event.kind for event in await self.told() if event.kind != "me"]


class Desk(Listener):
    """A listener who also asks."""

    def __init__(self, agent: str, bus: Bus, http: httpx.AsyncClient) -> None:
        super().__init__(agent, bus)
        self.http = http

    async def snapshot(self) -> Snapshot:
        answer = await self.http.get("/v1/snapshot")
        return Snapshot.model_validate_json(answer.content)


@dataclass(repr=False)
class Centre:
    """One hub, its exchange, and the desks of its agents."""

    hub: Hub
    pbx: FakePbx
    time: Time
    _events: AsyncIterator[PbxEvent]
    _waiting: asyncio.Queue[PbxEvent]
    _clients: list[httpx.AsyncClient] = field(default_factory=list)

    async def desk(self, agent: str) -> Desk:
        """A desk with a token of its own."""
        token = await token_of(self.hub, agent)
        http = self.client({"Authorization": f"Bearer {token}"})
        return Desk(agent, self.hub.bus, http)

    @cached_property
    def _app(self) -> FastAPI:
        """What all desks of the hub ask, as in a centre: FastAPI works out each route anew for every app."""
        return make_app(self.hub, METRICS_TOKEN, ROUTING_SECRET)

    def client(self, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self._app),
            base_url="http://hub",
            headers=headers,
        )
        self._clients.append(http)
        return http

    async def ready(self, *agents: str) -> None:
        """These agents choose to be ready."""
        for agent in agents:
            desk = await self.desk(agent)
            answer = await desk.http.put("/v1/presence", json={"presence": "ready"})
            assert answer.status_code == 200, answer.text
        await self.settle()

    async def ring(self, number: str = "0525550101") -> str:
        """Yael is ready, and a caller of support is offered to her; returns the contact."""
        await self.ready("yael")
        contact = self.pbx.caller_joins("support", number)
        await self.settle()
        return contact

    async def talk(self, number: str = "0525550101") -> str:
        """The same, and she answers."""
        contact = await self.ring(number)
        self.pbx.agent_answers("1001")
        await self.settle()
        return contact

    async def settle(self) -> None:
        """Carry everything through until hub and exchange are quiet."""
        await self.hub.keeper.settle_touched()
        while not self._waiting.empty():
            await self.hub.pump.handle(await anext(self._events))
            await self.hub.keeper.settle_touched()
        await self.hub.handling.work.contacts.settled()

    async def handle(self, *events: PbxEvent) -> None:
        """The exchange tells ``events``, in words of the test."""
        for event in events:
            await self.hub.pump.handle(event)
        await self.settle()

    async def cards_arrive(self) -> None:
        """Wait until every look-up begun so far has ended."""
        async with asyncio.timeout(WITHIN):
            await asyncio.gather(*self.hub.cards._running.values())

    async def close(self) -> None:
        for http in self._clients:
            await http.aclose()
        await self.hub.close()


@asynccontextmanager
async def open_centre(
    database: URL,
    *,
    pbx: FakePbx | None = None,
    time: Time | None = None,
    crm: Crm | None = None,
    senders: Mapping[str, Messages] | None = None,
    settings: Settings | None = None,
) -> AsyncIterator[Centre]:
    """The sample centre on ``database``; opened twice, it is the same hub restarted."""
    time = time or Time()
    pbx = pbx or FakePbx(now=time)
    settings = settings or sample_settings(database)
    hub = await open_hub(settings, pbx, crm=crm, senders=senders, now=time)
    await seed(CustomerStore(hub.engine), settings.crm, settings.centre.country)
    events = pbx.events()
    assert pbx._events is not None
    centre = Centre(hub, pbx, time, events, pbx._events)
    pbx.link_down()
    pbx.link_up()
    await centre.settle()
    try:
        yield centre
    finally:
        await centre.close()
