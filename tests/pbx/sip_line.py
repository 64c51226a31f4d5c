"""SIP over one UDP socket, as far as a test's phone needs it: messages, transactions, digest.

RFC 3261 for messages and client transactions, RFC 2617 for the proof of a password.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

_TIMEOUT = 10.0
_CHALLENGES = {401: ("WWW-Authenticate", "Authorization"), 407: ("Proxy-Authenticate", "Proxy-Authorization")}

Headers: TypeAlias = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Message:
    """One SIP message: its first line, its headers in order, its body."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def method(self) -> str:
        """The request's method, empty for a response."""
        return "" if self.status else self.start.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """The response's status, 0 for a request."""
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0") else 0

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str:
        """The first value of a header, empty when there is none."""
        return next(iter(self.all(name)), "")


@dataclass(frozen=True, slots=True)
class Request:
    """A request to send: who it goes to, its own headers, its place in the dialog."""

    method: str
    uri: str
    headers: Headers
    sequence: int
    body: str = ""


def parse(data: bytes) -> Message:
    """A datagram as a message."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    pairs = [line.partition(":") for line in lines]
    return Message(start, tuple((key.strip(), value.strip()) for key, _, value in pairs), body)


def address(header: str) -> str:
    """The URI in a name-addr or addr-spec (§20.10)."""
    found = re.search(r"<([^>]+)>", header)
    return found.group(1) if found else header.split(";", maxsplit=1)[0]


def tag(header: str) -> str:
    """The tag of a From or To (§19.3), empty where there is none."""
    found = re.search(r";\s*tag=([^;\s]+)", header)
    return found.group(1) if found else ""


class Line(asyncio.DatagramProtocol):
    """A UDP socket from ``host`` to the exchange at 127.0.0.1; requests that arrive go to ``on_request``."""

    def __init__(
        self, user: str, password: str, on_request: Callable[[Message], None], host: str = "127.0.0.1"
    ) -> None:
        self._host = host
        self._user, self._password = user, password
        self._on_request = on_request
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: dict[tuple[str, str], asyncio.Queue[Message]] = {}
        self.port = 0

    async def open(self, exchange: int) -> None:
        """Bind a free port and face the exchange's."""
        made = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=(self._host, 0), remote_addr=("127.0.0.1", exchange)
        )
        self._transport = made[0]
        self.port = self._transport.get_extra_info("sockname")[1]

    def close(self) -> None:
        """Close the socket. Safe to call twice."""
        if self._transport is not None:
            self._transport.close()

    async def transact(self, request: Request) -> Message:
        """Send, and return the final response; with credentials when they are asked for (§22)."""
        final = await self._once(request)
        if final.status not in _CHALLENGES:
            return final
        challenge, answer = _CHALLENGES[final.status]
        proof = self._digest(request, final.header(challenge))
        headers = [*request.headers, (answer, proof)]
        again = Request(request.method, request.uri, headers, request.sequence + 1, request.body)
        return await self._once(again)

    async def _once(self, request: Request) -> Message:
        key = (dict(request.headers)["Call-ID"], f"{request.sequence} {request.method}")
        replies = self._waiting[key] = asyncio.Queue(100)
        branch = self.send_request(request)
        try:
            while True:
                reply = await asyncio.wait_for(replies.get(), _TIMEOUT)
                if reply.status >= 200:
                    break
        finally:
            del self._waiting[key]
        if request.method == "INVITE" and reply.status >= 300:
            # the ACK of a refusal belongs to the transaction (§17.1.1.3)
            same = [(n, reply.header("To") if n == "To" else v) for n, v in request.headers]
            self.send_request(Request("ACK", request.uri, same, request.sequence), branch=branch)
        return reply

    def send_request(self, request: Request, *, branch: str = "") -> str:
        """Send without waiting; returns the branch."""
        branch = branch or f"z9hG4bK{secrets.token_hex(8)}"
        via = f"SIP/2.0/UDP {self._host}:{self.port};rport;branch={branch}"
        head = [("Via", via), ("Max-Forwards", "70")]
        head += [*request.headers, ("CSeq", f"{request.sequence} {request.method}")]
        self._send(f"{request.method} {request.uri} SIP/2.0", head, request.body)
        return branch

    def reply(
        self, request: Message, status: str, *extra: tuple[str, str], to: str = "", body: str = ""
    ) -> None:
        """Answer ``request`` with ``status`` (``486 Busy Here``)."""
        kept = {"Via", "From", "Call-ID", "CSeq"}
        head = [(name, value) for name, value in request.headers if name in kept]
        self._send(f"SIP/2.0 {status}", [*head, ("To", to or request.header("To")), *extra], body)

    def _send(self, start: str, headers: Headers, body: str) -> None:
        if body:
            headers = [*headers, ("Content-Type", "application/sdp")]
        headers = [*headers, ("Content-Length", str(len(body.encode())))]
        lines = [start, *(f"{key}: {value}" for key, value in headers), "", body]
        if self._transport is not None:
            self._transport.sendto("\r\n".join(lines).encode())

    def _digest(self, request: Request, challenge: str) -> str:
        told = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge))
        cnonce = secrets.token_hex(8)
        secret = _md5(self._user, told["realm"], self._password)
        response = _md5(
            *(secret, told["nonce"], "00000001", cnonce, "auth"), _md5(request.method, request.uri)
        )
        quoted = {
            "username": self._user,
            "realm": told["realm"],
            "nonce": told["nonce"],
            "uri": request.uri,
            "response": response,
            "cnonce": cnonce,
            "opaque": told.get("opaque", ""),
        }
        fields = ", ".join(f'{key}="{value}"' for key, value in quoted.items())
        return f"Digest {fields}, algorithm=MD5, qop=auth, nc=00000001"

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        """One datagram from the exchange."""
        if not data.strip():
            return
        message = parse(data)
        if not message.status:
            self._on_request(message)
            return
        waiting = self._waiting.get((message.header("Call-ID"), message.header("CSeq")))
        if waiting is not None:
            waiting.put_nowait(message)


def _md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()
