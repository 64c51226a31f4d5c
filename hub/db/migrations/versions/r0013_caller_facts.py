"""What callers did and heard before any agent survives the hub."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was kept before."""
    op.create_table(
        "caller_facts",
        sa.Column("contact", sa.String(128), nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("contact", name="pk_caller_facts"),
    )
    op.create_index("ix_caller_facts_at", "caller_facts", ["at"])


def downgrade() -> None:
    """Known until the next restart alone."""
    op.drop_table("caller_facts")
