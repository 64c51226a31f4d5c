"""Passwords, where agents want them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody had one before."""
    op.create_table(
        "passwords",
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("hashed", sa.String(200), nullable=False),
        sa.Column("set_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("agent", name="pk_passwords"),
    )


def downgrade() -> None:
    """Codes are left."""
    op.drop_table("passwords")
