"""The customer's card, and how the look-up for it stands."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from hub.contract.base import Model


class Matter(Model):
    """An open matter of a customer: order, complaint, request."""

    reference: str
    title: str
    opened: datetime
    status: str


class PastContact(Model):
    """An earlier contact, newest first on the card."""

    at: datetime
    channel: str
    summary: str
    agent: str = ""


class FieldKind(StrEnum):
    """What a field holds; the desk writes all but text as its language does."""

    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    DATE = "date"


class CardField(Model):
    """One more fact on the card, in the order the CRM gives.

    ``value`` is text; of money and numbers a decimal such as ``-1248.90``, of a date ISO 8601's
    ``2026-11-28``. ``currency`` is that of money (ISO 4217).
    """

    label: str
    value: str
    kind: FieldKind = FieldKind.TEXT
    currency: str = ""


class Card(Model):
    """The customer as the CRM knows them. ``facts`` fill scripts: plain names to plain text.

    ``personal_agent`` is the id of the agent whose customer they are. ``missing`` says in words what the CRM
    did not tell, so that nobody takes it for nothing.
    """

    customer: str
    name: str
    language: Literal["en", "he"] = "en"
    numbers: tuple[str, ...]
    segment: str = ""
    personal_agent: str = ""
    city: str = ""
    fields: tuple[CardField, ...] = ()
    matters: tuple[Matter, ...] = ()
    history: tuple[PastContact, ...] = ()
    facts: dict[str, str] = Field(default_factory=dict)
    missing: str = ""


class CardStatus(StrEnum):
    """How the look-up ended; the desk says it in words."""

    FOUND = "found"
    SEVERAL = "several"
    UNKNOWN = "unknown"
    PRIVATE = "private"
    """No number came with the call."""
    PENDING = "pending"
    CRM_DOWN = "crm_down"


class CardAnswer(Model):
    """A look-up by the caller's number. ``cards`` holds one card when FOUND, more when SEVERAL."""

    contact: str
    number: str
    status: CardStatus
    cards: tuple[Card, ...] = ()
    words: str = ""


MOST_CUSTOMERS_FOUND = 20
"""Of those who fit, so many are shown."""


class CustomerSearch(Model):
    """What the agent looks for: a name, a telephone number, or a customer number."""

    words: Annotated[str, Field(min_length=1, max_length=100)]


class FoundCustomer(Model):
    """One of those found: as much as tells them apart."""

    customer: str
    name: str
    city: str = ""
    numbers: tuple[str, ...] = ()


class CustomersFound(Model):
    """Some of those who fit."""

    customers: tuple[FoundCustomer, ...] = ()


class CustomerLink(Model):
    """Whom the contact is about, as the agent says."""

    customer: Annotated[str, Field(min_length=1, max_length=64)]


class CustomerNew(Model):
    """Somebody whom the CRM does not have. ``number`` is as it was typed; empty where none is known."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    number: Annotated[str, Field(max_length=64)] = ""
