"""From an exchange that is back, having forgotten every contact, to a phone that is registered again."""

from __future__ import annotations

import asyncio
import time

import baresip

from bench.figures import Row, milliseconds
from bench.place import Place
from sip import events as ev
from sip.account import Account, Transport
from sip.audio.silence_port import SilencePort
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.settings import StackNeeds, address_of_record
from sip.engines.baresip.stack import BaresipStack
from sip.events import RegistrationState
from tests.contract.engine import Line, line
from tests.pbx.rig import Asterisk

TITLE = "Asterisk was killed, forgot all contacts, and is ready again → the phone is registered again"

_ROUNDS = 5
_AGENT = {Transport.UDP: "1101", Transport.TCP: "1101", Transport.TLS: "1001"}
_BARE_WITHIN = 90.0
"""Bare baresip finds out at its next refresh: after 53 of the account's 60 seconds."""


def measure(place: Place) -> list[Row]:
    """Our engine on each transport; bare baresip-python once, since it takes a minute."""
    return asyncio.run(_measure(place.asterisk))


async def _measure(asterisk: Asterisk) -> list[Row]:
    bare = milliseconds("bare baresip-python, tls", [await _bare(asterisk)])
    rows = []
    for transport, extension in _AGENT.items():
        account = asterisk.account(extension, transport)
        times = [await _ours(asterisk, account) for _ in range(_ROUNDS)]
        rows.append(Row(milliseconds(f"engine, {transport}", times), bare))
    return rows


async def _ours(asterisk: Asterisk, account: Account) -> float:
    async with line(BaresipEngine(BaresipStack(), SilencePort), account) as phone:
        await asyncio.to_thread(_forget, asterisk)
        await phone.next(
            ev.RegistrationChanged, lambda event: event.state is not RegistrationState.REGISTERED
        )
        began = await asyncio.to_thread(_start, asterisk)
        await _registered(phone)
        return time.monotonic() - began


async def _registered(phone: Line) -> None:
    await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REGISTERED)


async def _bare(asterisk: Asterisk) -> float:
    account = asterisk.account(_AGENT[Transport.TLS])
    runtime = baresip.Runtime()
    await runtime.start(StackNeeds("127.0.0.1", account.ca_file, transport=account.transport).config())
    try:
        agent = await baresip.UserAgent.create(runtime, address_of_record(account))
        await agent.register()
        again = asyncio.Event()
        agent.on(lambda event: again.set() if event.event is baresip.Event.REGISTER_OK else None)
        await asyncio.to_thread(_forget, asterisk)
        began = await asyncio.to_thread(_start, asterisk)
        async with asyncio.timeout(_BARE_WITHIN):
            await again.wait()
        return time.monotonic() - began
    finally:
        await runtime.close()


def _forget(asterisk: Asterisk) -> None:
    """A power cut, and a machine that comes back without its database."""
    asterisk.kill()
    for kept in (asterisk.directory / "var").glob("astdb*"):
        kept.unlink()


def _start(asterisk: Asterisk) -> float:
    """Start; the moment when Asterisk said that it is ready (monotonic)."""
    asterisk.start()
    return time.monotonic()
