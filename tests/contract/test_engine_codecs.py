"""Every codec is really offered and spoken, on the real Asterisk: seen by the rate that the headset gets."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from sip import events as ev
from sip.audio.silence_port import SilencePort
from tests.contract.phones import Phones
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

ECHO = "600"


class RatedPort(SilencePort):
    """An ``AudioPort`` that keeps the rates it was opened with."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[int] = []

    def open(self, rate: int) -> str:
        self.rates.append(rate)
        return super().open(rate)


@pytest.mark.parametrize(
    ("codecs", "rate"),
    [
        (("opus",), 48_000),
        (("opus", "pcmu"), 8_000),
        (("g722", "pcmu"), 16_000),
        (("pcma",), 8_000),
        (("pcmu",), 8_000),
    ],
)
async def test_the_best_codec_that_both_sides_have_is_spoken(
    asterisk: Asterisk, codecs: tuple[str, ...], rate: int
) -> None:
    port = RatedPort()
    account = replace(asterisk.account("1101"), codecs=codecs)
    async with AsyncExitStack() as stack:
        phone = await Phones(asterisk, stack).unregistered(lambda: port, account=account)
        await phone.engine.dial(ECHO)
        await phone.next(ev.CallEstablished)
        await phone.next(ev.CallQuality)
    assert port.rates == [rate]
