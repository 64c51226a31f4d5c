"""The hub's tables. Their schema grows by ``hub.db.migrations``; a test keeps the two equal."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, UTC without zone in the database (SQLite keeps no zone)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times: they would be somebody's local time, unmarked."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What is stored is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

customers = Table(
    "customers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("language", String(2), nullable=False),
    Column("segment", String(64), nullable=False),
    Column("city", String(120), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
)

customer_numbers = Table(
    "customer_numbers",
    metadata,
    Column("customer", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("number", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Index("ix_customer_numbers_number", "number"),
)

matters = Table(
    "matters",
    metadata,
    Column("reference", String(64), primary_key=True),
    Column("customer", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("title", String(300), nullable=False),
    Column("opened", UtcDateTime, nullable=False),
    Column("status", String(120), nullable=False),
    Column("queue", String(80), nullable=False),
)
"""Open ones. What the hub put there is a ``queue``'s to do, and done when that has talked with the customer;
what was imported is of none, and stays.
"""

past_contacts = Table(
    "past_contacts",
    metadata,
    Column("customer", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("summary", String(1000), nullable=False),
    Column("agent", String(120), nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("visit", Integer, primary_key=True),
    Column("queue", String(80), nullable=False),
    Column("number", String(64), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("rings", JSON, nullable=False),
    Column("agent", String(80), nullable=False),
    Column("joined_at", UtcDateTime, nullable=False, index=True),
    Column("connected_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("waited", Float),
    Column("talked", Float),
    Column("held", Float),
    Column("on_hold", Float),
    Column("held_since", UtcDateTime),
    Column("ended_by", String(16), nullable=False),
    Column("customer", String(64), nullable=False, index=True),
    Column("note", Text, nullable=False),
    Column("disposition", String(64), nullable=False),
    Column("wrapped_up_at", UtcDateTime),
    Column("script", JSON(none_as_null=True)),
    Column("voice", JSON(none_as_null=True)),
    Index("ix_contacts_agent", "agent", "connected_at"),
)
"""One row a visit. The customer's id is the CRM's, which need not be the built-in one: no foreign key."""

contact_events = Table(
    "contact_events",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("contact", String(128), nullable=False, index=True),
    Column("queue", String(80), nullable=False),
    Column("agent", String(80), nullable=False),
    Column("waited", Float),
    Column("talked", Float),
    Column("ended_by", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("wrapped_up", Float),
    Column("calls", Integer),
    Column("held", Float),
    Index("ix_contact_events_agent", "agent", "kind", "at"),
)
"""Append-only: what the exchange told, in order. Figures are sums over these rows."""

queue_marks = Table(
    "queue_marks",
    metadata,
    Column("queue", String(80), primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
)
"""What the exchange had counted of each queue when the hub last compared, and its newest event then."""

wrap_ups = Table(
    "wrap_ups",
    metadata,
    Column("agent", String(80), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("contact", String(128), nullable=False),
    Column("visit", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Idempotency keys: a wrap-up sent again is answered with the record already stored."""

missed_notes = Table(
    "missed_notes",
    metadata,
    Column("agent", String(80), primary_key=True),
    Column("contact", String(128), primary_key=True),
    Column("visit", Integer, nullable=False),
    Column("customer", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("disposition", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""What agents noted of contacts that rang at them and that they did not talk in. Each agent's own: the
contact may be a colleague's by then.
"""

devices = Table(
    "devices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("agent", String(80), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("sip_digest", String(32), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)
"""An agent's enrolled devices. ``token_digest`` is SHA-256: a token has 256 random bits, so a slow password
hash would add nothing. ``sip_digest`` is that of the SIP password (RFC 2617 §3.2.2.2), empty for a device
without account. A revoked row stays until the exchange has let its registration go.
"""

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("name", String(6), primary_key=True),
    Column("secret_digest", String(64), nullable=False),
    Column("agent", String(80), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("wrong_tries", Integer, nullable=False),
)
"""Codes that are still good for one device. SHA-256 of each secret, as with tokens."""

presence_events = Table(
    "presence_events",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("agent", String(80), nullable=False),
    Column("presence", String(16), nullable=False),
    Column("reason", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_presence_events_agent", "agent", "at"),
)
"""Append-only: what agents chose to be. Occupancy is of the time they were ready."""

passwords = Table(
    "passwords",
    metadata,
    Column("agent", String(80), primary_key=True),
    Column("hashed", String(200), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
)
"""Of agents who want one: Argon2id, with its salt and cost in the text (PHC string format)."""

audit = Table(
    "audit",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("who", String(80), nullable=False),
    Column("what", String(16), nullable=False),
    Column("whom", String(80), nullable=False),
    Column("words", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Append-only: acts on another agent's presence, and what is done with passwords."""

intents = Table(
    "intents",
    metadata,
    Column("agent", String(80), primary_key=True),
    Column("presence", String(16), nullable=False),
    Column("reason", String(80), nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

_STANDING = text("state IN ('open', 'dialling')")

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("customer", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("queue", String(80), nullable=False),
    Column("numbers", JSON, nullable=False),
    Column("language", String(2), nullable=False),
    Column("agent", String(80), nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("words", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("result", String(16), nullable=False),
    Column("promised", UtcDateTime, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("key", String(128), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made_at", UtcDateTime),
    Index("uq_callbacks_key", "made_by", "key", unique=True),
    Index(
        *("uq_callbacks_standing", "customer", "queue"),
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    ),
)
"""Promises to call a customer: one that has not ended for each of them and queue. ``key`` is what it was
asked under, of ``made_by`` or (with "") of the caller's channel.
"""

_RUNNING = text("result = ''")

callback_tries = Table(
    "callback_tries",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("callback", ForeignKey("callbacks.id"), nullable=False),
    Column("number", String(64), nullable=False),
    Column("began", UtcDateTime, nullable=False, index=True),
    Column("result", String(16), nullable=False),
    Index(
        *("uq_callback_tries_running", "callback"),
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    ),
)
"""Calls to customers. ``id`` is the channel's, written before the exchange is asked: one that goes on for
each callback, so that nobody is called twice. ``result`` is empty while it does.
"""

caller_facts = Table(
    "caller_facts",
    metadata,
    Column("contact", String(128), primary_key=True),
    Column("facts", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""What callers did and heard before any agent (``hub.domain.caller_facts``), for a day."""

outbox = Table(
    "outbox",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("recipient", String(140), nullable=False),
    Column("template", String(512), nullable=False),
    Column("language", String(16), nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("contact", String(128), nullable=False),
    Column("made_at", UtcDateTime, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("provider_id", String(200), nullable=False),
    Column("code", Integer, nullable=False),
    Column("words", String(300), nullable=False),
    Column("aliases", JSON, nullable=False),
    Index("uq_outbox_id", "id", unique=True),
)
"""What is to leave the hub, in the order of ``serial``, and what became of it. ``id``: once a cause."""

inbox = Table(
    "inbox",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("came_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Index("uq_inbox_digest", "digest", unique=True),
)
"""What was delivered by webhooks, in the order of ``serial``, until it is read: then ``body`` is empty.
``digest`` is SHA-256 of its bytes: what is delivered again is the same row.
"""

receipts = Table(
    "receipts",
    metadata,
    Column("message", String(200), primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""What was told of messages, by the provider's id of one: each thing counts once. Empty: that it came."""

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("number", String(16), nullable=False, index=True),
    Column("user_id", String(140), nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("queue", String(64), nullable=False),
    Column("agent", String(64), nullable=False),
    Column("written_at", UtcDateTime),
    Column("opted_in_at", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False, index=True),
    Column("unread", Integer, nullable=False),
)
"""One for each customer who writes or is written to. ``written_at``: when they did at last, ``opted_in_at``:
when they asked for it first; ``agent`` empty: nobody's yet.
"""

written = Table(
    "written",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("id", String(200), nullable=False),
    Column("conversation", String(32), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("agent", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("media", String(128), nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("file_name", String(240), nullable=False),
    Column("status", String(16), nullable=False),
    Column("code", Integer, nullable=False),
    Column("words", String(300), nullable=False),
    Index("uq_written_id", "id", unique=True),
)
"""What was said in conversations. ``id`` is the provider's of what a customer wrote, and the outbox's of what
an agent did; ``agent`` is empty for the customer, ``status`` how far a message of the hub's came.
"""

new_customers = Table(
    "new_customers",
    metadata,
    Column("agent", String(80), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("number", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("customer", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""Whom agents asked to be put into the CRM, under which key: written before the CRM is asked. ``customer`` is
the CRM's id of them, empty until that is known.
"""

leader = Table("leader", metadata, Column("address", String(255), primary_key=True))
"""One row: where the hub that leads is asked by the others. Empty when it does not know that itself."""

relays = Table("relays", metadata, Column("token_digest", String(64), primary_key=True))
"""By what the hub that leads knows the others. SHA-256 of tokens that each makes for itself, and keeps: who
reads the database can ask for nothing by them, who can write it needs them for nothing.
"""
