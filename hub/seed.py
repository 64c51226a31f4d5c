"""Customers from CSV files into the built-in CRM: on request, or at the first start."""

from __future__ import annotations

from pathlib import Path

from hub.adapters.customer_csv import read_customers, read_history, read_matters
from hub.crm_settings import BuiltinCrmSettings, CrmSettings
from hub.db.customers import CustomerStore


async def import_csv(
    store: CustomerStore,
    customers: Path,
    country: str,
    *,
    matters: Path | None = None,
    history: Path | None = None,
) -> int:
    """Import all or nothing; how many customers. Raises ``CsvError`` and ``SQLAlchemyError``."""
    people = read_customers(customers, country)
    known = {person.id for person in people} | await store.ids()
    open_matters = read_matters(matters, known) if matters else ()
    past = read_history(history, known) if history else ()
    await store.put(people, open_matters, past)
    return len(people)


async def seed(store: CustomerStore, crm: CrmSettings, country: str) -> None:
    """Import the settings' files when there is no customer yet. Raises as ``import_csv``."""
    if not isinstance(crm, BuiltinCrmSettings):
        return
    if crm.customers is not None and await store.count() == 0:
        await import_csv(store, crm.customers, country, matters=crm.matters, history=crm.history)
