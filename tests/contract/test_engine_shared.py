"""Calls whose sound goes on in one thread that many share, on the real Asterisk: they hear, and are heard."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bots.tone_port import TonePort
from sip import events as ev
from sip.audio.shared_thread import SharedThread
from sip.audio.wav_port import WavPort
from sip.behaviour import Behaviour
from tests.contract.phones import Ear, Phones, loud

pytestmark = pytest.mark.pbx

SAYS = 1300


async def test_what_a_bot_says_is_heard_also_after_a_hold(phones: Phones, tmp_path: Path) -> None:
    port, ear = WavPort(None, tmp_path / "ear.wav"), Ear(tmp_path / "ear.wav")
    phone = await phones.line("1101", lambda: port)
    bot = await phones.line("1102", lambda: TonePort(SAYS), Behaviour(shared=SharedThread()))
    call = await bot.engine.dial("1101")
    await phone.engine.answer((await phone.next(ev.CallIncoming)).call)
    await bot.next(ev.CallEstablished)
    await ear.hears(SAYS, loud, "the bot is heard")
    await asyncio.wait_for(bot.engine.hold(call), 10)
    await ear.hears(SAYS, lambda level: level < -60, "the bot holds")
    await bot.engine.resume(call)
    await ear.hears(SAYS, loud, "the bot is heard again")
