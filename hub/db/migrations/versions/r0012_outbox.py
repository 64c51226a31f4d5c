"""What is to leave the hub: messages to customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing left the hub before."""
    op.create_table(
        "outbox",
        sa.Column("serial", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("template", sa.String(512), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("contact", sa.String(128), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("provider_id", sa.String(200), nullable=False),
        sa.Column("code", sa.Integer, nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_outbox"),
    )
    op.create_index("uq_outbox_id", "outbox", ["id"], unique=True)
    op.create_index("ix_outbox_state", "outbox", ["state"])
    op.create_index("ix_outbox_made_at", "outbox", ["made_at"])


def downgrade() -> None:
    """What was to be sent is forgotten."""
    op.drop_table("outbox")
