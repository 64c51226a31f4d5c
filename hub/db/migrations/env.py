"""Alembic's entry: runs the migrations on the connection that ``hub.db.engine.migrate`` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from hub.db.tables import metadata


def run() -> None:
    """Migrate in the caller's transaction."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()


run()
