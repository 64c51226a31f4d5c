"""What customers write: deliveries of webhooks, and the conversations that follow from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was delivered before."""
    op.create_table(
        "inbox",
        sa.Column("serial", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("came_at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_inbox"),
    )
    op.create_index("uq_inbox_digest", "inbox", ["digest"], unique=True)
    op.create_index("ix_inbox_state", "inbox", ["state"])
    op.create_table(
        "receipts",
        sa.Column("message", sa.String(200), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("message", "status", name="pk_receipts"),
    )
    op.create_index("ix_receipts_at", "receipts", ["at"])
    _conversations()


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("user_id", sa.String(140), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("written_at", sa.DateTime, nullable=True),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("unread", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    for column in ("number", "user_id", "changed_at"):
        op.create_index(f"ix_conversations_{column}", "conversations", [column])
    op.create_table(
        "written",
        sa.Column("serial", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("conversation", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("media", sa.String(128), nullable=False),
        sa.Column("media_type", sa.String(128), nullable=False),
        sa.Column("file_name", sa.String(240), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("code", sa.Integer, nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_written"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_written_conversation"),
    )
    op.create_index("uq_written_id", "written", ["id"], unique=True)
    op.create_index("ix_written_conversation", "written", ["conversation"])


def downgrade() -> None:
    """What customers wrote is forgotten."""
    for table in ("written", "conversations", "receipts", "inbox"):
        op.drop_table(table)
