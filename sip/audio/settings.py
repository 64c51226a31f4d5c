"""Which ears and mouth a phone uses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sip.audio.port import AudioPort
from sip.audio.silence_port import SilencePort
from sip.audio.sounddevice_port import SoundDevicePort
from sip.audio.wav_port import WavPort


class AudioKind(StrEnum):
    """The three real ports."""

    SOUNDDEVICE = "sounddevice"
    WAV = "wav"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """A port and what it needs."""

    kind: AudioKind = AudioKind.SOUNDDEVICE
    speech: Path | None = None
    recording: Path | None = None
    loop: bool = True

    @property
    def for_a_person(self) -> bool:
        """Whether somebody is there to hear and to speak."""
        return self.kind is AudioKind.SOUNDDEVICE

    def port(self) -> AudioPort:
        """A new port, not yet open."""
        match self.kind:
            case AudioKind.SOUNDDEVICE:
                return SoundDevicePort()
            case AudioKind.WAV:
                return WavPort(self.speech, self.recording, loop=self.loop)
            case AudioKind.SILENCE:
                return SilencePort()
