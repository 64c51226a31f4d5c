"""The port to real devices on a real PipeWire: which is used, unplugged, back again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sip.audio import portaudio
from sip.audio.port import AudioUnavailable, Unplugged
from sip.audio.samples import SILENCE_DBFS, level, tone
from sip.audio.sounddevice_port import OnUnplug, SoundDevicePort, Wanted
from tests.contract.phones import Ear, loud
from tests.e2e.eventually import eventually
from tests.e2e.wav import write_tone
from tests.sound.rig import SoundRig

RATE = 16_000
SPOKEN, PLAYED = 700, 1_300
_BLOCK = tone(PLAYED, RATE // 100, RATE)
HEADSET = Wanted("headset-mic", "headset-ear")


class Talk:
    """A port with what the agent wants of it now."""

    def __init__(self) -> None:
        self.wanted = HEADSET
        self.port = SoundDevicePort(lambda: self.wanted)

    def say(self, blocks: int) -> float:
        """Play a tone for so many blocks; how loud the last tenth of a second from the microphone was."""
        heard = [self.port.exchange(_BLOCK) for _ in range(blocks)]
        return level(b"".join(heard[-10:]))

    def until_unplugged(self) -> str:
        for _ in range(1_000):
            try:
                heard = self.port.exchange(_BLOCK)
            except Unplugged as gone:
                return str(gone)
            assert len(heard) == len(_BLOCK)
        raise AssertionError("ten seconds on, nobody noticed")

    def until_stale(self) -> None:
        eventually(self.port.stale, "it notices", within=15)


@pytest.fixture
def talk(rig: SoundRig) -> Iterator[Talk]:
    assert rig.pipewire.directory.is_dir()
    made = Talk()
    yield made
    made.port.close()


def speak(rig: SoundRig, home: Path, microphone: str) -> None:
    """Somebody speaks into this microphone from now on."""
    write_tone(home / "voice.wav", SPOKEN, seconds=60)
    rig.play(home / "voice.wav", f"{microphone}-mouth")


async def test_the_devices_named_are_used_and_no_others(rig: SoundRig, talk: Talk, tmp_path: Path) -> None:
    rig.record(tmp_path / "headset.wav", "headset-ear")
    rig.record(tmp_path / "laptop.wav", "laptop-ear")
    speak(rig, tmp_path, "headset-mic")
    assert talk.port.open(RATE) == ""
    assert talk.say(200) > -20
    await Ear(tmp_path / "headset.wav").hears(PLAYED, loud, "the headset plays")
    assert Ear(tmp_path / "laptop.wav").level(PLAYED) < -60
    talk.wanted = Wanted()
    assert talk.port.stale()
    talk.port.open(RATE)
    assert talk.say(200) == SILENCE_DBFS, "nobody speaks into the laptop"
    await Ear(tmp_path / "laptop.wav").hears(PLAYED, loud, "the laptop plays")


def test_devices_are_listed_by_their_names_and_the_default_is_known(rig: SoundRig) -> None:
    assert rig.pipewire.directory.is_dir()
    found = portaudio.devices()
    assert {one.name: one.default for one in found.microphones} == {
        "The laptop-mic": True,
        "The headset-mic": False,
    }
    assert {one.name for one in found.speakers if one.default} == {"The laptop-ear"}


def test_a_name_that_is_not_there_is_told_with_the_nearest(talk: Talk) -> None:
    talk.wanted = Wanted("hedset-mic", "headset-ear")
    with pytest.raises(
        AudioUnavailable, match=r"no microphone 'hedset-mic'; did you mean 'The headset-mic'\?"
    ):
        talk.port.open(RATE)


@pytest.mark.parametrize("device", ["headset-mic", "headset-ear"])
def test_what_is_unplugged_is_noticed_and_never_replaced_silently(
    rig: SoundRig, talk: Talk, tmp_path: Path, device: str
) -> None:
    speak(rig, tmp_path, "laptop-mic")
    talk.port.open(RATE)
    assert talk.say(50) < -60
    rig.unplug(device)
    assert talk.until_unplugged() == f"The {device}"
    with pytest.raises(AudioUnavailable, match=f"The {device} is unplugged. There is no sound until"):
        talk.port.open(RATE)
    assert not talk.port.stale()


@pytest.mark.parametrize("wanted", [HEADSET, Wanted()])
def test_what_is_plugged_in_again_is_used_again(rig: SoundRig, talk: Talk, wanted: Wanted) -> None:
    device = "headset-mic" if wanted.microphone else "laptop-mic"
    talk.wanted = wanted
    talk.port.open(RATE)
    talk.say(50)
    rig.unplug(device)
    talk.until_unplugged()
    with pytest.raises(AudioUnavailable):
        talk.port.open(RATE)
    rig.plug_microphone(device)
    talk.until_stale()
    assert talk.port.open(RATE) == ""
    talk.say(50)
    assert f"|<- {device}:capture" in rig.links()


def test_by_the_other_rule_the_systems_own_is_used_meanwhile(
    rig: SoundRig, talk: Talk, tmp_path: Path
) -> None:
    talk.wanted = Wanted("headset-mic", "headset-ear", OnUnplug.DEFAULT)
    speak(rig, tmp_path, "laptop-mic")
    talk.port.open(RATE)
    talk.say(50)
    rig.unplug("headset-mic")
    talk.until_unplugged()
    assert talk.port.open(RATE) == (
        "The headset-mic is unplugged. The system's own devices are used meanwhile."
    )
    assert talk.say(100) > -20
    assert "|-> headset-ear:playback" in rig.links(), (
        "the speaker is still there, and still the one asked for"
    )
    rig.plug_microphone("headset-mic")
    talk.until_stale()
    assert talk.port.open(RATE) == ""


def test_a_ringer_opens_no_microphone(rig: SoundRig, talk: Talk) -> None:
    talk.wanted = Wanted(speaker="laptop-ear", listens=False)
    talk.port.open(RATE)
    assert talk.say(20) == SILENCE_DBFS
    assert ":capture" not in rig.links()
    assert "|-> laptop-ear:playback" in rig.links()
