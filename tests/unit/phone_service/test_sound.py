"""Devices and the ring, chosen over the phone's socket, for this desk and the next."""

from __future__ import annotations

import pytest

from sip import events as ev
from sip.audio.devices import SoundPart
from sip.audio.sound import Profile, Sound, SoundSettings
from sip.client import PhoneClient, attach
from sip.errors import BadRequest
from tests.unit.phone_service.served import Served, told_of


async def test_a_ring_is_silenced_for_this_desk_and_the_next() -> None:
    sound = Sound(SoundSettings())
    phone = Served(sound=sound)
    await phone.start()
    first = await attach(phone.place)
    try:
        assert await told_of(first, ev.RingSilenced) == ev.RingSilenced(silent=False)
        await first.sound.silence_ring(silent=True)
        assert await told_of(first, ev.RingSilenced) == ev.RingSilenced(silent=True)
        second = await attach(phone.place)
        assert (await told_of(second, ev.RingSilenced)).silent
        assert sound.ring_silent
        await second.close()
    finally:
        await first.close()
        await phone.stop()


async def test_devices_chosen_are_used_and_told_to_this_desk_and_the_next() -> None:
    sound = Sound(SoundSettings((Profile("Headset"), Profile("Laptop"))))
    phone = Served(sound=sound)
    await phone.start()
    first = await attach(phone.place)
    try:
        assert await told_of(first, ev.SoundChanged) == ev.SoundChanged(
            "Headset", ("Headset", "Laptop"), ev.ChosenDevices()
        )
        await first.sound.use("Laptop")
        assert sound.profile.name == "Laptop"
        assert await told_of(first, ev.SoundChanged) == ev.SoundChanged(
            "Laptop", ("Headset", "Laptop"), ev.ChosenDevices()
        )
        with pytest.raises(BadRequest, match="no sound 'Radio': there is Headset, Laptop"):
            await first.sound.use("Radio")
        second = await attach(phone.place)
        assert (await told_of(second, ev.SoundChanged)).profile == "Laptop"
        await second.close()
    finally:
        await first.close()
        await phone.stop()


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("use_sound", {"profile": "Headset"}),
        ("find_devices", {}),
        ("choose_device", {"part": "speaker", "device": ""}),
        ("set_ring_volume", {"volume": 5}),
        ("try_sound", {"part": "ringer"}),
    ],
)
async def test_a_phone_without_devices_has_none_to_choose(
    desk: PhoneClient, command: str, args: dict[str, object]
) -> None:
    with pytest.raises(BadRequest, match="no devices"):
        await desk._link.ask(command, **args)


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("choose_device", {"part": "nose", "device": "x"}),
        ("choose_device", {"part": "speaker", "device": "x" * 201}),
        ("choose_device", {"part": "speaker"}),
        ("set_ring_volume", {"volume": 101}),
        ("set_ring_volume", {"volume": True}),
        ("set_ring_volume", {"volume": "70"}),
        ("try_sound", {}),
        ("try_sound", {"part": "nose"}),
    ],
)
async def test_what_chooses_no_device_changes_none(command: str, args: dict[str, object]) -> None:
    sound = Sound(SoundSettings())
    phone = Served(sound=sound)
    await phone.start()
    desk = await attach(phone.place)
    try:
        with pytest.raises(BadRequest, match=f"not the arguments of {command}"):
            await desk._link.ask(command, **args)
        assert sound.profile == Profile()
        assert sound.ring_volume == 70
    finally:
        await desk.close()
        await phone.stop()


async def test_one_device_is_chosen_in_the_set_that_is_used_and_told_to_the_next_desk_too() -> None:
    sound = Sound(SoundSettings((Profile("Headset", "a", "b"), Profile("Laptop"))))
    phone = Served(sound=sound)
    await phone.start()
    first = await attach(phone.place)
    try:
        calls, ring = sound.talking(), sound.ringing()
        await first.sound.choose(SoundPart.RINGER, "desk")
        assert not calls.stale(), "a call goes on through its devices while another ringer is chosen"
        assert ring.stale()
        await first.sound.choose(SoundPart.MICROPHONE, "c")
        assert calls.stale()
        await first.sound.set_ring_volume(0)
        await first.sound.use("Laptop")
        await first.sound.use("Headset")
        second = await attach(phone.place)
        chosen = (await told_of(second, ev.SoundChanged)).chosen
        assert chosen == ev.ChosenDevices("c", "b", "desk", 0)
        await second.close()
    finally:
        await first.close()
        await phone.stop()
