"""A stand-in for Odoo 19's JSON-2 API, as far as the hub asks it: each request is held to Odoo's pages.

https://www.odoo.com/documentation/19.0/developer/reference/external_api.html has path, headers and body;
https://www.odoo.com/documentation/19.0/developer/reference/backend/orm.html ``search_read`` and
domains; https://www.odoo.com/documentation/19.0/developer/reference/backend/mixins.html the chatter's
``message_post``.
Not confirmed by a page, but by Odoo's source: ``body_is_html``, ``activity_schedule``, and that both answer
with the new record's id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.domain.numbers import normalise
from tests.stubs.crm_server import (
    SECRET,
    Answer,
    CrmApi,
    Person,
    Request,
    Written,
    Wrong,
    said,
    sample,
    serving,
)

DATABASE = "acme"
_FIELDS = {
    "res.partner": {"id", "name", "lang", "city", "ref", "phone", "phone_sanitized", "x_segment", "x_key"}
    | {"credit", "currency_id", "x_renewal"},
    "helpdesk.ticket": {"id", "name", "create_date", "stage_id", "partner_id"},
    "mail.message": {"id", "res_id", "date", "body", "author_id", "message_type"},
}


class _Specified(BaseModel):
    """Nothing but what is specified."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _SearchRead(_Specified):
    """``search_read(domain, fields, offset, limit, order)``: the ORM's page."""

    domain: list[Any]
    fields: list[str]
    limit: Annotated[int, Field(ge=1)]
    order: Annotated[str, Field(pattern=r"^[a-z_]+( desc)?$")]


class _Post(_Specified):
    """``message_post``: the page of mixins."""

    ids: Annotated[list[int], Field(min_length=1, max_length=1)]
    body: Annotated[str, Field(min_length=1)]
    body_is_html: Literal[True]
    message_type: Literal["comment"]
    subtype_xmlid: Literal["mail.mt_note"]


class _Schedule(_Specified):
    """``activity_schedule``: the page of mixins, *activities*."""

    ids: Annotated[list[int], Field(min_length=1, max_length=1)]
    act_type_xmlid: Literal["mail.mail_activity_data_todo"]
    date_deadline: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    summary: str
    note: str


class _NewPartner(_Specified):
    """Fields of ``res.partner``: Odoo has no page of them, but their source, where ``check_name`` needs a
    person's ``name``. ``x_key`` is a field that the company added; such names begin with ``x_``.

    https://github.com/odoo/odoo/blob/19.0/odoo/addons/base/models/res_partner.py
    """

    name: Annotated[str, Field(min_length=1)]
    phone: Annotated[str, Field(min_length=1)] = ""
    x_key: Annotated[str, Field(min_length=1)] = ""


class _NewPartners(_Specified):
    """``create(vals_list)``: the ORM's page, *Create/update*; the answer is the new records' ids.

    https://www.odoo.com/documentation/19.0/developer/reference/backend/orm.html
    """

    vals_list: Annotated[list[_NewPartner], Field(min_length=1, max_length=1)]


@contextmanager
def odoo() -> Iterator[CrmApi]:
    """Odoo, for as long as the block runs."""
    with serving(_tell, sample()) as api:
        yield api


def _tell(api: CrmApi, asked: Request) -> Answer:
    found = re.fullmatch(r"/json/2/([a-z.]+)/([a-z_]+)", asked.path)
    if asked.method != "POST" or found is None:
        raise Wrong("no such path", 404)
    if asked.headers.get("authorization") != f"bearer {SECRET}":
        return _error(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
    if asked.headers.get("x-odoo-database") != DATABASE:
        raise Wrong("no such database", 404)
    if not asked.headers.get("content-type", "").startswith("application/json"):
        raise Wrong("application/json is needed", 415)
    try:
        return _call(api, found[1], found[2], asked.body)
    except ValidationError as wrong:
        raise Wrong(str(wrong), 422) from None


def _error(status: int, name: str, words: str) -> Answer:
    """The page of the API, *response*: name, message, arguments, context, debug."""
    return said({"name": name, "message": words, "arguments": [words], "context": {}, "debug": ""}, status)


def _call(api: CrmApi, model: str, method: str, body: bytes) -> Answer:
    match model, method:
        case _, "search_read":
            return _search(api, model, _SearchRead.model_validate_json(body))
        case "res.partner", "create":
            (new,) = _NewPartners.model_validate_json(body).vals_list
            first, _space, last = new.name.partition(" ")
            return said([int(api.create(first, last, new.phone, new.x_key).id)])
        case "res.partner", "message_post":
            post = _Post.model_validate_json(body)
            return _write(api, "note", post.ids[0], post.body)
        case "res.partner", "activity_schedule":
            plan = _Schedule.model_validate_json(body)
            return _write(api, "task", plan.ids[0], f"{plan.summary} {plan.note} {plan.date_deadline}")
    raise Wrong(f"no such method: {model}.{method}", 404)


def _write(api: CrmApi, kind: str, partner: int, words: str) -> Answer:
    if api.with_id(partner) is None:
        return _error(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.")
    api.written.append(Written(kind, str(partner), words))
    return said([9000 + len(api.written)])


def _search(api: CrmApi, model: str, asked: _SearchRead) -> Answer:
    if model not in _FIELDS:
        return _error(404, "werkzeug.exceptions.NotFound", f"the model {model!r} does not exist")
    unknown = set(asked.fields) - _FIELDS[model]
    if unknown:
        raise Wrong(f"no such fields of {model}: {unknown}", 422)
    place, _space, way = asked.order.partition(" ")
    rows = sorted(_rows(api, model), key=lambda row: row[place], reverse=way == "desc")
    found = [row for row in rows if _fits(row, list(asked.domain))]
    return said([{name: row[name] for name in {"id", *asked.fields}} for row in found[: asked.limit]])


def _rows(api: CrmApi, model: str) -> list[dict[str, Any]]:
    return [row for person in api.people.values() for row in _of(person, model)]


def _of(person: Person, model: str) -> list[dict[str, Any]]:
    """As Odoo tells it: an empty field is false, another record its id and name, a time UTC without zone."""
    name, partner = f"{person.first} {person.last}", int(person.id)
    match model:
        case "helpdesk.ticket":
            return [
                {
                    "id": int(f"9{reference}" if folded else reference),
                    "name": title,
                    "create_date": _time(opened),
                    "stage_id": [4, "Solved"] if folded else [3, status],
                    "stage_id.fold": folded,
                    "partner_id": [partner, name],
                }
                for reference, title, opened, status in person.matters
                for folded in (False, True)
            ]
        case "mail.message":
            return [
                {
                    "id": place,
                    "model": "res.partner",
                    "res_id": partner,
                    "date": _time(at),
                    "body": f"<p>{words}</p><script>alert(1)</script>",
                    "author_id": [2, "Avi"],
                    "message_type": "comment",
                }
                for place, (at, words) in enumerate(person.past)
            ]
    phones = [normalise(number, "IL") or number for number in person.numbers]
    return [
        {
            "id": partner,
            "name": name,
            "lang": "he_IL" if person.language == "he" else person.language,
            "city": person.city or False,
            "ref": person.reference or False,
            "phone_sanitized": phones[0] if phones else False,
            "phone": phones[1] if len(phones) > 1 else False,
            "x_segment": person.segment or False,
            "x_key": person.key or False,
            "credit": person.balance,
            "currency_id": [1, person.currency],
            "x_renewal": person.renewal or False,
        }
    ]


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _fits(row: dict[str, Any], domain: list[Any]) -> bool:
    """A domain in prefix notation; terms that nothing joins must all fit."""
    results = []
    while domain:
        results.append(_term(row, domain))
    return all(results)


def _term(row: dict[str, Any], domain: list[Any]) -> bool:
    head = domain.pop(0)
    if head == "|":
        first, second = _term(row, domain), _term(row, domain)
        return first or second
    match head:
        case [str(name), "=", wanted]:
            return bool(row[name] == wanted)
        case [str(name), "ilike", str(wanted)]:
            return wanted.casefold() in str(row[name]).casefold()
        case [str(name), "in", list(wanted)]:
            value = row[name]
            return (value[0] if isinstance(value, list) else value) in wanted
    raise Wrong(f"no such term of a domain: {head}", 422)
