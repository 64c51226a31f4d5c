"""How the talk of a contact sounded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Contacts of before have none."""
    op.add_column("contacts", sa.Column("voice", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    """SQLite drops a column since 3.35."""
    op.drop_column("contacts", "voice")
