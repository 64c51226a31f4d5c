"""The phone process itself with devices from its settings, as a desk starts it and asks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from agent_tui.config import AudioSection, ProfileSection
from agent_tui.wiring import sound_of
from edge.runtime import runtime_directory
from sip import events as ev
from sip.client import attach_or_start
from sip.errors import PhoneGone
from sip.place import UnixPlace
from sip.wire import sound_text
from tests.contract.phones import TONE, TONE_HZ, Ear, gone, loud
from tests.pbx.rig import Asterisk
from tests.sound.rig import SoundRig

pytestmark = pytest.mark.pbx

_WITHIN = 20.0
_SETTINGS = AudioSection(
    name="Headset",
    microphone="headset-mic",
    speaker="headset-ear",
    profile=(ProfileSection(name="Laptop", microphone="laptop-mic", speaker="laptop-ear"),),
)


HEADSET = ev.SoundChanged(
    "Headset", ("Headset", "Laptop"), ev.ChosenDevices("headset-mic", "headset-ear", "", 70)
)
LAPTOP = ev.SoundChanged(
    "Laptop", ("Headset", "Laptop"), ev.ChosenDevices("laptop-mic", "laptop-ear", "", 70)
)


async def seen(events: AsyncIterator[ev.PhoneReport], wanted: ev.PhoneEvent) -> None:
    """Wait for this event."""
    async with asyncio.timeout(_WITHIN):
        async for event in events:
            if event == wanted:
                return
    raise PhoneGone("it ended without")


async def test_a_phone_talks_through_the_devices_of_its_settings_and_through_others_when_told(
    rig: SoundRig, asterisk: Asterisk, tmp_path: Path
) -> None:
    for name in ("headset", "laptop"):
        rig.record(tmp_path / f"{name}.wav", f"{name}-ear")
    headset, laptop = (Ear(tmp_path / f"{name}.wav") for name in ("headset", "laptop"))
    arguments = [
        "--log",
        str(tmp_path / "log"),
        "--linger",
        "0.1",
        "--sound",
        sound_text(sound_of(_SETTINGS)),
    ]
    phone = await attach_or_start(UnixPlace(runtime_directory() / "phone.sock"), arguments)
    async with aclosing(phone.events()) as events:  # type: ignore[type-var] # it is a generator
        await seen(events, HEADSET)
        await phone.register(asterisk.account("1101"))
        await seen(events, ev.RegistrationChanged(ev.RegistrationState.REGISTERED, 200))
        call = await phone.calls.dial(TONE)
        await headset.hears(TONE_HZ, loud, "the call is heard in the headset")
        assert gone(laptop.level(TONE_HZ))
        await phone.sound.use("Laptop")
        await seen(events, LAPTOP)
        await laptop.hears(TONE_HZ, loud, "the call is heard on the laptop")
        await phone.calls.hangup(call)
    await phone.unregister()
    await phone.close()
