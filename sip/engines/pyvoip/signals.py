"""Telephone keys sent to the other side of a call, the way that the account says."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from edge.text import clean
from sip.account import Dtmf
from sip.engines.pyvoip.rtp import Rtp
from sip.engines.pyvoip.transactions import NoAnswer
from sip.engines.pyvoip.uac import Uac
from sip.errors import PhoneError

_REFUSED: Final = 300
_MILLISECONDS: Final = 160


class Signals:
    """Keys beside the voice (RFC 4733) or by INFO (RFC 6086)."""

    def __init__(self, way: Dtmf, rtp: Rtp, uac: Uac) -> None:
        self._press = self._inform if way is Dtmf.INFO else self._send
        self._rtp = rtp
        self._uac = uac

    async def press(self, keys: str) -> None:
        """Send them one after the other; returns once they went. Raises ``PhoneError``."""
        for key in keys:
            await self._press(key)

    async def _send(self, key: str) -> None:
        loop, sent = asyncio.get_running_loop(), asyncio.Event()

        def done() -> None:
            with suppress(RuntimeError):  # the loop has ended before the thread did
                loop.call_soon_threadsafe(sent.set)

        self._rtp.press(key, done)
        await sent.wait()

    async def _inform(self, key: str) -> None:
        relay = f"Signal={key}\r\nDuration={_MILLISECONDS}\r\n"
        try:
            final = await self._uac.ask("INFO", ("Content-Type", "application/dtmf-relay"), body=relay)
        except NoAnswer:
            raise PhoneError("the other side does not answer") from None
        if final.code >= _REFUSED:
            raise PhoneError(f"the other side takes no such keys ({final.code} {clean(final.phrase)})")
