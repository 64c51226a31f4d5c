"""Listening in, as trainers ask for it: nothing is done that the audit does not hold."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub.contract import ListeningView, ListenMode, ListenRequest
from hub.db.audit import AuditStore
from hub.domain.contacts import Contact, State
from hub.ports.listening import PREFIX, ListeningCall
from hub.ports.pbx import Pbx, PbxDown, PbxError
from hub.refusals import CannotListen, ExchangeRefused, NoAgent, NotStored
from hub.service.floor import Floor
from hub.service.listening_book import ListeningBook, Session
from hub.service.listening_end import ListeningEnd
from hub.service.roster import Roster


@dataclass(frozen=True, slots=True)
class Listening:
    """Everything raises ``hub.refusals.Refusal``. Agents are named by id."""

    book: ListeningBook
    ending: ListeningEnd
    roster: Roster
    floor: Floor
    pbx: Pbx
    audit: AuditStore
    now: Callable[[], datetime]

    async def begin(self, trainer: str, agent: str, asked: ListenRequest) -> ListeningView:
        """Ring the trainer's phone for the talk that ``agent`` is in."""
        contact = self._heard(trainer, agent)
        call = f"{PREFIX}{secrets.token_hex(16)}"
        session = Session(call, trainer, agent, contact.id, asked.mode, self.now())
        self.book.put(session)
        try:
            await self._record(session)
            await _done(self.pbx.listen(self._call(session, asked.token)))
        except (NotStored, ExchangeRefused):
            await self.ending.over(session)
            raise
        return self._view(trainer)

    async def turn(self, trainer: str, mode: ListenMode) -> ListeningView:
        """Go on as ``mode``, from the moment that the exchange tells it."""
        session = self.book.of(trainer)
        if session is None or session.since is None:
            raise CannotListen("You do not listen to anybody now.")
        if (session.wanted or session.mode) is not mode:
            await self._record(replace(session, mode=mode))
            self.book.want(session.id, mode)
            try:
                await _done(self.pbx.turn_listening(session.id, mode))
            except ExchangeRefused:
                self.book.want(session.id, None)
                raise
        return self._view(trainer)

    async def end(self, trainer: str) -> None:
        """Listen no more."""
        session = self.book.of(trainer)
        if session is not None:
            await _done(self.pbx.end_listening(session.id))
            await self.ending.over(session)

    def _heard(self, trainer: str, agent: str) -> Contact:
        """The talk of ``agent`` that ``trainer`` may hear now."""
        rules = self.book.rules
        if rules is None:
            raise CannotListen("This centre has no listening in; ask your administrator.")
        if agent not in self.roster.agents:
            raise NoAgent("There is no such agent in the centre; look at the spelling.")
        if agent == trainer:
            raise CannotListen("This is you; choose another agent.")
        if self.book.of(trainer) is not None:
            raise CannotListen("You listen to somebody already; end that first.")
        theirs = [one for one in self.floor.in_hands(agent) if _talks(one, agent)]
        if not theirs:
            raise CannotListen("This agent is not in a call now.")
        contact = max(theirs, key=lambda one: (one.held_since is None, one.connected_at or one.joined_at))
        if sum(one.contact == contact.id for one in self.book.all()) >= rules.most:
            raise CannotListen("Others listen to this call already; no more can.")
        return contact

    def _call(self, session: Session, token: str) -> ListeningCall:
        trainer, agent = self.roster.agents[session.trainer], self.roster.agents[session.agent]
        contact, mode = session.contact, session.mode
        return ListeningCall(session.id, trainer.extension, agent.extension, contact, mode, token)

    async def _record(self, session: Session) -> None:
        what, words = session.mode.value, clean(session.contact, limit=80)
        try:
            await self.audit.record(session.trainer, what, session.agent, words, self.now())
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store this, so it was not done; try again.") from error

    def _view(self, trainer: str) -> ListeningView:
        view = self.book.view(trainer)
        if view is None:
            raise CannotListen("The call is over.")
        return view


async def _done(act: Coroutine[Any, Any, None]) -> None:
    try:
        await act
    except PbxDown as error:
        raise ExchangeRefused("The hub has no line to the exchange now; try again.") from error
    except PbxError as error:
        raise ExchangeRefused(clean(f"The exchange refused: {error}")) from error


def _talks(contact: Contact, agent: str) -> bool:
    return contact.state is State.TALKING and contact.agent == agent
