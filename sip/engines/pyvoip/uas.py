"""What we answer to the INVITEs of one dialog (RFC 3261 §13.3), a 200 until it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from sip.engines.pyvoip.client import Client
from sip.engines.pyvoip.dialog import ALLOWED, Dialog, tag_of
from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.transactions import GIVEN_UP, T1, T2


class Uas:
    """The answering side of a dialog.

    ``run`` does something beside all else; ``unconfirmed`` is called where no ACK of a 200 came.
    """

    def __init__(
        self,
        client: Client,
        dialog: Dialog,
        run: Callable[[Coroutine[Any, Any, object]], None],
        unconfirmed: Callable[[], None],
    ) -> None:
        self._client = client
        self._tag = tag_of(dialog.local)
        self._run = run
        self._unconfirmed = unconfirmed
        self._acknowledged = asyncio.Event()

    def answer(self, request: Message, status: str, *more: tuple[str, str]) -> None:
        """Answer ``request``, provisionally or for good, with anything but the 200 of an INVITE."""
        self._client.respond(request, status, *more, tag=self._tag)

    def accept(self, invite: Message, body: str) -> None:
        """200 to an INVITE, sent again until its ACK comes (§13.3.1.4)."""
        told = (self._client.contact, ("Allow", ALLOWED))
        data = self._client.respond(invite, "200 OK", *told, tag=self._tag, body=body)
        self._acknowledged.clear()
        self._run(self._until_acknowledged(invite, data))

    def acknowledged(self) -> None:
        """Our 200 arrived, or need not any more."""
        self._acknowledged.set()

    async def _until_acknowledged(self, invite: Message, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        end, interval = loop.time() + GIVEN_UP, T1
        while not self._acknowledged.is_set() and loop.time() < end:
            try:
                async with asyncio.timeout(interval):
                    await self._acknowledged.wait()
            except TimeoutError:
                self._client.send_again(invite, data)
                interval = min(interval * 2, T2)
        if not self._acknowledged.is_set():
            self._unconfirmed()
