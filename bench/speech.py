"""Speech over a lossy line by PESQ (ITU-T P.862): our engine beside bare baresip-python.

A phone says recorded speech into Asterisk's echo test and records what comes back through a seeded relay,
which loses the same packets for both. PESQ compiles from source, so it is in no lock: ``pip install pesq``.
"""

from __future__ import annotations

import asyncio
import dataclasses
import threading
import wave
from array import array
from pathlib import Path

import baresip
import numpy as np

from bench.figures import Row, Sample
from bench.place import Place
from sip import events as ev
from sip.account import Account
from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES
from sip.audio.samples import resample, silence
from sip.audio.silence_port import Pacer
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.settings import StackNeeds, address_of_record
from sip.engines.baresip.stack import BaresipStack
from tests.pbx.link import Link, Weather

TITLE = "Speech over a lossy line with 40 ms of jitter: PESQ (1 to 4.5) of G.711 through the exchange's echo"

_ROUNDS = 3
_AGENT = "1101"
_ECHO = "600"
_RATE = 8_000
_FRAMES = _RATE // BLOCKS_PER_SECOND
_VOICES = ("en_bill", "en_offer")
_WEATHERS = {0: Weather(), 3: Weather(0.03, 0.02, 0.04), 10: Weather(0.10, 0.02, 0.04)}
"""By percent of lost packets."""
_LEAD = BLOCKS_PER_SECOND
"""Blocks of silence before the speech, while the jitter buffers find their size, and after it."""
_WITHIN = 60.0


class _Tape:
    """Says the speech once, a second after it began, and keeps what it hears: an ``AudioPort``."""

    dead = False

    def __init__(self, speech: bytes) -> None:
        self._said = silence(_LEAD * _FRAMES) + speech + silence(_LEAD * _FRAMES)
        self._pacer = Pacer()
        self._at = 0
        self.heard = bytearray()
        self.ended = threading.Event()

    def open(self, rate: int) -> str:
        """Begin."""
        assert rate == _RATE
        self._pacer = Pacer()
        return ""

    def exchange(self, speaker: bytes) -> bytes:
        """Keep one block, say the next."""
        self._pacer.wait()
        return self.turn(speaker)

    def turn(self, speaker: bytes) -> bytes:
        """The same, without waiting for its time."""
        self.heard += speaker
        said = self._said[self._at : self._at + _FRAMES * SAMPLE_BYTES]
        self._at += len(said)
        if not said:
            self.ended.set()
        return said.ljust(_FRAMES * SAMPLE_BYTES, b"\0")

    def stale(self) -> bool:
        """Nothing is plugged in or out."""
        return False

    def close(self) -> None:
        """What was heard stays."""


def measure(place: Place) -> list[Row]:
    """The same calls by turns: ours, then the bare one."""
    try:
        import pesq  # noqa: F401, PLC0415 - an extra of this bench alone
    except ImportError:
        return []
    return asyncio.run(_measure(place.asterisk.account(_AGENT), place.asterisk.centre.ports.sip))


async def _measure(account: Account, exchange: int) -> list[Row]:
    speech = _speech()
    rows: list[Row] = []
    for percent, weather in _WEATHERS.items():
        ours: list[float] = []
        bare: list[float] = []
        for number in range(_ROUNDS):
            for calls, marks in ((_ours, ours), (_bare, bare)):
                tape = _Tape(speech)
                async with Link(exchange, seed=number, inward=weather) as link:
                    await calls(dataclasses.replace(account, domain=link.domain, codecs=("pcma",)), tape)
                marks.append(_mark(speech, bytes(tape.heard)))
        rows.append(
            Row(
                Sample(f"engine, {percent} % lost", "PESQ", tuple(ours)),
                Sample(f"bare baresip-python, {percent} % lost", "PESQ", tuple(bare)),
            )
        )
    return rows


async def _ours(account: Account, tape: _Tape) -> None:
    engine = BaresipEngine(BaresipStack(), lambda: tape)
    await engine.start()
    try:
        async with asyncio.timeout(_WITHIN):
            await engine.register(account)
            events = aiter(engine.events())
            while not _registered(await anext(events)):
                pass
            await engine.dial(_ECHO)
            await asyncio.to_thread(tape.ended.wait, _WITHIN)
    finally:
        await engine.close()


def _registered(event: ev.PhoneEvent) -> bool:
    return isinstance(event, ev.RegistrationChanged) and event.state is ev.RegistrationState.REGISTERED


async def _bare(account: Account, tape: _Tape) -> None:
    runtime = baresip.Runtime()
    await runtime.start(StackNeeds(net_interface="127.0.0.1", transport=account.transport).config())
    try:
        async with asyncio.timeout(_WITHIN):
            agent = await baresip.UserAgent.create(runtime, address_of_record(account))
            await agent.register()
            call = await agent.dial(f"sip:{_ECHO}@{account.domain}")
            await call.wait_established()
            await asyncio.to_thread(_read_and_write, call.audio, tape)
            await call.hangup()
            await agent.unregister()
    finally:
        await runtime.close()


def _read_and_write(audio: baresip.CallAudio, tape: _Tape) -> None:
    """As the library's pages show it: read what is there, write the next, every 10 ms."""
    pacer = Pacer()
    while not tape.ended.is_set():
        pacer.wait()
        try:
            audio.write(tape.turn(audio.read(_FRAMES * SAMPLE_BYTES)))
        except baresip.AudioNotActive:
            continue


def _speech() -> bytes:
    """The demo's voices at 8 kHz, one after the other."""
    voices = Path(__file__).parents[1] / "bots/voices"
    said = b""
    for name in _VOICES:
        with wave.open(str(voices / f"{name}.wav"), "rb") as file:
            frames = file.getnframes()
            said += resample(file.readframes(frames), frames * _RATE // file.getframerate())
    whole = len(said) // (_FRAMES * SAMPLE_BYTES) * _FRAMES * SAMPLE_BYTES
    return said[:whole]


def _mark(said: bytes, heard: bytes) -> float:
    from pesq import pesq  # noqa: PLC0415

    reference, degraded = np.array(array("h", said)), np.array(array("h", heard))
    return float(pesq(_RATE, reference, degraded, "nb"))
