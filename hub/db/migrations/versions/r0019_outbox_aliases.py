"""Under which other names a customer may have earlier messages in the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was stored before has none: it is in order by its recipient alone."""
    op.add_column("outbox", sa.Column("aliases", sa.JSON, nullable=True))
    op.execute("UPDATE outbox SET aliases = '[]'")
    with op.batch_alter_table("outbox") as table:
        table.alter_column("aliases", existing_type=sa.JSON, nullable=False)


def downgrade() -> None:
    """All are in order by their recipients alone."""
    with op.batch_alter_table("outbox") as table:
        table.drop_column("aliases")
