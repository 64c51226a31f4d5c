"""The hub put together: every part made once, in the order they need each other."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.adapters.builtin_crm import BuiltinCrm
from hub.adapters.sip_registrar import SipRegistrar
from hub.authority import authority_of
from hub.db.accounts import open_accounts
from hub.db.agents import AgentStore
from hub.db.audit import AuditStore
from hub.db.contacts import ContactStore
from hub.db.customers import CustomerStore
from hub.db.devices import CodeStore, DeviceStore
from hub.db.engine import open_database
from hub.db.marks import MarkStore
from hub.events import Bus
from hub.metrics import Metrics
from hub.ports.crm import Crm
from hub.ports.pbx import Pbx
from hub.ports.registrar import Registrar
from hub.service.accounts import Accounts
from hub.service.announce import Announcer
from hub.service.arrival import CardArrival
from hub.service.board import Board
from hub.service.cards import Cards
from hub.service.choices import Choices
from hub.service.contact_life import ContactLife
from hub.service.devices import Devices, Exchange
from hub.service.floor import Floor
from hub.service.ledger import Ledger
from hub.service.members import MemberKeeper
from hub.service.misses import Misses
from hub.service.orders import Orders
from hub.service.pump import Pump
from hub.service.roster import Roster
from hub.service.shelf import ScriptShelf
from hub.service.tries import Tries
from hub.service.views import Views
from hub.service.work import Work
from hub.service.wrap_ups import WrapUps
from hub.settings import Settings


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hub:
    """One running hub, as its routes use it. ``authority`` is the CA's certificate, PEM, or empty."""

    engine: AsyncEngine
    pbx: Pbx
    crm: Crm
    roster: Roster
    agents: AgentStore
    devices: Devices
    authority: str
    floor: Floor
    bus: Bus
    board: Board
    cards: Cards
    views: Views
    shelf: ScriptShelf
    keeper: MemberKeeper
    pump: Pump
    choices: Choices
    orders: Orders
    work: Work
    metrics: Metrics

    async def run(self) -> None:
        """Follow the exchange and the clock for as long as the task lives."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.pump.run())
            tasks.create_task(self.pbx.run())
            tasks.create_task(self.keeper.run())
            tasks.create_task(self.board.run(self.bus))
            tasks.create_task(self.shelf.run())
            tasks.create_task(self.devices.run())

    async def close(self) -> None:
        """End streams and look-ups, and let the database go."""
        self.bus.close()
        await self.cards.close()
        await self.devices.close()
        await self.engine.dispose()


async def open_hub(
    settings: Settings,
    pbx: Pbx,
    *,
    crm: Crm | None = None,
    registrar: Registrar | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Hub:
    """A hub on ``pbx`` with what its database remembers.

    ``crm`` and ``registrar`` None: those of the settings.

    Raises ``SettingsError``, and ``sqlalchemy.exc.SQLAlchemyError`` when a database cannot be opened.
    """
    engine = await open_database(settings.hub.database_url)
    names = {agent.id: agent.name for agent in settings.centre.agents}
    crm = crm or BuiltinCrm(CustomerStore(engine), names)
    exchange = await _exchange(settings, registrar)
    hub = _put_together(engine, settings, pbx, crm, exchange, now)
    await _restore(hub, ContactStore(engine))
    return hub


def _put_together(
    engine: AsyncEngine,
    settings: Settings,
    pbx: Pbx,
    crm: Crm,
    exchange: Exchange | None,
    now: Callable[[], datetime],
) -> Hub:
    roster, floor, agents = Roster.of(settings.centre), Floor(), AgentStore(engine)
    contacts = ContactStore(engine)
    bus = Bus(roster.agents, epoch=secrets.token_hex(8))
    metrics = Metrics(roster, floor, bus)
    metrics.watch(engine)
    board = Board(roster, floor, settings.centre.zone, now=now)
    arrival = CardArrival(roster, floor, contacts, bus)
    cards = Cards(crm, limit=settings.crm.timeout_seconds, arrived=arrival)
    views = Views(roster, floor, board, cards, bus)
    keeper = MemberKeeper(pbx, roster, floor, WrapUps(roster, floor, bus, now))
    ledger = Ledger(contacts, MarkStore(engine), now)
    choices = Choices(floor, agents, board, views, bus, keeper, now)
    life = ContactLife(
        *(roster, floor, contacts, board, cards),
        announcer=Announcer(views, bus),
        keeper=keeper,
        misses=Misses(settings.centre.agent_state.missed_in_a_row, choices),
        country=settings.centre.country,
    )
    return Hub(
        engine=engine,
        pbx=pbx,
        crm=crm,
        roster=roster,
        agents=agents,
        devices=Devices(DeviceStore(engine), CodeStore(engine), roster, bus, exchange, now, Tries(now)),
        authority=authority_of(settings),
        floor=floor,
        bus=bus,
        board=board,
        cards=cards,
        views=views,
        shelf=ScriptShelf(settings.hub.scripts, roster, bus),
        keeper=keeper,
        pump=Pump(pbx, roster, floor, board, ledger, views, bus, keeper, metrics, contacts=life, now=now),
        choices=choices,
        orders=Orders(roster, AuditStore(engine), choices, now),
        work=Work(roster, floor, board, contacts, cards, bus, keeper, now),
        metrics=metrics,
    )


async def _exchange(settings: Settings, registrar: Registrar | None) -> Exchange | None:
    sip, at = settings.sip, settings.centre.exchange
    if sip is None or at is None or at.phones is None:
        return None
    host, _, port = sip.registrar.rpartition(":")
    accounts = Accounts(await open_accounts(settings.hub.opened(sip.accounts)), at)
    return Exchange(at.phones, at.realm, accounts, registrar or SipRegistrar(host, int(port)))


async def _restore(hub: Hub, contacts: ContactStore) -> None:
    """Take up where the last hub on this database left off."""
    for contact in await contacts.open_contacts():
        hub.floor.put(contact)
    for agent, intent in (await hub.agents.all_intents()).items():
        hub.floor.choose(agent, intent)
    await hub.board.restore(contacts, hub.agents)
    await hub.shelf.refresh()
    await hub.devices.restore()
