"""What an agent noted of a caller who rang at them and whom they did not talk with.

The caller goes on to a colleague, or gives up: the contact's own record is not this agent's to write. So the
note is a row of its own, goes to the CRM, and is in this agent's history alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub.contract import LONGEST_NOTE, ContactRecord, WrappedUpEvent, WrapUp
from hub.db.contacts import ContactStore
from hub.db.missed_notes import MissedNote, MissedNoteStore
from hub.domain.contacts import Contact, State
from hub.events import Bus
from hub.refusals import NotStored, NotYours, Unprocessable
from hub.service.cards import Cards
from hub.service.crm_log import CrmLog, key_of_missed
from hub.service.floor import Floor
from hub.service.roster import Roster

_NOT_STORED = "The hub could not store it; it is kept here and sent again."


@dataclass(frozen=True, slots=True)
class _Rang:
    """The visit that rang at the agent; ``seen``: the exchange showed that it did."""

    visit: Contact
    seen: bool


@dataclass(frozen=True, slots=True)
class MissedNotes:
    """Only of contacts that the exchange showed ringing at the agent, or that it could not show, for the hub
    was away: then the agent's word is taken. Raises ``hub.refusals.Refusal``.
    """

    roster: Roster
    floor: Floor
    contacts: ContactStore
    store: MissedNoteStore
    cards: Cards
    crm_log: CrmLog
    bus: Bus
    now: Callable[[], datetime]

    async def leave(self, agent: str, contact: str, asked: WrapUp, key: str, digest: str) -> ContactRecord:
        """Store it, under a key that was not used before."""
        self._check(asked)
        try:
            rang = await self._rang(agent, contact)
            before = await self.store.of(agent, contact)
            note = self._note(agent, rang, asked, before)
            message = self.crm_log.of_missed(_as_told(rang.visit, note, asked), key_of_missed(agent, key))
            await self.store.keep(note, key, digest, message)
        except SQLAlchemyError as error:
            raise NotStored(_NOT_STORED) from error
        self.crm_log.stored()
        if not self.floor.visits(contact):
            self.cards.forget(contact)
        told = _record(note)
        self.bus.publish(agent, WrappedUpEvent(record=told))
        return told

    async def stored(self, agent: str, contact: str) -> ContactRecord | None:
        """What the agent left with the contact before. Raises ``NotStored``."""
        try:
            note = await self.store.of(agent, contact)
        except SQLAlchemyError as error:
            raise NotStored(_NOT_STORED) from error
        return _record(note) if note is not None else None

    def _check(self, asked: WrapUp) -> None:
        """How it ended may be left open: nobody talked."""
        if asked.disposition not in {"", *(one.code for one in self.roster.dispositions("en"))}:
            raise Unprocessable("Choose how the contact ended from the list.")

    async def _rang(self, agent: str, contact: str) -> _Rang:
        await self.contacts.caught_up()
        visits = self.floor.visits(contact) or await self.contacts.visits(contact)
        if not visits:
            self._in_sight()
            return _Rang(Contact(contact, "", self.now(), state=State.LEFT), seen=False)
        at = await self.contacts.rang(agent, contact, visits[0].joined_at)
        if at is not None:
            begun = [visit for visit in visits if visit.joined_at <= at]
            return _Rang(replace(begun[-1], joined_at=at), seen=True)
        self._in_sight()
        last = visits[-1]
        if last.queue in self.roster.agents[agent].queues and self._out_of_sight(last):
            return _Rang(last, seen=False)
        raise NotYours("This contact is not, or no longer, with you.")

    def _in_sight(self) -> None:
        if not self.floor.link.up:
            raise NotStored("The hub does not see the exchange now; it is kept here and sent again.")

    def _out_of_sight(self, visit: Contact) -> bool:
        """Whether rings of the visit may have been missed: the line to the exchange came up in it, or it
        vanished before that.
        """
        since = self.floor.in_sight_since
        if visit.state is State.LEFT and visit.waited is None:
            return True
        return since is not None and visit.joined_at < since <= (visit.ended_at or since)

    def _note(self, agent: str, rang: _Rang, asked: WrapUp, before: MissedNote | None) -> MissedNote:
        """Who rings again and is missed again has one row, with all that was noted of them."""
        text = clean(asked.note, limit=LONGEST_NOTE, multiline=True)
        chosen = clean(asked.customer, limit=64) if rang.seen else ""
        return MissedNote(
            agent=agent,
            contact=rang.visit.id,
            visit=rang.visit.visit,
            customer=chosen or rang.visit.customer,
            note="\n".join(one for one in (before.note if before else "", text) if one),
            disposition=asked.disposition,
            at=self.now(),
        )


def _as_told(visit: Contact, note: MissedNote, asked: WrapUp) -> Contact:
    """The contact as this agent had it: a ring, without a talk. Only what is new is told."""
    return replace(
        visit,
        agent=note.agent,
        connected_at=None,
        talked=None,
        customer=note.customer,
        note=clean(asked.note, limit=LONGEST_NOTE, multiline=True),
        disposition=note.disposition,
    )


def _record(note: MissedNote) -> ContactRecord:
    """Without what only who talks with the caller may see."""
    return ContactRecord(
        contact=note.contact,
        queue="",
        number="",
        agent=note.agent,
        joined_at=note.at,
        outcome="left",
        note=note.note,
        disposition=note.disposition,
        wrapped_up_at=note.at,
    )
