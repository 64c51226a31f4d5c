"""What pyVoIP as published cannot do on the real Asterisk, done: long calls, two phones, being found."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from sip import events as ev
from sip.account import MediaEncryption
from sip.audio.port import BLOCKS_PER_SECOND
from sip.audio.silence_port import SilencePort
from sip.audio.wav_port import WavPort
from sip.errors import Unsupported
from sip.events import CloseReason
from tests.contract.engines import PYVOIP
from tests.contract.phones import Ear, Phones, loud
from tests.e2e.eventually import eventually_async
from tests.e2e.wav import write_tone
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, pytest.mark.parametrize("kind", [PYVOIP])]

ECHO = "600"
SECONDS = 90
_SLACK = 4
"""Descriptors that loop and audio thread may open meanwhile; ten calls would leave twenty."""


def descriptors() -> int:
    """How many this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


class CountingPort(SilencePort):
    """Tells when so many blocks have passed through it."""

    def __init__(self, blocks: int) -> None:
        super().__init__()
        self._left = blocks
        self._loop = asyncio.get_running_loop()
        self.passed = asyncio.Event()

    def exchange(self, speaker: bytes) -> bytes:
        self._left -= 1
        if self._left == 0:
            self._loop.call_soon_threadsafe(self.passed.set)
        return super().exchange(speaker)


async def test_a_call_of_ours_lasts(phones: Phones) -> None:
    """Asterisk ended those of pyVoIP after 32 s, for their ACK was of no dialog."""
    port = CountingPort(SECONDS * BLOCKS_PER_SECOND)
    phone = await phones.line("1101", lambda: port)
    call = await phone.engine.dial(ECHO)
    await phone.next(ev.CallEstablished)
    async with asyncio.timeout(SECONDS + 30):
        await port.passed.wait()
    assert not [event for event in phone.heard if isinstance(event, ev.CallClosed)]
    await phone.engine.hangup(call)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.NORMAL


async def test_two_phones_of_one_machine_talk_to_each_other(phones: Phones, tmp_path: Path) -> None:
    write_tone(tmp_path / "danas.wav", 700)
    write_tone(tmp_path / "noams.wav", 1300)
    dana_port = WavPort(tmp_path / "danas.wav", tmp_path / "dana.wav")
    noam_port = WavPort(tmp_path / "noams.wav", tmp_path / "noam.wav")
    dana = await phones.line("1101", lambda: dana_port)
    noam = await phones.line("1102", lambda: noam_port)
    await dana.engine.dial("1102")
    await noam.engine.answer((await noam.next(ev.CallIncoming)).call)
    call = await dana.next(ev.CallEstablished)
    await Ear(tmp_path / "dana.wav").hears(1300, loud, "Dana hears Noam")
    await Ear(tmp_path / "noam.wav").hears(700, loud, "Noam hears Dana")
    await dana.engine.hangup(call.call)
    assert (await noam.next(ev.CallClosed)).reason is CloseReason.NORMAL


async def test_the_exchange_finds_the_phone(phones: Phones, asterisk: Asterisk) -> None:
    """It asks by OPTIONS, every two seconds here, and rings nobody who does not answer."""
    await phones.line("1101")

    async def reachable() -> bool:
        return "Avail" in await asyncio.to_thread(asterisk.cli, "pjsip show contacts")

    await eventually_async(reachable, "the exchange reaches the phone")


async def test_what_cannot_be_encrypted_leaves_the_account_that_stands(
    phones: Phones, asterisk: Asterisk
) -> None:
    phone = await phones.line("1101")
    with pytest.raises(Unsupported, match="cannot encrypt"):
        await phone.engine.register(asterisk.account("1001"))
    assert asterisk.account("1001").media_encryption is MediaEncryption.REQUIRED
    await phone.engine.dial(ECHO)
    await phone.next(ev.CallEstablished)


async def test_all_of_many_calls_is_given_back(asterisk: Asterisk, kind: str) -> None:
    """Sockets and threads; pyVoIP kept two threads of each."""
    async with AsyncExitStack() as stack:
        phone = await Phones(asterisk, stack, kind).line("1101")
        before = descriptors()
        for _ in range(10):
            call = await phone.engine.dial(ECHO)
            await phone.next(ev.CallEstablished)
            await phone.engine.hangup(call)
            await phone.next(ev.CallClosed)
        for thread in (thread for thread in threading.enumerate() if thread.name == "RTP"):
            await asyncio.to_thread(thread.join, 5)
            assert not thread.is_alive()
        assert descriptors() <= before + _SLACK
