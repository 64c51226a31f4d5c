"""The hub put together: every part made once, in the order they need each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.adapters.sip_registrar import SipRegistrar
from hub.authority import authority_of
from hub.crms import crm_of, keyed_writes, logs_contacts
from hub.db.accounts import open_accounts
from hub.db.agents import AgentStore
from hub.db.contacts import ContactStore
from hub.db.engine import open_database
from hub.db.outbox import OutboxStore
from hub.domain.outbox import CRM
from hub.events import Bus
from hub.metrics import Metrics
from hub.outbox_figures import OutboxFigures
from hub.ports.crm import Crm
from hub.ports.messages import Messages
from hub.ports.pbx import Pbx
from hub.ports.registrar import Registrar
from hub.senders import first_queue, senders_of
from hub.service.accounts import Accounts
from hub.service.assembly import (
    Access,
    AgentsSide,
    CallersSide,
    CustomerCalls,
    Ground,
    Handling,
    TrainersSide,
    WrittenSide,
    pump_of,
)
from hub.service.attendance import Attendance
from hub.service.board import Board
from hub.service.callbacks import Callbacks
from hub.service.cards import Cards
from hub.service.choices import Choices
from hub.service.crm_sender import CrmSender
from hub.service.devices import Exchange
from hub.service.directory import Directory
from hub.service.floor import Floor
from hub.service.kept_places import KeptPlaces
from hub.service.members import MemberKeeper
from hub.service.outbox import Outbox
from hub.service.phone_slots import PhoneSlots
from hub.service.promises import Promises
from hub.service.pump import Pump
from hub.service.roster import Roster
from hub.service.shelf import ScriptShelf
from hub.service.views import Views
from hub.settings import Settings


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hub:
    """One running hub, as its routes use it."""

    engine: AsyncEngine
    pbx: Pbx
    crm: Crm
    roster: Roster
    agents: AgentStore
    access: Access
    floor: Floor
    bus: Bus
    board: Board
    directory: Directory
    cards: Cards
    views: Views
    shelf: ScriptShelf
    keeper: MemberKeeper
    attendance: Attendance
    pump: Pump
    choices: Choices
    trainers: TrainersSide
    handling: Handling
    callers: CallersSide
    promises: Promises
    callbacks: Callbacks
    kept_places: KeptPlaces
    phone_slots: PhoneSlots
    outbox: Outbox
    written: WrittenSide
    metrics: Metrics

    async def run(self) -> None:
        """Follow the exchange and the clock for as long as the task lives."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.pump.run())
            tasks.create_task(self.pbx.run())
            tasks.create_task(self.keeper.run())
            tasks.create_task(self.board.run(self.bus))
            tasks.create_task(self.directory.run(self.bus))
            tasks.create_task(self.shelf.run())
            tasks.create_task(self.access.devices.run())
            tasks.create_task(self.callbacks.run())
            tasks.create_task(self.outbox.run())
            tasks.create_task(self.written.sent.run())
            if self.written.inbox is not None:
                tasks.create_task(self.written.inbox.run())
            tasks.create_task(self.pump.listening.run())

    async def close(self) -> None:
        """End streams and look-ups, and let the database go."""
        self.bus.close()
        await self.cards.close()
        await self.access.devices.close()
        await self.outbox.close()
        await self.crm.close()
        await self.handling.work.contacts.settled()
        await self.callers.facts.settled()
        await self.engine.dispose()


async def open_hub(
    settings: Settings,
    pbx: Pbx,
    *,
    crm: Crm | None = None,
    registrar: Registrar | None = None,
    senders: Mapping[str, Messages] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Hub:
    """A hub on ``pbx`` with what its database remembers.

    ``crm``, ``registrar`` and ``senders`` None: those of the settings.

    Raises ``SettingsError``, and ``sqlalchemy.exc.SQLAlchemyError`` when a database cannot be opened.
    """
    engine = await open_database(settings.hub.database_url)
    crm = crm or crm_of(settings, engine)
    exchange = await _exchange(settings, registrar)
    leaving = senders_of(settings) if senders is None else senders
    if logs_contacts(settings) or crm.takes_notes or crm.takes_tasks:
        leaving = {**leaving, CRM: CrmSender(crm)}
    repeated = frozenset((CRM, name) for name in keyed_writes(settings))
    outbox = Outbox(OutboxStore(engine), leaving, now, repeated)
    hub = _put_together(settings, pbx, crm, exchange, outbox)
    await _restore(hub, ContactStore(engine), first_queue(settings.centre))
    return hub


def _put_together(settings: Settings, pbx: Pbx, crm: Crm, exchange: Exchange | None, outbox: Outbox) -> Hub:
    ground = Ground.of(settings, pbx, crm, outbox)
    callers = CallersSide.of(ground)
    agents = AgentsSide.of(ground, callers)
    calls = CustomerCalls.of(ground, callers.reservations, agents.keeper)
    written = WrittenSide.of(settings, ground, outbox)
    metrics = _metrics(ground, outbox)
    return Hub(
        engine=ground.engine,
        pbx=pbx,
        crm=crm,
        roster=ground.roster,
        agents=ground.agents,
        access=Access.of(ground, exchange, authority_of(settings)),
        floor=ground.floor,
        bus=ground.bus,
        board=ground.board,
        directory=ground.directory,
        cards=ground.cards,
        views=agents.views,
        shelf=ScriptShelf(settings.hub.scripts, ground.roster, ground.bus),
        keeper=agents.keeper,
        attendance=agents.attendance,
        pump=pump_of(ground, agents, calls, written.waiting, metrics),
        choices=agents.choices,
        trainers=TrainersSide.of(ground, agents.choices),
        handling=Handling.of(ground, agents.keeper, written.news, outbox, logs=logs_contacts(settings)),
        callers=callers,
        promises=calls.promises,
        callbacks=calls.callbacks,
        kept_places=calls.kept_places,
        phone_slots=calls.phone_slots,
        outbox=outbox,
        written=written,
        metrics=metrics,
    )


def _metrics(ground: Ground, outbox: Outbox) -> Metrics:
    metrics = Metrics(ground.roster, ground.floor, ground.bus)
    metrics.watch(ground.engine)
    metrics.add(OutboxFigures(outbox))
    return metrics


async def _exchange(settings: Settings, registrar: Registrar | None) -> Exchange | None:
    sip, at = settings.sip, settings.centre.exchange
    if sip is None or at is None or at.phones is None:
        return None
    host, _, port = sip.registrar.rpartition(":")
    accounts = Accounts(await open_accounts(settings.hub.opened(sip.accounts)), at)
    return Exchange(at.phones, at.realm, accounts, registrar or SipRegistrar(host, int(port)))


async def _restore(hub: Hub, contacts: ContactStore, queue: str) -> None:
    """Take up where the last hub on this database left off. ``queue`` is where conversations begin."""
    for contact in await contacts.open_contacts():
        hub.floor.put(contact)
    for agent, intent in (await hub.agents.all_intents()).items():
        hub.floor.choose(agent, intent)
    await hub.board.restore(contacts, hub.agents)
    await hub.attendance.restore()
    await hub.callers.facts.restore()
    await hub.shelf.refresh()
    await hub.outbox.restore()
    await hub.callbacks.restore()
    await hub.written.conversations.restore(queue)
    await hub.access.devices.restore()
