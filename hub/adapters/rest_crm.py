"""The port ``hub.ports.crm`` by any CRM that answers in JSON, as the settings describe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.adapters.crm_details import Clock, add
from hub.adapters.crm_fields import fields_of
from hub.adapters.crm_http import CrmHttp, NotThere
from hub.adapters.crm_values import MOST_CUSTOMERS, Draft, card_of, identity, text
from hub.adapters.rest_beside import RestBeside
from hub.adapters.rest_pages import look, pages
from hub.adapters.rest_templates import filled, iso, path_of, spelt
from hub.contract import Card
from hub.crm_settings import CustomerMap, Lookup, RestSettings, Write
from hub.ports.crm import (
    CrmBusy,
    CrmDown,
    CrmGarbled,
    CrmNotReached,
    CrmRefused,
    CrmTimeout,
    LoggedContact,
    NewCustomer,
    NoSuchCustomer,
    Note,
    Task,
)


@dataclass(frozen=True, slots=True)
class RestCrm:
    """Fulfils ``hub.ports.crm.Crm``. ``country`` reads numbers without a country code."""

    settings: RestSettings
    http: CrmHttp
    country: str

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        """By ``by_number``."""
        return await self._found(self.settings.by_number, spelt(number), whole=whole)

    async def named(self, typed: str, *, whole: bool = True) -> tuple[Card, ...]:
        """By ``by_digits``, where there is one."""
        asked = self.settings.by_digits
        return await self._found(asked, {"digits": typed}, whole=whole) if asked else ()

    async def search(self, name: str) -> tuple[Card, ...]:
        """By ``by_name``, where there is one."""
        asked = self.settings.by_name
        return await self._found(asked, {"name": name}, whole=False) if asked else ()

    async def card(self, customer: str) -> Card | None:
        """By ``by_customer``."""
        if not identity(customer):
            return None
        try:
            cards = await self._found(self.settings.by_customer, {"customer": customer})
        except NotThere:
            return None
        return next((card for card in cards if card.customer == customer), None)

    async def log_contact(self, customer: str, contact: LoggedContact, key: str) -> str:
        """By ``log_contact``."""
        values = {
            "number": contact.number,
            "queue": contact.queue,
            "agent": contact.agent,
            "seconds": round(contact.seconds),
            "disposition": contact.disposition,
            "note": contact.note,
            "at": iso(contact.at),
        }
        return await self._write(self.settings.log_contact, customer, values, key)

    async def add_note(self, customer: str, note: Note, key: str) -> str:
        """By ``add_note``."""
        values = {"agent": note.agent, "text": note.text, "at": iso(note.at)}
        return await self._write(self.settings.add_note, customer, values, key)

    async def create_task(self, customer: str, task: Task, key: str) -> str:
        """By ``create_task``."""
        values = {"title": task.title, "text": task.text, "at": iso(task.at), "due": iso(task.due)}
        return await self._write(self.settings.create_task, customer, values, key)

    @property
    def takes_notes(self) -> bool:
        """Whether there is an ``add_note``."""
        return self.settings.add_note is not None

    @property
    def takes_tasks(self) -> bool:
        """Whether there is a ``create_task``."""
        return self.settings.create_task is not None

    @property
    def creates(self) -> bool:
        """Whether there is a ``create_customer``."""
        return self.settings.create_customer is not None

    async def create_customer(self, customer: NewCustomer, key: str) -> str:
        """By ``create_customer``."""
        values = {
            "name": customer.name,
            "first_name": customer.first,
            "last_name": customer.last,
            **spelt(customer.number),
            "key": key,
        }
        name = identity(await self._put(self.settings.create_customer, values, key))
        if not name:
            raise CrmGarbled("The CRM took it and names no id where create_customer.id looks for it")
        return name

    async def created(self, key: str) -> str | None:
        """Nobody can be asked; but a CRM that knows the key may be told again."""
        asked = self.settings.create_customer
        return "" if asked is not None and asked.idempotency_header else None

    async def healthy(self) -> bool:
        """As the last look-up was."""
        return self.http.healthy

    async def close(self) -> None:
        """Let go of what is open."""
        await self.http.close()

    async def _found(
        self, asked: Lookup, values: Mapping[str, str], *, whole: bool = True
    ) -> tuple[Card, ...]:
        clock = Clock(self.http.limit)
        found = await pages(self.http, asked, values, MOST_CUSTOMERS)
        pairs = [(draft, one) for one in found if (draft := _draft(self.settings.customer, one)) is not None]
        if found and not pairs:
            raise CrmGarbled("The CRM answers with customers that have no id where crm.customer looks for it")
        drafts = [draft for draft, _one in pairs]
        if whole:
            own = {draft.customer: one for draft, one in pairs}
            await add(drafts, RestBeside(self.settings, self.http, own).reads(), clock)
        return tuple(card_of(draft, self.country) for draft in drafts)

    async def _write(self, asked: Write | None, customer: str, values: Mapping[str, Any], key: str) -> str:
        if asked is not None and not identity(customer):
            raise NoSuchCustomer("The CRM has no such customer")
        try:
            told = await self._put(asked, {**values, "customer": customer, "key": key}, key)
        except NotThere as error:
            raise NoSuchCustomer("The CRM has no such customer, or the settings' path is wrong") from error
        return text(told, 200)

    async def _put(self, asked: Write | None, values: Mapping[str, Any], key: str) -> Any:
        """What the answer has where the settings look for the id."""
        if asked is None:
            raise CrmRefused("The settings do not say how this is written into the CRM")
        body = None if asked.body is None else filled(asked.body, values)
        headers = {asked.idempotency_header: key} if asked.idempotency_header else {}
        try:
            told = await self.http.write(asked.method, path_of(asked.path, values), body, headers)
        except (CrmDown, CrmTimeout) as error:
            if isinstance(error, CrmNotReached) or not asked.idempotency_header:
                raise
            raise CrmBusy(str(error)) from error  # the CRM knows the key: it may be asked again
        return look(asked.id, told)


def _draft(places: CustomerMap, found: object) -> Draft | None:
    name = identity(look(places.customer, found))
    if not name:
        return None
    return Draft(
        customer=name,
        name=look(places.name, found),
        numbers=look(places.numbers, found),
        language=look(places.language, found),
        segment=look(places.segment, found),
        personal_agent=look(places.personal_agent, found),
        city=look(places.city, found),
        fields=fields_of(places.fields, lambda place: look(place, found)),
        facts={fact: look(place, found) for fact, place in places.facts.items()},
    )
