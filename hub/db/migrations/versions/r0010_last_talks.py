"""A caller's number leads to who talked with them last, while the exchange waits for the answer."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those of before are found, too."""
    op.create_index("ix_contacts_number", "contacts", ["number"])


def downgrade() -> None:
    """Numbers are found one by one."""
    op.drop_index("ix_contacts_number", "contacts")
