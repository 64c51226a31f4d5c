"""Taking a registration away where packets are lost or answers are strange; ``tests/pbx`` has Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest

from hub.adapters.sip_registrar import SipRegistrar
from hub.ports.registrar import RegistrarError

LONG, SHORT = (20.0,), (0.01, 20.0)
CHALLENGE = 'Digest realm="moked", nonce="n1", opaque="o1", algorithm=MD5, qop="auth"'


class _Registrar(asyncio.DatagramProtocol):
    """Answers each request with what ``reply`` makes of it and of how many came before."""

    def __init__(self, reply: Callable[[str, int], str]) -> None:
        self.requests: list[str] = []
        self._reply = reply

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        self.requests.append(data.decode())
        answer = self._reply(self.requests[-1], len(self.requests))
        if answer:
            self._transport.sendto(answer.encode(), addr)


@asynccontextmanager
async def _registrar(reply: Callable[[str, int], str]) -> AsyncIterator[tuple[_Registrar, int]]:
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Registrar(reply), local_addr=("127.0.0.1", 0)
    )
    yield protocol, transport.get_extra_info("sockname")[1]
    transport.close()


def _answer(request: str, status: str, *headers: str) -> str:
    kept = [
        line
        for line in request.split("\r\n")
        if line.split(":")[0] in {"Via", "From", "To", "Call-ID", "CSeq"}
    ]
    return "\r\n".join([f"SIP/2.0 {status}", *kept, *headers, "", ""])


def _usual(request: str) -> str:
    if "Authorization:" in request:
        return _answer(request, "200 OK")
    return _answer(request, "401 Unauthorized", f"WWW-Authenticate: {CHALLENGE}")


async def test_every_contact_is_taken_away_with_a_proof() -> None:
    async with _registrar(lambda request, _count: _usual(request)) as (registrar, port):
        await SipRegistrar("127.0.0.1", port, LONG).unregister("1001", "s3cret")
    first, second = registrar.requests
    for request in (first, second):
        assert request.startswith("REGISTER sip:127.0.0.1 SIP/2.0\r\n")
        assert "\r\nContact: *\r\nExpires: 0\r\n" in request
        assert "s3cret" not in request
    assert 'username="1001", realm="moked", nonce="n1"' in second
    assert 'opaque="o1"' in second


async def test_a_lost_packet_is_sent_again() -> None:
    async with _registrar(lambda request, count: _usual(request) if count > 1 else "") as (registrar, port):
        await SipRegistrar("127.0.0.1", port, SHORT).unregister("1001", "s3cret")
    assert registrar.requests[0] == registrar.requests[1]


@pytest.mark.parametrize(
    ("status", "words"),
    [("403 Forbidden\x1b[31m", "403 Forbidden"), ("500 Down", "500 Down"), ("401 No", "401")],
)
async def test_any_end_but_200_is_told_clean(status: str, words: str) -> None:
    async with _registrar(lambda request, _count: _answer(request, status)) as (_, port):
        with pytest.raises(RegistrarError, match=words) as told:
            await SipRegistrar("127.0.0.1", port, LONG).unregister("1001", "s3cret")
    assert "\x1b" not in str(told.value)


@pytest.mark.parametrize("noise", ["", "hello", "SIP/2.0 200 OK\r\nCSeq: 7 REGISTER\r\n\r\n"])
async def test_silence_and_noise_are_no_answer(noise: str) -> None:
    async with _registrar(lambda _request, _count: noise) as (registrar, port):
        with pytest.raises(RegistrarError, match="does not answer"):
            await SipRegistrar("127.0.0.1", port, (0.01, 0.01)).unregister("1001", "s3cret")
    assert len(registrar.requests) == 2
