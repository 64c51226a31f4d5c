"""The echo canceller in a real call: how much of the caller's own voice it takes out, and of the agent's.

The agent's phone talks into a synthetic room instead of devices: what its speaker plays comes back to its
microphone, late and reverberant. The far end is another phone, through the real Asterisk, which speaks all
the time; the agent speaks only in the second half (double talk).
"""

from __future__ import annotations

import asyncio
import math
import os
import threading
import time
import wave
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from bench.figures import Row, Sample
from bench.place import Place
from bench.process import rss, standing
from sip import events as ev
from sip.account import Account
from sip.audio.port import AudioPort
from sip.audio.silence_port import Pacer
from sip.audio.treatment import UNTREATED, TreatedPort, Treatment
from sip.audio.wav_port import WavPort
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.stack import BaresipStack
from tests.contract.engine import Line, line

TITLE = "Echo: a call of the agent's phone in a room of 250 ms reverberation"

Samples: TypeAlias = npt.NDArray[np.float64]

_VOICES = Path(__file__).parents[1] / "bots/voices"
_FAR, _NEAR = _VOICES / "en_bill.wav", _VOICES / "he_fault.wav"
_AGENT, _CALLER = "1101", "1102"
_CANCELLER = Treatment(echo_cancellation=True)
_NO_GAIN = Treatment(echo_cancellation=True, noise_suppression=True)
_ALL = Treatment(echo_cancellation=True, noise_suppression=True, automatic_gain=True)
_CASES: Final = {
    "g722": {
        "canceller, echo −6 dB": (_CANCELLER, -6.0),
        "canceller, echo −20 dB": (_CANCELLER, -20.0),
        "with noise suppression, echo −20 dB": (_NO_GAIN, -20.0),
        "with noise suppression, echo −30 dB": (_NO_GAIN, -30.0),
        "with noise suppression and gain, echo −20 dB": (_ALL, -20.0),
    },
    "opus": {"with noise suppression, echo −20 dB": (_NO_GAIN, -20.0)},
}
"""By codec: what is done, and how loud the echo is beside what the speaker plays."""
_STATEMENTS: Final = {
    "phone's modules": "import sip.engines.baresip.engine, sip.service",
    "phone's modules and the canceller at work": (
        "import sip.engines.baresip.engine, sip.service\n"
        "from sip.audio.silence_port import SilencePort\n"
        "from sip.audio.treatment import TreatedPort, Treatment\n"
        "port = TreatedPort(SilencePort(), lambda: Treatment(True, True, True))\n"
        "port.open(16000)\n"
        "for _ in range(100): port.exchange(bytes(320))"
    ),
}
_LEARNS, _ALONE, _BOTH = 4.0, 8.0, 10.0
"""Seconds: until the canceller knows the room, the far end alone, both together."""
_LATE = 0.12
"""Seconds that devices take between playing and hearing."""
_NOISE = 3e-4
_REVERBERATION = 0.25
_NEAR_PEAK = 0.3
_MOST_LAG = 0.1
_SEGMENT = 0.032
_BAND = (200.0, 3_800.0)
_WITHIN = 60.0
_FULL = 32_768.0


class Room:
    """An ``AudioPort``: what is played comes back, and the agent speaks from the second half on."""

    dead = False

    def __init__(self, echo: float) -> None:
        self._echo = echo
        self.near: list[Samples] = []
        self.heard: list[Samples] = []
        self._pacer = Pacer()
        self._chance = np.random.default_rng(1)
        self._rate = 0
        self._response = self._voice = self._ringing = np.zeros(0)

    def open(self, rate: int) -> str:
        """A room of that rate, in which nothing has sounded yet."""
        self._pacer, self._rate = Pacer(), rate
        self.near, self.heard = [], []
        self._response = _response(rate, self._echo)
        self._voice = _speech(_NEAR, rate)
        self._ringing = np.zeros(len(self._response) + rate // 100)
        return ""

    def exchange(self, speaker: bytes) -> bytes:
        """Ten milliseconds in the room."""
        self._pacer.wait()
        played = np.frombuffer(speaker, np.int16) / _FULL
        size = 1 << (len(self._ringing) - 1).bit_length()
        echo = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(self._response, size), size)
        self._ringing = np.roll(self._ringing, -len(played))
        self._ringing[-len(played) :] = 0
        self._ringing += echo[: len(self._ringing)]
        near = self._speaks(len(played))
        heard = self._ringing[: len(played)] + near + self._chance.normal(0, _NOISE, len(played))
        self.near.append(near)
        self.heard.append(heard)
        return _pcm(heard)

    def _speaks(self, frames: int) -> Samples:
        at = len(self.near) * frames - int((_LEARNS + _ALONE) * self._rate)
        return np.take(self._voice, range(at, at + frames), mode="wrap") if at >= 0 else np.zeros(frames)

    def stale(self) -> bool:
        """It never changes."""
        return False

    def close(self) -> None:
        """Nothing to let go."""


class Tap:
    """An ``AudioPort`` that keeps what its port gives to the call, until all was heard."""

    def __init__(self, port: AudioPort) -> None:
        self._port = port
        self.sent: list[Samples] = []
        self.whole = threading.Event()

    @property
    def dead(self) -> bool:
        """As the port's."""
        return self._port.dead

    def open(self, rate: int) -> str:
        """Open the port, and begin anew."""
        self.sent = []
        return self._port.open(rate)

    def exchange(self, speaker: bytes) -> bytes:
        """One block of the port's."""
        heard = self._port.exchange(speaker)
        self.sent.append(np.frombuffer(heard, np.int16) / _FULL)
        if len(self.sent) >= (_LEARNS + _ALONE + _BOTH) * 100:
            self.whole.set()
        return heard

    def stale(self) -> bool:
        """As the port is."""
        return self._port.stale()

    def close(self) -> None:
        """Close the port; what was heard stays."""
        self._port.close()


@dataclass(frozen=True, slots=True)
class _Figures:
    """``erle``: how much weaker the echo is than the room gave it; ``lost``: how much weaker the agent."""

    erle: float
    lost: float
    cpu: float


def measure(place: Place) -> list[Row]:
    """Each treatment, beside the same call without."""
    agent, caller = (place.asterisk.account(extension) for extension in (_AGENT, _CALLER))
    rows: list[Row] = []
    for codec, cases in _CASES.items():
        accounts = replace(agent, codecs=(codec,)), replace(caller, codecs=(codec,))
        bare = asyncio.run(_call(*accounts, Room(-20.0), UNTREATED))
        for name, (treatment, echo) in cases.items():
            found = asyncio.run(_call(*accounts, Room(echo), treatment))
            rows += _rows(f"{codec}, {name}", found, bare)
    return [*rows, *_memory()]


def _rows(name: str, found: _Figures, bare: _Figures) -> list[Row]:
    ours, untreated = (
        Sample(f"{name}: two phones, share of a core", "%", (one.cpu,)) for one in (found, bare)
    )
    return [
        Row(Sample(f"{name}: echo taken out", "dB", (found.erle,))),
        Row(Sample(f"{name}: agent weaker in double talk", "dB", (found.lost,))),
        Row(ours, replace(untreated, name="untreated")),
    ]


def _memory() -> list[Row]:
    """Fresh processes: the bench's own has long loaded everything."""
    weights = {}
    for name, statement in _STATEMENTS.items():
        with standing(statement, os.environ) as pid:
            weights[name] = rss(pid)
    plain, more = (Sample(f"{name}: RSS", "MB", (weight,)) for name, weight in weights.items())
    return [Row(more, plain)]


async def _call(agent: Account, caller: Account, room: Room, treatment: Treatment) -> _Figures:
    tap = Tap(TreatedPort(room, lambda: treatment))
    stack = BaresipStack()
    async with AsyncExitStack() as exits:
        far = await exits.enter_async_context(line(BaresipEngine(stack, lambda: WavPort(_FAR, None)), caller))
        near = await exits.enter_async_context(line(BaresipEngine(stack, lambda: tap), agent))
        await _connect(far, near)
        before, began = time.process_time(), time.monotonic()
        if not await asyncio.to_thread(tap.whole.wait, _WITHIN):
            raise TimeoutError("the call was not heard to its end")
        cpu = (time.process_time() - before) / (time.monotonic() - began) * 100
    return _judge(room, np.concatenate(tap.sent), cpu)


async def _connect(far: Line, near: Line) -> None:
    await far.engine.dial(_AGENT)
    await near.engine.answer((await near.next(ev.CallIncoming)).call)
    await far.next(ev.CallEstablished)


def _judge(room: Room, sent: Samples, cpu: float) -> _Figures:
    rate = len(room.heard[0]) * 100
    heard, spoken = np.concatenate(room.heard), np.concatenate(room.near)
    alone = slice(int(_LEARNS * rate), int((_LEARNS + _ALONE) * rate))
    both = slice(alone.stop, int((_LEARNS + _ALONE + _BOTH) * rate))
    return _Figures(_decibels(heard[alone], sent[alone]), _lost(spoken[both], sent[both], rate), cpu)


def _decibels(louder: Samples, softer: Samples) -> float:
    return 10 * math.log10(float(np.mean(louder**2)) / max(1e-12, float(np.mean(softer**2))))


def _lost(spoken: Samples, sent: Samples, rate: int) -> float:
    """How much weaker what was spoken is in what was sent: what is coherent with it, in the band of speech.

    Frequency by frequency, so that a filter that only shifts phases takes nothing away.
    """
    lag = _lag(spoken, sent, rate)
    size = 1 << int(_SEGMENT * rate).bit_length()
    said, got = (_segments(one, size) for one in (spoken[: len(spoken) - lag], sent[lag:]))
    own = np.mean(np.abs(said) ** 2, axis=0)
    cross = np.mean(np.conj(said) * got, axis=0)
    hertz = np.fft.rfftfreq(size, 1 / rate)
    speech = (hertz >= _BAND[0]) & (hertz <= _BAND[1])
    kept = np.sum(np.abs(cross[speech]) ** 2 / own[speech]) / np.sum(own[speech])
    return -10 * math.log10(max(1e-12, float(kept)))


def _lag(spoken: Samples, sent: Samples, rate: int) -> int:
    size = 1 << (2 * len(spoken) - 1).bit_length()
    fit = np.fft.irfft(np.fft.rfft(sent, size) * np.conj(np.fft.rfft(spoken, size)), size)
    return int(np.argmax(fit[: int(_MOST_LAG * rate)]))


def _segments(samples: Samples, size: int) -> npt.NDArray[np.complex128]:
    whole = np.lib.stride_tricks.sliding_window_view(samples, size)[:: size // 2]
    found: npt.NDArray[np.complex128] = np.fft.rfft(whole * np.hanning(size), axis=1)
    return found


def _response(rate: int, echo: float) -> Samples:
    """A direct sound and a tail that has fallen by 60 dB after the reverberation time; seeded."""
    length = int(_REVERBERATION * rate)
    tail = np.random.default_rng(1).standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    tail[:3] += (3.0, 1.0, 0.5)
    tail *= 10 ** (echo / 20) / np.sqrt(np.sum(tail**2))
    return np.concatenate([np.zeros(int(_LATE * rate)), tail])


def _speech(path: Path, rate: int) -> Samples:
    with wave.open(str(path), "rb") as file:
        said = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
        at = np.arange(0, len(said), file.getframerate() / rate)
    fitted = np.interp(at, np.arange(len(said)), said)
    scaled: Samples = fitted / np.max(np.abs(fitted)) * _NEAR_PEAK
    return scaled


def _pcm(samples: Samples) -> bytes:
    return (np.clip(samples, -1, 1 - 1 / _FULL) * _FULL).astype(np.int16).tobytes()
