"""What figures of agents are made of: wrap-ups, presence; and what the exchange counted unseen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Wrap-ups and choices of before are in no figure."""
    op.add_column("contact_events", sa.Column("wrapped_up", sa.Float))
    op.add_column("contact_events", sa.Column("calls", sa.Integer))
    op.create_table(
        "queue_marks",
        sa.Column("queue", sa.String(80), nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("queue", name="pk_queue_marks"),
    )
    op.create_table(
        "presence_events",
        sa.Column("serial", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("presence", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_presence_events"),
    )
    op.create_index("ix_presence_events_agent", "presence_events", ["agent", "at"])


def downgrade() -> None:
    """SQLite drops a column since 3.35."""
    op.drop_table("presence_events")
    op.drop_table("queue_marks")
    op.drop_column("contact_events", "calls")
    op.drop_column("contact_events", "wrapped_up")
