"""Devices that are enrolled by a code, in place of tokens that were handed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tokens of before go on as devices without a SIP account: nobody is logged out."""
    op.create_table(
        "devices",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("sip_digest", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("token_digest", name="uq_devices_token_digest"),
    )
    op.create_index("ix_devices_agent", "devices", ["agent"])
    op.create_table(
        "enrolment_codes",
        sa.Column("name", sa.String(6), nullable=False),
        sa.Column("secret_digest", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("wrong_tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_enrolment_codes"),
    )
    op.execute(
        "INSERT INTO devices (id, agent, name, token_digest, sip_digest, created_at)"
        " SELECT substr(digest, 1, 12), agent, 'token', digest, '', created_at FROM tokens"
    )
    op.drop_table("tokens")


def downgrade() -> None:
    """Devices that are enrolled keep their tokens."""
    op.create_table(
        "tokens",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_tokens"),
    )
    op.create_index("ix_tokens_agent", "tokens", ["agent"])
    op.execute(
        "INSERT INTO tokens (digest, agent, created_at)"
        " SELECT token_digest, agent, created_at FROM devices WHERE revoked_at IS NULL"
    )
    op.drop_table("devices")
    op.drop_table("enrolment_codes")
