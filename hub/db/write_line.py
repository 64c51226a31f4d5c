"""One line of writers for what changes in contacts: all that wait together go in one transaction.

A transaction costs some milliseconds, whatever is in it. So what comes fast is written many at a time, and
nobody who only tells has to wait. The order is that of the asking: two versions of a visit can never be
stored the wrong way round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy.exc import OperationalError, SQLAlchemyError

Change = TypeVar("Change")


@dataclass(frozen=True, slots=True)
class _Asked(Generic[Change]):
    change: Change
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class WriteLine(Generic[Change]):
    """``store`` writes changes in one transaction: all or none. It raises ``SQLAlchemyError``."""

    def __init__(self, store: Callable[[Sequence[Change]], Awaitable[None]]) -> None:
        self._store = store
        self._waiting: list[_Asked[Change]] = []
        self._unwritten: list[Change] = []
        self._writer: asyncio.Task[None] | None = None

    def put(self, change: Change) -> asyncio.Future[None]:
        """Ask for ``change``; the future is done once it is stored, or has the ``SQLAlchemyError``."""
        asked = _Asked(change)
        self._waiting.append(asked)
        self._unwritten.append(change)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return asked.done

    def unwritten(self) -> Sequence[Change]:
        """What was asked and is not stored yet."""
        return self._unwritten

    async def settled(self) -> None:
        """Wait until everything asked so far is stored or has failed."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait({self._writer})

    async def _write(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            try:
                await self._write_together(together)
            except Exception as error:  # whoever asked is told, and the line goes on
                _tell(together, error)
            self._unwritten = [asked.change for asked in self._waiting]

    async def _write_together(self, asked: Sequence[_Asked[Change]]) -> None:
        """All at once; where one of them is at fault, one by one."""
        try:
            await self._store([one.change for one in asked])
        except OperationalError as error:  # the database itself: it would say the same to each
            _tell(asked, error)
        except SQLAlchemyError as error:
            if len(asked) == 1:
                _tell(asked, error)
                return
            for one in asked:
                await self._write_together((one,))
        else:
            _tell(asked, None)


def _tell(asked: Sequence[_Asked[Change]], error: Exception | None) -> None:
    for one in asked:
        if one.done.done():  # nobody waits any more
            continue
        if error is None:
            one.done.set_result(None)
        else:
            one.done.set_exception(error)
