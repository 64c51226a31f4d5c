"""``[crm]`` of the hub's settings: where customers are looked up, and how. The environment has the secret."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, Discriminator, Field, SecretStr, Tag, field_validator, model_validator

from centre.secrets import CRM_SECRET
from centre.toml_file import Section, SettingsError
from hub.addresses import is_private
from hub.contract import FieldKind
from hub.domain.money import ISO_4217

BY_NUMBER = frozenset({"number", "digits", "national"})
BY_NAME = frozenset({"name"})
BY_DIGITS = frozenset({"digits"})
BY_CUSTOMER = frozenset({"customer"})
WRITTEN = frozenset({"customer", "key", "at", "agent"})
OF_CONTACT = WRITTEN | {"number", "queue", "seconds", "disposition", "note"}
OF_NOTE = WRITTEN | {"text"}
OF_TASK = frozenset({"customer", "key", "at", "due", "title", "text"})
OF_NEW = BY_NUMBER | {"name", "first_name", "last_name", "key"}
"""What ``{words}`` of templates may say, by what they are for."""

PLACE = re.compile(r"\{([a-z_]+)\}")
_PATH = re.compile(r"/([^/\s][^\s]*)?")
_HEADER_NAME = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$"
_VALUE = r"^[\x20-\x7e]{0,500}$"
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def _expression(value: str) -> str:
    try:
        jmespath.compile(value)
    except JMESPathError as error:
        words = str(error).partition("\n")[0]
        raise ValueError(f"no JMESPath expression: {words}") from None
    return value


def _field(value: str) -> str:
    if not _FIELD.fullmatch(value):
        raise ValueError(f"{value!r} is no field's name")
    return value


def _currency(value: str) -> str:
    if value not in ISO_4217:
        raise ValueError(f"{value!r} is no currency of ISO 4217, such as ILS")
    return value


def _server(value: str) -> str:
    if not is_private(value, kept_apart=False):
        raise ValueError(f"{value!r}: write https://NAME and no more; http is for this machine alone")
    return value


Expression: TypeAlias = Annotated[str, AfterValidator(_expression)]
"""JMESPath (https://jmespath.org/specification.html)."""

FieldName: TypeAlias = Annotated[str, AfterValidator(_field)]
Server: TypeAlias = Annotated[str, AfterValidator(_server)]


class FieldPlace(Section):
    """Where a field of the card is, and what it holds; a string is the place alone. Without a ``kind`` it is
    known by how it is written. Money is of one ``currency`` (ISO 4217), or of the one that the record says at
    ``currency_at``.
    """

    at: str
    kind: FieldKind | None = None
    currency: Annotated[str, AfterValidator(_currency)] | None = None
    currency_at: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _place_alone(cls, given: object) -> object:
        return {"at": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _whose_money(self) -> Self:
        told = (self.currency is not None) + (self.currency_at is not None)
        if told != (self.kind is FieldKind.MONEY):
            raise ValueError("money, and nothing else, has either currency or currency_at")
        return self


class NamedField(FieldPlace):
    """By the names of the record's fields."""

    at: FieldName
    currency_at: FieldName | None = None


class FieldExpression(FieldPlace):
    """By expressions."""

    at: Expression
    currency_at: Expression | None = None


class _AnyCrm(Section):
    """A look-up gets ``timeout_seconds``, with all the requests that it takes."""

    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0


class BuiltinCrmSettings(_AnyCrm):
    """Customers in the hub's own database. The CSV files are imported when it has none.

    ``create``: agents may put customers into it.
    """

    kind: Literal["builtin"] = "builtin"
    create: bool = True
    customers: Path | None = None
    matters: Path | None = None
    history: Path | None = None


class _RemoteCrm(_AnyCrm):
    """A CRM over HTTPS. ``ca_file`` (PEM) is for a server whose certificate no public authority signed."""

    ca_file: Path | None = None
    secret: SecretStr = Field(default=SecretStr(""), exclude=True)


class HubSpotSettings(_RemoteCrm):
    """HubSpot, by the token of a private app. ``fields`` are shown on the card: label to property.

    ``create``: agents may put customers into it. ``key_property`` is a property of unique values that holds
    the hub's own key of whom it put there.
    """

    kind: Literal["hubspot"]
    create: bool = False
    key_property: FieldName | None = None
    address: Server = "https://api.hubapi.com"
    customer_number: FieldName | None = None
    segment: FieldName | None = None
    personal_agent: FieldName | None = None
    fields: dict[str, NamedField] = Field(default_factory=dict)


class OdooSettings(_RemoteCrm):
    """Odoo 19 or later, by an API key. ``fields`` are shown on the card: label to field of ``res.partner``.

    ``number_fields`` hold telephone numbers as E.164. ``matters`` is the model whose records with the
    customer as ``partner_id`` are open matters: ``helpdesk.ticket``, ``crm.lead``, ``project.task``.
    ``create``: agents may put customers into it. ``key_field`` is a field of ``res.partner`` that holds the
    hub's own key of whom it put there.
    """

    kind: Literal["odoo"]
    create: bool = False
    key_field: FieldName | None = None
    address: Server
    database: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,64}$")] | None = None
    number_fields: tuple[FieldName, ...] = Field(default=("phone_sanitized", "phone"), min_length=1)
    segment: FieldName | None = None
    personal_agent: FieldName | None = None
    fields: dict[str, NamedField] = Field(default_factory=dict)
    matters: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,63}$")] | None = None


class BearerAuth(Section):
    """``Authorization: Bearer SECRET``."""

    kind: Literal["bearer"]


class HeaderAuth(Section):
    """``HEADER: SECRET``."""

    kind: Literal["header"]
    header: Annotated[str, Field(pattern=_HEADER_NAME)]


class BasicAuth(Section):
    """The secret is the password of ``user`` (RFC 7617)."""

    kind: Literal["basic"]
    user: Annotated[str, Field(pattern=r"^[^:\x00-\x1f]{1,200}$")]


class OAuth2Auth(Section):
    """The secret is the client's, exchanged for tokens that end (RFC 6749 §4.4). ``in_body`` is for servers
    that do not take it as a password (RFC 6749 §2.3.1).
    """

    kind: Literal["oauth2"]
    token_address: str
    client_id: Annotated[str, Field(min_length=1, max_length=200)]
    scope: str = ""
    in_body: bool = False

    @field_validator("token_address")
    @classmethod
    def _protected(cls, value: str) -> str:
        found = re.fullmatch(r"(https?://[^/\s]+)(/[^\s]*)?", value)
        if not found or not is_private(found[1], kept_apart=False):
            raise ValueError("write https://NAME/PATH; http is for this machine alone")
        return value


AuthSettings: TypeAlias = Annotated[
    BearerAuth | HeaderAuth | BasicAuth | OAuth2Auth, Field(discriminator="kind")
]


class _Request(Section):
    """``path`` and the strings in ``body`` have ``{words}`` in them that are filled in."""

    path: str
    body: dict[str, Any] | None = None

    @field_validator("path")
    @classmethod
    def _of_the_server(cls, value: str) -> str:
        if value and not _PATH.fullmatch(value):
            raise ValueError("a path begins with one slash and has no spaces; the server is crm.address")
        return value

    def words(self) -> Iterator[str]:
        """The ``{words}`` that are to be filled in."""
        for text in (self.path, *_texts(self.body)):
            yield from PLACE.findall(text)


class Lookup(_Request):
    """A question: GET, or POST where it has a ``body``. ``items`` leads to what was found, a list or one.

    ``none_is_404``: the CRM says so where it finds nobody; else that is a wrong ``path``.
    ``next`` leads to the next page: its address, or (with ``next_parameter``) what to ask for by that name.
    """

    items: Expression = "@"
    none_is_404: bool = False
    next: Expression | None = None
    next_parameter: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\[\]-]{1,64}$")] | None = None


class MatterLookup(Lookup):
    """Open matters. Without a ``path`` they are part of the customer's own record."""

    path: str = ""
    reference: Expression
    title: Expression
    opened: Expression
    status: Expression


class HistoryLookup(Lookup):
    """Past contacts. Without a ``path`` they are part of the customer's own record."""

    path: str = ""
    at: Expression
    channel: Expression
    summary: Expression
    agent: Expression | None = None


class CustomerMap(Section):
    """Where the card's parts are in the record of a customer."""

    customer: Expression
    name: Expression
    numbers: Expression
    language: Expression | None = None
    segment: Expression | None = None
    personal_agent: Expression | None = None
    city: Expression | None = None
    fields: dict[str, FieldExpression] = Field(default_factory=dict)
    facts: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], Expression] = Field(
        default_factory=dict
    )


class Write(_Request):
    """Something to be written. ``id`` leads to the CRM's id of it in the answer.

    A CRM that writes the same ``idempotency_header`` once is asked again where no answer came.
    """

    method: Literal["POST", "PUT", "PATCH"] = "POST"
    id: Expression = "id"
    idempotency_header: Annotated[str, Field(pattern=_HEADER_NAME)] | None = None


class RestSettings(_RemoteCrm):
    """Any CRM that answers in JSON, without code: what to ask, and where the answer holds what.

    A part that is left out is not asked for; ``by_number``, ``by_customer`` and ``customer`` are needed.
    """

    kind: Literal["rest"]
    address: Server
    auth: AuthSettings
    headers: dict[Annotated[str, Field(pattern=_HEADER_NAME)], Annotated[str, Field(pattern=_VALUE)]] = Field(
        default_factory=dict
    )
    by_number: Lookup
    by_customer: Lookup
    by_name: Lookup | None = None
    by_digits: Lookup | None = None
    customer: CustomerMap
    matters: MatterLookup | None = None
    history: HistoryLookup | None = None
    log_contact: Write | None = None
    add_note: Write | None = None
    create_task: Write | None = None
    create_customer: Write | None = None

    @model_validator(mode="after")
    def _filled_in(self) -> Self:
        for name, known in _PLACES.items():
            part = getattr(self, name)
            if part is not None:
                _check_places(name, part, known)
        return self


_PLACES = {
    "by_number": BY_NUMBER,
    "by_customer": BY_CUSTOMER,
    "by_name": BY_NAME,
    "by_digits": BY_DIGITS,
    "matters": BY_CUSTOMER,
    "history": BY_CUSTOMER,
    "log_contact": OF_CONTACT,
    "add_note": OF_NOTE,
    "create_task": OF_TASK,
    "create_customer": OF_NEW,
}


def _check_places(name: str, part: _Request, known: Collection[str]) -> None:
    written = set(part.words())
    for word in sorted(written.difference(known)):
        raise ValueError(
            f"{name}: {{{word}}} is nothing that is known here; it has {', '.join(sorted(known))}"
        )
    if isinstance(part, Lookup) and part.path and not written:
        raise ValueError(f"{name}: says nowhere whom to look for; it has {', '.join(sorted(known))}")


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)


def _kind(value: object) -> object:
    """A file that says nothing has the CRM built in."""
    return value.get("kind", "builtin") if isinstance(value, dict) else getattr(value, "kind", None)


RemoteCrmSettings: TypeAlias = HubSpotSettings | OdooSettings | RestSettings
CrmSettings: TypeAlias = Annotated[
    Annotated[BuiltinCrmSettings, Tag("builtin")]
    | Annotated[HubSpotSettings, Tag("hubspot")]
    | Annotated[OdooSettings, Tag("odoo")]
    | Annotated[RestSettings, Tag("rest")],
    Discriminator(_kind),
]


def with_crm_secret(crm: CrmSettings, path: Path) -> CrmSettings:
    """``crm`` with what the environment holds. Raises ``SettingsError``; a secret in the file is refused."""
    if isinstance(crm, BuiltinCrmSettings):
        return crm
    if crm.secret.get_secret_value():
        raise SettingsError(f"{path}: crm.secret does not belong in a file; set {CRM_SECRET} instead")
    secret = os.environ.get(CRM_SECRET, "")
    if not (secret and secret.isascii() and secret.isprintable()):
        raise SettingsError(f"{path}: crm: set {CRM_SECRET} to the hub's token, key or password at the CRM")
    return crm.model_copy(update={"secret": SecretStr(secret)})
