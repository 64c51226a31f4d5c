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

No key of the hub's keeps HubSpot from writing twice, so nothing is asked for twice here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from hub.adapters.crm_details import Clock, add
from hub.adapters.crm_http import CrmHttp, NotThere
from hub.adapters.crm_values import (
    MOST_CUSTOMERS,
    Draft,
    card_of,
    identity,
    known,
    matter,
    newest,
    numbers_of,
    past,
    plain,
    text,
)
from hub.adapters.crm_words import as_html, title_of, words_of
from hub.contract import Card, Matter, PastContact
from hub.crm_settings import HubSpotSettings
from hub.ports.crm import CrmGarbled, CrmRefused, LoggedContact, NewCustomer, NoSuchCustomer, Note, Task

_CONTACTS = "/crm/v3/objects/contacts"
_PROPERTIES = ("firstname", "lastname", "phone", "mobilephone", "city", "hs_language")
_MOST_INPUTS = 100
"""Of a batch read."""
_STAGES_SECONDS = 600.0
NOTE_TO_CONTACT, CALL_TO_CONTACT, TASK_TO_CONTACT = 202, 194, 204
"""https://developers.hubspot.com/docs/api/crm/associations, *association type IDs*."""

_Properties = Mapping[str, Any]


@dataclass(slots=True)
class HubSpotCrm:
    """Fulfils ``hub.ports.crm.Crm``. ``country`` reads numbers without a country code."""

    settings: HubSpotSettings
    http: CrmHttp
    country: str
    _stages: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """By id a ticket's stage: its name, and whether tickets there are open."""
    _stages_until: float = 0.0

    async def find(self, number: str) -> tuple[Card, ...]:
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
        return await self._cards([one for one in found if self._has(one, number)], clock)

    async def named(self, typed: str) -> tuple[Card, ...]:
        """By the property that holds customers' numbers, else by HubSpot's own id. Tickets are not asked."""
        clock, place = Clock(self.http.limit), self.settings.customer_number
        if place is None:
            card = await self.card(typed)
            return (card,) if card else ()
        return await self._cards(await self._search({"filterGroups": [_equal(place, typed)]}), clock)

    async def search(self, name: str) -> tuple[Card, ...]:
        """HubSpot looks into other properties, too: those are left out."""
        clock, words = Clock(self.http.limit), name.casefold().split()
        found = await self._search({"query": name})
        return await self._cards(
            [one for one in found if all(word in text(one.name).casefold() for word in words)], clock
        )

    async def card(self, customer: str) -> Card | None:
        """By HubSpot's id."""
        clock = Clock(self.http.limit)
        if not _is_id(customer):
            return None
        wanted = ",".join(self._properties())
        try:
            found = await self.http.ask("GET", f"{_CONTACTS}/{customer}?properties={wanted}")
        except NotThere:
            return None
        cards = await self._cards(self._drafts([found]), clock)
        return cards[0] if cards else None

    async def log_contact(self, customer: str, contact: LoggedContact, key: str) -> str:
        """As a call on the customer's timeline."""
        properties = {
            "hs_timestamp": _milliseconds(contact.at.timestamp()),
            "hs_call_title": title_of(contact),
            "hs_call_body": as_html(words_of(contact)),
            "hs_call_direction": "INBOUND",
            "hs_call_duration": _milliseconds(contact.seconds),
            "hs_call_from_number": contact.number,
            "hs_call_status": "COMPLETED",
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
        name, _properties = _object(await self.http.write("POST", _CONTACTS, {"properties": properties}))
        if not name:
            raise CrmGarbled("HubSpot took it and names no id")
        return name

    async def healthy(self) -> bool:
        """As the last look-up was."""
        return self.http.healthy

    async def close(self) -> None:
        """Let go of what is open."""
        await self.http.close()

    def _properties(self) -> tuple[str, ...]:
        chosen = self.settings
        own = (chosen.customer_number, chosen.segment, chosen.personal_agent, *chosen.fields.values())
        return tuple(dict.fromkeys((*_PROPERTIES, *(name for name in own if name))))

    async def _search(self, asked: Mapping[str, Any]) -> list[Draft]:
        body = {**asked, "properties": list(self._properties()), "limit": MOST_CUSTOMERS}
        return self._drafts(_results(await self.http.ask("POST", f"{_CONTACTS}/search", body)))

    def _drafts(self, found: Iterable[object]) -> list[Draft]:
        """Those that have an id. Raises ``CrmGarbled`` where none has."""
        listed = list(found)
        read = [draft for one in listed if (draft := self._draft(one)) is not None]
        if listed and not read:
            raise CrmGarbled("HubSpot answers with contacts that have no id")
        return read

    def _draft(self, found: object) -> Draft | None:
        name, properties = _object(found)
        if not name:
            return None
        chosen = self.settings
        names = (text(properties.get("firstname")), text(properties.get("lastname")))
        facts = {"customer_number": properties.get(chosen.customer_number or "")}
        return Draft(
            customer=name,
            name=" ".join(part for part in names if part),
            numbers=[properties.get("mobilephone"), properties.get("phone")],
            language=properties.get("hs_language"),
            segment=properties.get(chosen.segment or ""),
            personal_agent=properties.get(chosen.personal_agent or ""),
            city=properties.get("city"),
            fields=[(label, properties.get(place)) for label, place in chosen.fields.items()],
            facts=facts,
        )

    def _has(self, draft: Draft, number: str) -> bool:
        """Not another country's number with the same digits. What cannot be read is believed to HubSpot."""
        readable = numbers_of(draft.numbers, self.country)
        return not readable or number in readable

    async def _cards(self, drafts: Sequence[Draft], clock: Clock) -> tuple[Card, ...]:
        await add(drafts, {"open tickets": self._add_tickets, "earlier contacts": self._add_history}, clock)
        return tuple(card_of(draft, self.country) for draft in drafts)

    async def _add_tickets(self, drafts: Sequence[Draft]) -> None:
        wanted = ("subject", "createdate", "hs_pipeline_stage")
        found, stages = await asyncio.gather(self._beside("tickets", wanted, drafts), self._known_stages())
        for draft in drafts:
            open_ones = [
                self._ticket(name, properties, stages)
                for name, properties in found.get(draft.customer, [])
                if stages.get(text(properties.get("hs_pipeline_stage")), ("", True))[1]
            ]
            draft.matters += known(open_ones, "tickets", draft.missing)

    def _ticket(
        self, name: str, properties: _Properties, stages: Mapping[str, tuple[str, bool]]
    ) -> Matter | None:
        stage = text(properties.get("hs_pipeline_stage"))
        status = stages.get(stage, (stage, True))[0]
        return matter(name, properties.get("subject"), properties.get("createdate"), status)

    async def _known_stages(self) -> Mapping[str, tuple[str, bool]]:
        if time.monotonic() >= self._stages_until:
            told = await self.http.ask("GET", "/crm/v3/pipelines/tickets")
            self._stages = dict(_stages(_results(told)))
            self._stages_until = time.monotonic() + _STAGES_SECONDS
        return self._stages

    async def _add_history(self, drafts: Sequence[Draft]) -> None:
        calls, notes = await asyncio.gather(
            self._beside("calls", ("hs_timestamp", "hs_call_title", "hs_call_body"), drafts),
            self._beside("notes", ("hs_timestamp", "hs_note_body"), drafts),
        )
        for draft in drafts:
            own = [*calls.get(draft.customer, []), *notes.get(draft.customer, [])]
            draft.history += newest(_past(properties) for _name, properties in own)

    async def _beside(
        self, kind: str, properties: Sequence[str], drafts: Sequence[Draft]
    ) -> dict[str, list[tuple[str, _Properties]]]:
        """By contact the objects of ``kind`` that belong to it: the newest, which have the largest ids."""
        inputs = [{"id": draft.customer} for draft in drafts]
        told = await self.http.ask(
            "POST", f"/crm/v4/associations/contacts/{kind}/batch/read", {"inputs": inputs}
        )
        owners = dict(_owners(_results(told)))
        wanted = sorted(owners, key=lambda name: (len(name), name), reverse=True)[:_MOST_INPUTS]
        if not wanted:
            return {}
        body = {"inputs": [{"id": name} for name in wanted], "properties": list(properties)}
        found = _results(await self.http.ask("POST", f"/crm/v3/objects/{kind}/batch/read", body))
        by_owner: dict[str, list[tuple[str, _Properties]]] = {}
        for name, read in map(_object, found):
            for owner in owners.get(name, ()):
                by_owner.setdefault(owner, []).append((name, read))
        return by_owner

    async def _create(self, kind: str, properties: Mapping[str, Any], customer: str, link: int) -> str:
        if not _is_id(customer):
            raise NoSuchCustomer("HubSpot has no such contact")
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": link}]
        body = {"properties": properties, "associations": [{"to": {"id": customer}, "types": types}]}
        name, _properties = _object(await self.http.write("POST", f"/crm/v3/objects/{kind}", body))
        if not name:
            raise CrmGarbled("HubSpot took it and names no id")
        return name


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


def _results(told: object) -> list[Any]:
    match told:
        case {"results": list(found)}:
            return found
    raise CrmGarbled("HubSpot answers without results")


def _object(found: object) -> tuple[str, _Properties]:
    """Id and properties of one object; an empty id where it has none."""
    match found:
        case {"id": name, "properties": dict(properties)}:
            return identity(name), properties
        case {"id": name}:
            return identity(name), {}
    return "", {}


def _owners(found: Iterable[object]) -> Iterable[tuple[str, list[str]]]:
    """Of each object the contacts that it belongs to."""
    owners: dict[str, list[str]] = {}
    for one in found:
        match one:
            case {"from": {"id": owner}, "to": list(others)}:
                names = (identity(other.get("toObjectId")) for other in others if isinstance(other, dict))
                for name in names:
                    if name:
                        owners.setdefault(name, []).append(identity(owner))
    return owners.items()


def _stages(pipelines: Iterable[object]) -> Iterable[tuple[str, tuple[str, bool]]]:
    for pipeline in pipelines:
        match pipeline:
            case {"stages": list(stages)}:
                for stage in stages:
                    match stage:
                        case {"id": name, "label": label}:
                            told = stage.get("metadata")
                            closed = isinstance(told, dict) and told.get("ticketState") == "CLOSED"
                            yield identity(name), (text(label, 60), not closed)


def _past(properties: _Properties) -> PastContact | None:
    """A call has a title; a note has none."""
    title, body = text(properties.get("hs_call_title")), properties.get("hs_call_body")
    call = "hs_call_body" in properties or "hs_call_title" in properties
    words = plain(body if call else properties.get("hs_note_body"))
    summary = f"{title}: {words}" if title and words else title or words
    return past(properties.get("hs_timestamp"), "call" if call else "note", summary)
