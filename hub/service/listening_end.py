"""The end of a listening: told to those concerned, and in the audit, which so holds how long it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub.db.audit import AuditStore
from hub.service.listening_book import ListeningBook, Session

log = structlog.get_logger(__name__)

OVER: Final = "listening over"


@dataclass(frozen=True, slots=True)
class ListeningEnd:
    """Ends each session once, whoever says first that it is over."""

    book: ListeningBook
    audit: AuditStore
    now: Callable[[], datetime]

    async def over(self, session: Session) -> None:
        """It has ended. Who was never heard by anybody ended nothing; an end is not held up by the audit."""
        ended = self.book.known(session.id)
        self.book.over(session)
        if ended is None or ended.since is None:
            return
        words = clean(ended.contact, limit=80)
        try:
            await self.audit.record(ended.trainer, OVER, ended.agent, words, self.now())
        except SQLAlchemyError as error:
            log.warning("the end of a listening is not in the audit", error=clean(str(error)))
