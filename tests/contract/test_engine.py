"""What every SIP engine promises, on the real Asterisk."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from sip import events as ev
from sip.audio.wav_port import WavPort
from sip.capability import Capability
from sip.errors import BadRequest, NoSuchCall, Unsupported, WrongState
from sip.events import CloseReason, RegistrationState
from tests.contract.engines import needs
from tests.contract.phones import (
    KEYS,
    NO_ANSWER,
    RINGS_FIRST,
    TONE,
    UNKNOWN,
    Ear,
    Phones,
    gone,
    loud,
    plain_phone,
)
from tests.e2e.wav import write_tone
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx


# Registration


async def test_a_wrong_password_is_refused_once_and_for_all(
    phones: Phones, asterisk: Asterisk, console: Console
) -> None:
    phone = await phones.unregistered()
    await phone.engine.register(dataclasses.replace(asterisk.account("1101"), password="wrong"))
    refused = await phone.next(
        ev.RegistrationChanged, lambda event: event.state is not RegistrationState.REGISTERING
    )
    assert refused.state is RegistrationState.REFUSED
    assert refused.status in (401, 403)
    assert "password" in refused.words
    await phone.register(asterisk.account("1101"))


async def test_a_registrar_that_is_away_is_found_again(phones: Phones, asterisk: Asterisk) -> None:
    asterisk.stop()
    phone = await phones.unregistered()
    await phone.engine.register(asterisk.account("1101"))
    away = await phone.next(
        ev.RegistrationChanged, lambda event: event.state is not RegistrationState.REGISTERING
    )
    assert away.state is RegistrationState.UNREACHABLE
    assert away.words
    await asyncio.to_thread(asterisk.start)
    await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REGISTERED)


async def test_registering_again_changes_nothing(phones: Phones, asterisk: Asterisk) -> None:
    phone = await phones.line("1101")
    await phone.engine.register(asterisk.account("1101"))
    assert [type(event) for event in phone.heard].count(ev.RegistrationChanged) == 2


async def test_a_refused_change_of_account_leaves_the_one_that_stands(
    phones: Phones, asterisk: Asterisk
) -> None:
    phone = await phones.line("1101")
    with pytest.raises(Unsupported):
        await phone.engine.register(dataclasses.replace(asterisk.account("1101"), codecs=()))
    await phone.engine.dial(TONE)
    await phone.next(ev.CallEstablished)
    with pytest.raises(WrongState):
        await phone.engine.register(asterisk.account("1102"))


@needs(Capability.TLS)
async def test_tls_to_a_bare_address_is_refused(phones: Phones, asterisk: Asterisk) -> None:
    account = asterisk.account("1001")
    port = asterisk.centre.ports.sip_tls
    phone = await phones.unregistered()
    with pytest.raises(Unsupported, match="name"):
        await phone.engine.register(dataclasses.replace(account, domain=f"127.0.0.1:{port}"))


@needs(Capability.TLS)
async def test_a_certificate_of_an_unknown_authority_is_refused(phones: Phones, asterisk: Asterisk) -> None:
    phone = await phones.unregistered()
    await phone.engine.register(dataclasses.replace(asterisk.account("1001"), ca_file=None))
    outcome = await phone.next(
        ev.RegistrationChanged, lambda event: event.state is not RegistrationState.REGISTERING
    )
    assert outcome.state is RegistrationState.UNREACHABLE
    assert "certificate" in outcome.words


# Calls that come in


async def test_a_queue_call_tells_who_calls_and_which_contact(phones: Phones, console: Console) -> None:
    phone = await phones.line("1101")
    console.member("support", "1101")
    customer = console.customer("support", number="0525550101", name="Yossi Cohen")
    ring = await phone.next(ev.CallIncoming)
    assert (ring.party.name, ring.party.number) == ("Yossi Cohen", "0525550101")
    assert ring.contact == customer.contact
    await phone.engine.answer(ring.call)
    await phone.next(ev.CallEstablished)
    customer.hang_up()
    closed = await phone.next(ev.CallClosed)
    assert closed.reason is CloseReason.NORMAL


async def test_a_hostile_name_arrives_as_plain_text(phones: Phones, asterisk: Asterisk) -> None:
    phone = await phones.line("1101")
    hostile = "\x1b]0;x\x07[@click=app.quit]x[/]\u202e"
    async with plain_phone(asterisk, "1102", display=hostile) as stranger:
        calling = asyncio.create_task(stranger.dial("1101"))
        ring = await phone.next(ev.CallIncoming)
        assert "\x1b" not in ring.party.name
        assert "\u202e" not in ring.party.name
        await phone.engine.reject(ring.call)
        _call, final = await calling
        assert final.status == 486
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.REJECTED


async def test_the_caller_gives_up(phones: Phones, console: Console) -> None:
    phone = await phones.line("1101")
    console.member("support", "1101")
    customer = console.customer("support")
    await phone.next(ev.CallIncoming)
    customer.hang_up()
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.CANCELLED


# Calls that go out


async def test_a_call_is_answered_and_ended_by_us(phones: Phones) -> None:
    phone = await phones.line("1101")
    call = await phone.engine.dial(RINGS_FIRST)
    await phone.next(ev.CallDialling)
    assert not (await phone.next(ev.CallProgress)).early_media
    await phone.next(ev.CallEstablished)
    await phone.engine.hangup(call)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.NORMAL
    with pytest.raises(NoSuchCall):
        await phone.engine.hangup(call)


async def test_we_give_up(phones: Phones) -> None:
    phone = await phones.line("1101")
    call = await phone.engine.dial(NO_ANSWER)
    await phone.next(ev.CallProgress)
    await phone.engine.hangup(call)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.CANCELLED


async def test_what_is_no_number_is_not_dialled(phones: Phones) -> None:
    phone = await phones.line("1101")
    with pytest.raises(BadRequest):
        await phone.engine.dial("1&PJSIP/premium")


@needs(Capability.SRTP)
async def test_the_voice_is_encrypted_before_a_lock_is_told(phones: Phones) -> None:
    phone = await phones.line("1001")
    await phone.engine.dial(TONE)
    assert (await phone.next(ev.CallEncrypted)).suite


# In the call


@needs(Capability.DTMF)
async def test_keys_go_out_and_come_in(phones: Phones) -> None:
    phone = await phones.line("1101")
    call = await phone.engine.dial(KEYS)
    await phone.next(ev.CallEstablished)
    await phone.engine.send_dtmf(call, "15*9")
    assert [(await phone.next(ev.DtmfReceived)).digit for _ in range(4)] == list("15*9")
    with pytest.raises(BadRequest):
        await phone.engine.send_dtmf(call, "1;2")


@needs(Capability.SECOND_CALL, Capability.HOLD)
async def test_a_second_call_beside_the_first(phones: Phones, asterisk: Asterisk) -> None:
    phone = await phones.line("1101")
    first = await phone.engine.dial(TONE)
    await phone.next(ev.CallEstablished)
    async with plain_phone(asterisk, "1102") as other:
        calling = asyncio.create_task(other.dial("1101"))
        second = (await phone.next(ev.CallIncoming)).call
        await phone.engine.hold(first)
        await phone.next(ev.CallHeld)
        await phone.engine.answer(second)
        await phone.next(ev.CallEstablished)
        _call, final = await calling
        assert final.status == 200
        await phone.engine.hangup(second)
        assert (await phone.next(ev.CallClosed)).call == second
    with pytest.raises(WrongState):
        await phone.engine.hold(first)
    await phone.engine.resume(first)
    await phone.next(ev.CallResumed)


@needs(Capability.BLIND_TRANSFER)
async def test_a_blind_transfer_ends_our_leg(phones: Phones, asterisk: Asterisk, console: Console) -> None:
    phone = await phones.line("1101")
    console.member("support", "1101")
    customer = console.customer("support")
    call = (await phone.next(ev.CallIncoming)).call
    await phone.engine.answer(call)
    await phone.next(ev.CallEstablished)
    async with plain_phone(asterisk, "1102") as colleague:
        await asyncio.to_thread(console.wait_free, "1102")
        await phone.engine.transfer(call, "1102")
        ring = await colleague.ringing()
        colleague.answer(ring)
        assert (await phone.next(ev.CallClosed)).reason is CloseReason.TRANSFERRED
        assert customer.present
        customer.hang_up()
        await asyncio.wait_for(ring.ended.wait(), 10)


@needs(Capability.BLIND_TRANSFER, Capability.HOLD)
async def test_a_failed_transfer_leaves_the_call_as_it_was(
    phones: Phones, asterisk: Asterisk, console: Console
) -> None:
    phone = await phones.line("1101")
    console.member("support", "1101")
    customer = console.customer("support")
    call = (await phone.next(ev.CallIncoming)).call
    await phone.engine.answer(call)
    await phone.next(ev.CallEstablished)
    async with plain_phone(asterisk, "1102") as colleague:
        _talk, final = await colleague.dial(TONE)
        assert final.status == 200
        # the profile hands nobody on to who cannot take them: busy or unknown, the target does not exist
        for target in ("1102", UNKNOWN):
            await phone.engine.transfer(call, target)
            failed = await phone.next(ev.TransferFailed)
            assert (failed.target, failed.reason) == (target, CloseReason.NOT_FOUND)
    await phone.engine.hold(call)
    await phone.next(ev.CallHeld)
    await phone.engine.resume(call)
    await phone.next(ev.CallResumed)
    assert customer.present


# Sound


@needs(Capability.HOLD)
async def test_sound_both_ways_muted_and_held(phones: Phones, console: Console, tmp_path: Path) -> None:
    ours, theirs = 700, 1300
    write_tone(tmp_path / "mouth.wav", ours)
    port = WavPort(tmp_path / "mouth.wav", tmp_path / "ear.wav")
    phone = await phones.line("1101", lambda: port)
    console.member("support", "1101")
    customer = console.customer("support", tone=theirs)
    call = (await phone.next(ev.CallIncoming)).call
    await phone.engine.answer(call)
    await phone.next(ev.CallEstablished)
    agent, caller = Ear(tmp_path / "ear.wav"), Ear(customer.heard)

    await agent.hears(theirs, loud, "the agent hears the customer")
    await caller.hears(ours, loud, "the customer hears the agent")

    await phone.engine.mute(call, muted=True)
    await caller.hears(ours, gone, "muted, the customer hears nothing of the agent")
    await agent.hears(theirs, loud, "muted, the agent still hears")
    await phone.engine.mute(call, muted=False)
    await caller.hears(ours, loud, "the customer hears the agent again")

    await phone.engine.hold(call)
    await caller.hears(ours, gone, "held, the customer hears nothing of the agent")
    await phone.engine.resume(call)
    agent.mark()
    await caller.hears(ours, loud, "resumed, the customer hears the agent")
    await agent.hears(theirs, loud, "resumed, the agent hears the customer")
