"""An exchange on real datagrams that registers anybody, and says to all else what a test has it say."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

from pbx.lab.message import Header, MalformedMessage, Message, Request, Response, parse, serialise
from sip.account import Account, MediaEncryption, Transport
from tests.stubs.registrar import answer_to
from tests.stubs.sip import response

_WITHIN = 15.0
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    b"a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)
_SDP_TYPE = ("Content-Type", "application/sdp")


class StubExchange(asyncio.DatagramProtocol):
    """``heard`` is every message of the phone, REGISTER and OPTIONS apart; again where it came again."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.phone: tuple[str, int] = ("", 0)
        self.registers: Callable[[Request], Response] = lambda request: cast(
            Response, answer_to(request, 200)
        )
        self._read = 0
        self._news = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def account(self) -> Account:
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")
        return Account(
            "1101",
            f"{host}:{port}",
            "secret",
            transport=Transport.UDP,
            media_encryption=MediaEncryption.OFF,
            codecs=("pcma", "pcmu"),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str | Any, int]) -> None:
        if not data.strip():  # keeps a home router's binding
            return
        try:
            message = parse(data)
        except MalformedMessage:  # an answer to noise bears its marks
            return
        if isinstance(message, Request) and message.method == "REGISTER":
            self.phone = address
            self._send(self.registers(message), address)
        elif isinstance(message, Request) and message.method == "OPTIONS":
            self._send(response(message, 200), address)
        else:
            self.heard.append(message)
            task = asyncio.get_running_loop().create_task(self._tell())
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def next(self, accept: Callable[[Message], bool]) -> Message:
        """The next message that is accepted; those before it count as read."""
        async with asyncio.timeout(_WITHIN), self._news:
            while True:
                while self._read < len(self.heard):
                    self._read += 1
                    if accept(self.heard[self._read - 1]):
                        return self.heard[self._read - 1]
                await self._news.wait()

    async def request(self, method: str) -> Request:
        """The next request of that method."""
        found = await self.next(lambda message: isinstance(message, Request) and message.method == method)
        assert isinstance(found, Request)
        return found

    async def response(self, status: int = 0) -> Response:
        """The next response, of that status if one is named."""
        found = await self.next(
            lambda message: isinstance(message, Response) and status in (0, message.status)
        )
        assert isinstance(found, Response)
        return found

    async def is_answered(self, call_id: str) -> None:
        """Ask for options, and wait for the answer: all that was sent before has been taken then."""
        self.invite(body=b"", method="OPTIONS", call_id=call_id)
        await self.next(lambda message: message.call_id == call_id)

    def answer(self, request: Request, status: int, *headers: Header, body: bytes = b"") -> None:
        """Answer the phone's request."""
        made = response(request, status)
        kind = (_SDP_TYPE,) if body else ()
        contact = () if status == 100 else (("Contact", "<sip:far@127.0.0.1:40001>"),)
        self._send(replace(made, headers=(*made.headers, *contact, *headers, *kind), body=body), self.phone)

    def send(self, data: bytes) -> None:
        """Any datagram to the phone, from the exchange's own address."""
        assert self._transport is not None
        self._transport.sendto(data, self.phone)

    def invite(
        self, *headers: Header, body: bytes = SDP, method: str = "INVITE", call_id: str = ""
    ) -> Request:
        """An INVITE to the phone, or another request out of any dialog, sent."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")
        kind = (_SDP_TYPE,) if body else ()
        mine = Request(
            headers=(
                ("Via", f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{secrets.token_hex(6)};rport"),
                ("Max-Forwards", "70"),
                ("From", '"Yossi Cohen" <sip:0525550101@far>;tag=far'),
                ("To", f"<sip:1101@{host}>"),
                ("Call-ID", call_id or secrets.token_hex(8)),
                ("CSeq", f"7 {method}"),
                ("Contact", f"<sip:far@{host}:{port}>"),
                *headers,
                *kind,
            ),
            body=body,
            method=method,
            uri=f"sip:1101@{self.phone[0]}:{self.phone[1]}",
        )
        self._send(mine, self.phone)
        return mine

    def within(
        self,
        invite: Request,
        answer: Response,
        method: str,
        number: int,
        *headers: Header,
        body: bytes = b"",
    ) -> Request:
        """A request in the dialog that our INVITE began, sent."""
        made = invite.without("Content-Type").with_first("To", answer.get("To"))
        made = made.with_first("CSeq", f"{number} {method}")
        via = f"SIP/2.0/UDP 127.0.0.1:1;branch=z9hG4bK{secrets.token_hex(6)};rport"
        made = replace(made.with_first("Via", via), method=method, body=body)
        self._send(replace(made, headers=(*made.headers, *headers)), self.phone)
        return made

    def _send(self, message: Message, to: tuple[str, int]) -> None:
        assert self._transport is not None
        self._transport.sendto(serialise(message), to)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


@asynccontextmanager
async def stub_exchange() -> AsyncIterator[StubExchange]:
    """An exchange on a free port."""
    transport, exchange = await asyncio.get_running_loop().create_datagram_endpoint(
        StubExchange, local_addr=("127.0.0.1", 0)
    )
    try:
        yield exchange
    finally:
        transport.close()
