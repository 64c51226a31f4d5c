"""The port ``hub.ports.crm`` by HubSpot's CRM API v3, with the token of a private app.

Contacts are the customers, tickets the matters, notes and calls the history. What is asked and where HubSpot
says so:

- search: https://developers.hubspot.com/docs/api/crm/search
- associations: https://developers.hubspot.com/docs/api-reference/crm-associations-v3/guide and, for the batch
  read of v4, …/api-reference/legacy/crm/associations/associate-records/batch/get-associations
- notes, calls, tasks: https://developers.hubspot.com/docs/api-reference/crm-notes-v3/guide,
  https://developers.hubspot.com/docs/api/crm/calls, https://developers.hubspot.com/docs/api/crm/tasks
- pipelines: https://developers.hubspot.com/docs/api/crm/pipelines
- contacts: https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide, *create contacts*

No key of the hub's keeps HubSpot from writing twice, so nothing is asked for twice here; who was created
under a key can be asked for where a property of theirs holds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote

import phonenumbers

from hub.adapters.crm_details import Clock, add
from hub.adapters.crm_http import CrmHttp, NotThere
from hub.adapters.crm_values import MOST_CUSTOMERS, Draft, card_of, text
from hub.adapters.crm_words import as_html, title_of, words_of
from hub.adapters.hubspot_beside import HubSpotBeside
from hub.adapters.hubspot_contacts import HubSpotContacts
from hub.adapters.hubspot_wire import object_of, results_of
from hub.contract import Card
from hub.crm_settings import HubSpotSettings
from hub.ports.crm import CrmGarbled, CrmRefused, LoggedContact, NewCustomer, NoSuchCustomer, Note, Task

_CONTACTS = "/crm/v3/objects/contacts"
NOTE_TO_CONTACT, CALL_TO_CONTACT, TASK_TO_CONTACT = 202, 194, 204
"""https://developers.hubspot.com/docs/api/crm/associations, *association type IDs*."""

_DIALLED = {"answered": "COMPLETED", "busy": "BUSY", "no_answer": "NO_ANSWER"}
"""https://developers.hubspot.com/docs/api/crm/calls, *properties*: ``hs_call_status``."""


@dataclass(slots=True)
class HubSpotCrm:
    """Fulfils ``hub.ports.crm.Crm``. ``country`` reads numbers without a country code."""

    takes_notes: ClassVar[bool] = True
    takes_tasks: ClassVar[bool] = True
    settings: HubSpotSettings
    http: CrmHttp
    country: str
    _contacts: HubSpotContacts = field(init=False)
    _beside: HubSpotBeside = field(init=False)

    def __post_init__(self) -> None:
        self._contacts = HubSpotContacts(self.settings, self.country)
        self._beside = HubSpotBeside(self.http)

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        """By the number as it is written, and by HubSpot's own reading of it, which has no country code."""
        clock = Clock(self.http.limit)
        groups = [_equal("phone", number), _equal("mobilephone", number)]
        national = _national(number)
        if national:
            groups += [
                _equal("hs_searchable_calculated_phone_number", national),
                _equal("hs_searchable_calculated_mobile_number", national),
            ]
        found = await self._search({"filterGroups": groups})
        return await self._cards(
            [one for one in found if self._contacts.has(one, number)], clock if whole else None
        )

    async def named(self, typed: str, *, whole: bool = True) -> tuple[Card, ...]:
        """By the property that holds customers' numbers, else by HubSpot's own id. Tickets are not asked."""
        clock, place = Clock(self.http.limit) if whole else None, self.settings.customer_number
        if place is None:
            return await self._with_id(typed, clock)
        return await self._cards(await self._search({"filterGroups": [_equal(place, typed)]}), clock)

    async def search(self, name: str) -> tuple[Card, ...]:
        """HubSpot looks into other properties, too: those are left out."""
        words = name.casefold().split()
        found = await self._search({"query": name})
        return await self._cards(
            [one for one in found if all(word in text(one.name).casefold() for word in words)], None
        )

    async def card(self, customer: str) -> Card | None:
        """By HubSpot's id."""
        cards = await self._with_id(customer, Clock(self.http.limit))
        return cards[0] if cards else None

    async def log_contact(self, customer: str, contact: LoggedContact, key: str) -> str:
        """As a call on the customer's timeline."""
        properties = {
            "hs_timestamp": _milliseconds(contact.at.timestamp()),
            "hs_call_title": title_of(contact),
            "hs_call_body": as_html(words_of(contact)),
            "hs_call_duration": _milliseconds(contact.seconds),
            **_way(contact),
        }
        return await self._create("calls", properties, customer, CALL_TO_CONTACT)

    async def add_note(self, customer: str, note: Note, key: str) -> str:
        """As a note on the customer's timeline."""
        body = as_html(f"{note.agent}\n{note.text}")
        properties = {"hs_timestamp": _milliseconds(note.at.timestamp()), "hs_note_body": body}
        return await self._create("notes", properties, customer, NOTE_TO_CONTACT)

    async def create_task(self, customer: str, task: Task, key: str) -> str:
        """As a task; ``hs_timestamp`` is when it is due."""
        properties = {
            "hs_timestamp": _milliseconds(task.due.timestamp()),
            "hs_task_subject": task.title,
            "hs_task_body": as_html(task.text),
            "hs_task_status": "NOT_STARTED",
        }
        return await self._create("tasks", properties, customer, TASK_TO_CONTACT)

    @property
    def creates(self) -> bool:
        """As the settings have it."""
        return self.settings.create

    async def create_customer(self, customer: NewCustomer, key: str) -> str:
        """As a contact."""
        if not self.creates:
            raise CrmRefused("The settings do not let customers be created")
        named = {"firstname": customer.first, "lastname": customer.last, "phone": customer.number}
        properties = {name: value for name, value in named.items() if value}
        if self.settings.key_property:
            properties[self.settings.key_property] = key
        name, _properties = object_of(await self.http.write("POST", _CONTACTS, {"properties": properties}))
        if not name:
            raise CrmGarbled("HubSpot took it and names no id")
        return name

    async def created(self, key: str) -> str | None:
        """By the property of unique values that holds the key, where the settings name one.

        https://developers.hubspot.com/docs/api/crm/understanding-the-crm, *unique identifiers*
        """
        place = self.settings.key_property
        if place is None:
            return None
        try:
            found = await self.http.ask("GET", f"{_CONTACTS}/{quote(key, safe='')}?idProperty={place}")
        except NotThere:
            return ""
        name, _properties = object_of(found)
        if not name:
            raise CrmGarbled("HubSpot answers with a contact that has no id")
        return name

    async def healthy(self) -> bool:
        """As the last look-up was."""
        return self.http.healthy

    async def close(self) -> None:
        """Let go of what is open."""
        await self.http.close()

    async def _search(self, asked: Mapping[str, Any]) -> list[Draft]:
        properties = list(self._contacts.properties())
        body = {**asked, "properties": properties, "limit": MOST_CUSTOMERS}
        return self._contacts.drafts(results_of(await self.http.ask("POST", f"{_CONTACTS}/search", body)))

    async def _with_id(self, customer: str, clock: Clock | None) -> tuple[Card, ...]:
        if not _is_id(customer):
            return ()
        wanted = ",".join(self._contacts.properties())
        try:
            found = await self.http.ask("GET", f"{_CONTACTS}/{customer}?properties={wanted}")
        except NotThere:
            return ()
        return await self._cards(self._contacts.drafts([found]), clock)

    async def _cards(self, drafts: Sequence[Draft], clock: Clock | None) -> tuple[Card, ...]:
        """Whole ones within what is left of ``clock``, or without what stands beside them."""
        if clock is not None:
            reads = {"open tickets": self._beside.add_tickets, "earlier contacts": self._beside.add_history}
            await add(drafts, reads, clock)
        return tuple(card_of(draft, self.country) for draft in drafts)

    async def _create(self, kind: str, properties: Mapping[str, Any], customer: str, link: int) -> str:
        if not _is_id(customer):
            raise NoSuchCustomer("HubSpot has no such contact")
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": link}]
        body = {"properties": properties, "associations": [{"to": {"id": customer}, "types": types}]}
        name, _properties = object_of(await self.http.write("POST", f"/crm/v3/objects/{kind}", body))
        if not name:
            raise CrmGarbled("HubSpot took it and names no id")
        return name


def _way(contact: LoggedContact) -> dict[str, str]:
    """Who called whom, and what came of it."""
    if contact.dialled:
        status = _DIALLED.get(contact.dialled, "FAILED")
        return {
            "hs_call_direction": "OUTBOUND",
            "hs_call_to_number": contact.number,
            "hs_call_status": status,
        }
    status = "COMPLETED" if contact.seconds else "NO_ANSWER"
    return {
        "hs_call_direction": "INBOUND",
        "hs_call_from_number": contact.number,
        "hs_call_status": status,
    }


def _is_id(customer: str) -> bool:
    return customer.isascii() and customer.isdecimal()


def _equal(name: str, value: str) -> dict[str, Any]:
    return {"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}


def _national(number: str) -> str:
    """The digits without a country code; none for a short code."""
    if not number.startswith("+"):
        return ""
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ""


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))
