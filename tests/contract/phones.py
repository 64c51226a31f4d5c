"""Phones and ears for tests on the real Asterisk, and the numbers that its test context knows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from sip.account import Account
from sip.audio.port import AudioPort
from sip.audio.silence_port import SilencePort
from sip.behaviour import Behaviour
from tests.contract.engine import Line, line
from tests.contract.engines import BARESIP, maker
from tests.e2e.wav import SILENCE, read, tone_level
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

BUSY, NO_ANSWER, TONE, KEYS, RINGS_FIRST, UNKNOWN = "601", "602", "603", "604", "605", "699"
DECLINES, GIVES_UP, NO_CIRCUIT, RINGS_TWO, EARLY_MEDIA = "606", "607", "608", "609", "610"
WANTS_AUTO_ANSWER, STAYS, COLLEAGUE = "611", "613", "614"
TONE_HZ = 1004
COLLEAGUES_HZ = 1000
"""It leaves a customer's 440 Hz alone where both are listened for."""


def loud(level: float) -> bool:
    """Whether a tone is there, far above any noise."""
    return level > -40


def gone(level: float) -> bool:
    """Whether a tone is not there at all."""
    return level <= -60


class Phones:
    """Engines of one kind, each closed when the test ends."""

    def __init__(self, asterisk: Asterisk, stack: AsyncExitStack, kind: str = BARESIP) -> None:
        self._asterisk = asterisk
        self._exits = stack
        self._make = maker(kind)

    async def line(
        self,
        extension: str,
        port: Callable[[], AudioPort] = SilencePort,
        behaviour: Behaviour | None = None,
    ) -> Line:
        """The engine of ``extension``, registered."""
        return await self.unregistered(port, behaviour, self._asterisk.account(extension))

    async def unregistered(
        self,
        port: Callable[[], AudioPort] = SilencePort,
        behaviour: Behaviour | None = None,
        account: Account | None = None,
    ) -> Line:
        """An engine without an account, unless one is given."""
        engine = self._make(port, behaviour)
        return await self._exits.enter_async_context(line(engine, account))


@asynccontextmanager
async def plain_phone(asterisk: Asterisk, extension: str, **identity: str) -> AsyncIterator[Phone]:
    async with Phone(extension, f"pw{extension}", asterisk.centre.ports.sip, **identity) as phone:
        assert (await phone.register()).status == 200
        yield phone


class Ear:
    """What one side heard, as it is recorded; ``since`` marks where to listen from."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._from = 0

    def mark(self) -> None:
        """Listen only to what comes from now on."""
        self._from = len(read(self._path)[1])

    def level(self, hertz: int) -> float:
        """How loud this tone is in all that was heard since the mark, in dBFS."""
        rate, samples = read(self._path)
        return tone_level(samples[self._from :], rate, hertz)

    async def hears(self, hertz: int, accept: Callable[[float], bool], what: str) -> float:
        """Wait until half a second in a row has a level of ``hertz`` that is accepted."""
        rate = 0
        level = SILENCE
        try:
            async with asyncio.timeout(15):
                while True:
                    rate, samples = read(self._path)
                    fresh = samples[self._from :]
                    if len(fresh) >= rate // 2:
                        level = tone_level(fresh[-rate // 2 :], rate, hertz)
                        if accept(level):
                            return level
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{what}: {level:.1f} dBFS at {hertz} Hz") from None
