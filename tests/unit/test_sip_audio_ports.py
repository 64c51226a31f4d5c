"""The three real ports, and sums over samples."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.audio import silence_port
from sip.audio.port import AudioPort, AudioUnavailable
from sip.audio.samples import SILENCE_DBFS, from_mono, level, resample, silence, to_mono, tone
from sip.audio.settings import AudioKind, AudioSettings
from sip.audio.silence_port import SilencePort
from sip.audio.sounddevice_port import SoundDevicePort, Wanted
from sip.audio.wav_port import RECORDING_RATE, WavPort
from tests.e2e.sound import Recording


def write(path: Path, pcm: bytes, rate: int = 8_000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(pcm)
    return path


def read(path: Path) -> tuple[int, bytes]:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getframerate(), file.readframes(file.getnframes())


def spoken(port: AudioPort, blocks: int, block: bytes) -> bytes:
    return b"".join(port.exchange(block) for _ in range(blocks))


class Clock:
    """The monotonic clock of the ports, moved by their own sleeps alone."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(silence_port, "time", made)
    return made


@pytest.mark.parametrize("make", [SilencePort, lambda: WavPort(None, None)])
def test_a_port_keeps_its_own_time(make: Callable[[], AudioPort], clock: Clock) -> None:
    port = make()
    port.open(8_000)
    assert spoken(port, 10, silence(80)) == silence(800)
    assert clock.slept == pytest.approx(0.1)
    clock.now += 0.05
    spoken(port, 10, silence(80))
    assert clock.slept == pytest.approx(0.15), "what came late is caught up with"
    port.close()
    port.close()


def test_after_a_suspended_machine_a_port_does_not_rush(clock: Clock) -> None:
    port = SilencePort()
    port.open(8_000)
    clock.now += 3_600
    spoken(port, 11, silence(80))
    assert clock.slept == pytest.approx(0.1)


def test_speech_goes_round(tmp_path: Path) -> None:
    pcm = array("h", range(200)).tobytes()
    port = WavPort(write(tmp_path / "mouth.wav", pcm), None)
    port.open(8_000)
    assert spoken(port, 5, silence(80)) == (pcm * 2)[:800]


def test_speech_said_once_ends_in_silence(tmp_path: Path) -> None:
    pcm = array("h", range(100)).tobytes()
    port = WavPort(write(tmp_path / "mouth.wav", pcm), None, loop=False)
    port.open(8_000)
    assert spoken(port, 3, silence(80)) == pcm.ljust(480, b"\0")


def test_speech_of_another_rate_keeps_pitch_and_loudness(tmp_path: Path) -> None:
    stereo = from_mono(tone(440, 44_100, 44_100), 2)
    port = WavPort(write(tmp_path / "mouth.wav", stereo, 44_100, 2), None)
    port.open(8_000)
    heard = array("h", spoken(port, 20, silence(80)))
    assert level(heard.tobytes()) == pytest.approx(-20, abs=0.5)
    crossings = sum(1 for a, b in pairwise(heard) if a < 0 <= b)
    assert crossings == pytest.approx(440 * 0.2, abs=1)


def test_a_pause_goes_on_where_it_was(tmp_path: Path) -> None:
    pcm = array("h", range(1_000)).tobytes()
    ear = tmp_path / "ear.wav"
    port = WavPort(write(tmp_path / "mouth.wav", pcm), ear)
    port.open(8_000)
    first = spoken(port, 2, tone(440, 80, 8_000))
    port.close()
    port.open(8_000)
    assert first + spoken(port, 2, tone(440, 80, 8_000)) == pcm[:640]
    assert len(read(ear)[1]) == 4 * RECORDING_RATE // 100 * 2
    port.close()


def test_what_is_heard_can_be_read_while_it_grows(tmp_path: Path) -> None:
    ear = tmp_path / "ear.wav"
    port = WavPort(None, ear)
    port.open(8_000)
    for blocks in (1, 2):
        port.exchange(tone(440, 80, 8_000))
        rate, pcm = read(ear)
        assert (rate, len(pcm)) == (RECORDING_RATE, blocks * RECORDING_RATE // 100 * 2)
        assert level(pcm) > -30
    port.close()


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\0" * 100])
def test_what_is_no_wav_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mouth.wav"
    path.write_bytes(content)
    with pytest.raises(AudioUnavailable, match="WAV"):
        WavPort(path, None).open(8_000)
    with pytest.raises(AudioUnavailable):
        WavPort(None, tmp_path / "no" / "ear.wav").open(8_000)


def test_a_device_that_is_not_there_is_told_with_what_to_do() -> None:
    port = SoundDevicePort(lambda: Wanted("no such microphone", "no such speaker"))
    with pytest.raises(AudioUnavailable, match=r"no microphone 'no such microphone'|libportaudio2"):
        port.open(16_000)
    port.close()


def test_settings_name_the_port(tmp_path: Path) -> None:
    assert isinstance(AudioSettings(AudioKind.SILENCE).port(), SilencePort)
    assert isinstance(AudioSettings(AudioKind.WAV, recording=tmp_path / "ear.wav").port(), WavPort)
    assert isinstance(AudioSettings().port(), SoundDevicePort)
    assert [kind for kind in AudioKind if AudioSettings(kind).for_a_person] == [AudioKind.SOUNDDEVICE]


SAMPLES = st.lists(st.integers(-32_768, 32_767), max_size=200).map(
    lambda values: array("h", values).tobytes()
)


@given(SAMPLES, st.integers(1, 4))
def test_every_channel_carries_the_voice(pcm: bytes, channels: int) -> None:
    spread = from_mono(pcm, channels)
    assert len(spread) == len(pcm) * channels
    assert to_mono(spread, channels) == pcm


@given(SAMPLES, st.integers(0, 400))
def test_a_fitted_block_has_the_length_asked_for_and_stays_within_bounds(pcm: bytes, frames: int) -> None:
    made = array("h", resample(pcm, frames))
    assert len(made) == frames
    if pcm and frames:
        source = array("h", pcm)
        assert min(source) <= min(made) <= max(made) <= max(source)


@given(SAMPLES)
def test_loudness_is_between_silence_and_full_scale(pcm: bytes) -> None:
    assert SILENCE_DBFS <= level(pcm) <= 0


def test_loudness_is_that_of_the_field() -> None:
    assert level(silence(80)) == level(b"") == SILENCE_DBFS
    assert level(tone(440, 8_000, 8_000, -20)) == pytest.approx(-20, abs=0.1)
    assert level(array("h", [32_767, -32_768] * 50).tobytes()) == pytest.approx(0, abs=0.01)


def test_what_is_recorded_at_another_rate_has_no_seams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence_port.Pacer, "wait", lambda _pacer: None)
    port = WavPort(None, tmp_path / "heard.wav")
    port.open(8_000)
    said = tone(1_300, 8_000, 8_000)
    for at in range(0, len(said), 160):
        port.exchange(said[at : at + 160])
    port.close()
    recording = Recording(tmp_path / "heard.wav", 1_300)
    (stretch,) = recording.stretches()
    assert stretch.tone - stretch.noise > 22.5
