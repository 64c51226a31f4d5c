"""Follows the exchange, one event after the other: its line, the queues' members, the contacts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from hub.contract import MeEvent, PbxLinkEvent
from hub.domain.contacts import Contact, State
from hub.domain.reconcile import reconcile
from hub.events import Bus
from hub.metrics import Metrics
from hub.ports.listening import ListeningEnded, ListeningHeard
from hub.ports.pbx import (
    CallerTold,
    CustomerCallEnded,
    DialFailed,
    MemberChanged,
    MemberState,
    OfferEnded,
    Pbx,
    PbxError,
    PbxEvent,
    PbxLink,
    QueueRow,
)
from hub.service.board import Board
from hub.service.callbacks import Callbacks
from hub.service.contact_life import ContactLife
from hub.service.failed_dials import FailedDials
from hub.service.floor import Floor
from hub.service.ledger import Ledger
from hub.service.listening_watch import ListeningWatch
from hub.service.members import MemberKeeper
from hub.service.roster import Roster
from hub.service.views import Views
from hub.service.waiting_messages import WaitingMessages

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pump:
    """The one reader of what the exchange tells."""

    pbx: Pbx
    roster: Roster
    floor: Floor
    board: Board
    ledger: Ledger
    views: Views
    bus: Bus
    keeper: MemberKeeper
    metrics: Metrics
    contacts: ContactLife
    callbacks: Callbacks
    messages: WaitingMessages
    listening: ListeningWatch
    failed_dials: FailedDials
    now: Callable[[], datetime]
    _changed: set[str] = field(default_factory=set)
    """Agents whose desks are still to be told how they stand."""

    async def run(self) -> None:
        """Follow the exchange for as long as the task lives."""
        async for event in self.pbx.events():
            await self.handle(event)

    async def handle(self, event: PbxEvent) -> None:
        """One event of the exchange, to its end."""
        self.metrics.count_event(event)
        named = self.roster.named(event)
        match named:
            case PbxLink():
                await self._link(named)
            case MemberChanged():
                await self._member(named)
            case CallerTold():
                self.views.facts.told(named.contact, named.place, named.minutes)
            case DialFailed():
                self.failed_dials.take(named)
            case CustomerCallEnded() | ListeningHeard() | ListeningEnded():
                """No contact's: who waited or talked is told of by their queue."""
            case _:
                await self.contacts.take(named)
        await self.callbacks.take(named)
        await self.messages.take(named)
        await self.listening.take(named)

    async def _link(self, link: PbxLink) -> None:
        if link.up:
            link = await self._catch_up(link)
            self.floor.in_sight_since = self.now()
        self.floor.link = link
        self.board.refresh()
        self.bus.publish_to_all(PbxLinkEvent(up=link.up, words=link.words))
        log.info("exchange link", up=link.up, words=link.words)

    async def _catch_up(self, link: PbxLink) -> PbxLink:
        """Bring the floor to the exchange's snapshot; the line counts as down when there is none."""
        try:
            rows = tuple(self.roster.named_row(row) for row in await self.pbx.queues())
        except PbxError as error:
            return PbxLink(up=False, words=str(error))
        self._compare(rows)
        self.floor.take_members(rows)
        for event in reconcile(rows, self.floor.contacts(), self.now()):
            await self.contacts.take(event)
        async for unseen in self.ledger.compare(rows):
            self.board.count(unseen)
        self.keeper.touch_all()
        for agent in self.roster.agents:
            self.bus.publish(agent, MeEvent(me=self.views.me(agent)))
        return link

    def _compare(self, rows: Iterable[QueueRow]) -> None:
        """Figures that count by another threshold than the exchange's would disagree with its reports."""
        for row in rows:
            known = self.roster.queues.get(row.name)
            if known is not None and known.service_level_seconds != row.service_level_seconds:
                log.warning("service level differs from the exchange's", queue=row.name)

    async def _member(self, event: MemberChanged) -> None:
        self.floor.change_member(event)
        self.board.refresh()
        if event.agent in self.roster.agents:
            self._tell_soon(event.agent)
        for ended in _silenced(self.floor.in_hands(event.agent), event):
            await self.contacts.take(ended)

    def _tell_soon(self, agent: str) -> None:
        """Each of an agent's queues tells the same change at the same moment; the desk hears of it once."""
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._tell_changed)
        self._changed.add(agent)

    def _tell_changed(self) -> None:
        for agent in self._changed:
            self.bus.publish(agent, MeEvent(me=self.views.me(agent)))
        self._changed.clear()


def _silenced(contacts: Iterable[Contact], event: MemberChanged) -> tuple[OfferEnded, ...]:
    """The rings at a free agent for callers who are gone: Asterisk tells no end of a ring when the caller
    leaves the queue by a key.
    """
    if event.state is not MemberState.FREE:
        return ()
    return tuple(
        OfferEnded(contact.queue, contact.id, event.agent, rang=0.0, at=event.at)
        for contact in contacts
        if contact.state is State.LEFT
    )
