"""What is in store for a speaker, over a PortAudio whose device plays at the pace a test gives it."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from agent_tui.text.catalogue import use
from agent_tui.text.others import said
from sip.audio import portaudio
from sip.audio.port import AudioUnavailable
from sip.audio.portaudio_error import why
from sip.audio.samples import tone

RATE = 8_000
BLOCK = 80
ROOM = 480
LOUD = tone(450, BLOCK, RATE)


class PortAudioError(Exception):
    """As sounddevice raises it: words, PortAudio's code, what the driver said."""


class Card:
    """PortAudio's ``RawOutputStream`` on a card with room for 60 ms."""

    def __init__(self) -> None:
        self.stored = 0
        self.stuck = False
        self.most = 0
        self.begun = 0

    @property
    def write_available(self) -> int:
        return 0 if self.stuck else ROOM - self.stored

    def start(self) -> None:
        self.begun += 1

    def abort(self) -> None:
        self.stuck, self.stored = False, 0

    def close(self, *, ignore_errors: bool) -> None:
        assert ignore_errors

    def write(self, pcm: bytes) -> bool:
        assert len(pcm) // 2 <= self.write_available, "it would have waited"
        self.stored += len(pcm) // 2
        self.most = max(self.most, self.stored)
        return False

    def play(self, frames: int) -> None:
        self.stored = max(0, self.stored - frames)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    made = Card()
    library: Any = SimpleNamespace(
        PortAudioError=PortAudioError,
        RawOutputStream=lambda **_options: made,
        query_devices=lambda: [{"name": "card"}],
        _terminate=lambda: None,
        _initialize=lambda: None,
    )
    monkeypatch.setattr(portaudio, "_library", lambda: library)
    return made


def speaker() -> portaudio.Speaker:
    made = portaudio.Speaker(None, RATE)
    made.start()
    return made


@pytest.mark.parametrize("ppm", [0, 400, -400])
def test_a_speaker_whose_clock_differs_neither_starves_nor_gathers(card: Card, ppm: int) -> None:
    ear, owed = speaker(), 0.0
    for _ in range(60_000):
        ear.write(LOUD)
        owed += BLOCK * (1 + ppm / 1e6)
        card.play(int(owed))
        owed -= int(owed)
    assert ear.starved == 0
    assert card.most <= 4 * BLOCK
    assert card.begun == 1
    ear.close()


def test_a_speaker_that_stopped_by_itself_is_begun_anew(card: Card) -> None:
    ear = speaker()
    ear.write(LOUD)
    card.stuck = True
    for _ in range(25):
        ear.write(LOUD)
    assert card.begun == 2
    assert card.stored > 0
    ear.close()


def test_a_speaker_that_fails_is_told(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    ear = speaker()

    def broken(_self: Card) -> int:
        raise PortAudioError("Device unavailable", -9985)

    monkeypatch.setattr(Card, "write_available", property(broken))
    with pytest.raises(AudioUnavailable, match=r"another program has the device.*; check the headset"):
        ear.write(LOUD)
    ear.close()


HOST = PortAudioError("Unanticipated host error", -9999, (0, -19, "ALSA lib pcm.c: No such device"))


@pytest.mark.parametrize(
    "error",
    [
        HOST,
        *(PortAudioError("Error opening RawInputStream", code) for code in range(-9999, -9970)),
        PortAudioError("Error querying device -1"),
        ValueError("No input device matching 'Jabra'"),
    ],
)
def test_why_there_is_no_sound_is_said_in_hebrew_and_logged_as_it_was_said(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    use("he")
    told = str(said(f"no sound: {why(error)}; check the headset"))
    assert set(re.findall("[A-Za-z]+", told)) <= {"PortAudio"}
    assert error.args[0] in caplog.text


def test_a_device_in_use_is_told_apart_from_one_that_is_gone() -> None:
    reasons = {why(PortAudioError("x", code)) for code in (-9985, -9996, -9997, -9999, -9987)}
    assert len(reasons) == 5
    assert why(PortAudioError("x", -9971)) == "PortAudio gives the error -9971"


@pytest.mark.parametrize("broken", ["_initialize", "query_devices", "RawOutputStream"])
def test_a_library_that_fails_anywhere_is_a_headset_to_check(
    card: Card, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """The call goes on in silence after this error alone."""

    def fails(*_given: object, **_options: object) -> None:
        raise HOST

    monkeypatch.setattr(portaudio._library(), broken, fails)
    with pytest.raises(AudioUnavailable, match="the system's own sound gives an error; check the headset"):
        speaker()
    if broken != "RawOutputStream":
        with pytest.raises(AudioUnavailable, match="check the headset"):
            portaudio.devices()
    assert card.begun == 0
