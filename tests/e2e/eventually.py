"""Waiting for what another process does, where no event of it can be heard: ask again until it is so."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

Found = TypeVar("Found")
_PAUSE = 0.05


def eventually(look: Callable[[], Found | None], what: str, *, within: float = 30.0) -> Found:
    """What ``look`` finds, asked until it finds something true; a hub that is away finds nothing."""
    deadline = time.monotonic() + within
    pause = threading.Event()
    while True:
        try:
            found = look()
        except (OSError, httpx.TransportError):
            found = None
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within:g} s")
        pause.wait(_PAUSE)


async def eventually_async(
    look: Callable[[], Awaitable[Found | None]], what: str, *, within: float = 30.0
) -> Found:
    """``eventually`` for coroutines, beside others of the same loop."""
    try:
        async with asyncio.timeout(within):
            while True:
                found = await look()
                if found:
                    return found
                await asyncio.sleep(_PAUSE)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {within:g} s") from None
