"""Contacts that are wrapped up, on their way into the company's CRM by the outbox.

What is to be written is stored with the wrap-up itself, in one transaction: neither is there without the
other. It goes out in order for each customer, and once: a CRM that gave no answer may have it, and then an
administrator decides (``moked hub outbox``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from hub.contract import CardStatus
from hub.domain.callbacks import is_called_back
from hub.domain.contacts import Contact
from hub.domain.outbox import CRM, Message
from hub.ports.crm import LoggedContact
from hub.service.cards import Cards
from hub.service.crm_messages import aliases_of, content_of, of_number
from hub.service.outbox import Outbox
from hub.service.roster import Roster

_MISSED = "Missed"
"""How a contact ended that only rang, where the agent says no more."""
_DIALLED = {"busy": "Dialled, busy", "no_answer": "Dialled, no answer", "failed": "Dialled, not reached"}
"""The same of one that the agent dialled."""


@dataclass(frozen=True, slots=True)
class CrmLog:
    """What the CRM is told of contacts: nothing where it is not ``told`` of any."""

    outbox: Outbox
    roster: Roster
    cards: Cards
    now: Callable[[], datetime]
    told: bool

    def of(self, contact: Contact) -> Message | None:
        """What is to be written of a wrapped-up ``contact``; nothing where nobody knows whose it is."""
        return self._told(contact, key_of(contact.id, contact.visit))

    def of_missed(self, contact: Contact, key: str) -> Message | None:
        """The same of one that only rang at the agent: once for each ``key``."""
        ended = _DIALLED.get(contact.ended_by, _MISSED)
        return self._told(replace(contact, disposition=contact.disposition or ended), key)

    def _told(self, contact: Contact, key: str) -> Message | None:
        recipient = self._whose(contact) if self.told else ""
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
            content=content_of(logged),
            contact=contact.id,
            made_at=at,
            at=at,
            aliases=aliases_of(recipient, (contact.number, *self.cards.numbers(contact))),
        )

    def stored(self) -> None:
        """It is in the database."""
        self.outbox.stored()

    def _whose(self, contact: Contact) -> str:
        """The customer, or the number while the CRM has not told whose it is; "" when nobody knows."""
        if contact.customer:
            return contact.customer
        asked = self.cards.answer(contact).status in {CardStatus.PENDING, CardStatus.CRM_DOWN}
        return of_number(contact.number) if asked and contact.number else ""

    def _agent(self, agent: str) -> str:
        found = self.roster.agents.get(agent)
        return found.name if found else agent

    def _disposition(self, code: str) -> str:
        titles = {one.code: one.label for one in self.roster.dispositions("en")}
        return titles.get(code, code)


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
