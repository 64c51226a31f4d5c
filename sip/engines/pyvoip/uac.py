"""What we ask within one dialog: requests, and the ACK of an INVITE (RFC 3261 §12.2.1, §13.2)."""

from __future__ import annotations

from collections.abc import Callable

from sip.engines.pyvoip.client import Client, Request
from sip.engines.pyvoip.dialog import ALLOWED, Dialog
from sip.engines.pyvoip.message import Message


class Uac:
    """The asking side of a dialog. Whatever waits for an answer raises ``NoAnswer``."""

    def __init__(self, client: Client, dialog: Dialog) -> None:
        self.client = client
        self.dialog = dialog
        self._invite = self._request("INVITE")
        self._invited = "", 0
        """Branch and number of our last INVITE."""
        self._ack = b""
        self.heard = False
        """Whether anything was heard of our last INVITE: only then may it be given up (§9.1)."""

    async def ask(self, method: str, *more: tuple[str, str], body: str = "") -> Message:
        """A request and its final answer."""
        return await self.client.transact(self._request(method, *more, body=body), self.dialog.next)

    async def invite(
        self, *more: tuple[str, str], body: str, on_provisional: Callable[[Message], None] | None = None
    ) -> Message:
        """INVITE or re-INVITE, and its final answer; one that accepts wants ``acknowledge``."""
        self._invite = self._request("INVITE", *more, body=body)
        return await self.client.transact(self._invite, self.dialog.next, self._sent, on_provisional)

    async def cancel(self) -> None:
        """Give our last INVITE up (§9.1)."""
        await self.client.cancel(self._invite, *self._invited)

    def acknowledge(self) -> None:
        """The ACK of an accepted INVITE (§13.2.2.4)."""
        self._ack = self.client.acknowledge(self.dialog, self._invited[1])

    def acknowledge_again(self) -> bool:
        """The ACK that there was once more; False where there was none."""
        if self._ack:
            self.client.send(self._ack)
        return bool(self._ack)

    def _sent(self, branch: str, number: int) -> None:
        self._invited, self.heard = (branch, number), False

    def _request(self, method: str, *more: tuple[str, str], body: str = "") -> Request:
        headers = (*self.dialog.headers(), self.client.contact, ("Allow", ALLOWED), *more)
        return Request(method, self.dialog.target, headers, body)
