"""Server-sent events as an answer, one chunk an event and little else: a centre has a thousand desks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.events import Sent

_SIGN_OF_LIFE = b": here\r\n\r\n"
"""A comment (HTML standard, 9.2.5): proxies and desks learn that the line stands."""


class EventStream(Response):
    """``events`` until they end or the far end is gone; ``ping`` seconds between two signs of life."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[Sent], *, ping: float) -> None:
        self._events = events
        self._ping = ping
        self.status_code = 200
        self.background = None
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sending = asyncio.create_task(self._send_events(send))
        beside = (asyncio.create_task(gone(receive)), asyncio.create_task(self._send_signs(send)))
        try:
            await asyncio.wait({sending, *beside}, return_when=asyncio.FIRST_COMPLETED)
            ended = sending.done()
        finally:
            for task in (sending, *beside):
                task.cancel()
            await asyncio.gather(sending, *beside, return_exceptions=True)
        if ended:
            sending.result()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_events(self, send: Send) -> None:
        async for sent in self._events:
            await send({"type": "http.response.body", "body": _event(sent), "more_body": True})

    async def _send_signs(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self._ping)
            await send({"type": "http.response.body", "body": _SIGN_OF_LIFE, "more_body": True})


async def gone(receive: Receive) -> None:
    """Return when the far end has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(sent: Sent) -> bytes:
    """No line break is looked for: ids are the bus's own, and in JSON a break is written as an escape."""
    name = f"id: {sent.id}\r\n" if sent.id else ""
    return f"{name}event: {sent.kind}\r\ndata: {sent.data}\r\n\r\n".encode()
