"""A company's own CRM, which answers in JSON as it likes: the specification is this file.

``/v1/customers`` finds by ``phone`` (as it is dialled in Israel), ``q`` or ``ref``, two on a page;
``/v1/customers/ID``, ``…/tickets`` and ``…/notes`` (POST with ``Idempotency-Key``, which is kept to) are one
customer's. Who asks has a bearer, a key, a password, or a token of ``/oauth/token`` (RFC 6749 §4.4).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import parse_qs, unquote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.domain.numbers import normalise
from tests.pbx.certificates import CertificateFiles
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

PAGE = 2
CLIENT = "moked client"

TOML = """
kind = "rest"
address = "{address}"
auth = {{ kind = "bearer" }}

[by_number]
path = "/v1/customers?phone={{national}}"
items = "data"
next = "next"

[by_name]
path = "/v1/customers?q={{name}}"
items = "data"
next = "next"

[by_digits]
path = "/v1/customers?ref={{digits}}"
items = "data"
next = "cursor"
next_parameter = "after"

[by_customer]
path = "/v1/customers/{{customer}}"

[customer]
customer = "id"
name = "join(' ', [name.first, name.last])"
numbers = "phones[].value"
language = "lang"
segment = "level"
city = "address.city"
fields.Plan = "plan"
fields.Balance = {{ at = "account.balance", kind = "money", currency_at = "account.currency" }}
fields.Renewal = "renewal"
facts.customer_number = "ref"

[matters]
path = "/v1/customers/{{customer}}/tickets"
items = "tickets"
reference = "id"
title = "title"
opened = "opened"
status = "status"

[history]
items = "log"
at = "at"
channel = "kind"
summary = "words"

[log_contact]
path = "/v1/customers/{{customer}}/notes"
body = {{ kind = "call", words = "{{disposition}}: {{note}}", seconds = "{{seconds}}", at = "{{at}}" }}
idempotency_header = "Idempotency-Key"

[add_note]
path = "/v1/customers/{{customer}}/notes"
body = {{ kind = "note", words = "{{text}}", at = "{{at}}" }}
idempotency_header = "Idempotency-Key"

[create_task]
path = "/v1/customers/{{customer}}/notes"
body = {{ kind = "task", words = "{{title}}: {{text}}", at = "{{due}}" }}
idempotency_header = "Idempotency-Key"

[create_customer]
path = "/v1/customers"
body = {{ first = "{{first_name}}", last = "{{last_name}}", phone = "{{number}}" }}
idempotency_header = "Idempotency-Key"
"""


class _Note(BaseModel):
    """What is written: ``seconds`` is a number."""

    model_config = ConfigDict(extra="forbid", strict=True)
    kind: str
    words: str
    seconds: Annotated[int, Field(ge=0)] = 0
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT")]


class _New(BaseModel):
    """Who is created."""

    model_config = ConfigDict(extra="forbid", strict=True)
    first: Annotated[str, Field(min_length=1)]
    last: str
    phone: str


@contextmanager
def rest_crm(certificate: CertificateFiles | None = None) -> Iterator[CrmApi]:
    """The CRM, for as long as the block runs."""
    with serving(_tell, sample(), certificate) as api:
        yield api


def _tell(api: CrmApi, asked: Request) -> Answer:
    if asked.path == "/oauth/token":
        return _token(api, asked)
    if not _let_in(api, asked.headers):
        return said({"error": "who are you?"}, 401)
    if asked.method == "GET" and asked.path == "/v1/customers":
        return _list(api, asked)
    if asked.method == "POST" and asked.path == "/v1/customers":
        return _create(api, asked)
    return _of_one(api, asked)


def _of_one(api: CrmApi, asked: Request) -> Answer:
    found = re.fullmatch(r"/v1/customers/([^/]+)(/tickets|/notes)?", asked.path)
    if found is None:
        raise Wrong("no such path", 404)
    person = api.with_id(unquote(found[1]))
    if person is None:
        return said({"message": "no such customer"}, 404)
    match asked.method, found[2]:
        case "GET", None:
            return said(_shown(person))
        case "GET", "/tickets":
            return said({"tickets": [_ticket(*one) for one in person.matters]})
        case "POST", "/notes":
            return _write(api, person, asked)
    raise Wrong("not allowed", 405)


def _let_in(api: CrmApi, headers: dict[str, str]) -> bool:
    proof = headers.get("authorization", "")
    basic = base64.b64encode(f"moked:{SECRET}".encode()).decode()
    tokens = {f"Bearer {token}" for token in api.told.get("tokens", ())}
    return proof in {f"Bearer {SECRET}", f"Basic {basic}", *tokens} or headers.get("x-api-key") == SECRET


def _token(api: CrmApi, asked: Request) -> Answer:
    """RFC 6749 §4.4.2 asks, §5.1 answers, §2.3.1 has the client's two ways to prove itself."""
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    if asked.headers.get("content-type") != "application/x-www-form-urlencoded":
        raise Wrong("a form is needed")
    if form.get("grant_type") != "client_credentials":
        raise Wrong("unsupported_grant_type")
    proof = base64.b64encode(f"{CLIENT.replace(' ', '+')}:{SECRET}".encode()).decode()
    in_body = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
    if asked.headers.get("authorization") != f"Basic {proof}" and not in_body:
        return said({"error": "invalid_client"}, 401)
    tokens = api.told.setdefault("tokens", [])
    given = api.told.setdefault("given", [])
    token = f"token-{len(given) + 1}-of-this-run"
    given.append(token)
    tokens[:] = [token]
    return said({"access_token": token, "token_type": "Bearer", "expires_in": api.told.get("life", 3600)})


def _list(api: CrmApi, asked: Request) -> Answer:
    wanted = {name: value for name, value in asked.query.items() if name not in {"page", "after"}}
    if len(wanted) != 1:
        raise Wrong(f"one of phone, q, ref: {wanted}")
    ((name, value),) = wanted.items()
    found = [person for person in api.people.values() if _fits(person, name, value)]
    page = int(asked.query.get("page") or asked.query.get("after") or 0)
    told: dict[str, Any] = {"data": [_shown(one) for one in found[page * PAGE : (page + 1) * PAGE]]}
    if len(found) > (page + 1) * PAGE:
        told |= {"next": f"/v1/customers?{name}={value}&page={page + 1}", "cursor": str(page + 1)}
    return said(told)


def _fits(person: Person, name: str, value: str) -> bool:
    match name:
        case "phone":
            return value in {_dialled(number) for number in person.numbers}
        case "q":
            return set(value.split()) <= {person.first, person.last}
        case "ref":
            return person.reference == value
    raise Wrong(f"one of phone, q, ref: {name}")


def _dialled(number: str) -> str:
    known = normalise(number, "IL") or number
    return known.replace("+972", "0") if known.startswith("+972") else known


def _shown(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": {"first": person.first, "last": person.last},
        "phones": [{"value": number} for number in person.numbers],
        "lang": person.language,
        "level": person.segment,
        "address": {"city": person.city},
        "plan": None,
        "account": {"balance": person.balance, "currency": person.currency},
        "renewal": person.renewal,
        "ref": person.reference,
        "log": [{"at": at.timestamp(), "kind": "note", "words": words} for at, words in person.past],
    }


def _ticket(reference: str, title: str, opened: Any, status: str) -> dict[str, Any]:
    return {"id": int(reference), "title": title, "opened": opened.isoformat(), "status": status}


def _create(api: CrmApi, asked: Request) -> Answer:
    try:
        new = _New.model_validate_json(asked.body)
    except ValidationError as wrong:
        raise Wrong(str(wrong)) from None
    key = asked.headers.get("idempotency-key", "")
    if not key:
        raise Wrong("Idempotency-Key is needed")
    under = api.told.setdefault("under", {})
    if key not in under:
        under[key] = api.create(new.first, new.last, new.phone).id
    return said({"id": under[key]}, 201)


def _write(api: CrmApi, person: Person, asked: Request) -> Answer:
    try:
        note = _Note.model_validate_json(asked.body)
    except ValidationError as wrong:
        raise Wrong(str(wrong)) from None
    key = asked.headers.get("idempotency-key", "")
    if not key:
        raise Wrong("Idempotency-Key is needed")
    if key not in {one.key for one in api.written}:
        api.written.append(Written(note.kind, person.id, f"{note.words} {note.at}", key))
    return said({"id": f"n-{key}"}, 201)
