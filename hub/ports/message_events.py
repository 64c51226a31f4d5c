"""What is told of written messages: those of customers, and what became of the hub's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from hub.ports.messages import FileKind, Reason


class UnreadableDelivery(Exception):
    """It is signed, and nobody knows what it says."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote. ``number`` is E.164, ``user_id`` the provider's id of them; one of both may be missing, for
    customers need not show their number. ``name`` is what they call themselves.
    """

    number: str
    user_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a customer, by the provider's id: it is there for a week."""

    media: str
    kind: FileKind
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message of a customer. ``kind`` is the provider's word for it where it is neither text nor a file
    that goes through; ``text`` is what was written, or a caption.
    """

    id: str
    at: datetime
    writer: Writer
    kind: str
    text: str = ""
    file: SentFile | None = None


class Delivered(StrEnum):
    """How far a message of the hub's came."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the message that the provider calls ``id``, and the hub ``reference``."""

    id: str
    at: datetime
    status: Delivered
    reference: str = ""
    code: int = 0
    words: str = ""
    reason: Reason = Reason.OTHER


MessageEvent: TypeAlias = Incoming | Delivery
