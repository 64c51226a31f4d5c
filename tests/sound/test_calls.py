"""Calls through the real Asterisk with real devices: a headset and a laptop on PipeWire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from sip import events as ev
from sip.audio.sound import Profile, Sound, SoundSettings
from sip.audio.sounddevice_port import OnUnplug
from sip.behaviour import Behaviour, Bell
from tests.contract.engine import Line
from tests.contract.phones import TONE, TONE_HZ, Ear, Phones, gone, loud
from tests.e2e.eventually import eventually
from tests.e2e.wav import write_tone
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk
from tests.sound.rig import SoundRig

pytestmark = pytest.mark.pbx

ECHO = "600"
VOICE_HZ, RING_HZ = 700, 400
HEADSET = Profile("Headset", "headset-mic", "headset-ear", "laptop-ear")
LAPTOP = Profile("Laptop", "laptop-mic", "laptop-ear")


@dataclass(frozen=True, slots=True)
class Desk:
    """An agent's phone, its devices, and what each of them plays."""

    rig: SoundRig
    sound: Sound
    line: Line
    headset: Ear
    laptop: Ear
    place: Path

    def speak(self, microphone: str) -> None:
        """Speak into this microphone from now on."""
        voice = self.place / "voice.wav"
        write_tone(voice, VOICE_HZ, seconds=120)
        self.rig.play(voice, f"{microphone}-mouth")

    async def talk(self, number: str) -> ev.CallId:
        """Call a number that answers."""
        call = await self.line.engine.dial(number)
        await self.line.next(ev.CallEstablished)
        return call


class Desks:
    """Makes the phone of extension 1101 with some settings."""

    def __init__(self, rig: SoundRig, phones: Phones, place: Path) -> None:
        self._rig = rig
        self._phones = phones
        self._place = place

    async def __call__(self, on_unplug: OnUnplug = OnUnplug.MUTE) -> Desk:
        sound = Sound(SoundSettings((HEADSET, LAPTOP), on_unplug))
        port = sound.talking()
        behaviour = Behaviour(person=True, bell=Bell(sound.ringing, lambda: sound.ring_volume))
        line = await self._phones.line("1101", lambda: port, behaviour)
        ears = [self._place / f"{name}.wav" for name in ("headset", "laptop")]
        for ear in ears:
            self._rig.record(ear, f"{ear.stem}-ear")
        return Desk(self._rig, sound, line, Ear(ears[0]), Ear(ears[1]), self._place)


@pytest.fixture
async def desks(rig: SoundRig, asterisk: Asterisk, tmp_path: Path) -> AsyncIterator[Desks]:
    async with AsyncExitStack() as stack:
        yield Desks(rig, Phones(asterisk, stack), tmp_path)


async def test_what_is_spoken_goes_to_the_exchange_and_back_to_the_ear(desks: Desks) -> None:
    desk = await desks()
    desk.speak("headset-mic")
    await desk.talk(ECHO)
    await desk.headset.hears(VOICE_HZ, loud, "the exchange echoes what is spoken")
    assert gone(desk.laptop.level(VOICE_HZ))


async def test_a_microphone_that_is_switched_off_is_told_until_it_gives_sound(desks: Desks) -> None:
    desk = await desks()
    call = await desk.talk(ECHO)
    lost = await desk.line.next(ev.SoundLost)
    assert lost == ev.SoundLost(call, ev.Missing.MICROPHONE_SILENT)
    desk.speak("headset-mic")
    assert await desk.line.next(ev.SoundBack) == ev.SoundBack(call, ev.Missing.MICROPHONE_SILENT)


async def test_other_devices_chosen_in_a_call_take_it_over_both_ways(desks: Desks) -> None:
    desk = await desks()
    desk.speak("laptop-mic")
    await desk.talk(ECHO)
    await desk.headset.hears(VOICE_HZ, gone, "nobody speaks into the headset")
    desk.sound.use("Laptop")
    await desk.laptop.hears(VOICE_HZ, loud, "the laptop hears and plays")
    desk.headset.mark()
    await desk.headset.hears(VOICE_HZ, gone, "the headset is let go")


@pytest.mark.parametrize("device", ["headset-mic", "headset-ear"])
async def test_unplugging_mutes_and_says_so_and_the_call_waits_for_the_device(
    desks: Desks, device: str
) -> None:
    desk = await desks()
    desk.speak("laptop-mic")
    call = await desk.talk(TONE)
    await desk.headset.hears(TONE_HZ, loud, "the call is heard")
    desk.rig.unplug(device)
    muted = await desk.line.next(ev.CallMuted)
    assert muted == ev.CallMuted(call, muted=True)
    fault = await desk.line.next(ev.AudioFault)
    assert fault.words == (
        f"The {device} is unplugged. There is no sound until it is plugged in, or another is chosen."
        " Your microphone is muted."
    )
    desk.laptop.mark()
    await desk.laptop.hears(TONE_HZ, gone, "nobody else hears the customer")
    if device == "headset-mic":
        desk.rig.plug_microphone(device)
        desk.headset.mark()
        assert (await desk.line.next(ev.AudioFault)).words == ""
        await desk.headset.hears(TONE_HZ, loud, "the headset is used again")
        assert not [event for event in desk.line.heard if event == ev.CallMuted(call, muted=False)]


async def test_by_the_other_rule_the_laptop_takes_over_and_stays_muted_until_the_agent_speaks(
    desks: Desks,
) -> None:
    desk = await desks(OnUnplug.DEFAULT)
    desk.speak("laptop-mic")
    call = await desk.talk(ECHO)
    await desk.headset.hears(VOICE_HZ, gone, "nobody speaks into the headset")
    desk.rig.unplug("headset-mic")
    await desk.line.next(ev.CallMuted)
    assert "The system's own devices are used" in (await desk.line.next(ev.AudioFault)).words
    eventually(lambda: "|<- laptop-mic:capture" in desk.rig.links(), "the laptop listens")
    desk.headset.mark()
    await desk.headset.hears(VOICE_HZ, gone, "what the laptop hears is not sent")
    await desk.line.engine.mute(call, muted=False)
    await desk.headset.hears(VOICE_HZ, loud, "the agent is heard again, through the laptop")


async def test_a_call_rings_where_the_agent_set_it_and_opens_no_microphone(
    desks: Desks, console: Console
) -> None:
    desk = await desks()
    console.member("support", "1101")
    console.customer("support", tone=1300)
    await desk.line.next(ev.CallIncoming)
    await desk.laptop.hears(RING_HZ, loud, "it rings on the laptop")
    assert gone(desk.headset.level(RING_HZ))
    assert "-mic:capture_MONO\n  |->" not in desk.rig.links()
