"""The port ``hub.ports.crm`` by Odoo's JSON-2 API (Odoo 19 and later), with an API key.

https://www.odoo.com/documentation/19.0/developer/reference/external_api.html: ``POST /json/2/MODEL/METHOD``
with the method's arguments by name, ``Authorization: bearer KEY``, ``X-Odoo-Database``. Each request is a
transaction of its own. Contacts (``res.partner``) are the customers, records of a model that the settings
name the matters, the chatter (``mail.message``) the history.

No key of the hub's keeps Odoo from writing twice, so nothing is asked for twice here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from hub.adapters.crm_details import Clock, Read, add
from hub.adapters.crm_fields import fields_of, names_of
from hub.adapters.crm_http import CrmHttp, NotThere
from hub.adapters.crm_values import (
    MOST_CUSTOMERS,
    UNREAD_MATTERS,
    Draft,
    card_of,
    identity,
    known,
    matter,
    newest,
    past,
    plain,
)
from hub.adapters.crm_words import as_html, title_of, words_of
from hub.contract import Card, PastContact
from hub.crm_settings import OdooSettings
from hub.ports.crm import CrmGarbled, CrmRefused, LoggedContact, NewCustomer, NoSuchCustomer, Note, Task

_FIELDS = ("name", "lang", "city", "ref")
_MOST_BESIDE = 100
_MOST_ID = 2**31

_Domain = list[Any]
"""https://www.odoo.com/documentation/19.0/developer/reference/backend/orm.html#search-domains"""


@dataclass(frozen=True, slots=True)
class OdooCrm:
    """Fulfils ``hub.ports.crm.Crm``. ``country`` reads numbers without a country code."""

    takes_notes: ClassVar[bool] = True
    takes_tasks: ClassVar[bool] = True
    settings: OdooSettings
    http: CrmHttp
    country: str

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        """By any of the fields that hold numbers."""
        places = self.settings.number_fields
        either: _Domain = ["|"] * (len(places) - 1)
        return await self._found([*either, *([place, "=", number] for place in places)], whole=whole)

    async def named(self, typed: str, *, whole: bool = True) -> tuple[Card, ...]:
        """By the contact's *reference*. Matters are not asked."""
        return await self._found([["ref", "=", typed]], whole=whole)

    async def search(self, name: str) -> tuple[Card, ...]:
        """By each word of the name."""
        words = name.split()
        if not words:
            return ()
        return await self._found([["name", "ilike", word] for word in words], whole=False)

    async def card(self, customer: str) -> Card | None:
        """By Odoo's id."""
        if not _is_id(customer):
            return None
        cards = await self._found([["id", "=", int(customer)]])
        return cards[0] if cards else None

    async def log_contact(self, customer: str, contact: LoggedContact, key: str) -> str:
        """As a note in the customer's chatter."""
        return await self._post(customer, f"{title_of(contact)}\n{words_of(contact)}")

    async def add_note(self, customer: str, note: Note, key: str) -> str:
        """As a note in the customer's chatter."""
        return await self._post(customer, f"{note.agent}\n{note.text}")

    async def create_task(self, customer: str, task: Task, key: str) -> str:
        """As an activity *To-Do* of the customer."""
        body = {
            "act_type_xmlid": "mail.mail_activity_data_todo",
            "date_deadline": task.due.date().isoformat(),
            "summary": task.title,
            "note": as_html(task.text),
        }
        return await self._write("activity_schedule", customer, body)

    @property
    def creates(self) -> bool:
        """As the settings have it."""
        return self.settings.create

    async def create_customer(self, customer: NewCustomer, key: str) -> str:
        """As a contact, by the ORM's ``create``."""
        if not self.creates:
            raise CrmRefused("The settings do not let customers be created")
        values = {"name": customer.name} | ({"phone": customer.number} if customer.number else {})
        if self.settings.key_field:
            values[self.settings.key_field] = key
        name = _key(await self.http.write("POST", "/json/2/res.partner/create", {"vals_list": [values]}))
        if not name:
            raise CrmGarbled("Odoo took it and names no id")
        return name

    async def created(self, key: str) -> str | None:
        """By the field that holds the key, where the settings name one."""
        place = self.settings.key_field
        if place is None:
            return None
        found = await self._read("res.partner", [[place, "=", key]], ("name",), "id", 1)
        return identity(found[0].get("id")) if found else ""

    async def healthy(self) -> bool:
        """As the last look-up was."""
        return self.http.healthy

    async def close(self) -> None:
        """Let go of what is open."""
        await self.http.close()

    async def _found(self, domain: _Domain, *, whole: bool = True) -> tuple[Card, ...]:
        clock, chosen = Clock(self.http.limit), self.settings
        own = (*chosen.number_fields, chosen.segment, chosen.personal_agent, *names_of(chosen.fields))
        fields = tuple(dict.fromkeys((*_FIELDS, *(name for name in own if name))))
        found = await self._read("res.partner", domain, fields, "id", MOST_CUSTOMERS)
        drafts = [draft for one in found if (draft := self._draft(one)) is not None]
        if found and not drafts:
            raise CrmGarbled("Odoo answers with contacts that have no id")
        if whole:
            await add(drafts, self._reads(), clock)
        return tuple(card_of(draft, self.country) for draft in drafts)

    def _reads(self) -> dict[str, Read]:
        reads: dict[str, Read] = {"earlier contacts": self._add_history}
        if self.settings.matters:
            reads["open matters"] = self._add_matters
        return reads

    def _draft(self, found: Mapping[str, Any]) -> Draft | None:
        name, chosen = identity(found.get("id")), self.settings
        if not _is_id(name):
            return None
        return Draft(
            customer=name,
            name=_value(found.get("name")),
            numbers=[_value(found.get(place)) for place in chosen.number_fields],
            language=_value(found.get("lang")),
            segment=_value(found.get(chosen.segment or "")),
            personal_agent=_value(found.get(chosen.personal_agent or "")),
            city=_value(found.get("city")),
            fields=fields_of(chosen.fields, lambda place: _value(found.get(place))),
            facts={"customer_number": _value(found.get("ref"))},
        )

    async def _add_matters(self, drafts: Sequence[Draft]) -> None:
        domain = [["partner_id", "in", _ids(drafts)], ["stage_id.fold", "=", False]]
        fields = ("name", "create_date", "stage_id", "partner_id")
        found = await self._read(str(self.settings.matters), domain, fields, "id desc", _MOST_BESIDE)
        for draft in drafts:
            own = [one for one in found if _key(one.get("partner_id")) == draft.customer]
            read = (
                matter(
                    one.get("id"),
                    _value(one.get("name")),
                    one.get("create_date"),
                    _value(one.get("stage_id")),
                )
                for one in own
            )
            draft.matters += known(read, UNREAD_MATTERS, draft.missing)

    async def _add_history(self, drafts: Sequence[Draft]) -> None:
        domain = [
            ["model", "=", "res.partner"],
            ["res_id", "in", _ids(drafts)],
            ["message_type", "in", ["comment", "email"]],
        ]
        fields = ("res_id", "date", "body", "author_id", "message_type")
        found = await self._read("mail.message", domain, fields, "date desc", _MOST_BESIDE)
        for draft in drafts:
            own = (one for one in found if _key(one.get("res_id")) == draft.customer)
            draft.history += newest(_past(one) for one in own)

    async def _read(
        self, model: str, domain: _Domain, fields: Sequence[str], order: str, limit: int
    ) -> list[Mapping[str, Any]]:
        body = {"domain": domain, "fields": list(fields), "order": order, "limit": limit}
        told = await self.http.ask("POST", f"/json/2/{model}/search_read", body)
        if not isinstance(told, list):
            raise CrmGarbled("Odoo answers without records")
        return [one for one in told if isinstance(one, dict)]

    async def _post(self, customer: str, words: str) -> str:
        """``body_is_html``: without it Odoo shows the line breaks as they are written."""
        body = {
            "body": as_html(words),
            "body_is_html": True,
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_note",
        }
        return await self._write("message_post", customer, body)

    async def _write(self, method: str, customer: str, arguments: Mapping[str, Any]) -> str:
        if not _is_id(customer):
            raise NoSuchCustomer("Odoo has no such contact")
        body = {"ids": [int(customer)], **arguments}
        try:
            told = await self.http.write("POST", f"/json/2/res.partner/{method}", body)
        except NotThere as error:
            raise NoSuchCustomer("Odoo has no such contact") from error
        name = _key(told)
        if not name:
            raise CrmGarbled("Odoo took it and names no id")
        return name


def _is_id(customer: str) -> bool:
    return customer.isascii() and customer.isdecimal() and 0 < int(customer[:20]) < _MOST_ID


def _ids(drafts: Iterable[Draft]) -> list[int]:
    return [int(draft.customer) for draft in drafts]


def _value(told: object) -> object:
    """An empty field is ``false`` in Odoo, another record its id and name."""
    match told:
        case False:
            return None
        case [int(), str(name)]:
            return name
    return told


def _key(told: object) -> str:
    """The id of another record, alone or with its name."""
    match told:
        case [int(name), *_] | int(name):
            return identity(name)
    return ""


def _past(found: Mapping[str, Any]) -> PastContact | None:
    channel = "e-mail" if found.get("message_type") == "email" else "note"
    return past(found.get("date"), channel, plain(found.get("body")), _value(found.get("author_id")))
