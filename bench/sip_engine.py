"""Our engine beside bare baresip-python, on the same Asterisk, by turns: register, and dial → answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import baresip

from bench.figures import Row, milliseconds
from bench.place import Place
from sip import events as ev
from sip.account import Account
from sip.audio.silence_port import SilencePort
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.settings import StackNeeds, address_of_record
from sip.engines.baresip.stack import BaresipStack

TITLE = "SIP: our engine beside bare baresip-python of the same configuration, its start among it"

_ROUNDS = 15
_AGENT = "1101"
_TONE = "603"
"""The extension that answers at once."""
_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class _Times:
    """Seconds: REGISTER asked for → registered; dial asked for → answered."""

    register: float
    answer: float


def measure(place: Place) -> list[Row]:
    """Each round brings a stack up, registers, calls and takes it down: ours, then the bare one."""
    return asyncio.run(_measure(place.asterisk.account(_AGENT)))


async def _measure(account: Account) -> list[Row]:
    ours: list[_Times] = []
    bare: list[_Times] = []
    for _ in range(_ROUNDS + 1):
        ours.append(await _ours(account))
        bare.append(await _bare(account))
    del ours[0], bare[0]  # the first round loads what later ones find loaded
    return [
        Row(
            milliseconds(f"engine: {what}", (getattr(times, field) for times in ours)),
            milliseconds(f"bare baresip-python: {what}", (getattr(times, field) for times in bare)),
        )
        for what, field in (("register", "register"), ("dial → answered", "answer"))
    ]


async def _ours(account: Account) -> _Times:
    engine = BaresipEngine(BaresipStack(), SilencePort)
    await engine.start()
    try:
        async with asyncio.timeout(_WITHIN), aclosing(_stream(engine)) as events:
            began = time.monotonic()
            await engine.register(account)
            while not _registered(await anext(events)):
                pass
            registered = time.monotonic()
            call = await engine.dial(_TONE)
            while not isinstance(await anext(events), ev.CallEstablished):
                pass
            answered = time.monotonic()
            await engine.hangup(call)
            while not isinstance(await anext(events), ev.CallClosed):
                pass
    finally:
        await engine.close()
    return _Times(registered - began, answered - registered)


async def _stream(engine: BaresipEngine) -> AsyncGenerator[ev.PhoneEvent, None]:
    async for event in engine.events():
        yield event


def _registered(event: ev.PhoneEvent) -> bool:
    return isinstance(event, ev.RegistrationChanged) and event.state is ev.RegistrationState.REGISTERED


async def _bare(account: Account) -> _Times:
    began = time.monotonic()
    runtime = baresip.Runtime()
    await runtime.start(StackNeeds("127.0.0.1", transport=account.transport).config())
    try:
        async with asyncio.timeout(_WITHIN):
            agent = await baresip.UserAgent.create(runtime, address_of_record(account))
            await agent.register()
            registered = time.monotonic()
            call = await agent.dial(f"sip:{_TONE}@{account.domain}")
            await call.wait_established()
            answered = time.monotonic()
            await call.hangup()
            await agent.unregister()
    finally:
        await runtime.close()
    return _Times(registered - began, answered - registered)
