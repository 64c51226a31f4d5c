"""The CRMs that one suite holds to the port: each adapter before its stand-in, the built-in one as it is."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import SecretStr, TypeAdapter

from edge.text import clean
from hub.adapters.builtin_crm import BuiltinCrm
from hub.adapters.crm_http import Traffic
from hub.adapters.hubspot_crm import HubSpotCrm
from hub.adapters.odoo_crm import OdooCrm
from hub.adapters.rest_crm import RestCrm
from hub.contract import FieldKind
from hub.crm_settings import HubSpotSettings, NamedField, OdooSettings, RestSettings
from hub.db.customers import CustomerRow, CustomerStore, MatterRow, PastRow
from hub.db.engine import open_database, sqlite_url
from hub.domain.numbers import normalise
from hub.ports.crm import Crm
from hub.remote_crms import remote_crm, unwatched
from tests.stubs.crm_server import SECRET, CrmApi, Person, sample
from tests.stubs.hubspot import KEY, hubspot
from tests.stubs.odoo import DATABASE, odoo
from tests.stubs.rest_crm import TOML, rest_crm

COUNTRY = "IL"
LIMIT = 5.0


class World(Protocol):
    """A CRM with the sample's people in it."""

    @property
    def crm(self) -> Crm: ...

    async def people(self) -> int:
        """How many customers there are."""
        ...

    async def words(self, customer: str) -> list[str]:
        """What the hub wrote about a customer."""
        ...


@dataclass
class Remote:
    """An adapter and the CRM that it asks."""

    crm: Crm
    api: CrmApi

    async def people(self) -> int:
        return len(self.api.people)

    async def words(self, customer: str) -> list[str]:
        return [one.words for one in self.api.written if one.customer == customer]


@dataclass
class _Builtin:
    crm: Crm
    store: CustomerStore

    async def people(self) -> int:
        return await self.store.count()

    async def words(self, customer: str) -> list[str]:
        (found,) = await self.store.with_id(customer)
        return [*(row["summary"] for row in found.history), *(row["title"] for row in found.matters)]


def hubspot_settings(address: str, limit: float = LIMIT, secret: str = SECRET) -> HubSpotSettings:
    return HubSpotSettings(
        kind="hubspot",
        address=address,
        timeout_seconds=limit,
        secret=SecretStr(secret),
        customer_number="customer_number",
        segment="segment",
        fields={
            "Balance": NamedField(at="balance", kind=FieldKind.MONEY, currency_at="currency"),
            "Renewal": NamedField(at="renewal"),
        },
        create=True,
        key_property=KEY,
    )


def odoo_settings(address: str, limit: float = LIMIT, secret: str = SECRET) -> OdooSettings:
    return OdooSettings(
        kind="odoo",
        address=address,
        timeout_seconds=limit,
        secret=SecretStr(secret),
        create=True,
        key_field="x_key",
        database=DATABASE,
        segment="x_segment",
        fields={
            "Balance": NamedField(at="credit", kind=FieldKind.MONEY, currency_at="currency_id"),
            "Renewal": NamedField(at="x_renewal"),
        },
        matters="helpdesk.ticket",
    )


def rest_settings(address: str, limit: float = LIMIT, secret: str = SECRET, **more: Any) -> RestSettings:
    """As the stand-in's own description has it, with ``more`` in the place of what it says."""
    told = tomllib.loads(TOML.format(address=address)) | {"timeout_seconds": limit, "secret": secret} | more
    return TypeAdapter(RestSettings).validate_python(told)


_MADE: dict[str, tuple[Callable[[], Any], Callable[..., Any]]] = {
    "hubspot": (hubspot, hubspot_settings),
    "odoo": (odoo, odoo_settings),
    "rest": (rest_crm, rest_settings),
}
REMOTE = tuple(_MADE)


def settings_of(kind: str, address: str) -> Any:
    """How the hub would be told of this CRM."""
    return _MADE[kind][1](address, LIMIT, SECRET)


@contextmanager
def stand_in(kind: str) -> Iterator[CrmApi]:
    with _MADE[kind][0]() as api:
        yield api


@asynccontextmanager
async def remote(
    kind: str,
    limit: float = LIMIT,
    secret: str = SECRET,
    watch: Callable[[Traffic], None] = unwatched,
    **more: Any,
) -> AsyncIterator[Remote]:
    """One of ``REMOTE`` with its stand-in."""
    with stand_in(kind) as api:
        crm = remote_crm(_MADE[kind][1](api.address, limit, secret, **more), COUNTRY, watch)
        try:
            yield Remote(crm, api)
        finally:
            await crm.close()


def keyless(world: Remote) -> Crm:
    """An adapter to the same CRM, which has no place for the hub's keys."""
    match world.crm:
        case HubSpotCrm(settings=settings):
            return HubSpotCrm(settings.model_copy(update={"key_property": None}), world.crm.http, COUNTRY)
        case OdooCrm(settings=settings):
            return OdooCrm(settings.model_copy(update={"key_field": None}), world.crm.http, COUNTRY)
        case RestCrm(settings=settings) if settings.create_customer is not None:
            told = settings.create_customer.model_copy(update={"idempotency_header": None})
            keeps_none = settings.model_copy(update={"create_customer": told})
            return RestCrm(keeps_none, world.crm.http, COUNTRY)
    raise AssertionError(f"no such CRM: {world.crm}")


@asynccontextmanager
async def builtin(tmp_path: Path) -> AsyncIterator[World]:
    engine = await open_database(sqlite_url(tmp_path / "hub.db"))
    store = CustomerStore(engine)
    people = sample().values()
    await store.put(
        [_row(one) for one in people],
        [MatterRow(one.id, *matter) for one in people for matter in one.matters if len(matter[1]) < 300],
        [PastRow(one.id, at, "note", words[:900], "Avi") for one in people for at, words in one.past],
    )
    try:
        yield _Builtin(BuiltinCrm(store, {}), store)
    finally:
        await engine.dispose()


def _row(person: Person) -> CustomerRow:
    """As the import from CSV would have it: cleaned."""
    numbers = [number for raw in person.numbers[:2] if (number := normalise(clean(raw), COUNTRY))]
    return CustomerRow(
        id=person.id,
        name=clean(f"{person.first} {person.last}"),
        language="he" if person.language == "he" else "en",
        numbers=tuple(number for number in numbers if number.startswith("+") and len(number) < 20),
        segment=clean(person.segment, limit=60),
        city=clean(person.city, limit=80),
        fields=(
            ("Balance", f"{person.balance} {clean(person.currency, limit=40)}"),
            ("Renewal", clean(person.renewal, limit=40)),
        ),
        facts={"customer_number": person.reference} if person.reference else {},
    )
