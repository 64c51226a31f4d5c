"""Forgets messages that were sent, and conversations, after the time that the centre says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.db.conversations import ConversationStore
from hub.db.outbox import OutboxStore

log = structlog.get_logger(__name__)

_PACE = 3600.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class SentMessages:
    """Those that were made longer than ``keep`` ago go; what was not sent stays. So do conversations in which
    nothing was said since then.
    """

    store: OutboxStore
    conversations: ConversationStore
    keep: timedelta
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Forget for as long as the task lives."""
        while True:
            try:
                await self.clear()
            except SQLAlchemyError as error:
                log.warning("sent messages not forgotten", error=type(error).__name__)
            await asyncio.sleep(_PACE)

    async def clear(self) -> int:
        """Forget all that are old, some at a time; how many. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        before, cleared = self.now() - self.keep, 0
        while some := await self.store.clear(before):
            cleared += some
        ended = await self.conversations.clear(before)
        if ended:
            log.info("conversations forgotten", conversations=ended)
        if cleared:
            log.info("sent messages forgotten", messages=cleared)
        return cleared
