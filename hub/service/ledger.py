"""Compares what the exchange counted with what the hub saw: calls that came and went while it saw nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.db.contacts import ContactStore
from hub.db.marks import Compared, MarkStore
from hub.domain.contacts import Unseen
from hub.ports.pbx import QueueRow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The exchange's counts beside the hub's. ``now`` tells the time."""

    store: ContactStore
    marks: MarkStore
    now: Callable[[], datetime]

    async def compare(self, rows: Iterable[QueueRow]) -> AsyncIterator[Unseen]:
        """What the exchange counted and the hub did not see, by queue; stored, and compared from here on.

        A database that fails is tried again at the next comparison.
        """
        await self.store.settled()  # what the hub saw is counted where it is stored
        for row in rows:
            try:
                found = await self._unseen(row)
            except SQLAlchemyError as error:
                log.warning("counts not compared", queue=row.name, error=type(error).__name__)
                continue
            if found is not None:
                log.warning("calls out of sight", queue=row.name, calls=found.calls)
                yield found

    async def _unseen(self, row: QueueRow) -> Unseen | None:
        counted = row.completed + row.abandoned
        before = await self.marks.compared(row.name)
        missed = 0 if before is None else _missed(counted, before)
        found = Unseen(row.name, missed, self.now()) if missed > 0 else None
        if found is not None:
            await self.store.record_unseen(found)
        await self.marks.mark(row.name, counted)
        return found


def _missed(counted: int, before: Compared) -> int:
    """An exchange that started anew counts from nought, and what it has counted by now nobody saw."""
    return counted if counted < before.counted else counted - before.counted - before.seen
