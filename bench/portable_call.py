"""One phone in a process of its own: calls that set up, then one with the exchange's echo. For ``portable``.

Arguments: what (an engine's name, or ``plain`` for pyVoIP as published), user, domain, seconds, the file for
what comes back; the password on standard input. Prints what it measured as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from array import array
from pathlib import Path
from typing import Final

from bench.process import cpu_seconds, rss
from sip import events as ev
from sip.account import Account, MediaEncryption, Transport
from sip.audio.port import BLOCKS_PER_SECOND
from sip.audio.samples import silence, tone
from sip.engine import EngineKind
from sip.engines.choice import chosen

RATE: Final = 8_000
TONE_HZ: Final = 1_000
_TONE, _ECHO = "603", "600"
_CALLS = 8
_LISTENS: Final = 5
"""Seconds at the end in which a tone of −30 dBFS is sent and kept; before, a burst each second."""
_BURST = RATE // 10
_LOUD = 1_000


class Probe:
    """Says bursts, then a tone, and keeps when and how they came back. Time is counted in samples."""

    def __init__(self, seconds: float) -> None:
        self.delays: list[float] = []
        self.heard = bytearray()
        self.done = threading.Event()
        self._listens = int((seconds - _LISTENS) * RATE)
        self._ends = int(seconds * RATE)
        self._at = 0
        self._waits = False
        self._burst = tone(700, _BURST, RATE, -10.0) + silence(RATE - _BURST)
        self._tone = tone(TONE_HZ, RATE, RATE, -30.0)

    def turn(self, speaker: bytes) -> bytes:
        """What is said while ``speaker`` is heard; 16-bit both."""
        frames = len(speaker) // 2
        second = self._at % RATE
        if self._at < self._listens:
            self._time(speaker, second)
            said = self._burst
        else:
            self.heard += speaker
            said = self._tone
        self._at += frames
        if self._at >= self._ends:
            self.done.set()
        return said[second * 2 : (second + frames) * 2]

    def _time(self, speaker: bytes, second: int) -> None:
        self._waits |= second == 0
        loud = next((n for n, sample in enumerate(array("h", speaker)) if abs(sample) > _LOUD), None)
        if self._waits and second > 0 and loud is not None:
            self._waits = False
            self.delays.append((second + loud) * 1000 / RATE)


class Pace:
    """Lets one block through every ``seconds``, by an absolute schedule."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due = time.monotonic()

    def wait(self) -> None:
        """Return when the next is due."""
        self._due += self._seconds
        time.sleep(max(0.0, self._due - time.monotonic()))


class ProbePort:
    """The probe as an ``AudioPort``."""

    dead = False

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._pace = Pace(1 / BLOCKS_PER_SECOND)

    def open(self, rate: int) -> str:
        """Begin to count time."""
        assert rate == RATE
        self._pace = Pace(1 / BLOCKS_PER_SECOND)
        return ""

    def exchange(self, speaker: bytes) -> bytes:
        """Ten milliseconds."""
        self._pace.wait()
        return self._probe.turn(speaker)

    def stale(self) -> bool:
        """It never changes."""
        return False

    def close(self) -> None:
        """Nothing to let go."""


class Cost:
    """Processor and memory from its making on."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._began, self._cpu, self._rss = time.monotonic(), cpu_seconds(self._pid), rss(self._pid)

    def told(self) -> dict[str, float]:
        """Share of a core in percent, MB at the beginning and those that came since."""
        spent = (cpu_seconds(self._pid) - self._cpu) / (time.monotonic() - self._began) * 100
        return {"cpu": spent, "rss": self._rss, "grown": rss(self._pid) - self._rss}


async def engine_call(kind: EngineKind, account: Account, probe: Probe) -> dict[str, object]:
    """The calls, on one of our engines."""
    engine = chosen(kind, lambda: ProbePort(probe if talking else Probe(600))).engine
    talking = False
    await engine.start()
    events = aiter(engine.events())

    async def until(kind: type[ev.PhoneEvent], state: ev.RegistrationState | None = None) -> None:
        async with asyncio.timeout(15):
            while not isinstance(event := await anext(events), kind) or (
                state is not None and isinstance(event, ev.RegistrationChanged) and event.state is not state
            ):
                pass

    await engine.register(account)
    await until(ev.RegistrationChanged, ev.RegistrationState.REGISTERED)
    setup = []
    for _ in range(_CALLS):
        began = time.monotonic()
        call = await engine.dial(_TONE)
        await until(ev.CallEstablished)
        setup.append(time.monotonic() - began)
        await engine.hangup(call)
        await until(ev.CallClosed)
    talking = True
    call = await engine.dial(_ECHO)
    await until(ev.CallEstablished)
    cost = Cost()
    draining = asyncio.create_task(_drain(events))
    await asyncio.to_thread(probe.done.wait)
    told = cost.told()
    draining.cancel()
    await engine.close()
    return {"setup": setup, **told}


async def _drain(events: object) -> None:
    async for _ in events:  # type: ignore[attr-defined] # what the stream gives
        pass


def plain_call(account: Account, probe: Probe) -> dict[str, object]:
    """The same, on pyVoIP as it is published."""
    import audioop  # noqa: PLC0415 - only where pyVoIP is

    from pyVoIP.VoIP import CallState  # noqa: PLC0415 - not beside baresip

    from bench.plain_pyvoip import SETTLES, plain_phone, until  # noqa: PLC0415

    phone = plain_phone(account.user, account.domain, account.password)
    time.sleep(SETTLES)
    setup = []
    for _ in range(_CALLS):
        began = time.monotonic()
        call = phone.call(_TONE)
        until(lambda call=call: call.state is CallState.ANSWERED)  # type: ignore[misc] # each its own
        setup.append(time.monotonic() - began)
        call.hangup()
    call = phone.call(_ECHO)
    until(lambda: call.state is CallState.ANSWERED)
    cost, pace, frames = Cost(), Pace(0.02), 160
    while not probe.done.is_set():
        pace.wait()
        heard = audioop.bias(call.read_audio(frames, blocking=False), 1, -128)
        said = probe.turn(audioop.lin2lin(heard, 1, 2))
        call.write_audio(audioop.bias(audioop.lin2lin(said, 2, 1), 1, 128))
    return {"setup": setup, **cost.told()}


def main() -> None:
    """Measure and tell."""
    what, user, domain, seconds, file = sys.argv[1:]
    account = Account(
        user,
        domain,
        sys.stdin.readline().strip(),
        transport=Transport.UDP,
        media_encryption=MediaEncryption.OFF,
        codecs=("pcmu",),
    )
    probe = Probe(float(seconds))
    if what == "plain":
        told = plain_call(account, probe)
    else:
        told = asyncio.run(engine_call(EngineKind(what), account, probe))
    Path(file).write_bytes(probe.heard)
    print(json.dumps({**told, "delays": probe.delays}), flush=True)
    os._exit(0)  # pyVoIP's threads would keep the process


if __name__ == "__main__":
    main()
