"""What agents leave with a contact: note, script progress, wrap-up."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub.contract import (
    LONGEST_NOTE,
    CardStatus,
    ContactRecord,
    NoteDraft,
    ScriptProgress,
    WrappedUpEvent,
    WrapUp,
)
from hub.db.contacts import ContactStore
from hub.domain.contacts import Contact, State, WrappedUp
from hub.events import Bus
from hub.refusals import NotStored, NotYours, Unprocessable, WrongPhase
from hub.service.board import Board
from hub.service.cards import Cards
from hub.service.crm_log import CrmLog
from hub.service.floor import Floor
from hub.service.members import MemberKeeper
from hub.service.missed_notes import MissedNotes
from hub.service.roster import Roster
from hub.service.unseen_talks import UnseenTalks
from hub.service.views import record

_MOST_STEPS = 500
_NOT_STORED = "The hub could not store it; it is kept here and sent again."


@dataclass(frozen=True, slots=True)
class Work:
    """Carries out what an agent's desk asks. Everything raises ``hub.refusals.Refusal``."""

    roster: Roster
    floor: Floor
    board: Board
    contacts: ContactStore
    cards: Cards
    bus: Bus
    keeper: MemberKeeper
    now: Callable[[], datetime]
    crm_log: CrmLog
    unseen: UnseenTalks
    missed_notes: MissedNotes
    _turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """One wrap-up at a time for an agent, so that the same one sent twice meets its own key."""

    def in_hand(self, agent: str, contact: str) -> Contact:
        """The contact, when the exchange shows it in the agent's hands. Raises ``NotYours``."""
        found = self.floor.in_hand(agent, contact)
        if found is None:
            raise NotYours("This contact is not, or no longer, with you.")
        return found

    async def record_of(self, agent: str, contact: str) -> ContactRecord:
        """The record of a contact in the agent's hands, or one they handled."""
        found = self.floor.in_hand(agent, contact)
        if found is not None:
            return record(found)
        return record(await self._handled(agent, contact))

    async def save_note(self, agent: str, contact: str, draft: NoteDraft) -> None:
        """Keep the note as typed so far."""
        text = clean(draft.text, limit=LONGEST_NOTE, multiline=True)
        await self._keep(replace(await self._held(agent, contact), note=text))

    async def save_progress(self, agent: str, contact: str, progress: ScriptProgress) -> None:
        """Keep which steps are done and what was answered."""
        followed = _cleaned(progress)
        await self._keep(replace(await self._held(agent, contact), script=followed))

    async def wrap_up(self, agent: str, contact: str, asked: WrapUp, key: str) -> ContactRecord:
        """Store note and disposition, once for ``key``; the agent is then free for the next call."""
        digest = hashlib.sha256(asked.model_dump_json().encode()).hexdigest()
        async with self._turns[agent]:
            before = await self._under(agent, contact, key, digest, is_missed=asked.missed)
            if before is not None:
                return before
            if asked.missed:
                return await self.missed_notes.leave(agent, contact, asked, key, digest)
            current = await self._to_wrap_up(agent, contact)
            self._check(current, asked)
            return await self._store_wrap_up(self._wrapped_up(current, asked), key, digest)

    async def _held(self, agent: str, contact: str) -> Contact:
        """As ``in_hand``, or a talk that the hub did not see: there is something to write of it."""
        found = self.floor.in_hand(agent, contact)
        if found is not None:
            return found
        self._in_sight()
        try:
            claimed = await self.unseen.claim(agent, contact)
        except SQLAlchemyError as error:
            raise NotStored(_NOT_STORED) from error
        return claimed or self.in_hand(agent, contact)

    def _in_sight(self) -> None:
        """A hub that just started knows little of who talks: what it would refuse is asked again later."""
        if not self.floor.link.up:
            raise NotStored("The hub does not see the exchange now; it is kept here and sent again.")

    async def _keep(self, contact: Contact) -> None:
        self.floor.put(contact)
        try:
            await self.contacts.keep(contact)
        except SQLAlchemyError as error:
            raise NotStored(_NOT_STORED) from error

    async def _under(
        self, agent: str, contact: str, key: str, digest: str, *, is_missed: bool
    ) -> ContactRecord | None:
        """The record stored under ``key`` before. A key stands for one request, for ever."""
        try:
            stored = await self.contacts.wrapped_up(agent, key)
        except SQLAlchemyError as error:
            raise NotStored(_NOT_STORED) from error
        if stored is None:
            return None
        if (stored.contact, stored.digest) != (contact, digest):
            raise Unprocessable("This Idempotency-Key was used for another wrap-up.")
        missed = await self.missed_notes.stored(agent, contact) if is_missed else None
        return missed or record(await self._handled(agent, contact, stored.visit))

    async def _handled(self, agent: str, contact: str, visit: int | None = None) -> Contact:
        """The last visit (or the ``visit``-th) of a contact that ``agent`` had."""
        try:
            visits = await self.contacts.visits(contact)
        except SQLAlchemyError as error:
            raise NotStored("The hub's database does not answer; try again.") from error
        theirs = [one for one in visits if one.agent == agent and visit in {None, one.visit}]
        if not theirs:
            raise NotYours("This contact is not, or no longer, with you.")
        return theirs[-1]

    async def _to_wrap_up(self, agent: str, contact: str) -> Contact:
        current = self.floor.in_hand(agent, contact) or await self._unheld(agent, contact)
        if current.wrapped_up_at is not None:
            raise WrongPhase("This contact is wrapped up already.")
        if current.state not in {State.TALKING, State.WRAP_UP}:
            self._in_sight()
            raise WrongPhase("There is nothing to wrap up: you have not talked with this caller.")
        return current

    async def _unheld(self, agent: str, contact: str) -> Contact:
        """Wrapped up already, or talked in while the hub saw nothing."""
        try:
            return await self._handled(agent, contact)
        except NotYours:
            self._in_sight()
        try:
            unknown = await self.unseen.unknown(agent, contact)
        except SQLAlchemyError as error:
            raise NotStored(_NOT_STORED) from error
        return unknown or await self._held(agent, contact)

    def _check(self, contact: Contact, asked: WrapUp) -> None:
        codes = {item.code for item in self.roster.dispositions("en")}
        if asked.disposition not in codes:
            raise Unprocessable("Choose how the contact ended from the list.")
        answer = self.cards.answer(contact)
        customers = {card.customer for card in answer.cards}
        known = answer.status in {CardStatus.FOUND, CardStatus.SEVERAL}
        linked = asked.customer == contact.customer
        if asked.customer and known and not linked and asked.customer not in customers:
            raise Unprocessable("The customer is none of those found by the caller's number.")

    def _wrapped_up(self, contact: Contact, asked: WrapUp) -> Contact:
        """The wrap-up of a talk still going on is kept; the contact is done when the talk ends."""
        return replace(
            contact,
            note=clean(asked.note, limit=LONGEST_NOTE, multiline=True),
            disposition=asked.disposition,
            customer=clean(asked.customer, limit=64) or contact.customer,
            voice=asked.voice,
            script=_cleaned(asked.script) if asked.script is not None else contact.script,
            wrapped_up_at=self.now(),
            state=State.DONE if contact.state is State.WRAP_UP else contact.state,
        )

    async def _store_wrap_up(self, done: Contact, key: str, digest: str) -> ContactRecord:
        """The floor changes first, so that an event of the exchange meanwhile finds the newest version."""
        self.floor.put(done)
        event = WrappedUp(
            done.queue, done.id, done.agent, _wrap_up_seconds(done), done.wrapped_up_at or self.now()
        )
        try:
            await self.contacts.wrap_up(done, event, key, digest, self.crm_log.of(done))
        except SQLAlchemyError as error:
            self._take_back(done)
            raise NotStored(_NOT_STORED) from error
        self.crm_log.stored()
        self.board.count(event)
        stored = record(done)
        self.bus.publish(done.agent, WrappedUpEvent(record=stored))
        self.keeper.touch(done.agent)
        if not self.floor.visits(done.id):
            self.cards.forget(done.id)
        return stored

    def _take_back(self, done: Contact) -> None:
        """The wrap-up is owed still."""
        newest = self.floor.visit(done.id, done.visit) or done
        state = State.WRAP_UP if newest.state is State.DONE else newest.state
        self.floor.put(replace(newest, state=state, wrapped_up_at=None, disposition="", voice=None))


def _wrap_up_seconds(done: Contact) -> float:
    """From the end of the talk on; 0 for what was stored while it went on."""
    if done.ended_at is None or done.wrapped_up_at is None:
        return 0.0
    return max(0.0, (done.wrapped_up_at - done.ended_at).total_seconds())


def _cleaned(progress: ScriptProgress) -> ScriptProgress:
    if len(progress.done) > _MOST_STEPS or len(progress.answers) > _MOST_STEPS:
        raise Unprocessable("The script progress names more steps than a script has.")
    return ScriptProgress(
        script=clean(progress.script),
        revision=clean(progress.revision),
        done=tuple(clean(step) for step in progress.done),
        answers={clean(step): clean(answer) for step, answer in progress.answers.items()},
    )
