"""A bounded stream of events with one writer side and one reader; what does not fit ends it, loudly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

CAPACITY = 1024
"""Minutes of a busy phone's events: a reader this far behind has stopped reading."""


class Overflow(Exception):
    """The reader fell more than the stream's capacity behind; events were lost."""


class EventStream(Generic[Item]):
    """Events in order, from the first ``put`` until ``close``. Belongs to one event loop; one reader."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._queue: asyncio.Queue[Item | None] = asyncio.Queue(capacity + 1)
        self._capacity = capacity
        self._closed = False
        self._failure: Exception | None = None

    @property
    def closed(self) -> bool:
        """Whether nothing more can be put."""
        return self._closed

    def put(self, item: Item) -> None:
        """Append ``item``; after ``close`` it is dropped. When full, the stream fails with ``Overflow``."""
        if self._closed:
            return
        if self._queue.qsize() >= self._capacity:
            self.fail(Overflow(f"{self._capacity} events unread"))
            return
        self._queue.put_nowait(item)

    def put_frequent(self, item: Item) -> None:
        """Append what the next one replaces (levels); dropped when the reader is already behind."""
        if self._queue.qsize() < self._capacity // 8:
            self.put(item)

    def close(self) -> None:
        """End the stream: the reader still gets what was put before."""
        if not self._closed:
            self._closed = True
            self._queue.put_nowait(None)

    def fail(self, failure: Exception) -> None:
        """End the stream with ``failure``, which the reader meets after what was put before."""
        if not self._closed:
            self._failure = failure
            self.close()

    async def __aiter__(self) -> AsyncIterator[Item]:
        """All items until the end; raises what ``fail`` was given."""
        while (item := await self._queue.get()) is not None:
            yield item
        if self._failure is not None:
            raise self._failure
