"""The machine's own microphone and speaker, through PortAudio."""

from __future__ import annotations

from typing import Any

from edge.text import clean
from sip.audio.port import BLOCKS_PER_SECOND, AudioUnavailable

_LATENCY = 0.04
"""Seconds of device buffer: with 10 ms blocks 40 ms did not starve beside a busy Python, 20 ms did."""


class SoundDevicePort:
    """An ``AudioPort`` on PortAudio devices, by name or part of it; None is the system's default."""

    def __init__(self, microphone: str | None = None, speaker: str | None = None) -> None:
        self._devices = (microphone, speaker)
        self._stream: Any = None
        self._frames = 0

    def open(self, rate: int) -> None:
        """Take the devices. Raises ``AudioUnavailable`` when there are none or PortAudio is missing."""
        try:
            import sounddevice  # noqa: PLC0415 - needs the system's PortAudio, which may be missing
        except OSError as error:
            raise AudioUnavailable("no sound: PortAudio is missing (Debian: libportaudio2)") from error
        if not sounddevice.query_devices():
            raise AudioUnavailable("no sound: this machine has no microphone or speaker; calls are silent")
        self._frames = rate // BLOCKS_PER_SECOND
        try:
            self._stream = sounddevice.RawStream(
                samplerate=rate,
                blocksize=self._frames,
                channels=1,
                dtype="int16",
                latency=_LATENCY,
                device=self._devices,
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            self.close()
            raise AudioUnavailable(f"no sound: {clean(str(error))}; check the headset") from error

    def exchange(self, speaker: bytes) -> bytes:
        """Play and hear one block; PortAudio keeps the time."""
        import sounddevice  # noqa: PLC0415

        try:
            self._stream.write(speaker)
            heard, _overflowed = self._stream.read(self._frames)
        except sounddevice.PortAudioError as error:
            raise AudioUnavailable(f"the sound broke off: {clean(str(error))}; check the headset") from error
        return bytes(heard)

    def close(self) -> None:
        """Let the devices go, so that no microphone stays open between calls."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)
