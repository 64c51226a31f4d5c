"""The phone's socket: every command reaches the engine as it was meant, and no desk can stop another."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from edge.runtime import runtime_directory
from sip import events as ev
from sip.account import Account
from sip.audio.sound import Profile, Sound, SoundSettings
from sip.client import PhoneClient, attach
from sip.errors import BadRequest, NoSuchCall, PhoneError, PhoneGone
from sip.service import PhoneService
from tests.stubs.engine import StubEngine

_WITHIN = 10.0
ACCOUNT = Account("1001", "pbx.example.com", "s3cret", display_name="דנה")


class Served:
    """A phone in this process, on a real socket, over an engine without a network."""

    def __init__(self, sound: Sound | None = None) -> None:
        self.engine = StubEngine()
        self.sound = sound
        self.path: Path = runtime_directory() / "phone.sock"
        self._stop = asyncio.Event()
        self._ready = asyncio.Event()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._running: asyncio.Task[None] | None = None

    async def start(self, linger: float = 60.0) -> None:
        self._listener.bind(str(self.path))
        self._listener.listen()
        service = PhoneService(self.engine, linger=linger, sound=self.sound)
        self._running = asyncio.create_task(service.run(self._listener, self._stop, self._ready.set))
        async with asyncio.timeout(_WITHIN):
            await self._ready.wait()

    async def ended(self) -> None:
        assert self._running is not None
        async with asyncio.timeout(_WITHIN):
            await self._running

    async def stop(self) -> None:
        self._stop.set()
        await self.ended()


async def told_sound(desk: PhoneClient) -> ev.SoundChanged:
    async with asyncio.timeout(_WITHIN):
        async for event in desk.events():
            if isinstance(event, ev.SoundChanged):
                return event
    raise AssertionError("the phone is gone")


@pytest.fixture
async def phone() -> AsyncIterator[Served]:
    made = Served()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def desk(phone: Served) -> AsyncIterator[PhoneClient]:
    client = await attach(phone.path)
    yield client
    await client.close()


async def test_every_command_reaches_the_engine_as_it_was_meant(phone: Served, desk: PhoneClient) -> None:
    phone.engine.calls.add("c1")
    await desk.register(ACCOUNT)
    assert await desk.dial("*97 \ud800") == "c1"
    await desk.answer("c1")
    await desk.reject("c1")
    await desk.hangup("c1")
    await desk.hold("c1")
    await desk.resume("c1")
    await desk.mute("c1", muted=True)
    await desk.transfer("c1", "1002")
    await desk.send_dtmf("c1", "12#")
    await desk.unregister()
    assert phone.engine.asked == [
        ("start",),
        ("register", ACCOUNT),
        ("dial", "*97 \ud800"),
        ("answer", "c1"),
        ("reject", "c1"),
        ("hangup", "c1"),
        ("hold", "c1"),
        ("resume", "c1"),
        ("mute", "c1", True),
        ("transfer", "c1", "1002"),
        ("send_dtmf", "c1", "12#"),
        ("unregister",),
    ]


async def test_what_the_engine_refuses_is_told_as_what_it_is(phone: Served, desk: PhoneClient) -> None:
    del phone
    with pytest.raises(NoSuchCall, match="over"):
        await desk.hangup("c9")


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("explode", {}),
        ("dial", {}),
        ("dial", {"target": 5}),
        ("mute", {"call": "c1", "muted": 1}),
        ("register", {"user": "1001"}),
        ("register", {"user": "1001", "domain": "d", "password": "p", "transport": "pigeon"}),
    ],
)
async def test_what_is_no_command_reaches_no_engine(
    phone: Served, desk: PhoneClient, command: str, args: dict[str, object]
) -> None:
    with pytest.raises(BadRequest):
        await desk._ask(command, **args)
    assert phone.engine.asked == [("start",)]


async def test_devices_chosen_are_used_and_every_desk_is_told_those_to_come_too() -> None:
    sound = Sound(SoundSettings((Profile("Headset"), Profile("Laptop"))))
    phone = Served(sound)
    await phone.start()
    first, second = await attach(phone.path), await attach(phone.path)
    try:
        for desk in (first, second):
            assert await told_sound(desk) == ev.SoundChanged("Headset", ("Headset", "Laptop"))
        await first.use_sound("Laptop")
        assert sound.profile == "Laptop"
        for desk in (first, second):
            assert await told_sound(desk) == ev.SoundChanged("Laptop", ("Headset", "Laptop"))
        with pytest.raises(BadRequest, match="no sound 'Radio': there is Headset, Laptop"):
            await first.use_sound("Radio")
        third = await attach(phone.path)
        assert (await told_sound(third)).profile == "Laptop"
        await third.close()
    finally:
        await first.close()
        await second.close()
        await phone.stop()


async def test_a_phone_without_devices_has_none_to_choose(desk: PhoneClient) -> None:
    with pytest.raises(BadRequest, match="no devices"):
        await desk.use_sound("Headset")


async def test_what_no_line_holds_is_refused_here_and_the_line_lives_on(desk: PhoneClient) -> None:
    with pytest.raises(BadRequest):
        await desk.dial("1" * 70_000)
    assert await desk.dial("1002") == "c1"


async def test_a_desk_that_does_not_read_is_cut_off_and_the_others_hear_all(
    phone: Served, desk: PhoneClient
) -> None:
    deaf = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(str(phone.path))
    await desk.dial("1002")  # the phone has seen both by now
    party = ev.Party("n" * 100, "0521234567", "u" * 190)
    heard = desk.events()
    assert isinstance(await anext(heard), ev.RegistrationChanged)
    for number in range(1_500):
        call = f"x{number}"
        phone.engine.stream.put(ev.CallIncoming(call, party))
        phone.engine.stream.put(ev.CallClosed(call, ev.CloseReason.CANCELLED))
        async with asyncio.timeout(_WITHIN):
            assert (await anext(heard), await anext(heard)) == (
                ev.CallIncoming(call, party),
                ev.CallClosed(call, ev.CloseReason.CANCELLED),
            )
    deaf.settimeout(_WITHIN)
    with suppress(ConnectionResetError):
        while await asyncio.to_thread(deaf.recv, 1 << 20):
            pass
    deaf.close()


async def test_levels_are_dropped_before_anything_else(phone: Served) -> None:
    reader, writer = await asyncio.open_unix_connection(str(phone.path))
    await reader.readline()
    call = ev.CallDialling("c1", ev.Party("", "1", "sip:1@x"))
    for _ in range(20_000):
        phone.engine.stream.put(ev.AudioLevels("c1", -20.0, -20.0))
    phone.engine.stream.put(call)
    lines = 0
    async with asyncio.timeout(_WITHIN):
        while b"CallDialling" not in await reader.readline():
            lines += 1
    assert lines < 20_000
    writer.close()


async def test_a_phone_that_is_told_to_stop_closes_its_engine_and_leaves_its_desks() -> None:
    phone = Served()
    await phone.start()
    desk = await attach(phone.path)
    deaf = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    deaf.connect(str(phone.path))
    await desk.dial("1002")
    await phone.stop()
    assert phone.engine.closed
    with pytest.raises(PhoneGone):
        await desk.dial("1002")
    await desk.close()
    deaf.close()


async def test_a_call_keeps_the_phone_when_every_desk_left() -> None:
    phone = Served()
    await phone.start(linger=0.05)
    desk = await attach(phone.path)
    phone.engine.stream.put(ev.CallDialling("c1", ev.Party("", "1", "sip:1@x")))
    assert isinstance(await anext(desk.events()), ev.RegistrationChanged)
    await desk.close()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await asyncio.shield(phone.ended())
    assert not phone.engine.closed
    phone.engine.stream.put(ev.CallClosed("c1", ev.CloseReason.NORMAL))
    await phone.ended()
    assert phone.engine.closed


async def test_an_engine_that_fails_ends_the_phone() -> None:
    phone = Served()
    await phone.start()
    phone.engine.stream.fail(PhoneError("the SIP stack died"))
    with pytest.raises(PhoneError, match="died"):
        await phone.ended()
    assert phone.engine.closed
