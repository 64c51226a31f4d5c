"""Callbacks that are promised, and the calls by which they are tried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was promised one before."""
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("queue", sa.String(80), nullable=False),
        sa.Column("numbers", sa.JSON, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("promised", sa.DateTime, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
    )
    op.create_index("uq_callbacks_key", "callbacks", ["made_by", "key"], unique=True)
    standing = sa.text("state IN ('open', 'dialling')")
    op.create_index(
        *("uq_callbacks_standing", "callbacks", ["customer", "queue"]),
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "callback_tries",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("callback", sa.String(32), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("began", sa.DateTime, nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callback_tries"),
        sa.ForeignKeyConstraint(["callback"], ["callbacks.id"], name="fk_callback_tries_callback"),
    )
    op.create_index("ix_callback_tries_began", "callback_tries", ["began"])
    running = sa.text("result = ''")
    op.create_index(
        *("uq_callback_tries_running", "callback_tries", ["callback"]),
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )


def downgrade() -> None:
    """The promises are forgotten."""
    op.drop_table("callback_tries")
    op.drop_table("callbacks")
