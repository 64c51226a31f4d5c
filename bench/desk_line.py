"""A desk's event stream on a bare socket: what came, and when. Cheap enough to hold a thousand of them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import TypeAlias, cast

_END = re.compile(rb"\r?\n\r?\n")
_KIND = re.compile(rb"^event: ?(\w+)", re.MULTILINE)
_DATA = re.compile(rb"^data: ?(.*)", re.MULTILINE)
_CONTACT = re.compile(rb'"contact":"([^"]+)"')

Heard: TypeAlias = Callable[[str, bytes, float], None]
"""Takes the kind of an event, its data, and when it was read (seconds, monotonic)."""


def contact_in(data: bytes) -> str:
    """The first contact that an event names, or ""."""
    found = _CONTACT.search(data)
    return found[1].decode() if found else ""


class DeskLine(asyncio.Protocol):
    """Sends ``request`` and tells ``heard`` of each server-sent event of the answer."""

    def __init__(self, request: bytes, heard: Heard) -> None:
        self._request = request
        self._heard = heard
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self.open = asyncio.Event()
        """The first event came."""
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Whole events are told, the rest waits for more."""
        at = time.monotonic()
        *blocks, self._rest = _END.split(self._rest + data)
        for block in blocks:
            kind = _KIND.search(block)
            if kind is None:  # the answer's head, or a sign of life
                continue
            self.open.set()
            found = _DATA.search(block, kind.end())
            self._heard(kind[1].decode(), found[1] if found else b"", at)

    def connection_lost(self, exc: Exception | None) -> None:
        """The far end is gone, or ``close`` was called."""
        self.lost = True

    def close(self) -> None:
        """Let the stream go."""
        if self._transport is not None:
            self._transport.abort()
