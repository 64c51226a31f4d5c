"""Ten minutes beside a clock that runs 200 ppm faster or slower: no delay gathers. ``make soak``.

Two phones in a call with the exchange's echo, each with a sound card whose clock is wrong by as much. What
each says comes back to it; how long that takes is what would grow. baresip's thread that sends skips a packet
when the one that fills its queue is late, and what was to be sent waits there until the call ends: on a busy
machine the way grows by that, out of the phone's reach. So the exchange counts the packets, and what was
skipped is taken off.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from array import array
from contextlib import AsyncExitStack

import pytest

from bench.process import rss
from sip import events as ev
from sip.audio.port import BLOCKS_PER_SECOND
from sip.audio.samples import silence, tone
from tests.contract.engines import BARESIP, PYVOIP
from tests.contract.phones import Phones
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(900)]

_MINUTES = min(10.0, float(os.environ.get("MOKED_SOAK_MINUTES", "10")))
_PPM = 200
_EXTENSIONS = {"1101": _PPM, "1102": -_PPM}
_ECHO = "600"
_WARM_UP = 30
"""Seconds until jitter buffers and controllers know the line."""
_BURST = 10
_LOUD = 1_000
_PACKET = 20.0
_MOST_GROWTH = _PACKET
"""Milliseconds. 200 ppm unheld would gather 120 in ten minutes, in each of two queues."""


class WrongClock:
    """An ``AudioPort`` that runs ``ppm`` too fast; says a burst each second and notes when it comes back."""

    dead = False

    def __init__(self, ppm: float) -> None:
        self.delays: list[float] = []
        self._block = 1 / BLOCKS_PER_SECOND / (1 + ppm / 1e6)
        self._rate = self._number = 0
        self._next = 0.0
        self._burst = b""
        self._waits = False

    def open(self, rate: int) -> str:
        self._rate, self._next = rate, time.monotonic()
        self._burst = tone(700, rate // BLOCKS_PER_SECOND, rate, dbfs=-10)
        return ""

    def exchange(self, speaker: bytes) -> bytes:
        self._next += self._block
        time.sleep(max(0.0, self._next - time.monotonic()))
        at = self._number % BLOCKS_PER_SECOND
        if at == 0:
            self._waits = True
        loud = next((n for n, sample in enumerate(array("h", speaker)) if abs(sample) > _LOUD), None)
        if self._waits and at > 0 and loud is not None:
            self._waits = False
            self.delays.append(at * 10 + loud * 1000 / self._rate)
        self._number += 1
        return self._burst if at < _BURST else silence(self._rate // BLOCKS_PER_SECOND)

    def stale(self) -> bool:
        return False

    def close(self) -> None:
        pass


def _received(asterisk: Asterisk) -> dict[str, int]:
    """The packets that the exchange has had of each phone."""
    rows = [row.split() for row in asterisk.cli("pjsip show channelstats").splitlines()]
    return {
        row[0].partition("-")[0]: int(row[3])
        for row in rows
        if row and row[0].partition("-")[0] in _EXTENSIONS
    }


@pytest.mark.parametrize("kind", [BARESIP, PYVOIP])
async def test_ten_minutes_beside_a_wrong_clock_add_no_delay(asterisk: Asterisk, kind: str) -> None:
    before = rss(os.getpid())
    ports = {extension: WrongClock(ppm) for extension, ppm in _EXTENSIONS.items()}
    async with AsyncExitStack() as stack:
        phones = Phones(asterisk, stack, kind)
        for extension, port in ports.items():
            phone = await phones.line(extension, lambda port=port: port)  # type: ignore[misc] # each its own
            await phone.engine.dial(_ECHO)
            await phone.next(ev.CallEstablished)
        await asyncio.sleep(_WARM_UP)
        began, warm = time.monotonic(), _received(asterisk)
        await asyncio.sleep(60 * _MINUTES - _WARM_UP)
        due = (time.monotonic() - began) * 1000 / _PACKET
        skipped = {extension: due - came + warm[extension] for extension, came in _received(asterisk).items()}
        assert not [event for event in phone.heard if isinstance(event, ev.CallClosed)], "it lasts"
        told = [f"{kind}, {rss(os.getpid()) - before:+.1f} MB"]
    for extension, port in ports.items():
        delays = port.delays[_WARM_UP:]
        minute = min(60, len(delays) // 2)
        first, last = statistics.median(delays[:minute]), statistics.median(delays[-minute:])
        told.append(
            f"{_EXTENSIONS[extension]:+d} ppm: {first:.0f} → {last:.0f} ms, most {max(delays):.0f}, "
            f"{skipped[extension]:.1f} packets skipped"
        )
        assert len(delays) > (60 * _MINUTES - _WARM_UP) * 0.9, "bursts come back"
        assert last - first <= _MOST_GROWTH + _PACKET * max(0.0, skipped[extension]), told
    print(f"\n{_MINUTES:g} minutes; the way through the exchange's echo: {'; '.join(told)}")  # noqa: T201
