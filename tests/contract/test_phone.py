"""The phone process behind its socket: started once, told of, left, found again, and gone when not needed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest

from edge.runtime import runtime_directory
from sip import events as ev
from sip.client import PhoneClient, attach, attach_or_start
from sip.errors import BadRequest, NoSuchCall, PhoneGone
from sip.place import LoopbackPlace, Place, UnixPlace
from tests.contract.engines import BARESIP, CAPABILITIES
from tests.e2e.eventually import eventually
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

TONE = "603"
_WITHIN = 20.0


Event = TypeVar("Event")


class Desk:
    """One attachment and all it was told."""

    def __init__(self, client: PhoneClient) -> None:
        self.client = client
        self.told: list[ev.PhoneReport] = []
        self._news = asyncio.Condition()
        self.ended: BaseException | None = None
        self._following = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        try:
            async for event in self.client.events():
                async with self._news:
                    self.told.append(event)
                    self._news.notify_all()
        except PhoneGone as error:
            async with self._news:
                self.ended = error
                self._news.notify_all()

    async def hears(self, event: ev.PhoneReport, after: int = 0) -> None:
        """Hear this, behind the first ``after`` events."""
        async with asyncio.timeout(_WITHIN), self._news:
            await self._news.wait_for(lambda: event in self.told[after:])

    async def next(self, kind: type[Event], after: int = 0) -> Event:
        """The first event of ``kind`` behind the first ``after`` of all."""
        async with asyncio.timeout(_WITHIN), self._news:
            while True:
                for event in self.told[after:]:
                    if isinstance(event, kind):
                        return event
                await self._news.wait()

    async def hears_after(self, told: int, *events: ev.PhoneEvent) -> None:
        """Hear these and nothing else, after the first ``told`` events."""
        async with asyncio.timeout(_WITHIN), self._news:
            await self._news.wait_for(lambda: tuple(self.told[told:]) == events)

    async def is_left(self) -> None:
        async with asyncio.timeout(_WITHIN), self._news:
            await self._news.wait_for(lambda: self.ended is not None)

    async def close(self) -> None:
        await self.client.close()
        self._following.cancel()
        with suppress(asyncio.CancelledError):
            await self._following


class Phones:
    """Desks of one phone process, which ends with the test."""

    def __init__(self, place: Place, kind: str = BARESIP) -> None:
        self.place = place
        self._kind = kind
        self.log = place.path.with_name("phone.log")
        self._desks: list[Desk] = []

    async def desk(self, *, linger: float = 30.0) -> Desk:
        arguments = ["--log", str(self.log), "--audio", "silence", "--linger", str(linger)]
        arguments += ["--engine", self._kind]
        made = Desk(await attach_or_start(self.place, arguments))
        self._desks.append(made)
        return made

    def pid(self) -> int:
        """The process that was started for this place."""
        named = str(self.place.path).encode()
        (found,) = [
            int(process.name)
            for process in Path("/proc").glob("[0-9]*")
            if named in _bytes(process / "cmdline").split(b"\0")
        ]
        return found

    @asynccontextmanager
    async def ending(self) -> AsyncIterator[None]:
        """The process is gone when this block is left."""
        process = os.pidfd_open(self.pid())
        gone = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(process, gone.set)
        try:
            yield
            async with asyncio.timeout(_WITHIN):
                await gone.wait()
        finally:
            loop.remove_reader(process)
            os.close(process)

    async def close(self) -> None:
        with suppress(OSError, ValueError):
            os.kill(self.pid(), signal.SIGTERM)
        for desk in self._desks:
            await desk.close()


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


@pytest.fixture(params=["socket", "loopback"])
async def phones(request: pytest.FixtureRequest) -> AsyncIterator[Phones]:
    directory = runtime_directory()
    places: dict[str, Place] = {
        "socket": UnixPlace(directory / "phone.sock"),
        "loopback": LoopbackPlace(directory / "phone.port"),
    }
    made = Phones(places[request.param])
    yield made
    await made.close()


REGISTERED = ev.RegistrationChanged(ev.RegistrationState.REGISTERED, 200)


async def test_the_next_desk_is_told_how_things_stand(phones: Phones, asterisk: Asterisk) -> None:
    first = await phones.desk()
    await first.client.register(asterisk.account("1101"))
    await first.hears(REGISTERED)
    call = await first.client.calls.dial(TONE)
    await first.hears(ev.CallEstablished(call))
    await first.client.calls.mute(call, muted=True)
    await first.client.calls.hold(call)
    await first.hears(ev.CallHeld(call))
    await first.close()

    second = await phones.desk()
    await second.hears(ev.CallMuted(call, muted=True))
    turns = [told.event if isinstance(told, ev.Retold) else told for told in second.told[:6]]
    kinds = [type(event) for event in turns]
    assert kinds == [
        ev.EngineCapabilities,
        ev.RegistrationChanged,
        ev.CallDialling,
        ev.CallEstablished,
        ev.CallHeld,
        ev.CallMuted,
    ]
    await second.client.register(asterisk.account("1101"))
    await second.client.calls.hangup(call)
    await second.hears(ev.CallClosed(call, ev.CloseReason.NORMAL))
    assert second.told.count(REGISTERED) == 1, "the registration that stands is left as it is"


@pytest.mark.parametrize("kind", CAPABILITIES)
async def test_a_desk_is_told_what_the_engine_of_this_phone_can_do(kind: str) -> None:
    phones = Phones(UnixPlace(runtime_directory() / "phone.sock"), kind)
    try:
        desk = await phones.desk()
        assert await desk.next(ev.EngineCapabilities) == ev.EngineCapabilities(CAPABILITIES[kind])
    finally:
        await phones.close()


async def test_a_second_desk_takes_over_the_phone_and_its_call(phones: Phones, asterisk: Asterisk) -> None:
    first = await phones.desk()
    await first.client.register(asterisk.account("1101"))
    await first.hears(REGISTERED)
    call = await first.client.calls.dial(TONE)
    await first.hears(ev.CallEstablished(call))
    pid = phones.pid()
    second = await phones.desk()
    await first.hears(ev.TakenAway())
    await first.is_left()
    await second.hears(ev.TakenOver())
    await second.client.calls.hold(call)
    await second.hears(ev.CallHeld(call))
    await second.client.calls.hangup(call)
    await second.hears(ev.CallClosed(call, ev.CloseReason.NORMAL))
    assert phones.pid() == pid


async def test_where_desks_attach_is_the_users_own(phones: Phones) -> None:
    await phones.desk()
    assert stat.S_IMODE(phones.place.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(phones.place.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(phones.log.stat().st_mode) == 0o600


async def test_a_secret_is_in_no_process_list_and_no_log(phones: Phones, asterisk: Asterisk) -> None:
    desk = await phones.desk()
    await desk.client.register(asterisk.account("1101"))
    await desk.hears(REGISTERED)
    process = Path(f"/proc/{phones.pid()}")
    token = json.loads(phones.place.path.read_text())["token"] if phones.place.path.is_file() else "pw1101"
    for shown in (process / "cmdline", process / "environ", phones.log):
        assert b"pw1101" not in shown.read_bytes()
        assert token.encode() not in shown.read_bytes()


async def test_errors_come_back_as_what_they_are(phones: Phones) -> None:
    desk = await phones.desk()
    with pytest.raises(NoSuchCall):
        await desk.client.calls.hangup("c99")
    with pytest.raises(BadRequest):
        await desk.client._link.ask("explode")
    with pytest.raises(BadRequest):
        await desk.client._link.ask("dial", number="1002")


async def test_who_speaks_another_language_is_cut_off_alone(phones: Phones) -> None:
    desk = await phones.desk()
    for noise in (b"GET / HTTP/1.1\r\n\r\n", b"x" * 200_000):
        reader, writer = await phones.place.connect()
        writer.write(noise)
        with suppress(OSError):
            await writer.drain()
            async with asyncio.timeout(_WITHIN):
                await reader.read()
        writer.close()
    with pytest.raises(NoSuchCall):
        await desk.client.calls.hangup("c99")


async def test_a_phone_that_nobody_needs_ends(phones: Phones) -> None:
    desk = await phones.desk(linger=0.2)
    async with phones.ending():
        await desk.close()
    with pytest.raises(PhoneGone):
        await attach(phones.place)


async def test_a_desk_learns_that_the_phone_is_gone(phones: Phones) -> None:
    desk = await phones.desk()
    os.kill(phones.pid(), 9)
    await desk.is_left()
    with pytest.raises(PhoneGone):
        await desk.client.calls.dial(TONE)
    again = await phones.desk()
    with pytest.raises(NoSuchCall):
        await again.client.calls.hangup("c1")


async def test_a_phone_that_is_told_to_end_hangs_up_and_leaves_the_registrar(
    phones: Phones, asterisk: Asterisk, console: Console
) -> None:
    desk = await phones.desk()
    await desk.client.register(asterisk.account("1101"))
    await desk.hears(REGISTERED)
    call = await desk.client.calls.dial(TONE)
    await desk.hears(ev.CallEstablished(call))
    assert "1101@" in asterisk.cli("pjsip show contacts")
    async with phones.ending():
        os.kill(phones.pid(), signal.SIGTERM)
        await desk.is_left()
    await asyncio.to_thread(eventually, lambda: not console.channels(), "Asterisk hears the BYE")
    assert "1101@" not in asterisk.cli("pjsip show contacts")
    assert not phones.place.path.exists()
