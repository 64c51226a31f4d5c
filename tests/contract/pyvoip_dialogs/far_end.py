"""What the exchange sends, and what both sides have once they talk."""

from __future__ import annotations

import re

from pbx.lab.message import Request, Response
from sip import events as ev
from tests.contract.engine import Line
from tests.stubs.exchange import SDP, StubExchange

OPUS = SDP.replace(b" 8 0 101", b" 107").replace(b"8 PCMA/8000", b"107 opus/48000/2")
TORN = b"v=0\r\nm=audio nonsense\r\n"
SECURE = SDP.replace(b"RTP/AVP", b"RTP/SAVP")


def branch(message: Request | Response) -> str:
    found = re.search(r"branch=([^;]+)", message.get("Via"))
    assert found is not None
    return found[1]


async def talk(exchange: StubExchange, phone: Line) -> tuple[str, Request, Response]:
    """A call of the exchange's that was answered and confirmed."""
    invite = exchange.invite()
    call = (await phone.next(ev.CallIncoming)).call
    await phone.engine.answer(call)
    ok = await exchange.response(200)
    exchange.within(invite, ok, "ACK", 7)
    await phone.next(ev.CallEstablished)
    return call, invite, ok
