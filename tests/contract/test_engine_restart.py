"""What becomes of registration and calls when the exchange goes away and comes back, on the real Asterisk."""

from __future__ import annotations

import asyncio

import pytest

from sip import events as ev
from sip.account import Transport
from sip.capability import Capability
from sip.engines.baresip import sockets
from sip.events import CloseReason, RegistrationState
from tests.contract.engine import Line
from tests.contract.engines import needs, ways
from tests.contract.phones import RINGS_FIRST, TONE, Phones
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

AGENT = {Transport.UDP: "1101", Transport.TCP: "1101", Transport.TLS: "1001"}
GONE = "the exchange went away"
LOST_CALL = 481
RESTARTED = "the exchange no longer has it: it was restarted"


async def registered(phone: Line) -> None:
    await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REGISTERED)


async def rings(phone: Line, console: Console, extension: str) -> None:
    """A call of the exchange reaches the phone: the proof that the registration is worth something."""
    caller = console.colleague(extension, number="0525550177")
    ring = await phone.next(ev.CallIncoming, lambda event: event.party.number == "0525550177")
    caller.hang_up()
    await phone.next(ev.CallClosed, lambda event: event.call == ring.call)


@pytest.mark.parametrize(("kind", "transport"), ways(*Transport))
async def test_an_exchange_that_was_restarted_rings_the_phone_again(
    phones: Phones, asterisk: Asterisk, console: Console, transport: Transport
) -> None:
    extension = AGENT[transport]
    phone = await phones.unregistered(account=asterisk.account(extension, transport))
    await asyncio.to_thread(asterisk.restart)
    if transport is not Transport.UDP:  # the exchange keeps contacts of UDP, and only those
        await registered(phone)
    await rings(phone, console, extension)


@pytest.mark.parametrize(("kind", "transport"), ways(*Transport))
async def test_an_exchange_that_forgot_the_contact_gets_it_again(
    phones: Phones, asterisk: Asterisk, console: Console, transport: Transport
) -> None:
    extension = AGENT[transport]
    phone = await phones.unregistered(account=asterisk.account(extension, transport))
    await asyncio.to_thread(asterisk.kill)
    for kept in (asterisk.directory / "var").glob("astdb*"):
        kept.unlink()
    await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REGISTERING)
    await asyncio.to_thread(asterisk.start)
    await registered(phone)
    await rings(phone, console, extension)


@pytest.mark.parametrize(("kind", "transport"), ways(Transport.UDP, Transport.TLS))
async def test_a_call_that_rings_ends_when_the_exchange_dies(
    phones: Phones, asterisk: Asterisk, console: Console, transport: Transport
) -> None:
    extension = AGENT[transport]
    phone = await phones.unregistered(account=asterisk.account(extension, transport))
    console.colleague(extension, number="0525550101")
    call = (await phone.next(ev.CallIncoming)).call
    await asyncio.to_thread(asterisk.kill)
    assert await phone.next(ev.CallClosed) == ev.CallClosed(call, CloseReason.CANCELLED, None, GONE)
    await asyncio.to_thread(asterisk.start)
    await registered(phone)


@pytest.mark.parametrize(("kind", "transport"), ways(Transport.UDP, Transport.TLS))
async def test_a_call_that_rings_there_ends_when_the_exchange_dies(
    phones: Phones, asterisk: Asterisk, transport: Transport
) -> None:
    phone = await phones.unregistered(account=asterisk.account(AGENT[transport], transport))
    call = await phone.engine.dial(RINGS_FIRST)
    await phone.next(ev.CallProgress)
    await asyncio.to_thread(asterisk.kill)
    assert await phone.next(ev.CallClosed) == ev.CallClosed(call, CloseReason.UNREACHABLE, None, GONE)
    await asyncio.to_thread(asterisk.start)
    await registered(phone)


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize(("kind", "transport"), ways(Transport.UDP, Transport.TLS))
async def test_a_talk_ends_when_the_exchange_dies_and_its_sound_with_it(
    phones: Phones, asterisk: Asterisk, transport: Transport, held: bool
) -> None:
    phone = await phones.unregistered(account=asterisk.account(AGENT[transport], transport))
    call = await phone.engine.dial(TONE)
    await phone.proves_itself()
    if held:
        await phone.engine.hold(call)
        await phone.next(ev.CallHeld)
    await asyncio.to_thread(asterisk.kill)
    assert await phone.next(ev.CallClosed) == ev.CallClosed(call, CloseReason.MEDIA_LOST, None, GONE)
    await asyncio.to_thread(asterisk.start)
    await registered(phone)


@pytest.mark.parametrize(("kind", "transport"), ways(*Transport))
async def test_a_held_call_ends_when_the_exchange_died_and_is_back_at_once(
    phones: Phones, asterisk: Asterisk, transport: Transport
) -> None:
    """Nothing is heard on hold, so the exchange is asked; over UDP nothing breaks: it is looked at often."""
    phone = await phones.unregistered(account=asterisk.account(AGENT[transport], transport))
    call = await phone.engine.dial(TONE)
    await phone.proves_itself()
    await phone.engine.hold(call)
    await phone.next(ev.CallHeld)
    await asyncio.to_thread(asterisk.kill)
    await asyncio.to_thread(asterisk.start)
    closed = await phone.next(ev.CallClosed)
    assert closed.call == call
    assert closed.words in {GONE, RESTARTED} or closed.status == LOST_CALL


@needs(Capability.TLS)
async def test_a_held_call_that_the_exchange_still_has_stays_on_hold(
    phones: Phones, asterisk: Asterisk, console: Console
) -> None:
    """It is asked by going off hold and on again, which it tells."""
    phone = await phones.unregistered(account=asterisk.account("1001"))
    call = await phone.engine.dial(TONE)
    await phone.next(ev.CallQuality)
    await phone.engine.hold(call)
    await phone.next(ev.CallHeld)
    with console.events("Hold", "Unhold") as told:
        sockets.cut(("127.0.0.1",), asterisk.centre.ports.sip_tls)
        await asyncio.to_thread(lambda: "Unhold" in told and "Hold" in told)
    await phone.engine.resume(call)
    assert (await phone.next(ev.CallResumed)).call == call
    assert not [event for event in phone.heard if isinstance(event, ev.CallClosed)]


@needs(Capability.TLS)
async def test_a_talk_outlives_the_connection_that_its_signalling_came_by(
    phones: Phones, asterisk: Asterisk
) -> None:
    """As when a home router forgets it: the exchange lives, and so does the sound."""
    account = asterisk.account("1001")
    phone = await phones.unregistered(account=account)
    call = await phone.engine.dial(TONE)
    await phone.next(ev.CallQuality)
    sockets.cut(("127.0.0.1",), asterisk.centre.ports.sip_tls)
    await registered(phone)
    for _ in range(9):  # a report a second, for longer than a dead call gets
        await phone.next(ev.CallQuality)
    await phone.engine.hangup(call)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.NORMAL


@pytest.mark.parametrize(("kind", "transport"), ways(Transport.UDP, Transport.TLS))
async def test_calls_are_hung_up_by_an_exchange_that_is_stopped(
    phones: Phones, asterisk: Asterisk, transport: Transport
) -> None:
    phone = await phones.unregistered(account=asterisk.account(AGENT[transport], transport))
    await phone.engine.dial(TONE)
    await phone.next(ev.CallEstablished)
    await asyncio.to_thread(asterisk.restart)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.NORMAL
    if transport is not Transport.UDP:  # the exchange keeps contacts of UDP, and only those
        await registered(phone)
