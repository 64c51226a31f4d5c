"""What is done to a microphone's sound, by the real module, in a room that only echoes."""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path

import pytest

from sip.audio.samples import level
from sip.audio.sound import NoSuchProfile, Profile, Sound, SoundSettings
from sip.audio.sounddevice_port import OnUnplug
from sip.audio.treatment import MISSING, UNTREATED, TreatedPort, Treatment
from tests.e2e.wav import read

RATE = 16_000
BLOCK = RATE // 100 * 2
VOICE = Path(__file__).parents[2] / "bots/voices/en_bill.wav"
_LATE = 8
"""Blocks between what is played and what is heard."""


class Room:
    """An ``AudioPort``: the microphone hears the speaker at a quarter, 80 ms later, and nothing else."""

    dead = False

    def __init__(self, remark: str = "") -> None:
        self._remark = remark
        self._air = deque([bytes(BLOCK)] * _LATE, maxlen=_LATE)

    def open(self, rate: int) -> str:
        assert rate == RATE
        return self._remark

    def exchange(self, speaker: bytes) -> bytes:
        heard = self._air[0]
        self._air.append(speaker)
        samples = memoryview(bytearray(heard)).cast("h")
        for at, sample in enumerate(samples):
            samples[at] = sample // 4
        return samples.tobytes()

    def stale(self) -> bool:
        return False

    def close(self) -> None:
        self._air.clear()


def spoken(seconds: int) -> list[bytes]:
    """A caller's voice in blocks."""
    rate, samples = read(VOICE)
    assert rate in (RATE, 8_000, 22_050, 24_000, 48_000)
    at = [int(n * rate / RATE) % len(samples) for n in range(seconds * RATE)]
    pcm = (samples[at] * 32_767).astype("int16").tobytes()
    return [pcm[n : n + BLOCK] for n in range(0, len(pcm), BLOCK)]


def heard(treatment: Treatment) -> float:
    """How loud the echo of a caller's voice is after three seconds, in dBFS."""
    port = TreatedPort(Room(), lambda: treatment)
    assert port.open(RATE) == ""
    got = [port.exchange(block) for block in spoken(8)]
    assert {len(block) for block in got} == {BLOCK}
    port.close()
    return level(b"".join(got[300:]))


def test_a_callers_echo_is_taken_out_and_without_treatment_it_is_not() -> None:
    assert heard(UNTREATED) > -45
    assert heard(UNTREATED) - heard(Treatment(echo_cancellation=True, noise_suppression=True)) > 30


def test_nothing_is_loaded_for_a_headset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "livekit.rtc", None)
    assert TreatedPort(Room(), lambda: UNTREATED).open(RATE) == ""


def test_what_is_not_installed_is_told_and_the_call_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "livekit.rtc", None)
    port = TreatedPort(Room("another device"), lambda: Treatment(echo_cancellation=True))
    assert port.open(RATE) == f"another device {MISSING}"
    assert port.exchange(bytes(BLOCK)) == bytes(BLOCK)


def test_a_choice_reaches_ports_that_are_open_and_the_same_again_is_a_new_one() -> None:
    sound = Sound(SoundSettings((Profile("Headset"), Profile("Laptop", "a", "b"))))
    calls, ring = sound.talking(), sound.ringing()
    assert not calls.stale()
    sound.use("Headset")
    assert calls.stale()
    assert ring.stale()
    assert sound.profile.name == "Headset"
    with pytest.raises(NoSuchProfile, match="Headset, Laptop"):
        sound.use("")


def test_a_ring_has_its_own_device_or_the_calls_and_never_waits_for_it() -> None:
    sound = Sound(SoundSettings((Profile("One", "m", "s", "r"), Profile("Two", "m", "s")), OnUnplug.MUTE))
    assert (sound._of_ring.speaker, sound._of_ring.listens) == ("r", False)
    assert sound._of_ring.on_unplug is OnUnplug.DEFAULT
    sound.use("Two")
    assert sound._of_ring.speaker == "s"
