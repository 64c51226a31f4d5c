"""The first schema: customers, contacts with their events, and what agents chose and stored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All tables of the first release."""
    _create_customers()
    _create_contacts()
    _create_agents()


def downgrade() -> None:
    """An empty database."""
    for table in (
        "intents",
        "tokens",
        "wrap_ups",
        "contact_events",
        "contacts",
        "past_contacts",
        "matters",
        "customer_numbers",
        "customers",
    ):
        op.drop_table(table)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _create_customers() -> None:
    op.create_table(
        "customers",
        _text("id", 64),
        _text("name", 200),
        _text("language", 2),
        _text("segment", 64),
        _text("city", 120),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
    )
    op.create_table(
        "customer_numbers",
        _text("customer", 64),
        _text("number", 64),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("customer", "number", name="pk_customer_numbers"),
        _of_customer("customer_numbers"),
    )
    op.create_index("ix_customer_numbers_number", "customer_numbers", ["number"])
    op.create_table(
        "matters",
        _text("reference", 64),
        _text("customer", 64),
        _text("title", 300),
        sa.Column("opened", sa.DateTime, nullable=False),
        _text("status", 120),
        sa.PrimaryKeyConstraint("reference", name="pk_matters"),
        _of_customer("matters"),
    )
    op.create_index("ix_matters_customer", "matters", ["customer"])
    op.create_table(
        "past_contacts",
        _text("customer", 64),
        sa.Column("at", sa.DateTime, nullable=False),
        _text("channel", 40),
        _text("summary", 1000),
        _text("agent", 120),
        sa.PrimaryKeyConstraint("customer", "at", "channel", name="pk_past_contacts"),
        _of_customer("past_contacts"),
    )


def _of_customer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["customer"], ["customers.id"], name=f"fk_{table}_customer", ondelete="CASCADE"
    )


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        _text("id", 128),
        sa.Column("visit", sa.Integer, nullable=False),
        _text("queue", 80),
        _text("number", 64),
        _text("name", 200),
        _text("state", 16),
        sa.Column("rings", sa.JSON, nullable=False),
        _text("agent", 80),
        sa.Column("joined_at", sa.DateTime, nullable=False),
        sa.Column("connected_at", sa.DateTime),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("waited", sa.Float),
        sa.Column("talked", sa.Float),
        _text("ended_by", 16),
        _text("customer", 64),
        sa.Column("note", sa.Text, nullable=False),
        _text("disposition", 64),
        sa.Column("wrapped_up_at", sa.DateTime),
        sa.Column("script", sa.JSON(none_as_null=True)),
        sa.PrimaryKeyConstraint("id", "visit", name="pk_contacts"),
    )
    for column in ("state", "joined_at", "customer"):
        op.create_index(f"ix_contacts_{column}", "contacts", [column])
    op.create_table(
        "contact_events",
        sa.Column("serial", sa.Integer, autoincrement=True, nullable=False),
        _text("kind", 40),
        _text("contact", 128),
        _text("queue", 80),
        _text("agent", 80),
        sa.Column("waited", sa.Float),
        sa.Column("talked", sa.Float),
        _text("ended_by", 16),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_contact_events"),
    )
    for column in ("contact", "at"):
        op.create_index(f"ix_contact_events_{column}", "contact_events", [column])


def _create_agents() -> None:
    op.create_table(
        "wrap_ups",
        _text("agent", 80),
        _text("key", 128),
        _text("contact", 128),
        sa.Column("visit", sa.Integer, nullable=False),
        _text("digest", 64),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("agent", "key", name="pk_wrap_ups"),
    )
    op.create_table(
        "tokens",
        _text("digest", 64),
        _text("agent", 80),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_tokens"),
    )
    op.create_index("ix_tokens_agent", "tokens", ["agent"])
    op.create_table(
        "intents",
        _text("agent", 80),
        _text("presence", 16),
        _text("reason", 80),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("agent", name="pk_intents"),
    )
