"""``SIPClient``, mended: one UDP socket on the event loop, by which one account speaks to one registrar."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pyVoIP.SIP import SIPClient, SIPParseError
from pyVoIP.VoIP import VoIPPhone

from sip.engines.pyvoip.dialog import AGENT, Dialog, Headers, text_of
from sip.engines.pyvoip.digest import first_proof
from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.responses import response_to
from sip.engines.pyvoip.transactions import ClientTransactions, ServerTransactions

log = logging.getLogger(__name__)

_AUTHORIZATION: Final = {401: "Authorization", 407: "Proxy-Authorization"}
_MOST_PROOFS: Final = 2
"""A nonce may have aged once (``stale``, RFC 2617 §3.3)."""
_MOST_ACKS: Final = 64
_REFUSED: Final = 300


@dataclass(slots=True)
class Request:
    """One of our requests, before it has a branch and a number."""

    method: str
    uri: str
    headers: Headers
    body: str = ""


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._received(data, (addr[0], addr[1]))


class Client(SIPClient):
    """What is sent and received.

    Mended in ``SIPClient``: it listens from the first moment and never blocks (it slept a second, then read
    its socket from several threads, so that ``call`` met others' answers or none). Requests are sent again
    until they are answered, and answers again when they are asked for (RFC 3261 §17). The ACK of an answer
    bears that answer's To and a branch of its own, that of a refusal its INVITE's (§13.2.2.4, §17.1.1.3; it
    invented a tag, and Asterisk ended every call after 32 s). Ids are random (§8.1.1.4, §8.1.1.7; those of
    two phones were the same) and not remembered for ever. Any request gets an answer (§8.2; OPTIONS got
    none, and Asterisk took the phone for gone), and one of a stranger is refused. Digest by the request's
    own URI. No datagram can end anything, and nothing is printed.
    Its own still: server, port, user name and password, its branches, and the count of REGISTERs.
    """

    def __init__(self, phone: VoIPPhone, here: str) -> None:
        super().__init__(
            phone.server, phone.port, phone.username, phone.password, phone, here, 0, phone.callback
        )
        self._line: asyncio.DatagramTransport | None = None
        self._asked = ClientTransactions(self.send)
        self._answered = ServerTransactions()
        self._acks: OrderedDict[str, bytes] = OrderedDict()

    async def open(self) -> None:
        """Have a socket. Raises ``OSError``."""
        made = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Datagrams(self.received), local_addr=(self.myIP, 0)
        )
        self._line = made[0]
        self.myPort = made[0].get_extra_info("sockname")[1]
        self.NSD = True

    def stop(self) -> None:
        """Close the socket; nothing is sent or heard any more. Safe to call twice."""
        self.NSD = False
        if self._line is not None:
            self._line.close()

    def gen_tag(self) -> str:
        """One end of a dialog (§19.3)."""
        return secrets.token_hex(8)

    def gen_call_id(self) -> str:
        """A dialog (§8.1.1.4)."""
        return secrets.token_hex(16)

    @property
    def contact(self) -> tuple[str, str]:
        """Where requests reach us (§8.1.1.8)."""
        return "Contact", f"<sip:{self.username}@{self.myIP}:{self.myPort}>"

    # What goes

    def send(self, data: bytes) -> None:
        """To the registrar, by which everything goes."""
        if self.server and self._line is not None and not self._line.is_closing():
            self._line.sendto(data, (self.server, self.port))

    def keep_binding(self) -> None:
        """An empty message (§7.5), for home routers forget who says nothing."""
        self.send(b"\r\n\r\n")

    def written(self, request: Request, branch: str, number: int, *more: tuple[str, str]) -> bytes:
        """The request as it is sent."""
        via = f"SIP/2.0/UDP {self.myIP}:{self.myPort};rport;branch={branch}"
        first = (("Via", via), ("Max-Forwards", "70"), ("CSeq", f"{number} {request.method}"))
        headers = (*first, *request.headers, *more, ("User-Agent", AGENT))
        return text_of(f"{request.method} {request.uri} SIP/2.0", headers, request.body)

    async def transact(
        self,
        request: Request,
        number: Callable[[], int],
        on_sent: Callable[[str, int], None] = lambda _branch, _number: None,
        on_provisional: Callable[[Message], None] | None = None,
    ) -> Message:
        """Send, prove the password where it is asked for, and return the final answer.

        ``number`` gives each try its CSeq, ``on_sent`` is told branch and CSeq. The ACK of a refused INVITE
        is sent here. Raises ``NoAnswer``.
        """
        more: tuple[tuple[str, str], ...] = ()
        for _ in range(_MOST_PROOFS + 1):
            branch, sequence = self.gen_branch(), number()
            on_sent(branch, sequence)
            data = self.written(request, branch, sequence, *more)
            final = await self._asked.run(data, branch, request.method, on_provisional)
            if request.method == "INVITE" and final.code >= _REFUSED:
                self._acknowledge_refusal(request, final, branch, sequence)
            if final.code not in _AUTHORIZATION or (more and not _stale(final)):
                break
            proven = first_proof(
                final.challenges(), self.username, self.password, request.method, request.uri
            )
            if proven is None:
                break
            more = ((_AUTHORIZATION[final.code], proven),)
        return final

    async def cancel(self, invite: Request, branch: str, number: int) -> None:
        """Give an INVITE up (§9.1): the same branch and number, and To without a tag."""
        kept = [(name, value) for name, value in invite.headers if name in ("Route", "From", "To", "Call-ID")]
        data = self.written(Request("CANCEL", invite.uri, kept), branch, number)
        await self._asked.run(data, branch, "CANCEL")

    def acknowledge(self, dialog: Dialog, number: int) -> bytes:
        """ACK an answer that was accepted: a transaction of its own, in the dialog (§13.2.2.4)."""
        data = self.written(Request("ACK", dialog.target, dialog.headers()), self.gen_branch(), number)
        self.send(data)
        return data

    def _acknowledge_refusal(self, request: Request, final: Message, branch: str, number: int) -> None:
        same = [(name, value) for name, value in request.headers if name in ("Route", "From", "Call-ID")]
        ack = Request("ACK", request.uri, [*same, ("To", final.first("to"))])
        self._acks[branch] = self.written(ack, branch, number)
        self.send(self._acks[branch])
        while len(self._acks) > _MOST_ACKS:
            self._acks.popitem(last=False)

    def respond(
        self, request: Message, status: str, *more: tuple[str, str], tag: str = "", body: str = ""
    ) -> bytes:
        """Answer ``request`` with ``status`` (``486 Busy Here``), back to where it came from (RFC 3581)."""
        data = response_to(request, status, *more, tag=tag or self.gen_tag(), body=body)
        self._answered.answer(request, data)
        self.send_again(request, data)
        return data

    def send_again(self, request: Message, data: bytes) -> None:
        """An answer to ``request``."""
        if self._line is not None and not self._line.is_closing():
            self._line.sendto(data, request.source)

    # What comes

    def received(self, data: bytes, source: tuple[str, int]) -> None:
        """One datagram of anybody."""
        if not self.NSD or not data.strip(b"\r\n\0"):
            return
        try:
            message = Message(data)
        except SIPParseError as error:
            log.debug("passed over: %s", error)
            return
        message.source = source
        try:
            self.parse_message(message)
        except Exception:
            # whatever one datagram upsets, here or in pyVoIP, the next caller must still get through
            log.exception("a message was not taken")

    def parse_message(self, message: Message) -> None:  # type: ignore[override] # it makes only ours
        """A message of SIP: an answer finds who waits for it, a request gets its answer."""
        known = message.source[0] == self.server
        if message.code and known:
            self._hear_answer(message)
        elif not message.code and known:
            self._hear_request(message)
        elif not message.code and message.method != "ACK":
            self.send_again(message, response_to(message, "403 Forbidden", tag=self.gen_tag()))

    def _hear_answer(self, answer: Message) -> None:
        if self._asked.answered(answer):
            return
        ack = self._acks.get(answer.branch)
        if ack is not None and answer.code >= _REFUSED:
            self.send(ack)
        else:
            self.phone.callback(answer)

    def _hear_request(self, request: Message) -> None:
        before = self._answered.known(request)
        if before is None:
            self.phone.callback(request)
        elif before:
            self.send_again(request, before)


def _stale(refusal: Message) -> bool:
    return any(challenge.get("stale", "").lower() == "true" for challenge in refusal.challenges())
