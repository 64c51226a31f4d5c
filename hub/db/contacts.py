"""Contacts and what the exchange told of them, in the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Text, and_, cast, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.contract import ScriptProgress, VoiceQuality
from hub.db.tables import contact_events, contacts, wrap_ups
from hub.db.upsert import upsert
from hub.domain.contacts import Contact, ContactEvent, Ring, SightLost, State
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
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
    HandedOn: "handed_on",
    SightLost: "sight_lost",
}


_APPEND_EVENT = insert(contact_events)
_INSERT_WRAP_UP = insert(wrap_ups)


@dataclass(frozen=True, slots=True)
class StoredWrapUp:
    """A wrap-up that was stored under an idempotency key. ``digest`` is of what was asked."""

    contact: str
    visit: int
    digest: str


class ContactStore:
    """Reads and writes visits and their events. Everything raises ``sqlalchemy.exc.SQLAlchemyError``.

    Writers queue at one lock, in the order they came: two versions of a visit can never be stored the
    wrong way round.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writing = asyncio.Lock()

    async def record(self, event: ContactEvent, contact: Contact) -> None:
        """Append ``event`` and keep ``contact`` as it is after it: both or neither."""
        async with self._writing, self.engine.begin() as connection:
            await connection.execute(_APPEND_EVENT, _event_row(event))
            await _write(connection, contact)

    async def keep(self, contact: Contact) -> None:
        """Keep ``contact`` as it is now, after something its agent did."""
        async with self._writing, self.engine.begin() as connection:
            await _write(connection, contact)

    async def wrap_up(self, contact: Contact, key: str, digest: str) -> None:
        """Keep a wrapped-up ``contact`` and the idempotency key it was asked under: both or neither."""
        row = {
            "agent": contact.agent,
            "key": key,
            "contact": contact.id,
            "visit": contact.visit,
            "digest": digest,
            "at": contact.wrapped_up_at,
        }
        async with self._writing, self.engine.begin() as connection:
            await connection.execute(_INSERT_WRAP_UP, row)
            await _write(connection, contact)

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
        query = select(contacts).where(contacts.c.id == contact).order_by(contacts.c.visit)
        async with self.engine.connect() as connection:
            return tuple(_contact(row) for row in (await connection.execute(query)).mappings())

    async def counted_since(self, start: datetime) -> AsyncIterator[tuple[str, ContactEvent]]:
        """The stored events that figures count, with their queue, in the order they came."""
        counted = ("joined", "abandoned", "connected", "completed")
        query = (
            select(contact_events)
            .where(contact_events.c.at >= start, contact_events.c.kind.in_(counted))
            .order_by(contact_events.c.serial)
        )
        async with self.engine.connect() as connection:
            rows = await connection.stream(query)
            async for row in rows.mappings():
                yield row["queue"], _event(row)


async def _write(connection: AsyncConnection, contact: Contact) -> None:
    """Put one visit on a connection of the caller's transaction."""
    await connection.execute(upsert(connection, contacts), _contact_row(contact))


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


def _event_row(event: ContactEvent) -> dict[str, Any]:
    return {
        "kind": _KINDS[type(event)],
        "contact": event.contact,
        "queue": event.queue,
        "agent": getattr(event, "agent", ""),
        "waited": getattr(event, "waited", None),
        "talked": getattr(event, "talked", None),
        "ended_by": getattr(event, "ended_by", ""),
        "at": event.at,
    }


def _event(row: RowMapping) -> ContactEvent:
    queue, contact, agent, at = row["queue"], row["contact"], row["agent"], row["at"]
    match row["kind"]:
        case "joined":
            return CallerJoined(queue, contact, number="", name="", position=0, at=at)
        case "abandoned":
            return CallerAbandoned(queue, contact, row["waited"], at)
        case "connected":
            return AgentConnected(queue, contact, agent, row["waited"], at)
        case "completed":
            return AgentCompleted(queue, contact, agent, row["waited"], row["talked"], row["ended_by"], at)
        case kind:
            raise ValueError(f"an event that figures do not count: {kind}")
