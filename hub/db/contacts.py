"""Contacts and what the exchange told of them, in the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Text, and_, cast, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.contract import ScriptProgress, VoiceQuality
from hub.db.outbox import keep
from hub.db.tables import contact_events, contacts, wrap_ups
from hub.db.upsert import upsert
from hub.db.write_line import WriteLine
from hub.domain.contacts import Contact, ContactEvent, Counted, Ring, SightLost, State, Unseen, WrappedUp
from hub.domain.outbox import Message
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerHeld,
    CallerJoined,
    CallerLeft,
    CallerResumed,
    DialFailed,
    HandedOn,
    OfferEnded,
)

_KINDS: dict[type, str] = {
    CallerJoined: "joined",
    CallerAbandoned: "abandoned",
    CallerLeft: "left",
    AgentOffered: "offered",
    OfferEnded: "offer_ended",
    AgentConnected: "connected",
    AgentCompleted: "completed",
    CallerHeld: "held",
    CallerResumed: "resumed",
    HandedOn: "handed_on",
    SightLost: "sight_lost",
    WrappedUp: "wrapped_up",
    Unseen: "unseen",
    DialFailed: "dial_failed",
}


_APPEND_EVENT = insert(contact_events)
_INSERT_WRAP_UP = insert(wrap_ups)


@dataclass(frozen=True, slots=True)
class StoredWrapUp:
    """A wrap-up that was stored under an idempotency key. ``digest`` is of what was asked."""

    contact: str
    visit: int
    digest: str


@dataclass(frozen=True, slots=True)
class _Change:
    """What goes into the database together; ``wrap_up`` is the row of its idempotency key, ``message`` what
    is to leave the hub because of it.
    """

    event: Counted | DialFailed | None = None
    contact: Contact | None = None
    wrap_up: dict[str, Any] | None = None
    message: Message | None = None


class ContactStore:
    """Reads and writes visits and their events. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._line = WriteLine(self._store)

    async def _store(self, changes: Sequence[_Change]) -> None:
        wrap_ups_ = [change.wrap_up for change in changes if change.wrap_up]
        events = [_event_row(change.event) for change in changes if change.event]
        newest = {(one.id, one.visit): one for change in changes if (one := change.contact)}
        async with self.engine.begin() as connection:
            if wrap_ups_:
                await connection.execute(_INSERT_WRAP_UP, wrap_ups_)
            if events:
                await connection.execute(_APPEND_EVENT, events)
            if newest:
                rows = [_contact_row(contact) for contact in newest.values()]
                await connection.execute(upsert(connection, contacts), rows)
            for message in (change.message for change in changes if change.message):
                await keep(connection, message)

    async def settled(self) -> None:
        """Wait until all that was told is stored."""
        await self._line.settled()

    async def caught_up(self) -> None:
        """Wait until what was told so far is stored, whatever is told meanwhile."""
        if self._line.unwritten():
            await self._line.put(_Change())

    def record(self, event: ContactEvent | DialFailed, contact: Contact) -> asyncio.Future[None]:
        """Append ``event`` and keep ``contact`` as it is after it: both or neither, soon."""
        return self._line.put(_Change(event, contact))

    async def keep(self, contact: Contact) -> None:
        """Keep ``contact`` as it is now, after something its agent did."""
        await self._line.put(_Change(contact=contact))

    async def record_unseen(self, event: Unseen) -> None:
        """Append what the exchange counted out of sight."""
        await self._line.put(_Change(event))

    async def wrap_up(
        self, contact: Contact, event: WrappedUp, key: str, digest: str, message: Message | None = None
    ) -> None:
        """Keep a wrapped-up ``contact`` and the idempotency key it was asked under, append the event and put
        ``message`` into the outbox: all or nothing.
        """
        row = {
            "agent": contact.agent,
            "key": key,
            "contact": contact.id,
            "visit": contact.visit,
            "digest": digest,
            "at": contact.wrapped_up_at,
        }
        await self._line.put(_Change(event, contact, row, message))

    async def wrapped_up(self, agent: str, key: str) -> StoredWrapUp | None:
        """What ``agent`` stored under ``key`` before, if anything."""
        query = select(wrap_ups).where(wrap_ups.c.agent == agent, wrap_ups.c.key == key)
        async with self.engine.connect() as connection:
            row = (await connection.execute(query)).mappings().first()
        return StoredWrapUp(row["contact"], row["visit"], row["digest"]) if row else None

    async def open_contacts(self) -> tuple[Contact, ...]:
        """All that wait, ring, talk or owe a wrap-up, oldest first."""
        still_open = or_(
            contacts.c.state.in_((State.WAITING, State.TALKING, State.WRAP_UP)),
            and_(contacts.c.state == State.LEFT, cast(contacts.c.rings, Text) != "[]"),
        )
        query = select(contacts).where(still_open).order_by(contacts.c.joined_at, contacts.c.visit)
        async with self.engine.connect() as connection:
            return tuple(_contact(row) for row in (await connection.execute(query)).mappings())

    async def visits(self, contact: str) -> tuple[Contact, ...]:
        """All visits of one contact, oldest first."""
        if any(one.contact and one.contact.id == contact for one in self._line.unwritten()):
            await self._line.settled()
        query = select(contacts).where(contacts.c.id == contact).order_by(contacts.c.visit)
        async with self.engine.connect() as connection:
            return tuple(_contact(row) for row in (await connection.execute(query)).mappings())

    async def of_calls(self, calls: Collection[str]) -> tuple[Contact, ...]:
        """All visits of these contacts."""
        await self._line.settled()
        query = select(contacts).where(contacts.c.id.in_(calls))
        async with self.engine.connect() as connection:
            return tuple(_contact(row) for row in (await connection.execute(query)).mappings())

    async def rang(self, agent: str, contact: str, since: datetime) -> datetime | None:
        """When the contact rang at ``agent`` last, or was dialled by them in vain, from ``since`` on; None
        when it never was.
        """
        query = select(func.max(contact_events.c.at)).where(
            contact_events.c.contact == contact,
            contact_events.c.agent == agent,
            contact_events.c.kind.in_(("offered", "dial_failed")),
            contact_events.c.at >= since,
        )
        async with self.engine.connect() as connection:
            last: datetime | None = (await connection.execute(query)).scalar_one()
        return last

    async def counted_since(self, start: datetime) -> AsyncIterator[Counted]:
        """The stored events that figures count, in the order they came."""
        query = (
            select(contact_events)
            .where(contact_events.c.at >= start, contact_events.c.kind.in_(_OF_KIND))
            .order_by(contact_events.c.serial)
        )
        async with self.engine.connect() as connection:
            rows = await connection.stream(query)
            async for row in rows.mappings():
                yield _event(row)


def _contact_row(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "visit": contact.visit,
        "queue": contact.queue,
        "number": contact.number,
        "name": contact.name,
        "state": contact.state.value,
        "rings": [{"agent": ring.agent, "at": ring.at.isoformat()} for ring in contact.rings],
        "agent": contact.agent,
        "joined_at": contact.joined_at,
        "connected_at": contact.connected_at,
        "ended_at": contact.ended_at,
        "waited": contact.waited,
        "talked": contact.talked,
        "held": contact.held,
        "on_hold": contact.on_hold,
        "held_since": contact.held_since,
        "ended_by": contact.ended_by,
        "customer": contact.customer,
        "note": contact.note,
        "disposition": contact.disposition,
        "wrapped_up_at": contact.wrapped_up_at,
        "script": contact.script.model_dump(mode="json") if contact.script else None,
        "voice": contact.voice.model_dump(mode="json") if contact.voice else None,
    }


def _contact(row: RowMapping) -> Contact:
    values = dict(row)
    rings = tuple(Ring(ring["agent"], datetime.fromisoformat(ring["at"])) for ring in values.pop("rings"))
    script, voice = values.pop("script"), values.pop("voice")
    return Contact(
        **{**values, "state": State(values["state"])},
        rings=rings,
        script=ScriptProgress.model_validate(script) if script else None,
        voice=VoiceQuality.model_validate(voice) if voice else None,
    )


def _event_row(event: Counted | DialFailed) -> dict[str, Any]:
    return {
        "kind": _KINDS[type(event)],
        "contact": getattr(event, "contact", ""),
        "queue": event.queue,
        "agent": getattr(event, "agent", ""),
        "waited": getattr(event, "waited", None),
        "talked": getattr(event, "talked", None),
        "ended_by": getattr(event, "ended_by", ""),
        "at": event.at,
        "wrapped_up": getattr(event, "seconds", None),
        "calls": getattr(event, "calls", None),
        "held": getattr(event, "held", None),
    }


def _event(row: RowMapping) -> Counted:
    return _OF_KIND[row["kind"]](row)


_OF_KIND: dict[str, Callable[[RowMapping], Counted]] = {
    "joined": lambda row: CallerJoined(row["queue"], row["contact"], "", "", 0, row["at"]),
    "abandoned": lambda row: CallerAbandoned(row["queue"], row["contact"], row["waited"], row["at"]),
    "offered": lambda row: AgentOffered(row["queue"], row["contact"], row["agent"], row["at"]),
    "connected": lambda row: AgentConnected(
        row["queue"], row["contact"], row["agent"], row["waited"], row["at"]
    ),
    "completed": lambda row: AgentCompleted(
        row["queue"],
        row["contact"],
        row["agent"],
        row["waited"],
        row["talked"],
        row["ended_by"],
        row["at"],
        row["held"] or 0.0,
    ),
    "wrapped_up": lambda row: WrappedUp(
        row["queue"], row["contact"], row["agent"], row["wrapped_up"], row["at"]
    ),
    "unseen": lambda row: Unseen(row["queue"], row["calls"], row["at"]),
}
"""The stored events that figures count, back from their rows."""
