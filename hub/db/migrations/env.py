"""Alembic's entry: runs the migrations on the URL that ``hub.db.engine.migrate`` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool

from hub.db.tables import metadata


def run() -> None:
    """Migrate over one connection, in one transaction."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
