"""When a callback was promised: who called and was answered after that needs it no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of those before nobody knows."""
    op.add_column("callbacks", sa.Column("made_at", sa.DateTime))


def downgrade() -> None:
    """It is forgotten."""
    op.drop_column("callbacks", "made_at")
