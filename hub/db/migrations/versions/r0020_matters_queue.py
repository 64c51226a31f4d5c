"""Whose the hub's own tasks are among the customers' open matters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A task has the id of the message that it came by, as long as that is kept, and so its callback's."""
    op.add_column("matters", sa.Column("queue", sa.String(80), nullable=True))
    op.execute(
        "UPDATE matters SET queue = coalesce((SELECT callbacks.queue FROM callbacks JOIN outbox"
        " ON outbox.contact = callbacks.id WHERE outbox.id = matters.reference), '')"
    )
    with op.batch_alter_table("matters") as table:
        table.alter_column("queue", existing_type=sa.String(80), nullable=False)


def downgrade() -> None:
    """All are open for good."""
    with op.batch_alter_table("matters") as table:
        table.drop_column("queue")
