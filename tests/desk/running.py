"""Running the desk's loops in a test: started together, ended together, their failures seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

Service: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(*services: Service) -> AsyncIterator[None]:
    """The services run while the context lasts; one that failed fails the test."""
    tasks = [asyncio.create_task(service()) for service in services]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, Exception):
            raise outcome
