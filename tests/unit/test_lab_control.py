"""The lab's control socket, and the hub's and the callers' ends of it, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.adapters.lab import LabPbx
from hub.ports.pbx import (
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    MemberChanged,
    PbxDown,
    PbxError,
    PbxEvent,
    PbxLink,
    PbxRefused,
)
from pbx.lab.client import ControlClient, ControlGone, ControlRefused
from pbx.lab.queue import QueueSettings
from pbx.lab.server import Running, running

SUPPORT = QueueSettings("support", most_callers=2)


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path / "control", 0, [SUPPORT]) as lab:
        yield lab


@contextlib.asynccontextmanager
async def connected(lab: Running) -> AsyncIterator[ControlClient]:
    client = await ControlClient.connect(lab.control)
    try:
        yield client
    finally:
        await client.close()


@contextlib.asynccontextmanager
async def reading(pbx: LabPbx) -> AsyncIterator[AsyncIterator[PbxEvent]]:
    """The adapter at work; its first event has said that the line is up."""
    task = asyncio.create_task(pbx.run())
    try:
        events = pbx.events()
        assert await following(events) == PbxLink(up=True)
        yield events
    finally:
        task.cancel()
        await asyncio.wait([task])


async def following(events: AsyncIterator[PbxEvent]) -> PbxEvent:
    async with asyncio.timeout(10):
        return await anext(events)


async def no_wait(_seconds: float) -> None:
    await asyncio.sleep(0)


async def test_the_socket_is_private(lab: Running) -> None:
    assert stat.S_IMODE(lab.control.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("command", "args", "code"),
    [
        ("dance", {}, "bad_request"),
        ("join", {"queue": "support", "agent": "1001"}, "bad_request"),
        ("join", {"queue": "support", "agent": 1001, "paused": False}, "bad_request"),
        ("join", {"queue": "support", "agent": "1" * 300, "paused": False}, "bad_request"),
        ("join", {"queue": "billing", "agent": "1001", "paused": False}, "no_such_queue"),
        ("pause", {"agent": "1001", "paused": True}, "no_such_member"),
        ("enter", {"queue": "billing", "number": "1"}, "no_such_queue"),
    ],
)
async def test_what_cannot_be_done_is_refused_by_code(
    lab: Running, command: str, args: dict[str, object], code: str
) -> None:
    async with connected(lab) as client:
        with pytest.raises(ControlRefused) as refused:
            await client.ask(command, **args)
        assert refused.value.code == code
        assert await client.ask("queues")


@pytest.mark.parametrize("data", [b"\n", b"[]\n", b"\xff\xfe\n", b'{"id":{},"command":[],"args":5}\n'])
async def test_a_line_that_is_no_request_is_answered_and_serving_goes_on(lab: Running, data: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(lab.control)
    writer.write(data)
    async with asyncio.timeout(10):
        assert b"bad_request" in await reader.readline()
    writer.close()


async def test_a_line_without_end_is_cut_off(lab: Running) -> None:
    reader, writer = await asyncio.open_unix_connection(lab.control)
    writer.write(b"x" * 70_000)
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()
    async with connected(lab) as client:
        assert await client.ask("queues")


async def test_a_caller_waits_on_a_line_and_closing_it_is_hanging_up(lab: Running) -> None:
    async with reading(LabPbx(lab.control)) as events:
        async with connected(lab) as caller:
            contact = await caller.ask("enter", queue="support", number="+97250", name="\x1b]0;x\x07Dana")
            joined = await following(events)
            assert isinstance(joined, CallerJoined)
            assert (joined.contact, joined.number, joined.name) == (contact, "+97250", "]0;xDana")
            with pytest.raises(ControlRefused):
                await caller.ask("enter", queue="support", number="+97250", name="")
        abandoned, left = await following(events), await following(events)
        assert isinstance(abandoned, CallerAbandoned)
        assert isinstance(left, CallerLeft)
        assert left.contact == contact


async def test_a_full_queue_takes_nobody_more(lab: Running) -> None:
    async with connected(lab) as one, connected(lab) as two, connected(lab) as three:
        await one.ask("enter", queue="support", number="1", name="")
        await two.ask("enter", queue="support", number="2", name="")
        with pytest.raises(ControlRefused) as refused:
            await three.ask("enter", queue="support", number="3", name="")
        assert refused.value.code == "queue_full"


async def test_the_hub_acts_on_members_and_sees_them(lab: Running) -> None:
    pbx = LabPbx(lab.control)
    async with reading(pbx) as events:
        await pbx.join("support", "1001", paused=False)
        await pbx.pause("1001", paused=True, reason="Lunch")
        changes = [await following(events), await following(events)]
        assert all(isinstance(change, MemberChanged) for change in changes)
        (row,) = await pbx.queues()
        assert [(m.agent, m.paused, m.reason) for m in row.members] == [("1001", True, "Lunch")]
        await pbx.leave("support", "1001")
        await pbx.leave("support", "1001")
        (row,) = await pbx.queues()
        assert row.members == ()
        with pytest.raises(PbxRefused):
            await pbx.join("billing", "1001", paused=False)
        with pytest.raises(PbxError):
            await pbx.join("support", "1" * 300, paused=False)


async def test_the_line_is_told_down_and_comes_back(tmp_path: Path) -> None:
    control = tmp_path / "control"
    pbx = LabPbx(control, sleep=no_wait)
    async with contextlib.AsyncExitStack() as second:
        async with contextlib.AsyncExitStack() as first:
            await first.enter_async_context(running(control, 0, [SUPPORT]))
            task = asyncio.create_task(pbx.run())
            second.callback(task.cancel)
            events = pbx.events()
            assert await following(events) == PbxLink(up=True)
        down = await following(events)
        assert isinstance(down, PbxLink)
        assert not down.up
        assert down.words
        for act in (pbx.queues(), pbx.join("support", "1001", paused=False), pbx.pause("1001", paused=True)):
            with pytest.raises(PbxDown):
                await act
        await second.enter_async_context(running(control, 0, [SUPPORT]))
        assert await following(events) == PbxLink(up=True)
        await pbx.queues()


async def test_a_closed_line_says_so(lab: Running) -> None:
    client = await ControlClient.connect(lab.control)
    await client.close()
    with pytest.raises(ControlGone):
        await client.ask("queues")
    with pytest.raises(ControlGone):
        await client.hear()


async def test_an_exchange_that_does_not_answer_has_its_line_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever listens learns of it, and can settle all anew on the next line."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    monkeypatch.setattr("pbx.lab.client._ANSWER_TIMEOUT", 0.2)
    async with await asyncio.start_unix_server(silent, tmp_path / "control"):
        line = await ControlClient.connect(tmp_path / "control")
        heard = asyncio.create_task(line.hear())
        with pytest.raises(ControlGone, match="does not answer"):
            await line.ask("pause")
        with pytest.raises(ControlGone, match="does not answer"):
            await asyncio.wait_for(heard, 10)
        await line.close()


async def test_who_waits_when_the_exchange_goes_learns_of_it(tmp_path: Path) -> None:
    async with running(tmp_path / "control", 0, [SUPPORT]) as lab:
        client = await ControlClient.connect(lab.control)
        await client.ask("subscribe")
        hearing = asyncio.create_task(client.hear())
        await asyncio.sleep(0)
    with pytest.raises(ControlGone):
        await asyncio.wait_for(hearing, 10)
    await client.close()
    with pytest.raises(ControlGone):
        await ControlClient.connect(lab.control)


async def test_garbage_on_the_sip_port_leaves_it_serving(lab: Running) -> None:
    loop = asyncio.get_running_loop()
    answers: asyncio.Queue[bytes] = asyncio.Queue()

    class Phone(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, _source: object) -> None:
            answers.put_nowait(data)

    transport, _phone = await loop.create_datagram_endpoint(Phone, remote_addr=("127.0.0.1", lab.port))
    ping = (
        f"OPTIONS sip:127.0.0.1:{lab.port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1;rport\r\n"
        "From: <sip:x@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
    ).encode()
    for cut in range(0, len(ping) - 1, 3):
        transport.sendto(ping[:cut])
    for garbage in (
        b"\x00" * 2000,
        b"\xff" * 9000,
        b"INVITE\r\n\r\n",
        b"\r\n\r\n",
        b"SIP/2.0 200 OK\r\n\r\n",
    ):
        transport.sendto(garbage)
    transport.sendto(ping)
    async with asyncio.timeout(10):
        assert (await answers.get()).startswith(b"SIP/2.0 200 OK")
    transport.close()
