"""Several hubs serve: where the one that leads is asked, and by what it knows the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said anything yet."""
    op.create_table(
        "leader",
        sa.Column("address", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_leader"),
    )
    op.create_table(
        "relays",
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("token_digest", name="pk_relays"),
    )


def downgrade() -> None:
    """One hub serves."""
    op.drop_table("relays")
    op.drop_table("leader")
