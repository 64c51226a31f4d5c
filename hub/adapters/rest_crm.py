"""The port ``hub.ports.crm`` by any CRM that answers in JSON, as the settings describe it.

Templates are filled in as data: in a path every value is percent-encoded whole, in a body it is a string of
its own. The next page is asked for only at the CRM's own server, and a few times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import jmespath
import phonenumbers
from jmespath.exceptions import JMESPathError

from hub.adapters.crm_details import Clock, Read, add
from hub.adapters.crm_fields import fields_of
from hub.adapters.crm_http import CrmHttp, NotThere
from hub.adapters.crm_values import (
    MOST_CUSTOMERS,
    MOST_HISTORY,
    Draft,
    card_of,
    identity,
    known,
    matter,
    newest,
    past,
    several,
    text,
)
from hub.contract import Card
from hub.crm_settings import PLACE, HistoryLookup, Lookup, MatterLookup, RestSettings, Write
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

MOST_PAGES = 5
_LONGEST_NEXT = 2000


@dataclass(frozen=True, slots=True)
class RestCrm:
    """Fulfils ``hub.ports.crm.Crm``. ``country`` reads numbers without a country code."""

    settings: RestSettings
    http: CrmHttp
    country: str

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        """By ``by_number``."""
        return await self._found(self.settings.by_number, _spelt(number), whole=whole)

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
            "at": _iso(contact.at),
        }
        return await self._write(self.settings.log_contact, customer, values, key)

    async def add_note(self, customer: str, note: Note, key: str) -> str:
        """By ``add_note``."""
        values = {"agent": note.agent, "text": note.text, "at": _iso(note.at)}
        return await self._write(self.settings.add_note, customer, values, key)

    async def create_task(self, customer: str, task: Task, key: str) -> str:
        """By ``create_task``."""
        values = {"title": task.title, "text": task.text, "at": _iso(task.at), "due": _iso(task.due)}
        return await self._write(self.settings.create_task, customer, values, key)

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
            **_spelt(customer.number),
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
        found = await self._pages(asked, values, MOST_CUSTOMERS)
        pairs = [(draft, one) for one in found if (draft := self._draft(one)) is not None]
        if found and not pairs:
            raise CrmGarbled("The CRM answers with customers that have no id where crm.customer looks for it")
        drafts = [draft for draft, _one in pairs]
        if whole:
            await add(drafts, self._reads({draft.customer: one for draft, one in pairs}), clock)
        return tuple(card_of(draft, self.country) for draft in drafts)

    def _reads(self, own: Mapping[str, object]) -> dict[str, Read]:
        reads: dict[str, Read] = {}
        if self.settings.matters:
            reads["open matters"] = partial(self._add_matters, self.settings.matters, own)
        if self.settings.history:
            reads["earlier contacts"] = partial(self._add_history, self.settings.history, own)
        return reads

    async def _pages(self, asked: Lookup, values: Mapping[str, str], most: int) -> list[Any]:
        """What was found, on some pages."""
        first = path = _path(asked.path, values)
        method, body = ("GET", None) if asked.body is None else ("POST", _filled(asked.body, values))
        found: list[Any] = []
        for _page in range(MOST_PAGES):
            try:
                told = await self.http.ask(method, path, body)
            except NotThere:
                if asked.none_is_404:
                    break
                raise
            found += _items(asked, told)
            path = _next(asked, told, first)
            if not path or len(found) >= most:
                break
        return found[:most]

    def _draft(self, found: object) -> Draft | None:
        places = self.settings.customer
        name = identity(_look(places.customer, found))
        if not name:
            return None
        return Draft(
            customer=name,
            name=_look(places.name, found),
            numbers=_look(places.numbers, found),
            language=_look(places.language, found),
            segment=_look(places.segment, found),
            personal_agent=_look(places.personal_agent, found),
            city=_look(places.city, found),
            fields=fields_of(places.fields, lambda place: _look(place, found)),
            facts={fact: _look(place, found) for fact, place in places.facts.items()},
        )

    async def _add_matters(
        self, asked: MatterLookup, own: Mapping[str, object], drafts: Sequence[Draft]
    ) -> None:
        for draft in drafts:
            found = await self._beside(asked, own, draft)
            read = (
                matter(
                    *(
                        _look(place, one)
                        for place in (asked.reference, asked.title, asked.opened, asked.status)
                    )
                )
                for one in found
            )
            draft.matters += known(read, "matters", draft.missing)

    async def _add_history(
        self, asked: HistoryLookup, own: Mapping[str, object], drafts: Sequence[Draft]
    ) -> None:
        for draft in drafts:
            found = await self._beside(asked, own, draft)
            draft.history += newest(
                past(*(_look(place, one) for place in (asked.at, asked.channel, asked.summary, asked.agent)))
                for one in found
            )

    async def _beside(self, asked: Lookup, own: Mapping[str, object], draft: Draft) -> list[Any]:
        """Of the customer's own record, or by a question of its own."""
        if not asked.path:
            return several(_look(asked.items, own[draft.customer]))[:MOST_HISTORY]
        return await self._pages(asked, {"customer": draft.customer}, MOST_HISTORY)

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
        body = None if asked.body is None else _filled(asked.body, values)
        headers = {asked.idempotency_header: key} if asked.idempotency_header else {}
        try:
            told = await self.http.write(asked.method, _path(asked.path, values), body, headers)
        except (CrmDown, CrmTimeout) as error:
            if isinstance(error, CrmNotReached) or not asked.idempotency_header:
                raise
            raise CrmBusy(str(error)) from error  # the CRM knows the key: it may be asked again
        return _look(asked.id, told)


def _items(asked: Lookup, told: object) -> list[object]:
    """Raises ``CrmGarbled`` where there is no place for any: an empty list is nobody, no list is an error."""
    items = _look(asked.items, told)
    if items is None and told is not None:
        raise CrmGarbled(f"The CRM's answer has nothing where items looks for it ({asked.items})")
    return several(items)


def _look(expression: str | None, told: object) -> Any:
    """What is there; nothing where the data do not fit the expression."""
    if expression is None:
        return None
    try:
        return jmespath.search(expression, told)
    except JMESPathError:
        return None


def _spelt(number: str) -> dict[str, str]:
    """As E.164 or a short code, in digits alone, and as it is dialled in its own country."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return {"number": number, "digits": number, "national": number}
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return {
        "number": number,
        "digits": number.removeprefix("+"),
        "national": "".join(sign for sign in national if sign.isdecimal()),
    }


def _path(template: str, values: Mapping[str, Any]) -> str:
    return PLACE.sub(lambda place: quote(str(values[place[1]]), safe=""), template)


def _filled(template: object, values: Mapping[str, Any]) -> Any:
    """``template`` with what belongs in its places; nothing but a place keeps the value's type."""
    match template:
        case str():
            whole = PLACE.fullmatch(template)
            if whole:
                return values[whole[1]]
            return PLACE.sub(lambda place: str(values[place[1]]), template)
        case dict():
            return {name: _filled(one, values) for name, one in template.items()}
        case list():
            return [_filled(one, values) for one in template]
    return template


def _next(asked: Lookup, told: object, first: str) -> str:
    """The path of the next page; empty after the last."""
    found = _look(asked.next, told)
    if not isinstance(found, str | int) or isinstance(found, bool) or found in {"", 0}:
        return ""
    written = str(found)[:_LONGEST_NEXT]
    if asked.next_parameter:
        return f"{first}{'&' if '?' in first else '?'}{urlencode({asked.next_parameter: written})}"
    return written


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
