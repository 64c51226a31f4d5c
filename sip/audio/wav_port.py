"""A WAV file for a mouth and a WAV file for ears: bots that speak, tests that measure what was heard."""

from __future__ import annotations

import io
import os
import struct
import sys
import wave
from array import array
from pathlib import Path

from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES, AudioUnavailable
from sip.audio.resampler import Resampler
from sip.audio.samples import resample, silence, to_mono
from sip.audio.silence_port import Pacer

RECORDING_RATE = 16_000
_LONGEST_INPUT = 10 * 60
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


class WavPort:
    """An ``AudioPort`` between files.

    ``speech`` (16-bit PCM of any rate, at most ten minutes) is what the microphone hears: over and over when
    ``loop``, else once and then silence. ``recording`` gets what the speaker plays, at 16 kHz mono, block by
    block, so it can be read while it grows. A call that pauses goes on where it was in both.
    """

    dead = False

    def __init__(self, speech: Path | None, recording: Path | None, *, loop: bool = True) -> None:
        self._speech = None if speech is None else _Speech(speech, loop=loop)
        self._recording = None if recording is None else _Recording(recording)
        self._pacer = Pacer()
        self._frames = 0
        self._to_recording = Resampler()

    def open(self, rate: int) -> str:
        """Read the speech for ``rate``, go on with the recording. Raises ``AudioUnavailable``."""
        self._frames = rate // BLOCKS_PER_SECOND
        try:
            if self._speech is not None:
                self._speech.load(rate)
            if self._recording is not None:
                self._recording.open()
        except (OSError, EOFError, wave.Error) as error:
            raise AudioUnavailable(f"cannot use the WAV file: {error}") from error
        self._pacer = Pacer()
        return ""

    def exchange(self, speaker: bytes) -> bytes:
        """Record ``speaker`` and return the next 10 ms of the speech."""
        self._pacer.wait()
        if self._recording is not None:
            try:
                self._recording.write(self._to_recording.fit(speaker, RECORDING_RATE // BLOCKS_PER_SECOND))
            except OSError as error:
                raise AudioUnavailable(f"cannot go on recording: {error}") from error
        if self._speech is None:
            return silence(self._frames)
        return self._speech.take(self._frames)

    def stale(self) -> bool:
        """Its files stay what they are."""
        return False

    def close(self) -> None:
        """Close the recording; it is whole at any time."""
        if self._recording is not None:
            self._recording.close()


class _Speech:
    """The samples of a file at a call's rate, and how far they were spoken."""

    def __init__(self, path: Path, *, loop: bool) -> None:
        self._path = path
        self._loop = loop
        self._samples = b""
        self._rate = 0
        self._at = 0

    def load(self, rate: int) -> None:
        if rate == self._rate:
            return
        with wave.open(str(self._path), "rb") as file:
            if (
                file.getsampwidth() != SAMPLE_BYTES
                or file.getnframes() > _LONGEST_INPUT * file.getframerate()
            ):
                raise wave.Error(f"{self._path.name} must be 16-bit PCM of at most ten minutes")
            mono = to_mono(_native(file.readframes(file.getnframes())), file.getnchannels())
            frames = file.getnframes() * rate // file.getframerate()
        if self._rate:
            self._at = self._at // SAMPLE_BYTES * rate // self._rate * SAMPLE_BYTES
        self._samples, self._rate = resample(mono, frames), rate

    def take(self, frames: int) -> bytes:
        wanted = frames * SAMPLE_BYTES
        taken = self._samples[self._at : self._at + wanted]
        self._at += len(taken)
        while self._loop and self._samples and len(taken) < wanted:
            self._at = wanted - len(taken)
            taken += self._samples[: self._at]
        return taken.ljust(wanted, b"\0")


class _Recording:
    """A WAV file that is whole after every block and can be gone on with, which ``wave`` cannot do."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = False
        self._bytes = 0
        self._file: io.FileIO | None = None

    def open(self) -> None:
        self._file = io.FileIO(self._path, "r+" if self._begun else "w+")
        self._file.seek(0, os.SEEK_END)
        if not self._begun:
            self._file.write(self._header())
            self._begun = True

    def write(self, pcm: bytes) -> None:
        if self._file is None:
            return
        self._file.write(_native(pcm))
        self._bytes += len(pcm)
        os.pwrite(self._file.fileno(), self._header(), 0)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _header(self) -> bytes:
        # RIFF/WAVE with one PCM channel: format 1, bytes a second, bytes a frame, bits a sample
        rate, width = RECORDING_RATE, SAMPLE_BYTES
        size = _HEADER.size - 8 + self._bytes
        form = (b"RIFF", size, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * width, width, width * 8)
        return _HEADER.pack(*form, b"data", self._bytes)


def _native(pcm: bytes) -> bytes:
    """Between WAV's little-endian samples and this machine's; its own inverse."""
    if sys.byteorder == "little":
        return pcm
    samples = array("h", pcm)
    samples.byteswap()
    return samples.tobytes()
