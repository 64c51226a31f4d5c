"""The audio thread of one call: moves sound between the call's PCM and the port to ears and mouth."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES, AudioPort, AudioUnavailable
from sip.audio.samples import from_mono, level, resample, silence, to_mono
from sip.audio.silence_port import SilencePort

_PRIME_BLOCKS = 3
"""Blocks (10 ms) that wait before the first is played: packets bring two at a time, threads come late."""
_MOST_BLOCKS = 10
"""A backlog longer than this is delay that nobody wants to hear; it is dropped down to the prime."""
_LEVEL_BLOCKS = 10
_JOIN_TIMEOUT = 2.0
_MEDIA_POLL = 0.01


class PcmInactive(Exception):
    """The call has no media now: not yet, not any more, or while it is renegotiated."""


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """Samples a second and interleaved channels, to the call (``tx``) and from it (``rx``)."""

    tx_rate: int
    tx_channels: int
    rx_rate: int
    rx_channels: int


class CallPcm(Protocol):
    """One call's 16-bit PCM; never blocks. Everything raises ``PcmInactive``."""

    def format(self) -> PcmFormat:
        """What the call carries now."""
        ...

    def waiting(self) -> int:
        """Bytes received and not yet read."""
        ...

    def read(self, most: int) -> bytes:
        """Up to ``most`` received bytes."""
        ...

    def write(self, pcm: bytes) -> None:
        """Queue ``pcm`` to be sent; what does not fit is dropped."""
        ...


class Bridge:
    """One call's sound from ``start`` to ``close``. ``muted`` may be set at any time, from any thread.

    ``tell_levels`` gets microphone and speaker in dBFS ten times a second, ``tell_fault`` words for the
    agent when the port fails; the call then goes on in silence. Both are called in the audio thread.
    """

    def __init__(
        self,
        pcm: CallPcm,
        port: AudioPort,
        *,
        tell_levels: Callable[[float, float], None],
        tell_fault: Callable[[str], None],
    ) -> None:
        self.muted = False
        self._pcm = pcm
        self._port = port
        self._tell_levels = tell_levels
        self._tell_fault = tell_fault
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audio", daemon=True)

    def start(self) -> None:
        """Begin; sound moves as soon as the call has media."""
        self._thread.start()

    def close(self) -> None:
        """End the thread and let ears and mouth go. Safe to call twice."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_TIMEOUT)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                form = self._pcm.format()
            except PcmInactive:
                self._stop.wait(_MEDIA_POLL)
                continue
            self._open(form.tx_rate)
            try:
                self._carry(form)
            except PcmInactive:
                continue
            finally:
                self._port.close()

    def _open(self, rate: int) -> None:
        try:
            self._port.open(rate)
        except AudioUnavailable as error:
            self._go_silent(str(error), rate)

    def _go_silent(self, words: str, rate: int) -> None:
        self._tell_fault(words)
        self._port.close()
        self._port = SilencePort()
        self._port.open(rate)

    def _carry(self, form: PcmFormat) -> None:
        """Move block after block until stopped, or until the call's media changes."""
        ear = _Ear(self._pcm, form)
        meter = _Meter(self._tell_levels)
        frames = form.tx_rate // BLOCKS_PER_SECOND
        while not self._stop.is_set():
            heard = ear.block()
            try:
                spoken = self._port.exchange(heard)
            except AudioUnavailable as error:
                self._go_silent(str(error), form.tx_rate)
                continue
            if self.muted:
                spoken = silence(frames)
            self._pcm.write(from_mono(spoken, form.tx_channels))
            meter.add(spoken, heard)


class _Ear:
    """What the call brings, block by block at the port's rate: primed, bounded, silent where it lacks."""

    def __init__(self, pcm: CallPcm, form: PcmFormat) -> None:
        self._pcm = pcm
        self._channels = form.rx_channels
        self._bytes = form.rx_rate // BLOCKS_PER_SECOND * form.rx_channels * SAMPLE_BYTES
        self._frames = form.tx_rate // BLOCKS_PER_SECOND
        self._silence = silence(self._frames)
        self._primed = False
        # what came before anybody listened is past
        pcm.read(max(pcm.waiting(), 1))

    def block(self) -> bytes:
        waiting = self._pcm.waiting()
        if waiting > _MOST_BLOCKS * self._bytes:
            self._pcm.read(waiting - _PRIME_BLOCKS * self._bytes)
        if not self._primed and waiting < _PRIME_BLOCKS * self._bytes:
            return self._silence
        pcm = self._pcm.read(self._bytes)
        self._primed = len(pcm) == self._bytes
        if not pcm:
            return self._silence
        mono = to_mono(pcm.ljust(self._bytes, b"\0"), self._channels)
        return resample(mono, self._frames)


class _Meter:
    """Loudness of every tenth of a second."""

    def __init__(self, tell: Callable[[float, float], None]) -> None:
        self._tell = tell
        self._spoken: list[bytes] = []
        self._heard: list[bytes] = []

    def add(self, spoken: bytes, heard: bytes) -> None:
        self._spoken.append(spoken)
        self._heard.append(heard)
        if len(self._spoken) == _LEVEL_BLOCKS:
            self._tell(level(b"".join(self._spoken)), level(b"".join(self._heard)))
            self._spoken.clear()
            self._heard.clear()
