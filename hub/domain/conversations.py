"""Written conversations with customers: what was said, how far it came, and what may be said now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub.domain.outbox import State

WINDOW = timedelta(hours=24)
"""So long after what a customer wrote last, text may be sent
(https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages).
"""


class Tick(StrEnum):
    """How far a message of the hub's came."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"


BEFORE: Mapping[Tick, frozenset[Tick]] = {
    Tick.WAITING: frozenset({Tick.FAILED, Tick.UNKNOWN}),
    Tick.SENT: frozenset({Tick.WAITING, Tick.FAILED, Tick.UNKNOWN}),
    Tick.DELIVERED: frozenset({Tick.WAITING, Tick.FAILED, Tick.UNKNOWN, Tick.SENT}),
    Tick.READ: frozenset({Tick.WAITING, Tick.FAILED, Tick.UNKNOWN, Tick.SENT, Tick.DELIVERED}),
    Tick.FAILED: frozenset({Tick.WAITING, Tick.UNKNOWN, Tick.SENT}),
    Tick.UNKNOWN: frozenset({Tick.WAITING}),
}
"""After what each may come: news of a message overtake each other, and what was seen is not unseen."""

OF_STATE: Mapping[State, Tick] = {
    State.WAITING: Tick.WAITING,
    State.SENT: Tick.SENT,
    State.GIVEN_UP: Tick.FAILED,
    State.UNKNOWN: Tick.UNKNOWN,
}
"""What is shown of a message by where it stands in the outbox."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """With one customer, by ``number`` (E.164) or by ``user_id``. ``agent`` empty: nobody's yet.

    ``written_at`` is when the customer wrote at last, ``opted_in_at`` when they asked to be written to.
    """

    id: str
    number: str
    user_id: str
    name: str
    queue: str
    agent: str
    written_at: datetime | None
    opted_in_at: datetime | None
    changed_at: datetime
    unread: int

    @property
    def recipient(self) -> str:
        """Whom a message goes to."""
        return self.number or self.user_id

    @property
    def text_until(self) -> datetime | None:
        """Until when text may be sent; None: it may not before they write."""
        return self.written_at + WINDOW if self.written_at else None

    def takes_text(self, now: datetime) -> bool:
        """Whether text may be sent; else only a template."""
        return self.text_until is not None and now < self.text_until


@dataclass(frozen=True, slots=True)
class News:
    """Which message of a conversation is new, or came farther."""

    conversation: str
    message: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a conversation. ``agent`` and ``status`` are empty for what the customer wrote;
    ``media`` is the provider's id of its file.
    """

    id: str
    conversation: str
    at: datetime
    agent: str
    kind: str
    text: str
    media_type: str = ""
    file_name: str = ""
    media: str = ""
    status: str = ""
    words: str = ""
