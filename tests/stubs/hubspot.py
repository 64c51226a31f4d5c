"""A stand-in for HubSpot's CRM API v3, as far as the hub asks it: each request is held to HubSpot's pages.

Not confirmed by a page, but by how HubSpot's own clients and users have it: that the ``hs_searchable_…``
properties hold a number without country code, and that a stage's metadata says ``ticketState``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal
from urllib.parse import unquote

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

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

_CONTACTS = "/crm/v3/objects/contacts"
KEY = "moked_key"
"""A property of contacts whose values are unique: …/docs/api/crm/understanding-the-crm."""
_Id = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
_Milliseconds = Annotated[str, Field(pattern=r"^[0-9]{12,14}$")]
KNOWN = {
    *(
        "firstname",
        "lastname",
        "phone",
        "mobilephone",
        "city",
        "hs_language",
        "segment",
        "customer_number",
        KEY,
    ),
    *("balance", "currency", "renewal"),
    *("hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number"),
}


class _Specified(BaseModel):
    """Nothing but what is specified."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Camel(_Specified):
    """As above, with names as HubSpot writes them outside of properties."""

    model_config = ConfigDict(alias_generator=to_camel)


class _Filter(_Camel):
    """https://developers.hubspot.com/docs/api/crm/search, *filter search results*."""

    property_name: str
    operator: Literal["EQ"]
    value: Annotated[str, Field(min_length=1)]


class _Group(_Camel):
    """The same page: at most 6 filters in a group."""

    filters: Annotated[list[_Filter], Field(min_length=1, max_length=6)]


class _Search(_Camel):
    """The same page: at most 5 groups, 200 results a page; ``query`` of at most 3,000 characters."""

    filter_groups: Annotated[list[_Group], Field(max_length=5)] = []
    query: Annotated[str, Field(max_length=3000)] = ""
    properties: list[str]
    limit: Annotated[int, Field(ge=1, le=200)]


class _Input(_Specified):
    """https://developers.hubspot.com/docs/api-reference/crm-associations-v3/guide, *batch read*."""

    id: _Id


class _Inputs(_Specified):
    """The same page."""

    inputs: Annotated[list[_Input], Field(min_length=1, max_length=1000)]


class _BatchRead(_Specified):
    """https://developers.hubspot.com/docs/api/crm/understanding-the-crm: at most 100 records a batch."""

    inputs: Annotated[list[_Input], Field(min_length=1, max_length=100)]
    properties: list[str]


class _Type(_Camel):
    """https://developers.hubspot.com/docs/api-reference/crm-notes-v3/guide, *associations*."""

    association_category: Literal["HUBSPOT_DEFINED"]
    association_type_id: int


class _To(_Specified):
    """The same page."""

    id: _Id


class _Association(_Camel):
    """The same page."""

    to: _To
    types: Annotated[list[_Type], Field(min_length=1)]


class _NoteProperties(_Specified):
    """The same page: ``hs_timestamp`` is needed, the body has at most 65,536 characters."""

    hs_timestamp: _Milliseconds
    hs_note_body: Annotated[str, Field(max_length=65_536)]


class _CallProperties(_Specified):
    """https://developers.hubspot.com/docs/api/crm/calls, *properties*; the duration is in milliseconds."""

    hs_timestamp: _Milliseconds
    hs_call_title: str
    hs_call_body: str
    hs_call_direction: Literal["INBOUND", "OUTBOUND"]
    hs_call_duration: Annotated[str, Field(pattern=r"^[0-9]+$")]
    hs_call_from_number: str = ""
    hs_call_to_number: str = ""
    hs_call_status: Literal["BUSY", "CANCELED", "COMPLETED", "FAILED", "NO_ANSWER"]


class _TaskProperties(_Specified):
    """https://developers.hubspot.com/docs/api/crm/tasks, *properties*; the time stamp is when it is due."""

    hs_timestamp: _Milliseconds
    hs_task_subject: str
    hs_task_body: str
    hs_task_status: Literal["NOT_STARTED"]


class _Create(_Camel):
    """https://developers.hubspot.com/docs/api-reference/crm-notes-v3/guide."""

    properties: dict[str, str]
    associations: Annotated[list[_Association], Field(min_length=1, max_length=1)]


class _ContactProperties(_Specified):
    """https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide, *create contacts*."""

    firstname: Annotated[str, Field(min_length=1)]
    lastname: Annotated[str, Field(min_length=1)] = ""
    phone: Annotated[str, Field(min_length=1)] = ""
    moked_key: Annotated[str, Field(min_length=1)] = ""


class _NewContact(_Specified):
    """The same page."""

    properties: _ContactProperties


_CREATED: dict[str, tuple[type[_Specified], int]] = {
    "notes": (_NoteProperties, 202),
    "calls": (_CallProperties, 194),
    "tasks": (_TaskProperties, 204),
}


@contextmanager
def hubspot() -> Iterator[CrmApi]:
    """HubSpot, for as long as the block runs."""
    with serving(_tell, sample()) as api:
        yield api


def _tell(api: CrmApi, asked: Request) -> Answer:
    # https://developers.hubspot.com/docs/guides/apps/private-apps/overview: the token is a bearer
    if asked.headers.get("authorization") != f"Bearer {SECRET}":
        return said({"status": "error", "category": "INVALID_AUTHENTICATION", "message": "no"}, 401)
    if asked.method == "POST" and asked.headers.get("content-type") != "application/json":
        raise Wrong("application/json is needed", 415)
    try:
        return _answer(api, asked)
    except ValidationError as wrong:
        raise Wrong(str(wrong)) from None


def _answer(api: CrmApi, asked: Request) -> Answer:
    beside = re.fullmatch(r"/crm/v4/associations/contacts/(tickets|notes|calls)/batch/read", asked.path)
    read = re.fullmatch(r"/crm/v3/objects/(tickets|notes|calls)/batch/read", asked.path)
    made = re.fullmatch(r"/crm/v3/objects/(notes|calls|tasks)", asked.path)
    match asked.method:
        case "GET" | "POST" if asked.path == _CONTACTS or asked.path.startswith(f"{_CONTACTS}/"):
            return _of_contacts(api, asked)
        case "GET" if asked.path == "/crm/v3/pipelines/tickets":
            return said({"results": [{"id": "0", "stages": _STAGES}]})
        case "POST" if beside:
            return _beside(api, beside[1], _Inputs.model_validate_json(asked.body))
        case "POST" if read:
            return _read(api, read[1], _BatchRead.model_validate_json(asked.body))
        case "POST" if made:
            return _create(api, made[1], _Create.model_validate_json(asked.body))
    raise Wrong("no such path", 404)


def _of_contacts(api: CrmApi, asked: Request) -> Answer:
    match asked.method:
        case "POST" if asked.path == f"{_CONTACTS}/search":
            return _search(api, _Search.model_validate_json(asked.body))
        case "POST" if asked.path == _CONTACTS:
            new = _NewContact.model_validate_json(asked.body).properties
            if new.moked_key in {one.key for one in api.people.values()} - {""}:
                return said({"status": "error", "category": "CONFLICT", "message": "already has it"}, 409)
            person = api.create(new.firstname, new.lastname, new.phone, new.moked_key)
            return said({"id": person.id, "properties": new.model_dump(exclude_defaults=True)}, 201)
        case "GET" if asked.path != _CONTACTS:
            return _contact(api, asked)
    raise Wrong("no such path", 404)


_STAGES = [
    {"id": "1", "label": "ממתין", "metadata": {"ticketState": "OPEN"}},
    {"id": "4", "label": "Closed", "metadata": {"ticketState": "CLOSED"}},
]


def _properties(person: Person) -> dict[str, str]:
    mobile = person.numbers[0] if person.numbers else ""
    phone = person.numbers[1] if len(person.numbers) > 1 else ""
    return {
        "firstname": person.first,
        "lastname": person.last,
        "mobilephone": mobile,
        "phone": phone,
        "city": person.city,
        "hs_language": person.language,
        "segment": person.segment,
        "customer_number": person.reference,
        KEY: person.key,
        "balance": str(person.balance),
        "currency": person.currency,
        "renewal": person.renewal,
        "hs_searchable_calculated_mobile_number": _national(mobile),
        "hs_searchable_calculated_phone_number": _national(phone),
    }


def _national(written: str) -> str:
    number = normalise(written, "IL") or ""
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ""


def _shown(person: Person, wanted: list[str]) -> dict[str, Any]:
    unknown = set(wanted) - KNOWN
    if unknown:
        raise Wrong(f"no such properties: {unknown}")
    has = _properties(person)
    return {"id": person.id, "properties": {name: has[name] or None for name in wanted}, "archived": False}


def _search(api: CrmApi, asked: _Search) -> Answer:
    found = [person for person in api.people.values() if _fits(person, asked)]
    shown = [_shown(person, asked.properties) for person in found[: asked.limit]]
    return said({"total": len(found), "results": shown})


def _fits(person: Person, asked: _Search) -> bool:
    has = _properties(person)
    if asked.query:  # the page: it looks into name, mail address, company and numbers
        words = asked.query.casefold().split()
        return all(word in f"{person.first} {person.last}".casefold() for word in words)
    return any(
        all(has[one.property_name] == one.value for one in group.filters) for group in asked.filter_groups
    )


def _contact(api: CrmApi, asked: Request) -> Answer:
    name = unquote(asked.path.removeprefix(f"{_CONTACTS}/"))
    match asked.query.get("idProperty"):
        case None:
            person = api.with_id(name)
        case "moked_key":
            person = next((one for one in api.people.values() if one.key == name), None)
        case other:
            raise Wrong(f"the values of {other} are not unique")
    if person is None:
        return said({"status": "error", "message": "resource not found", "category": "OBJECT_NOT_FOUND"}, 404)
    return said(_shown(person, asked.query.get("properties", "firstname").split(",")))


def _objects(api: CrmApi, kind: str) -> dict[str, tuple[str, dict[str, str]]]:
    """By id whose it is, and its properties."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for person in api.people.values():
        if kind == "tickets":
            for name, title, opened, _status in person.matters:
                shown = {"subject": title, "createdate": opened.isoformat(), "hs_pipeline_stage": "1"}
                found[name] = (person.id, shown)
                found[f"9{name}"] = (person.id, {**shown, "hs_pipeline_stage": "4"})
        if kind == "notes":
            for place, (at, words) in enumerate(person.past):
                body = f"<p>{words}</p><script>alert(1)</script>"
                found[f"{person.id}{place}"] = (
                    person.id,
                    {"hs_timestamp": at.isoformat(), "hs_note_body": body},
                )
    return found


def _beside(api: CrmApi, kind: str, asked: _Inputs) -> Answer:
    """…/api-reference/legacy/crm/associations/associate-records/batch/get-associations."""
    results = []
    for one in asked.inputs:
        to = [
            {"toObjectId": int(name)} for name, (owner, _) in _objects(api, kind).items() if owner == one.id
        ]
        if to:
            results.append({"from": {"id": one.id}, "to": to})
    return said({"status": "COMPLETE", "results": results}, 200 if results else 207)


def _read(api: CrmApi, kind: str, asked: _BatchRead) -> Answer:
    has = _objects(api, kind)
    shown = [
        {"id": one.id, "properties": {name: has[one.id][1].get(name) for name in asked.properties}}
        for one in asked.inputs
        if one.id in has
    ]
    return said({"status": "COMPLETE", "results": shown})


def _create(api: CrmApi, kind: str, asked: _Create) -> Answer:
    model, link = _CREATED[kind]
    model.model_validate(asked.properties)
    (to,) = asked.associations
    if to.types[0].association_type_id != link:
        raise Wrong(f"{to.types[0].association_type_id} is no association of {kind} with a contact")
    if api.with_id(to.to.id) is None:
        return said({"status": "error", "category": "VALIDATION_ERROR", "message": "no such contact"}, 400)
    words = " ".join(asked.properties.values())
    api.written.append(Written(kind.removesuffix("s"), to.to.id, words))
    return said({"id": str(9000 + len(api.written)), "properties": asked.properties}, 201)
