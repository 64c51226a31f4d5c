"""Acts on another's presence, kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was kept before."""
    op.create_table(
        "audit",
        sa.Column("serial", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("whom", sa.String(80), nullable=False),
        sa.Column("words", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_audit"),
    )


def downgrade() -> None:
    """The acts are forgotten."""
    op.drop_table("audit")
