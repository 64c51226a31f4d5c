"""Whom agents asked to be put into the CRM, so that a hub that is killed meanwhile asks for nobody twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was asked before is not known any more."""
    op.create_table(
        "new_customers",
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("customer", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("agent", "key", name="pk_new_customers"),
    )
    op.create_index("ix_new_customers_at", "new_customers", ["at"])


def downgrade() -> None:
    """What is under way is forgotten: the CRM alone knows it then."""
    op.drop_table("new_customers")
