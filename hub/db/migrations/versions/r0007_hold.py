"""Hold told apart from talk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Talks of before had no hold that anybody knows of."""
    op.add_column("contact_events", sa.Column("held", sa.Float))
    op.add_column("contacts", sa.Column("held", sa.Float))
    op.add_column("contacts", sa.Column("on_hold", sa.Float))
    op.add_column("contacts", sa.Column("held_since", sa.DateTime))
    op.execute("UPDATE contacts SET on_hold = 0")


def downgrade() -> None:
    """Hold is part of talk again."""
    for name in ("held_since", "on_hold", "held"):
        op.drop_column("contacts", name)
    op.drop_column("contact_events", "held")
