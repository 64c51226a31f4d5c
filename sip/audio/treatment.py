"""Echo cancellation, noise suppression and gain for a microphone: WebRTC's module, as livekit packs it.

An optional part of moked (``moked[aec]``, 30 MB in memory): loaded only for who uses it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sip.audio.port import AudioPort, AudioUnavailable

MISSING = "Echo cancellation, noise suppression and gain are not installed: pip install 'moked[aec]'."


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done to the microphone's sound. A headset needs none; a laptop's own devices need all."""

    echo_cancellation: bool = False
    noise_suppression: bool = False
    automatic_gain: bool = False

    def __bool__(self) -> bool:
        return self.echo_cancellation or self.noise_suppression or self.automatic_gain


UNTREATED = Treatment()


def load() -> Any:
    """Load livekit's package, which takes half a second the first time. Raises ``AudioUnavailable``."""
    try:
        return importlib.import_module("livekit.rtc")
    except ImportError as error:
        raise AudioUnavailable(MISSING) from error


class TreatedPort:
    """An ``AudioPort`` whose microphone is treated as wanted when it is opened.

    What it plays is what an echo is known by.
    """

    def __init__(self, port: AudioPort, treatment: Callable[[], Treatment]) -> None:
        self._port = port
        self._wanted = treatment
        self._module: _Module | None = None

    def open(self, rate: int) -> str:
        """Open the port; what cannot be treated is told and used as it is."""
        remark = self._port.open(rate)
        treatment = self._wanted()
        try:
            self._module = _Module(treatment, rate) if treatment else None
        except AudioUnavailable as missing:
            remark = " ".join(filter(None, (remark, str(missing))))
        return remark

    def exchange(self, speaker: bytes) -> bytes:
        """One block each way."""
        heard = self._port.exchange(speaker)
        return heard if self._module is None else self._module.treat(speaker, heard)

    @property
    def dead(self) -> bool:
        """As the port's: what suppresses noise may well leave nothing."""
        return self._port.dead

    def stale(self) -> bool:
        """As the port is."""
        return self._port.stale()

    def close(self) -> None:
        """Let the port go, and what was learned of its echo."""
        self._module = None
        self._port.close()


class _Module:
    """One ``AudioProcessingModule``, which knows one room from its opening on."""

    def __init__(self, treatment: Treatment, rate: int) -> None:
        self._rtc = load()
        self._rate = rate
        self._apm = self._rtc.AudioProcessingModule(
            echo_cancellation=treatment.echo_cancellation,
            noise_suppression=treatment.noise_suppression,
            high_pass_filter=True,
            auto_gain_control=treatment.automatic_gain,
        )

    def treat(self, played: bytes, heard: bytes) -> bytes:
        """What was heard, without what was played. Both are 10 ms."""
        self._apm.process_reverse_stream(self._frame(played))
        frame = self._frame(heard)
        self._apm.process_stream(frame)
        return bytes(frame.data.cast("B"))

    def _frame(self, block: bytes) -> Any:
        return self._rtc.AudioFrame(bytearray(block), self._rate, 1, len(block) // 2)
