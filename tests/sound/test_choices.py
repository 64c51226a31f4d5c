"""The phone process told to list its devices, use others, ring louder and try them, by either engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from agent_tui.config import AudioSection
from agent_tui.wiring import sound_of
from edge.runtime import runtime_directory
from sip import events as ev
from sip.audio.devices import Device, SoundPart
from sip.client import PhoneClient, attach_or_start
from sip.engine import EngineKind
from sip.errors import WrongState
from sip.place import UnixPlace
from sip.wire import sound_text
from tests.contract.phones import TONE, TONE_HZ, Ear, gone, loud, plain_phone
from tests.e2e.wav import write_tone
from tests.pbx.rig import Asterisk
from tests.sound.rig import SoundRig

pytestmark = pytest.mark.pbx

_WITHIN = 20.0
MOST_LEVELS = 25
"""Five seconds of a trial that would last fifteen."""
LOUDEST = -12.0
"""dBFS: a ring at 40 has -30, one at 100 -6."""
TRIED_HZ, RING_HZ, VOICE_HZ = 440, 400, 700
SETTINGS = AudioSection(name="Headset", microphone="headset-mic", speaker="headset-ear")
Told = TypeVar("Told")


@dataclass
class Desk:
    """A desk at its phone, and what it was told."""

    client: PhoneClient
    told: asyncio.Queue[ev.PhoneReport] = field(default_factory=asyncio.Queue)

    async def follow(self) -> None:
        async for report in self.client.events():
            self.told.put_nowait(report)

    async def next(self, kind: type[Told], accept: Callable[[Told], bool] = lambda _told: True) -> Told:
        """The next report of this kind that is accepted."""
        async with asyncio.timeout(_WITHIN):
            while True:
                report = await self.told.get()
                if isinstance(report, kind) and accept(report):
                    return report


@asynccontextmanager
async def phone_of(kind: EngineKind, home: Path) -> AsyncIterator[Desk]:
    arguments = ["--log", str(home / "log"), "--linger", "0.1", "--engine", kind.value]
    arguments += ["--sound", sound_text(sound_of(SETTINGS))]
    desk = Desk(await attach_or_start(UnixPlace(runtime_directory() / "phone.sock"), arguments))
    following = asyncio.create_task(desk.follow())
    try:
        yield desk
    finally:
        await desk.client.close()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def ears(rig: SoundRig, home: Path) -> tuple[Ear, Ear]:
    """What headset and laptop play."""
    for name in ("headset", "laptop"):
        rig.record(home / f"{name}.wav", f"{name}-ear")
    return Ear(home / "headset.wav"), Ear(home / "laptop.wav")


@pytest.mark.parametrize("kind", EngineKind)
async def test_devices_are_listed_chosen_and_tried_and_who_is_plugged_out_is_no_longer_there(
    kind: EngineKind, rig: SoundRig, tmp_path: Path
) -> None:
    headset, laptop = ears(rig, tmp_path)
    async with phone_of(kind, tmp_path) as desk:
        await desk.client.sound.find()
        seen = (await desk.next(ev.DevicesSeen)).devices
        assert set(seen.microphones) == {
            Device("The laptop-mic", "The laptop-mic", default=True),
            Device("The headset-mic", "The headset-mic"),
        }
        assert {one.name for one in seen.speakers} >= {"The laptop-ear", "The headset-ear"}

        await desk.client.sound.try_out(SoundPart.SPEAKER)
        await headset.hears(TRIED_HZ, loud, "the tone is heard in the headset")
        await desk.client.sound.choose(SoundPart.SPEAKER, "The laptop-ear")
        await laptop.hears(TRIED_HZ, loud, "the tone goes over to the device that was chosen meanwhile")
        over = await desk.next(ev.SoundTried, lambda tried: tried.over)
        assert over.words == ""

        rig.unplug("headset-mic")
        await desk.client.sound.find()
        seen = (await desk.next(ev.DevicesSeen)).devices
        assert [one.name for one in seen.microphones] == ["The laptop-mic"]
        await desk.client.sound.try_out(SoundPart.MICROPHONE)
        over = await desk.next(ev.SoundTried, lambda tried: tried.over)
        assert "There is no microphone 'headset-mic'" in over.words


async def test_a_microphone_is_seen_to_hear_and_another_one_instead_when_it_is_chosen(
    rig: SoundRig, tmp_path: Path
) -> None:
    write_tone(tmp_path / "voice.wav", VOICE_HZ, seconds=60)
    rig.play(tmp_path / "voice.wav", "headset-mic-mouth")
    async with phone_of(EngineKind.PYVOIP, tmp_path) as desk:
        await desk.client.sound.try_out(SoundPart.MICROPHONE)
        await desk.next(ev.SoundTried, lambda tried: tried.microphone > -40)
        await desk.client.sound.choose(SoundPart.MICROPHONE, "laptop")
        await desk.next(ev.SoundTried, lambda tried: tried.microphone < -90 and not tried.over)
        await desk.client.sound.try_out(None)
        await desk.next(ev.SoundTried, lambda tried: tried.over)


async def test_a_ring_is_tried_on_its_own_device_as_loud_as_it_is_set(rig: SoundRig, tmp_path: Path) -> None:
    headset, laptop = ears(rig, tmp_path)
    async with phone_of(EngineKind.PYVOIP, tmp_path) as desk:
        await desk.client.sound.silence_ring(silent=True)
        await desk.client.sound.choose(SoundPart.RINGER, "laptop-ear")
        await desk.client.sound.set_ring_volume(100)
        await desk.client.sound.try_out(SoundPart.RINGER)
        loudest = await laptop.hears(
            RING_HZ, lambda level: level > LOUDEST, "a silenced ring is heard on trial"
        )
        assert gone(headset.level(RING_HZ))
        await desk.next(ev.SoundTried, lambda tried: tried.over)
        laptop.mark()
        await desk.client.sound.set_ring_volume(50)
        await desk.client.sound.try_out(SoundPart.RINGER)
        quieter = await laptop.hears(RING_HZ, loud, "it rings again")
        assert quieter < loudest - 10


@pytest.mark.parametrize("kind", EngineKind)
async def test_in_a_call_the_caller_goes_over_to_the_speaker_that_is_chosen_and_nothing_is_tried(
    kind: EngineKind, rig: SoundRig, asterisk: Asterisk, tmp_path: Path
) -> None:
    headset, laptop = ears(rig, tmp_path)
    async with phone_of(kind, tmp_path) as desk:
        await desk.client.register(asterisk.account("1101"))
        await desk.next(ev.RegistrationChanged, lambda told: told.state is ev.RegistrationState.REGISTERED)
        call = await desk.client.calls.dial(TONE)
        await headset.hears(TONE_HZ, loud, "the call is heard in the headset")
        await desk.client.sound.choose(SoundPart.SPEAKER, "laptop-ear")
        await laptop.hears(TONE_HZ, loud, "the call is heard on the laptop")
        await headset.hears(TONE_HZ, gone, "and in the headset no more")
        with pytest.raises(WrongState, match="while a call is open"):
            await desk.client.sound.try_out(SoundPart.SPEAKER)
        await desk.client.calls.hangup(call)
        await desk.client.unregister()


async def test_a_call_that_comes_ends_the_trial_and_rings_as_loud_as_is_chosen_meanwhile(
    rig: SoundRig, asterisk: Asterisk, tmp_path: Path
) -> None:
    headset, _laptop = ears(rig, tmp_path)
    async with phone_of(EngineKind.BARESIP, tmp_path) as desk, plain_phone(asterisk, "1102") as caller:
        await desk.client.register(asterisk.account("1101"))
        await desk.next(ev.RegistrationChanged, lambda told: told.state is ev.RegistrationState.REGISTERED)
        await desk.client.sound.set_ring_volume(40)
        await desk.client.sound.try_out(SoundPart.MICROPHONE)
        await desk.next(ev.SoundTried)
        calling = asyncio.create_task(caller.dial("1101"))
        ring = await desk.next(ev.CallIncoming)
        levels = 0
        while not (await desk.next(ev.SoundTried)).over:
            levels += 1
        assert levels < MOST_LEVELS, "the trial went on to its end beside the ring"
        await headset.hears(RING_HZ, loud, "it rings")
        await desk.client.sound.set_ring_volume(100)
        await headset.hears(RING_HZ, lambda level: level > LOUDEST, "the same call rings louder")
        await desk.client.calls.hangup(ring.call)
        await calling
        await desk.client.unregister()
