"""Contacts that are wrapped up, on their way into the company's CRM by the outbox.

What is to be written is stored with the wrap-up itself, in one transaction: neither is there without the
other. It goes out in order for each customer, and once: a CRM that gave no answer may have it, and then an
administrator decides (``moked hub outbox``).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from hub.contract import CardStatus
from hub.domain.callbacks import is_called_back
from hub.domain.contacts import Contact
from hub.domain.outbox import CRM, Message
from hub.ports.crm import (
    Crm,
    CrmBusy,
    CrmDenied,
    CrmError,
    CrmNotReached,
    CrmRefused,
    LoggedContact,
)
from hub.ports.messages import Content, NotNow, NotReached, PerhapsSent, Refused, Template
from hub.service.cards import Cards
from hub.service.outbox import Outbox
from hub.service.roster import Roster

_LOG_CONTACT = "log_contact"
_NUMBER = "tel:"
"""Before a recipient that is a number (RFC 3966): whose it was the CRM did not tell before the wrap-up."""
_MISSED = "Missed"
"""How a contact ended that only rang, where the agent says no more."""
_DIALLED = {"busy": "Dialled, busy", "no_answer": "Dialled, no answer", "failed": "Dialled, not reached"}
"""The same of one that the agent dialled."""
_DENIED_SECONDS = 300.0
"""An administrator has to act first."""


@dataclass(frozen=True, slots=True)
class CrmLog:
    """What the CRM is told of contacts."""

    outbox: Outbox
    roster: Roster
    cards: Cards
    now: Callable[[], datetime]

    def of(self, contact: Contact) -> Message | None:
        """What is to be written of a wrapped-up ``contact``; nothing where nobody knows whose it is."""
        return self._told(contact, key_of(contact.id, contact.visit))

    def of_missed(self, contact: Contact, key: str) -> Message | None:
        """The same of one that only rang at the agent: once for each ``key``."""
        ended = _DIALLED.get(contact.ended_by, _MISSED)
        return self._told(replace(contact, disposition=contact.disposition or ended), key)

    def _told(self, contact: Contact, key: str) -> Message | None:
        recipient = self._whose(contact) if CRM in self.outbox.senders else ""
        if not recipient:
            return None
        at = self.now()
        logged = LoggedContact(
            at=contact.connected_at or contact.joined_at,
            number=contact.number,
            queue=self.roster.title(contact.queue, "en"),
            agent=self._agent(contact.agent),
            seconds=_talked(contact, at),
            disposition=self._disposition(contact.disposition),
            note=contact.note,
            dialled=_dialled(contact),
        )
        return Message(
            id=key,
            channel=CRM,
            recipient=recipient,
            content=Template(_LOG_CONTACT, "", _parameters(logged)),
            contact=contact.id,
            made_at=at,
            at=at,
        )

    def stored(self) -> None:
        """It is in the database."""
        self.outbox.stored()

    def _whose(self, contact: Contact) -> str:
        """The customer, or the number while the CRM has not told whose it is; "" when nobody knows."""
        if contact.customer:
            return contact.customer
        asked = self.cards.answer(contact).status in {CardStatus.PENDING, CardStatus.CRM_DOWN}
        return f"{_NUMBER}{contact.number}" if asked and contact.number else ""

    def _agent(self, agent: str) -> str:
        found = self.roster.agents.get(agent)
        return found.name if found else agent

    def _disposition(self, code: str) -> str:
        titles = {one.code: one.label for one in self.roster.dispositions("en")}
        return titles.get(code, code)


@dataclass(frozen=True, slots=True)
class CrmSender:
    """Fulfils ``hub.ports.messages.Messages``: writes into the CRM what the outbox holds for it."""

    crm: Crm

    async def send(self, to: str, content: Content, reference: str) -> str:
        """Write it for the customer ``to``, under the key ``reference``; the CRM's id of it."""
        logged = _logged(content)
        customer = await self._with_number(number) if (number := _number(to)) else to
        try:
            return await self.crm.log_contact(customer, logged, reference)
        except CrmError as error:
            _tell(error)

    async def _with_number(self, number: str) -> str:
        """The one customer with ``number``. Nothing is written by asking, so any failure is tried again."""
        try:
            found = await self.crm.find(number)
        except CrmError as error:
            raise NotNow(str(error), after=error.after) from error
        if len(found) != 1:
            raise Refused("The CRM has no customer, or several, with the caller's number")
        return found[0].customer

    async def close(self) -> None:
        """The CRM is closed by whoever opened it."""
        await asyncio.sleep(0)


def _number(to: str) -> str:
    """The number that a recipient stands for; "" for a customer."""
    return to.removeprefix(_NUMBER) if to.startswith(_NUMBER) else ""


def _tell(error: CrmError) -> NoReturn:
    """What became of it. Raises ``MessageError``."""
    words = str(error)
    match error:
        case CrmNotReached():
            raise NotReached(words) from error
        case CrmBusy(after=after):
            raise NotNow(words, after=after) from error
        case CrmDenied():
            raise NotNow(words, after=_DENIED_SECONDS) from error
        case CrmRefused():
            raise Refused(words) from error
    raise PerhapsSent(words) from error


def _parameters(logged: LoggedContact) -> tuple[str, ...]:
    at = logged.at.isoformat()
    seconds = str(round(logged.seconds))
    head = (at, logged.number, logged.queue, logged.agent, seconds)
    return (*head, logged.disposition, logged.note, logged.dialled)


def _logged(content: Content) -> LoggedContact:
    """Raises ``Refused`` for what this hub does not know, as another release may have stored it."""
    match content:
        case Template(name, _, (at, number, queue, agent, seconds, disposition, note, *dialled)) if (
            name == _LOG_CONTACT and len(dialled) <= 1  # none where an earlier release stored it
        ):
            when = datetime.fromisoformat(at)
            return LoggedContact(when, number, queue, agent, float(seconds), disposition, note, *dialled)
    raise Refused("This hub does not know what is to be written.")


def _dialled(contact: Contact) -> str:
    if contact.ended_by in _DIALLED:
        return contact.ended_by
    return "answered" if is_called_back(contact.id) and contact.connected_at else ""


def key_of(contact: str, visit: int) -> str:
    """Of what the CRM is told of a visit: once for each, as it is wrapped up once."""
    return hashlib.sha256(f"{CRM} {contact} {visit}".encode()).hexdigest()[:32]


def key_of_missed(agent: str, key: str) -> str:
    """Of a note that ``agent`` left under an idempotency key with a contact that they did not talk in."""
    return hashlib.sha256(f"{CRM} missed {agent} {key}".encode()).hexdigest()[:32]


def _talked(contact: Contact, now: datetime) -> float:
    """Of a talk that goes on, so far."""
    if contact.talked is not None:
        return contact.talked
    return max(0.0, (now - contact.connected_at).total_seconds()) if contact.connected_at else 0.0
