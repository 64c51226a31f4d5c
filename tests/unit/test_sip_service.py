"""The phone's socket: every command reaches the engine as it was meant, and no desk can stop another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TypeVar

import pytest

from edge.runtime import runtime_directory
from sip import events as ev
from sip.account import Account
from sip.audio.devices import SoundPart
from sip.audio.sound import Profile, Sound, SoundSettings
from sip.capability import Capability
from sip.client import PhoneClient, attach
from sip.errors import BadRequest, NoSuchCall, PhoneError, PhoneGone
from sip.place import LoopbackPlace, Place, UnixPlace
from sip.service import PhoneService
from sip.wire import ATTACH, Request, encode
from tests.stubs.clock import settle
from tests.stubs.engine import StubEngine

_WITHIN = 10.0
ACCOUNT = Account("1001", "pbx.example.com", "s3cret", display_name="דנה")


class Served:
    """A phone in this process, at a real place, over an engine without a network."""

    def __init__(self, place: Place | None = None, sound: Sound | None = None) -> None:
        self.engine = StubEngine()
        self.place = place or UnixPlace(runtime_directory() / "phone.sock")
        self.sound = sound
        self._stop = asyncio.Event()
        self._ready = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._service: PhoneService | None = None

    async def start(self, linger: float = 60.0) -> None:
        self._service = PhoneService(self.engine, self.place, linger=linger, sound=self.sound)
        self._running = asyncio.create_task(self._service.run(self._stop, self._ready.set))
        async with asyncio.timeout(_WITHIN):
            await self._ready.wait()

    @property
    def desks(self) -> int:
        """How many lines the phone holds."""
        assert self._service is not None
        return len(self._service._lines)

    async def ended(self) -> None:
        assert self._running is not None
        async with asyncio.timeout(_WITHIN):
            await self._running

    async def stop(self) -> None:
        self._stop.set()
        await self.ended()


Told = TypeVar("Told")


async def told_of(desk: PhoneClient, kind: type[Told]) -> Told:
    """The next of what the phone tells that is of this kind."""
    async with asyncio.timeout(_WITHIN):
        async for event in desk.events():
            if isinstance(event, kind):
                return event
    raise AssertionError("the phone is gone")


@pytest.fixture(params=["socket", "loopback"])
async def phone(request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    directory = runtime_directory()
    places: dict[str, Place] = {
        "socket": UnixPlace(directory / "phone.sock"),
        "loopback": LoopbackPlace(directory / "phone.port"),
    }
    made = Served(places[request.param])
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def desk(phone: Served) -> AsyncIterator[PhoneClient]:
    client = await attach(phone.place)
    yield client
    await client.close()


async def test_every_command_reaches_the_engine_as_it_was_meant(phone: Served, desk: PhoneClient) -> None:
    phone.engine.calls.add("c1")
    await desk.register(ACCOUNT)
    assert await desk.calls.dial("*97 \ud800") == "c1"
    assert await desk.calls.dial("1002", "c1") == "c1"
    await desk.calls.answer("c1")
    await desk.calls.reject("c1")
    await desk.calls.hangup("c1")
    await desk.calls.hold("c1")
    await desk.calls.resume("c1")
    await desk.calls.mute("c1", muted=True)
    await desk.calls.transfer("c1", "1002")
    await desk.calls.attended_transfer("c1", "c2")
    await desk.calls.merge("c1", "c2")
    await desk.calls.part("c1")
    await desk.calls.send_dtmf("c1", "12#")
    await desk.refresh()
    await desk.unregister()
    assert phone.engine.asked == [
        ("start",),
        ("register", ACCOUNT),
        ("dial", "*97 \ud800", ""),
        ("dial", "1002", "c1"),
        ("answer", "c1"),
        ("reject", "c1"),
        ("hangup", "c1"),
        ("hold", "c1"),
        ("resume", "c1"),
        ("mute", "c1", True),
        ("transfer", "c1", "1002"),
        ("attended_transfer", "c1", "c2"),
        ("merge", "c1", "c2"),
        ("part", "c1"),
        ("send_dtmf", "c1", "12#"),
        ("refresh",),
        ("unregister",),
    ]


async def test_what_the_engine_refuses_is_told_as_what_it_is(phone: Served, desk: PhoneClient) -> None:
    del phone
    with pytest.raises(NoSuchCall, match="over"):
        await desk.calls.hangup("c9")


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("explode", {}),
        ("dial", {}),
        ("dial", {"target": 5}),
        ("dial", {"target": "1002", "consults": 5}),
        ("attended_transfer", {"call": "c1"}),
        ("merge", {"call": "c1"}),
        ("mute", {"call": "c1", "muted": 1}),
        ("register", {"user": "1001"}),
        ("register", {"user": "1001", "domain": "d", "password": "p", "transport": "pigeon"}),
    ],
)
async def test_what_is_no_command_reaches_no_engine(
    phone: Served, desk: PhoneClient, command: str, args: dict[str, object]
) -> None:
    with pytest.raises(BadRequest):
        await desk._link.ask(command, **args)
    assert phone.engine.asked == [("start",)]


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


async def test_the_keys_that_were_sent_are_told_to_this_desk_and_the_next(phone: Served) -> None:
    first = await attach(phone.place)
    phone.engine.calls.add("c1")
    for event in (ev.CallDialling("c1", ev.Party("", "1", "sip:1@x")), ev.CallEstablished("c1")):
        phone.engine.stream.put(event)
    await settle()
    await first.calls.send_dtmf("c1", "12#")
    for desk in (first, await attach(phone.place)):
        assert await told_of(desk, ev.DtmfSent) == ev.DtmfSent("c1", "12#")
        await desk.close()


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


async def test_what_no_line_holds_is_refused_here_and_the_line_lives_on(desk: PhoneClient) -> None:
    with pytest.raises(BadRequest):
        await desk.calls.dial("1" * 70_000)
    assert await desk.calls.dial("1002") == "c1"


async def _raw(phone: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A line that is attached, and read only by hand."""
    reader, writer = await phone.place.connect()
    writer.write(encode(Request(1, ATTACH)))
    async with asyncio.timeout(_WITHIN):
        while b'"ok"' not in await reader.readline():
            pass
    return reader, writer


async def test_a_desk_that_does_not_read_is_cut_off_and_the_next_is_served(phone: Served) -> None:
    reader, writer = await _raw(phone)
    party = ev.Party("n" * 100, "0521234567", "u" * 190)
    fed = 0
    while fed < 40_000:
        for _ in range(200):
            call = f"x{fed}"
            fed += 1
            phone.engine.stream.put(ev.CallIncoming(call, party))
            phone.engine.stream.put(ev.CallClosed(call, ev.CloseReason.REJECTED))
        await settle()
    async with asyncio.timeout(_WITHIN):
        with suppress(ConnectionResetError):
            while heard := await reader.read(1 << 20):
                assert f'"x{fed - 1}"'.encode() not in heard
    writer.close()
    desk = await attach(phone.place)
    assert await desk.calls.dial("1002") == "c1"
    await desk.close()


async def test_levels_are_dropped_before_anything_else(phone: Served) -> None:
    reader, writer = await _raw(phone)
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


async def _told(desk: PhoneClient) -> list[ev.PhoneReport]:
    """All that a desk is told until its line ends."""
    told: list[ev.PhoneReport] = []
    async with asyncio.timeout(_WITHIN):
        with suppress(PhoneGone):
            async for report in desk.events():
                told += [report]
    return told


async def test_the_desk_that_comes_last_has_the_phone_and_both_are_told(phone: Served) -> None:
    first = await attach(phone.place)
    phone.engine.calls.add("c1")
    call = ev.CallDialling("c1", ev.Party("", "1", "sip:1@x"))
    phone.engine.stream.put(call)
    second = await attach(phone.place)
    assert (await _told(first))[-1] == ev.TakenAway()
    with pytest.raises(PhoneGone):
        await first.calls.hangup("c1")
    async with asyncio.timeout(_WITHIN):
        assert await anext(aiter(second.events())) == ev.TakenOver()
        await second.calls.hangup("c1")
    phone.engine.stream.put(ev.CallClosed("c1", ev.CloseReason.NORMAL))
    await second.close()
    await first.close()


async def test_a_desk_alone_is_told_of_no_other(phone: Served) -> None:
    first = await attach(phone.place)
    await first.close()
    while phone.desks:
        await settle()
    second = await attach(phone.place)
    async with asyncio.timeout(_WITHIN):
        assert isinstance(await anext(aiter(second.events())), ev.EngineCapabilities)
    await second.close()


async def test_what_the_engine_can_do_is_told_to_each_desk_before_how_its_calls_stand(phone: Served) -> None:
    phone.engine.capabilities = Capability.HOLD | Capability.DTMF
    phone.engine.stream.put(ev.CallDialling("c1", ev.Party("", "1", "sip:1@x")))
    for _ in range(2):
        desk = await attach(phone.place)
        told = desk.events()
        async with asyncio.timeout(_WITHIN):
            assert await anext(told) == ev.EngineCapabilities(Capability.HOLD | Capability.DTMF)
        await desk.close()
        while phone.desks:
            await settle()


async def test_who_did_not_take_the_phone_has_it_not(phone: Served, desk: PhoneClient) -> None:
    """A line without ``attach`` hears nothing and does nothing, and disturbs no desk."""
    reader, writer = await phone.place.connect()
    writer.write(encode(Request(1, "dial", {"target": "1"})))
    async with asyncio.timeout(_WITHIN):
        assert b"bad_request" in await reader.readline()
    writer.close()
    assert await desk.calls.dial("1002") == "c1"
    assert phone.engine.asked == [("start",), ("dial", "1002", "")]


async def test_a_phone_that_is_told_to_stop_closes_its_engine_and_leaves_its_desks(phone: Served) -> None:
    _reader, deaf = await phone.place.connect()
    desk = await attach(phone.place)
    await desk.calls.dial("1002")
    await phone.stop()
    assert phone.engine.closed
    assert not phone.place.path.exists()
    with pytest.raises(PhoneGone):
        await desk.calls.dial("1002")
    await desk.close()
    deaf.close()


async def test_a_call_keeps_the_phone_when_every_desk_left() -> None:
    phone = Served()
    await phone.start(linger=0.05)
    desk = await attach(phone.place)
    phone.engine.stream.put(ev.CallDialling("c1", ev.Party("", "1", "sip:1@x")))
    await told_of(desk, ev.RegistrationChanged)
    await desk.close()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await asyncio.shield(phone.ended())
    assert not phone.engine.closed
    phone.engine.stream.put(ev.CallClosed("c1", ev.CloseReason.NORMAL))
    await phone.ended()
    assert phone.engine.closed


async def test_a_call_that_comes_while_the_phone_leaves_is_kept() -> None:
    phone = Served()
    phone.engine.on_unregister = [ev.CallIncoming("c1", ev.Party("", "1", "sip:1@x"))]
    await phone.start(linger=0.05)
    desk = await attach(phone.place)
    await desk.register(ACCOUNT)
    await desk.close()
    async with asyncio.timeout(_WITHIN):
        while phone.engine.asked[-2:] != [("unregister",), ("register", ACCOUNT)]:
            await settle()
    assert not phone.engine.closed
    desk = await attach(phone.place)
    told = desk.events()
    kinds = [type(await anext(told)) for _ in range(3)]
    assert kinds == [ev.EngineCapabilities, ev.RegistrationChanged, ev.Retold]
    phone.engine.stream.put(ev.CallClosed("c1", ev.CloseReason.CANCELLED))
    await desk.close()
    await phone.ended()
    assert phone.engine.closed


async def test_an_engine_that_fails_ends_the_phone() -> None:
    phone = Served()
    await phone.start()
    phone.engine.stream.fail(PhoneError("the SIP stack died"))
    with pytest.raises(PhoneError, match="died"):
        await phone.ended()
    assert phone.engine.closed


async def test_missed_calls_outlive_the_desk_until_they_are_seen(phone: Served) -> None:
    noa = ev.Party("Noa", "0525550101", "sip:0525550101@test")
    for call in ("c1", "c2"):
        phone.engine.stream.put(ev.CallIncoming(call, noa, contact=call, queue="support"))
        phone.engine.stream.put(ev.CallClosed(call, ev.CloseReason.CANCELLED))
    first = await attach(phone.place)
    told = await missed(first, 2)
    assert [(one.call, one.name, one.number, one.queue, one.reason) for one in told] == [
        (call, "Noa", "0525550101", "support", ev.CloseReason.CANCELLED) for call in ("c1", "c2")
    ]
    await first.calls.forget_missed("c1")
    assert [one.call for one in await missed(first, 1)] == ["c2"]
    await first.close()
    second = await attach(phone.place)
    assert [one.call for one in await missed(second, 1)] == ["c2"]
    await second.calls.forget_missed()
    assert await missed(second, 0) == ()
    await second.close()


async def test_what_was_dialled_outlives_the_desk(phone: Served) -> None:
    phone.engine.stream.put(ev.CallDialling("c1", ev.Party("", "0525550101", "sip:0525550101@test")))
    phone.engine.stream.put(ev.CallClosed("c1", ev.CloseReason.BUSY))
    for _ in range(2):
        desk = await attach(phone.place)
        async with asyncio.timeout(10):
            async for event in desk.events():
                if isinstance(event, ev.DialledCalls) and event.calls:
                    assert [(one.number, one.reason) for one in event.calls] == [
                        ("0525550101", ev.CloseReason.BUSY)
                    ]
                    break
        await desk.close()


async def missed(desk: PhoneClient, number: int) -> tuple[ev.MissedCall, ...]:
    """The next list of missed calls that is so long."""
    async with asyncio.timeout(10):
        async for event in desk.events():
            if isinstance(event, ev.MissedCalls) and len(event.calls) == number:
                return event.calls
    raise AssertionError("the phone is gone")
