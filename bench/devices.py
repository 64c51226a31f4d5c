"""A call through devices, to the exchange's echo and back: delay, gaps, processor and memory.

Devices are null sinks on a PipeWire of the bench's own. What goes into the microphone and what comes out of
the speaker is recorded side by side, so the delay is that of the whole loop, devices among it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import wave
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from bench.figures import Row, Sample
from bench.place import Place
from bench.process import cpu_seconds, rss, serving
from sip import events as ev
from sip.account import Account
from sip.audio.sound import Profile, SoundSettings
from sip.audio.treatment import UNTREATED, Treatment
from sip.client import attach_or_start
from sip.place import UnixPlace
from sip.wire import sound_text
from tests.sound.rig import SoundRig

TITLE = "Devices: a call through the exchange's echo, beside the least that baresip-python can do"

Samples: TypeAlias = npt.NDArray[np.float64]

_AGENT, _ECHO = "1101", "600"
_CODEC = "g722"
"""The same for all; a stock Asterisk can also mix and record it."""
_RATE = 48_000
_BURSTS, _TONE = 20, 30
"""Seconds of a burst of tone each second, then of a tone."""
_TALK = _BURSTS + _TONE + 20
_TONE_HZ = 700
_BURST = 0.2
_WINDOW = 0.005
_FALLEN_DB = 20.0
_HEARD = 0.1
_QUIET_MS = 100
_SETTLED = 8
"""Bursts until the jitter buffer has found its size."""
_FULL: Final = 32_768.0
_ALL = Treatment(echo_cancellation=True, noise_suppression=True, automatic_gain=True)


@dataclass(frozen=True, slots=True)
class _Found:
    """Milliseconds of each burst's way round, drop-outs of the tone, percent of a core, MB.

    ``torn``: drop-outs in what was spoken already, the machine's own and no phone's.
    """

    delays: tuple[float, ...]
    dropouts: int
    torn: int
    cpu: float
    memory: float


def measure(place: Place) -> list[Row]:
    """The phone process without and with treatment of the microphone, and the bare script, one by one."""
    home = place.home("devices")
    account = replace(place.asterisk.account(_AGENT), codecs=(_CODEC,))
    with SoundRig() as rig, _surroundings(rig.pipewire.env):
        rig.plug_speaker("ear")
        rig.plug_microphone("mic")
        rig.take_as_default("ear", "mic")
        stimulus = _stimulus(home / "stimulus.wav")
        bare = _bare(rig, account, stimulus, home / "bare.wav")
        ours = _ours(rig, account, stimulus, home / "ours.wav", UNTREATED)
        treated = _ours(rig, account, stimulus, home / "treated.wav", _ALL)
    return [*_rows("phone", ours, bare), *_rows("phone with all treatment", treated, ours, "phone")]


def _rows(name: str, ours: _Found, other: _Found, beside: str = "bare script") -> Iterator[Row]:
    def row(what: str, unit: str, mine: tuple[float, ...], theirs: tuple[float, ...]) -> Row:
        return Row(Sample(f"{name}: {what}", unit, mine), Sample(beside, unit, theirs))

    # a treated microphone takes tones for noise
    if ours.delays and other.delays:
        yield row("mouth → exchange's echo → ear", "ms", ours.delays, other.delays)
        dropouts = f"drop-outs of a tone in {_TONE} s"
        yield row(dropouts, "", (ours.dropouts,), (other.dropouts,))
        spoken = Sample(f"{name}: in what was spoken", "", (ours.torn,))
        yield Row(Sample(f"{name}: {dropouts}", "", (ours.dropouts,)), spoken)
        torn = Sample(f"{beside}: in what was spoken", "", (other.torn,))
        yield Row(Sample(f"{beside}: {dropouts}", "", (other.dropouts,)), torn)
    yield row("in the call, share of a core", "%", (ours.cpu,), (other.cpu,))
    yield row("in the call, RSS", "MB", (ours.memory,), (other.memory,))


def _bare(rig: SoundRig, account: Account, stimulus: Path, recording: Path) -> _Found:
    arguments = [account.user, account.domain, _ECHO, _CODEC, str(_TALK)]
    command = [sys.executable, "-m", "bench.bare_softphone", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(account.password.encode() + b"\n")
        process.stdin.close()
        assert process.stdout.readline() == b"answered\n"
        found = _watch(rig, process.pid, stimulus, recording)
        process.wait(_TALK)
    return found


def _ours(rig: SoundRig, account: Account, stimulus: Path, recording: Path, treatment: Treatment) -> _Found:
    return asyncio.run(_call(rig, account, stimulus, recording, treatment))


async def _call(
    rig: SoundRig, account: Account, stimulus: Path, recording: Path, treatment: Treatment
) -> _Found:
    directory = recording.with_suffix("")
    directory.mkdir(mode=0o700)
    settings = SoundSettings((Profile("Headset", "mic", "ear", treatment=treatment),))
    socket = Path(os.environ["MOKED_RUNTIME_DIR"]) / f"{directory.name}.sock"
    arguments = ["--log", str(directory / "log"), "--linger", "0.5", "--sound", sound_text(settings)]
    phone = await attach_or_start(UnixPlace(socket), arguments)
    events = phone.events()
    async with asyncio.timeout(_TALK * 2):
        await phone.register(account)
        async for event in events:
            if isinstance(event, ev.RegistrationChanged) and event.state is ev.RegistrationState.REGISTERED:
                break
        call = await phone.calls.dial(_ECHO)
        async for event in events:
            if isinstance(event, ev.CallEstablished):
                break
        following = asyncio.create_task(_drain(phone.events()))
        found = await asyncio.to_thread(_watch, rig, serving(socket), stimulus, recording)
        following.cancel()
        await phone.calls.hangup(call)
    await phone.close()
    return found if treatment is UNTREATED else _Found((), 0, 0, found.cpu, found.memory)


async def _drain(events: AsyncIterator[object]) -> None:
    async for _event in events:
        pass


def _watch(rig: SoundRig, pid: int, stimulus: Path, recording: Path) -> _Found:
    """Play the stimulus into the microphone, and record it beside what comes out of the ear."""
    recorder = rig.record_both(recording, "mic-mouth", "ear")
    before = cpu_seconds(pid)
    player = rig.play(stimulus, "mic-mouth")
    player.wait(_TALK * 2)
    cpu = (cpu_seconds(pid) - before) / (_BURSTS + _TONE) * 100
    memory = rss(pid)
    rig.pipewire.end(recorder)
    spoken, heard = _channels(recording)
    return _Found(tuple(_delays(spoken, heard)), _dropouts(heard), _dropouts(spoken), cpu, memory)


def _stimulus(path: Path) -> Path:
    at = np.arange(_BURSTS * _RATE) / _RATE
    bursts = np.sin(2 * np.pi * _TONE_HZ * at) * (at % 1 < _BURST)
    tone = np.sin(2 * np.pi * _TONE_HZ * np.arange(_TONE * _RATE) / _RATE)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, _RATE, 0, "NONE", ""))
        file.writeframes((np.concatenate([bursts, tone]) * 0.3 * _FULL).astype("<i2").tobytes())
    return path


def _channels(path: Path) -> tuple[Samples, Samples]:
    data = path.read_bytes()
    begin = data.index(b"data") + 8
    both = np.frombuffer(data[begin : begin + (len(data) - begin) // 4 * 4], "<i2").astype(np.float64) / _FULL
    return both[::2], both[1::2]


def _delays(spoken: Samples, heard: Samples) -> Iterator[float]:
    """The way of each burst: from where it begins in what was spoken to where it begins in what was heard."""
    arrivals = _beginnings(heard)
    for begun in _beginnings(spoken)[_SETTLED:_BURSTS]:
        later = arrivals[arrivals > begun]
        if len(later):
            yield float(later[0] - begun)


def _beginnings(samples: Samples) -> npt.NDArray[np.int64]:
    """The milliseconds at which something begins after a tenth of a second of quiet."""
    size = _RATE // 1000
    loud = np.max(np.abs(samples[: len(samples) // size * size]).reshape(-1, size), axis=1) > _HEARD
    at = np.flatnonzero(loud)
    return at[np.diff(at, prepend=-_QUIET_MS) >= _QUIET_MS]


def _dropouts(heard: Samples) -> int:
    """Windows of the tone, its first and last second aside, that are far softer than it is."""
    size = int(_WINDOW * _RATE)
    windows = heard[: len(heard) // size * size].reshape(-1, size)
    levels = 20 * np.log10(np.maximum(1e-6, np.sqrt(np.mean(windows**2, axis=1))))
    last = int(np.flatnonzero(levels > levels.max() - 6)[-1])
    a_second = round(1 / _WINDOW)
    tone = levels[last - (_TONE - 1) * a_second : last - a_second]
    return int(np.sum(tone < np.median(tone) - _FALLEN_DB))


@contextmanager
def _surroundings(env: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in env}
    os.environ.update(env)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
