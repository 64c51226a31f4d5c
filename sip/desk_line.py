"""One connection of a desk to the phone: what it is to be sent, and the end of it."""

from __future__ import annotations

import asyncio
import logging

from sip import events as ev
from sip.wire import Answer, encode

log = logging.getLogger(__name__)

_UNREAD = 1_000
"""Lines a desk may be behind before it is cut off; it attaches again and is told how things stand."""
_UNREAD_LEVELS = 20
_GOODBYE = 1.0


class DeskLine:
    """A desk that does not read is cut off: it holds up nobody else, and the phone keeps no more for it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._unread: asyncio.Queue[bytes | None] = asyncio.Queue(_UNREAD)

    def send(self, message: Answer | ev.PhoneReport) -> None:
        """Queue a line; a desk that does not read is cut off. Levels are dropped before that."""
        if _may_be_dropped(message) and self._unread.qsize() > _UNREAD_LEVELS:
            return
        try:
            self._unread.put_nowait(encode(message))
        except asyncio.QueueFull:
            self._cut_off()

    def end(self) -> None:
        """Close the line once all that is queued was read; a desk that does not read is cut off."""
        try:
            self._unread.put_nowait(None)
        except asyncio.QueueFull:
            self._cut_off()

    async def write(self) -> None:
        """Write what is queued until the line breaks or ends."""
        while (line := await self._unread.get()) is not None:
            self._writer.write(line)
            await self._writer.drain()
        self._writer.close()

    def _cut_off(self) -> None:
        log.warning("a desk did not read for too long; cut off")
        self._writer.transport.abort()

    async def close(self) -> None:
        """Close the connection; a desk that does not read what is left is cut off."""
        self._writer.close()
        try:
            async with asyncio.timeout(_GOODBYE):
                await self._writer.wait_closed()
        except TimeoutError:
            self._writer.transport.abort()
        except OSError:
            return


def _may_be_dropped(message: Answer | ev.PhoneReport) -> bool:
    """What comes again in a moment."""
    return isinstance(message, ev.AudioLevels) or (isinstance(message, ev.SoundTried) and not message.over)
