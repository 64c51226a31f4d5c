"""Waiting until what an actor hears is as a scenario wants it."""

from __future__ import annotations

import asyncio
from array import array
from pathlib import Path
from typing import Protocol

from bots import scenario as sc
from bots.history import Watch
from bots.sound import Heard, judged
from sip.audio.wav_port import RECORDING_RATE

_EVERY = 0.1
_HEADER = 44
_SAMPLE = 2


class Ear(Protocol):
    """What an actor heard so far."""

    def mark(self) -> int:
        """A moment in it: now."""
        ...

    def since(self, mark: int, seconds: float) -> Heard:
        """The last ``seconds`` of what was heard after ``mark``, or as much as there is."""
        ...


async def hear(ear: Ear, expected: sc.SoundExpected, watch: Watch) -> None:
    """Return once it is as expected, for as long as expected, all of it from now on."""
    begin = ear.mark()
    while True:
        right, watch.saw = await asyncio.to_thread(_judged, ear, begin, expected)
        if right:
            return
        await asyncio.sleep(_EVERY)


def _judged(ear: Ear, begin: int, expected: sc.SoundExpected) -> tuple[bool, str]:
    return judged(ear.since(begin, expected.seconds), expected)


class RecordedEar:
    """An ``Ear`` on the recording that a phone process writes (``sip.audio.wav_port``), which grows."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def mark(self) -> int:
        """Bytes so far."""
        return self._path.stat().st_size if self._path.exists() else 0

    def since(self, mark: int, seconds: float) -> Heard:
        """As the protocol says."""
        size = self.mark()
        begin = max(mark, _HEADER, size - round(seconds * RECORDING_RATE) * _SAMPLE)
        begin += begin % _SAMPLE
        if size <= begin:
            return Heard(RECORDING_RATE, array("h"))
        with self._path.open("rb") as file:
            file.seek(begin)
            read = file.read((size - begin) // _SAMPLE * _SAMPLE)
        return Heard(RECORDING_RATE, array("h", read))
