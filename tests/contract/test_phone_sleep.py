"""A phone whose machine slept: it registers anew as soon as it runs again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from edge.runtime import runtime_directory
from sip import events as ev
from sip.events import RegistrationState
from sip.place import UnixPlace
from tests.contract.test_phone import Phones
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

REGISTERED = ev.RegistrationChanged(RegistrationState.REGISTERED, 200)
REGISTERING = ev.RegistrationChanged(RegistrationState.REGISTERING)


@pytest.fixture
async def phones() -> AsyncIterator[Phones]:
    made = Phones(UnixPlace(runtime_directory() / "phone.sock"))
    yield made
    await made.close()


@pytest.mark.parametrize("extension", ["1101", "1001"])
async def test_a_phone_that_slept_registers_anew(
    phones: Phones, asterisk: Asterisk, console: Console, extension: str
) -> None:
    desk = await phones.desk()
    await desk.client.register(asterisk.account(extension))
    await desk.hears(REGISTERED)
    await asyncio.to_thread(console.wait_state, extension, "NOT_INUSE")
    told = len(desk.told)
    os.kill(phones.pid(), signal.SIGSTOP)
    try:
        # the exchange asks every two seconds and waits three for the answer: longer than the phone's looks
        await asyncio.to_thread(console.wait_state, extension, "UNAVAILABLE")
    finally:
        os.kill(phones.pid(), signal.SIGCONT)
    await desk.hears_after(told, REGISTERING, REGISTERED)
    await asyncio.to_thread(console.wait_state, extension, "NOT_INUSE")
