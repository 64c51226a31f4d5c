"""What an agent noted of a contact that they did not talk in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody noted anything of such a contact before."""
    op.create_table(
        "missed_notes",
        sa.Column("agent", sa.String(80), primary_key=True),
        sa.Column("contact", sa.String(128), primary_key=True),
        sa.Column("visit", sa.Integer, nullable=False),
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("disposition", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """The notes have nowhere to be."""
    op.drop_table("missed_notes")
