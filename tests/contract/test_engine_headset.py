"""Who has the headset, on the real Asterisk: rings, early media, two calls; and calls on a busy machine."""

from __future__ import annotations

import asyncio
import time
from itertools import takewhile
from pathlib import Path

import pytest

from sip import events as ev
from sip.audio.wav_port import WavPort
from sip.behaviour import Behaviour
from sip.capability import Capability
from tests.contract.engines import needs
from tests.contract.phones import EARLY_MEDIA, TONE, TONE_HZ, Ear, Phones, loud
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

RING_HZ = 400


async def test_a_persons_phone_rings_until_it_is_answered(
    phones: Phones, console: Console, tmp_path: Path
) -> None:
    port, ear = WavPort(None, tmp_path / "ear.wav"), Ear(tmp_path / "ear.wav")
    phone = await phones.line("1101", lambda: port, Behaviour(person=True))
    console.member("support", "1101")
    console.customer("support", tone=1300)
    call = (await phone.next(ev.CallIncoming)).call
    await ear.hears(RING_HZ, loud, "it rings")
    await phone.engine.answer(call)
    await ear.hears(1300, loud, "the customer is heard")
    assert await ear.hears(RING_HZ, lambda level: level < -60, "it rings no more") < -60


async def test_what_is_played_before_the_answer_is_heard_and_nobody_hears_us(
    phones: Phones, tmp_path: Path
) -> None:
    port, ear = WavPort(None, tmp_path / "ear.wav"), Ear(tmp_path / "ear.wav")
    phone = await phones.line("1101", lambda: port)
    call = await phone.engine.dial(EARLY_MEDIA)
    await phone.next(ev.CallProgress, lambda event: event.early_media)
    await ear.hears(TONE_HZ, loud, "early media is heard")
    assert not [event for event in phone.heard if isinstance(event, ev.CallEstablished)]
    await phone.engine.hangup(call)
    assert (await phone.next(ev.CallClosed)).reason is ev.CloseReason.CANCELLED


@needs(Capability.SECOND_CALL)
async def test_the_call_answered_last_has_the_headset_until_it_ends(phones: Phones, tmp_path: Path) -> None:
    port, ear = WavPort(None, tmp_path / "ear.wav"), Ear(tmp_path / "ear.wav")
    phone = await phones.line("1101", lambda: port)
    caller = await phones.line("1102")
    await phone.engine.dial(TONE)
    await phone.next(ev.CallEstablished)
    await ear.hears(TONE_HZ, loud, "the first call is heard")
    await caller.engine.dial("1101")
    second = (await phone.next(ev.CallIncoming)).call
    await phone.engine.answer(second)
    await phone.next(ev.CallEstablished)
    await ear.hears(TONE_HZ, lambda level: level < -60, "the second call has the headset")
    await phone.engine.hangup(second)
    await ear.hears(TONE_HZ, loud, "the first call has it again")


@needs(Capability.HOLD)
async def test_a_call_answered_before_the_loop_had_time_can_be_held(phones: Phones) -> None:
    phone = await phones.line("1101")
    dialling = asyncio.create_task(phone.engine.dial(TONE))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    # all that the stack reports meanwhile, the answer too, is heard at once, before the library listens
    time.sleep(0.5)  # noqa: ASYNC251 - the busy loop is what is tested
    call = await dialling
    await phone.next(ev.CallEstablished)
    await phone.engine.hold(call)
    await phone.next(ev.CallHeld)


@needs(Capability.HOLD)
async def test_a_call_held_the_moment_it_is_answered_stays_on_hold(phones: Phones, console: Console) -> None:
    phone = await phones.line("1101")
    caller = Ear(console.colleague("1101", number="1102").sent)
    call = (await phone.next(ev.CallIncoming)).call
    with console.events("Hold", "Unhold", "Hangup") as told:
        await phone.engine.answer(call)
        await phone.next(ev.CallEstablished)
        await phone.engine.hold(call)
        await phone.next(ev.CallHeld)
        caller.mark()
        await caller.hears(TONE_HZ, lambda _level: True, "half a second, of whatever is sent")
        await phone.engine.hangup(call)
        heard = await asyncio.to_thread(lambda: list(takewhile(lambda name: name != "Hangup", told)))
    assert heard == ["Hold"]


@needs(Capability.HOLD)
async def test_hold_and_resume_in_a_row_are_all_carried_out(phones: Phones) -> None:
    phone = await phones.line("1101")
    call = await phone.engine.dial(TONE)
    await phone.next(ev.CallEstablished)
    for _ in range(4):
        await phone.engine.hold(call)
        await phone.engine.resume(call)
    for _ in range(4):
        await phone.next(ev.CallHeld)
        await phone.next(ev.CallResumed)


@needs(Capability.DTMF)
async def test_keys_pressed_in_a_row_keep_their_order(phones: Phones) -> None:
    phone = await phones.line("1101")
    call = await phone.engine.dial("604")
    await phone.next(ev.CallEstablished)
    await asyncio.gather(phone.engine.send_dtmf(call, "15"), phone.engine.send_dtmf(call, "*9"))
    assert [(await phone.next(ev.DtmfReceived)).digit for _ in range(4)] == list("15*9")
