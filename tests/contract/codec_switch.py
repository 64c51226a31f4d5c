"""A call whose exchange goes to another codec and back, in a process of its own: it may see another uptime.

It prints how loud the call was after that, in dBFS, and what was said of the line.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from itertools import count
from statistics import median

from sip import events as ev
from sip.account import Account, MediaEncryption, Transport
from sip.audio.silence_port import SilencePort
from tests.contract.engines import maker
from tests.contract.phones import TONE
from tests.pbx.centre import password
from tests.pbx.link import Link, Rtp, Weather

_AGENT = "1101"
_PCMA, _BUZZ = 8, 20 * (4 * b"\x2a" + 4 * b"\xaa")
"""The payload type of G.711 A-law (RFC 3551 §6), and 20 ms in which it goes from end to end."""
_PROMPT = 10
LOUD = -40.0
"""dBFS of a tone, far above any noise."""
_REPORTS = 5
_WITHIN = 30.0


@dataclass(slots=True)
class Bridged:
    """What Asterisk sends of a call: A-law, one packet in the best codec of the offer while it bridges,
    and then A-law again, the caller's own, so of another source (RFC 3550 §5.1).
    """

    _sent: int = 0

    def __call__(self, packet: Rtp) -> list[Rtp]:
        self._sent += 1
        if self._sent == _PROMPT:
            return [packet]
        time = self._sent * len(_BUZZ)
        voice = replace(packet, payload_type=_PCMA, time=time, payload=_BUZZ)
        return [voice if self._sent < _PROMPT else replace(voice, source=packet.source ^ 0x5A5A5A5A)]

    @property
    def bridged(self) -> bool:
        return self._sent > _PROMPT


async def played(kind: str, exchange: int) -> str:
    """The median loudness of the call once its sound comes of another source, and complaints of the line."""
    bridged = Bridged()
    async with Link(exchange, inward=Weather(passes=bridged)) as link:
        engine = maker(kind)(SilencePort, None)
        await engine.start()
        events = engine.events()
        account = Account(
            user=_AGENT,
            domain=link.domain,
            password=password(_AGENT),
            transport=Transport.UDP,
            media_encryption=MediaEncryption.OFF,
            codecs=("opus", "g722", "pcma"),
        )
        try:
            async with asyncio.timeout(_WITHIN):
                await engine.register(account)
                await _until(events, _registered)
                await engine.dial(TONE)
                return await _said_of(events, bridged)
        finally:
            await engine.close()


def _registered(event: ev.PhoneEvent) -> bool:
    return isinstance(event, ev.RegistrationChanged) and event.state is ev.RegistrationState.REGISTERED


async def _until(events: AsyncIterator[ev.PhoneEvent], accept: Callable[[ev.PhoneEvent], bool]) -> None:
    async for event in events:
        if accept(event):
            return
    raise AssertionError("the engine ended")


async def _said_of(events: AsyncIterator[ev.PhoneEvent], call: Bridged) -> str:
    levels: list[float] = []
    complaints: set[str] = set()
    reports = count(1)
    async for event in events:
        match event:
            case ev.AudioLevels() if call.bridged:
                levels.append(event.speaker)
            case ev.SoundLost():
                complaints.add(event.missing)
            case ev.CallQuality():
                complaints.update(event.complaints)
                if next(reports) == _REPORTS:
                    return f"{median(levels):.0f} {','.join(sorted(complaints))}".rstrip()
    raise AssertionError("the engine ended")


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(played(sys.argv[1], int(sys.argv[2]))))
