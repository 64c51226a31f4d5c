"""How soon a phone can be rung again: after the exchange was restarted, by each transport."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from bench.figures import Row, milliseconds
from bench.place import Place
from sip import events as ev
from sip.account import Account, Transport
from sip.audio.silence_port import SilencePort
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.stack import BaresipStack
from sip.events import RegistrationState
from tests.pbx.rig import Asterisk

TITLE = (
    "Registration: register → registered; exchange ready again after a kill → registered, beside its start"
)

_ROUNDS = 5
_AGENTS = {Transport.UDP: "1101", Transport.TCP: "1101", Transport.TLS: "1001"}
_WITHIN = 60.0


def measure(place: Place) -> list[Row]:
    """Each round kills the exchange under a registered phone, and starts it when the phone knows."""
    return [row for transport in Transport for row in asyncio.run(_by(place.asterisk, transport))]


async def _by(asterisk: Asterisk, transport: Transport) -> list[Row]:
    account = asterisk.account(_AGENTS[transport], transport)
    asked: list[float] = []
    starts: list[float] = []
    back: list[float] = []
    for _ in range(_ROUNDS):
        await _round(asterisk, account, asked, starts, back)
    start = milliseconds("Asterisk: start → ready", starts)
    return [
        Row(milliseconds(f"{transport}: register → registered", asked), start),
        Row(milliseconds(f"{transport}: exchange ready → registered again", back), start),
    ]


async def _round(
    asterisk: Asterisk, account: Account, asked: list[float], starts: list[float], back: list[float]
) -> None:
    engine = BaresipEngine(BaresipStack(), SilencePort)
    await engine.start()
    try:
        async with asyncio.timeout(_WITHIN), aclosing(_stream(engine)) as events:
            began = time.monotonic()
            await engine.register(account)
            await _until(events, RegistrationState.REGISTERED)
            asked.append(time.monotonic() - began)
            await asyncio.to_thread(asterisk.kill)
            await _until(events, RegistrationState.UNREACHABLE)
            began = time.monotonic()
            await asyncio.to_thread(asterisk.start)
            ready = time.monotonic()
            starts.append(ready - began)
            await _until(events, RegistrationState.REGISTERED)
            # one that was quicker than the rig's own word of it needed no time
            back.append(time.monotonic() - ready)
    finally:
        await engine.close()


async def _stream(engine: BaresipEngine) -> AsyncGenerator[ev.PhoneEvent, None]:
    async for event in engine.events():
        yield event


async def _until(events: AsyncGenerator[ev.PhoneEvent, None], state: RegistrationState) -> None:
    async for event in events:
        if isinstance(event, ev.RegistrationChanged) and event.state is state:
            return
