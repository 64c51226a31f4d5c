"""An agent's own history: the visits they answered, and the rings at them."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those of before are found, too."""
    op.create_index("ix_contacts_agent", "contacts", ["agent", "connected_at"])
    op.create_index("ix_contact_events_agent", "contact_events", ["agent", "kind", "at"])


def downgrade() -> None:
    """Found one by one."""
    op.drop_index("ix_contact_events_agent", "contact_events")
    op.drop_index("ix_contacts_agent", "contacts")
