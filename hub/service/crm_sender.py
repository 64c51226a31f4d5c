"""Writes into the company's CRM what the outbox holds for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import NoReturn

import structlog

from hub.ports.crm import (
    Crm,
    CrmBusy,
    CrmDenied,
    CrmError,
    CrmNotReached,
    CrmRefused,
    LoggedContact,
    Note,
    Task,
)
from hub.ports.messages import Content, NotNow, NotReached, PerhapsSent, Refused
from hub.service.crm_messages import Written, number_of, written_of

log = structlog.get_logger(__name__)

_DENIED_SECONDS = 300.0
"""An administrator has to act first."""


@dataclass(frozen=True, slots=True)
class CrmSender:
    """Fulfils ``hub.ports.messages.Messages``."""

    crm: Crm

    async def send(self, to: str, content: Content, reference: str) -> str:
        """Write it for the customer ``to``, under the key ``reference``; the CRM's id of it.

        A note for a number that the CRM has for no one customer has no place, as what is wrapped up of a
        caller whom nobody knows: the id is empty. All else stays for an administrator.
        """
        what = written_of(content)
        customer = await self._with_number(number) if (number := number_of(to)) else to
        if customer:
            return await self._write(customer, what, reference)
        if isinstance(what, Note):
            log.info("a note has no place in the CRM: it has no customer, or several", id=reference)
            return ""
        raise Refused("The CRM has no customer, or several, with the caller's number")

    async def _write(self, customer: str, what: Written, key: str) -> str:
        try:
            match what:
                case LoggedContact():
                    return await self.crm.log_contact(customer, what, key)
                case Note():
                    return await self.crm.add_note(customer, what, key)
                case Task():
                    return await self.crm.create_task(customer, what, key)
        except CrmError as error:
            _tell(error)

    async def _with_number(self, number: str) -> str:
        """The one customer with ``number``, or empty. Nothing is written by asking, so any failure is tried
        again.
        """
        try:
            found = await self.crm.find(number, whole=False)
        except CrmError as error:
            raise NotNow(str(error), after=error.after) from error
        return found[0].customer if len(found) == 1 else ""

    async def close(self) -> None:
        """The CRM is closed by whoever opened it."""
        await asyncio.sleep(0)


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
