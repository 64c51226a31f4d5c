"""The hubs that ask the one that leads, as that one knows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.db.devices import secret_digest
from hub.db.tables import relays


@dataclass(frozen=True, slots=True)
class RelayStore:
    """Tells a relay by its token. Who was known once stays so: nobody else ever learns a token."""

    engine: AsyncEngine
    _known: set[str] = field(default_factory=set)

    async def knows(self, token: str) -> bool:
        """Whether a hub of this database made ``token``. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        digest = secret_digest(token.encode())
        if digest in self._known:
            return True
        async with self.engine.connect() as connection:
            query = select(relays.c.token_digest).where(relays.c.token_digest == digest)
            if await connection.scalar(query) is None:
                return False
        self._known.add(digest)
        return True
