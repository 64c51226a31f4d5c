"""Customers are written to by their id, too, and it is kept when they asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who wrote has asked for it."""
    op.add_column("conversations", sa.Column("opted_in_at", sa.DateTime, nullable=True))
    op.execute("UPDATE conversations SET opted_in_at = written_at")
    with op.batch_alter_table("outbox") as table:
        table.alter_column("recipient", existing_type=sa.String(64), type_=sa.String(140))


def downgrade() -> None:
    """What goes to who has no number is forgotten: it has no room."""
    op.execute("DELETE FROM outbox WHERE length(recipient) > 64")
    with op.batch_alter_table("outbox") as table:
        table.alter_column("recipient", existing_type=sa.String(140), type_=sa.String(64))
    with op.batch_alter_table("conversations") as table:
        table.drop_column("opted_in_at")
