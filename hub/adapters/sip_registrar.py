"""The port ``hub.ports.registrar.Registrar`` by SIP over UDP: REGISTER, ``Contact: *`` (RFC 3261 §10.2.2).

The exchange has no other way to end a registration for somebody with so few rights: deleting it by AMI needs
``system``, by which everything can be reloaded and run. So the hub speaks as the device, with a password
that is made for this one request.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence

from edge.text import clean
from hub.domain.sip_account import account_digest
from hub.ports.registrar import RegistrarError

_OK, _UNAUTHORIZED = 200, 401
"""Status codes (RFC 3261 §21); from 200 on an answer is final."""
_RETRANSMIT = (0.5, 1.0, 2.0)
"""Seconds to wait for an answer before each further try (RFC 3261 §17.1.2.2, T1 = 0.5)."""
_FIELD = re.compile(r'(\w+)="?([^",]*)"?')
_STATUS = re.compile(r"SIP/2\.0 ([1-6][0-9]{2}) ([^\r\n]*)")


class SipRegistrar:
    """The registrar at ``host:port``; ``waits`` are for tests."""

    def __init__(self, host: str, port: int, waits: Sequence[float] = _RETRANSMIT) -> None:
        self._host = host
        self._port = port
        self._waits = waits

    async def unregister(self, user: str, password: str) -> None:
        """Take every contact of ``user`` away. Raises ``RegistrarError``."""
        try:
            transport, line = await asyncio.get_running_loop().create_datagram_endpoint(
                _Line, remote_addr=(self._host, self._port)
            )
        except OSError as error:
            raise RegistrarError(f"the registrar cannot be reached: {error}") from error
        try:
            await _Leaving(line, transport, self._host, user, self._waits).end(password)
        finally:
            transport.close()


class _Line(asyncio.DatagramProtocol):
    """The datagrams that come back; the socket is connected, so they are the registrar's."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[str] = asyncio.Queue(100)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        if not self.answers.full():
            self.answers.put_nowait(data.decode("utf-8", "replace"))


class _Leaving:
    """One REGISTER and, when it is challenged, its answer with credentials."""

    def __init__(
        self,
        line: _Line,
        transport: asyncio.DatagramTransport,
        host: str,
        user: str,
        waits: Sequence[float],
    ) -> None:
        self._line = line
        self._waits = waits
        self._transport = transport
        self._uri = f"sip:{host}"
        self._user = user
        self._aor = f"<sip:{user}@{host}>"
        self._call = secrets.token_hex(16)
        self._tag = secrets.token_hex(8)

    async def end(self, password: str) -> None:
        """Raises ``RegistrarError`` for every end but 200."""
        answer = await self._transact(1, "")
        if _status(answer)[0] == _UNAUTHORIZED:
            challenge = dict(_FIELD.findall(_header(answer, "WWW-Authenticate")))
            answer = await self._transact(2, _proof(challenge, self._user, password, self._uri))
        status, words = _status(answer)
        if status != _OK:
            raise RegistrarError(f"the registrar answers {status} {clean(words, limit=80)}")

    async def _transact(self, sequence: int, proof: str) -> str:
        """The final answer."""
        here = self._transport.get_extra_info("sockname")
        lines = [
            f"REGISTER {self._uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {here[0]}:{here[1]};rport;branch=z9hG4bK{secrets.token_hex(8)}",
            "Max-Forwards: 70",
            f"From: {self._aor};tag={self._tag}",
            f"To: {self._aor}",
            f"Call-ID: {self._call}",
            f"CSeq: {sequence} REGISTER",
            "Contact: *",
            "Expires: 0",
            *([f"Authorization: {proof}"] if proof else []),
            "Content-Length: 0",
        ]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        for wait in self._waits:
            self._transport.sendto(request)
            try:
                async with asyncio.timeout(wait):
                    return await self._answer(f"{sequence} REGISTER")
            except TimeoutError:
                continue
        raise RegistrarError("the registrar does not answer")

    async def _answer(self, sequence: str) -> str:
        while True:
            answer = await self._line.answers.get()
            if _header(answer, "CSeq") == sequence and _status(answer)[0] >= _OK:
                return answer


def _status(answer: str) -> tuple[int, str]:
    found = _STATUS.match(answer)
    return (int(found[1]), found[2]) if found else (0, "")


def _header(answer: str, name: str) -> str:
    found = re.search(rf"^{name}:[ \t]*([^\r\n]*)", answer, re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else ""


def _proof(challenge: Mapping[str, str], user: str, password: str, uri: str) -> str:
    """The value of Authorization (RFC 2617 §3.2.2)."""
    realm, nonce = challenge.get("realm", ""), challenge.get("nonce", "")
    client = secrets.token_hex(8)
    secret = account_digest(user, realm, password)
    response = _md5(secret, nonce, "00000001", client, "auth", _md5("REGISTER", uri))
    opaque = f', opaque="{challenge["opaque"]}"' if "opaque" in challenge else ""
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}", '
        f'cnonce="{client}", qop=auth, nc=00000001, algorithm=MD5{opaque}'
    )


def _md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()
