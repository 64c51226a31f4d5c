"""The manager client's life: logins, answers, outages. The far end is a script of what Asterisk would say.

What Asterisk itself does is proved in ``tests/contract/test_pbx.py``; here is what it does only on bad days.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import islice
from typing import NoReturn

import pytest

from hub.adapters import ami_wire
from hub.adapters.ami_client import AmiAccount, AmiClient, AmiDown, AmiRefused, Link, Signal, delays

WITHIN = 10.0
SECRET = "secret"
Script = Callable[["FarEnd"], Awaitable[None]]


class FarEnd:
    """The manager interface's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    def say(self, *lines: str) -> None:
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def action(self) -> ami_wire.Message:
        """The next action the client sends."""
        return ami_wire.parse((await self._reader.readuntil(ami_wire.END)).removesuffix(ami_wire.END))

    async def log_in(self, secret: str = SECRET) -> None:
        """Greet, and let the client in if it knows the secret."""
        self.writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        challenge = await self.action()
        self.say("Response: Success", f"ActionID: {challenge['ActionID']}", "Challenge: 4711")
        login = await self.action()
        right = hashlib.md5(f"4711{secret}".encode(), usedforsecurity=False).hexdigest()
        answer = "Success" if login["Key"] == right else "Error"
        self.say(f"Response: {answer}", f"ActionID: {login['ActionID']}", "Message: Authentication failed")


class Outage:
    """Stands for time between tries: how long each wait was to be; none is really waited."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def connected(
    *scripts: Script, secret: str = SECRET, **options: float
) -> AsyncIterator[tuple[AmiClient, AsyncIterator[Signal], Outage]]:
    """A running client against a server that plays one script a connection, then refuses."""
    left = iter(scripts)
    failures: list[BaseException] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = next(left, None)
        try:
            if script is not None:
                await script(FarEnd(reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client hung up, as it may
        except AssertionError as error:
            failures.append(error)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    account = AmiAccount("127.0.0.1", server.sockets[0].getsockname()[1], "hub", secret)
    outage = Outage()
    client = AmiClient(account, sleep=outage.sleep, chance=lambda: 1.0, **options)  # type: ignore[arg-type]
    signals = client.signals()
    running = asyncio.create_task(client.run())
    try:
        yield client, signals, outage
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        server.close()
        assert failures == []


async def soon(signals: AsyncIterator[Signal]) -> Signal:
    return await asyncio.wait_for(anext(signals), WITHIN)


async def until_hung_up(far: FarEnd) -> None:
    await far.log_in()
    await far.action()
    raise AssertionError("an action nobody asked for")


async def test_the_secret_itself_never_travels() -> None:
    async def script(far: FarEnd) -> None:
        far.writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        challenge = await far.action()
        far.say("Response: Success", f"ActionID: {challenge['ActionID']}", "Challenge: 4711")
        login = await far.action()
        assert "secret" not in "".join(login.values())
        far.say("Response: Success", f"ActionID: {login['ActionID']}")
        await far.action()

    async with connected(script) as (client, signals, _):
        assert await soon(signals) == Link(up=True)
        assert client.up
        assert "secret" not in repr(AmiAccount("h", 1, "hub", "secret"))


async def test_a_refused_login_is_told_once_and_tried_again_ever_slower() -> None:
    async def script(far: FarEnd) -> None:
        await far.log_in("another secret")
        await far.action()

    async with connected(*[script] * 4, until_hung_up) as (_, signals, outage):
        assert await soon(signals) == Link(up=False, words="Authentication failed")
        assert await soon(signals) == Link(up=True)
        assert outage.waits == [0.25, 0.5, 1.0, 2.0]


async def test_after_a_good_line_the_waits_begin_anew() -> None:
    async def stranger(far: FarEnd) -> None:
        far.writer.write(b"SSH-2.0\r\n")

    async def short(far: FarEnd) -> None:
        await far.log_in()

    async with connected(stranger, stranger, short, stranger, until_hung_up) as (_, signals, outage):
        ups = 0
        while ups < 2:
            signal = await soon(signals)
            ups += isinstance(signal, Link) and signal.up
        assert outage.waits == [0.25, 0.5, 0.25, 0.5]


async def test_answers_find_their_actions_in_any_order() -> None:
    async def script(far: FarEnd) -> None:
        await far.log_in()
        first, second = await far.action(), await far.action()
        far.say("Response: Success", f"ActionID: {second['ActionID']}", "Message: two")
        far.say("Response: Success", f"ActionID: {first['ActionID']}", "Message: one")
        await far.action()

    async with connected(script) as (client, signals, _):
        await soon(signals)
        answers = await asyncio.gather(client.action("One"), client.action("Two"))
        assert [answer[0]["Message"] for answer in answers] == ["one", "two"]


async def test_a_list_is_gathered_while_events_pass_by() -> None:
    async def script(far: FarEnd) -> None:
        await far.log_in()
        mine = f"ActionID: {(await far.action())['ActionID']}"
        far.say("Response: Success", mine, "EventList: start")
        far.say("Event: QueueParams", mine, "Queue: support")
        far.say("Event: QueueCallerJoin", "Queue: support")
        far.say("Event: QueueStatusComplete", mine, "EventList: Complete")
        far.say("Event: OriginateResponse", "Response: Failure", "ActionID: 999")
        await far.action()

    async with connected(script) as (client, signals, _):
        await soon(signals)
        told = await client.action("QueueStatus")
        assert [message.get("Event") for message in told] == [None, "QueueParams"]
        assert await soon(signals) == {"Event": "QueueCallerJoin", "Queue": "support"}
        late = await soon(signals)
        assert not isinstance(late, Link)
        assert late["Event"] == "OriginateResponse"


async def test_nothing_is_told_before_the_line_is() -> None:
    """What happened until then is in what is read once the line is up."""

    async def script(far: FarEnd) -> None:
        await far.log_in()
        far.say("Event: QueueMemberAdded", "Queue: sales")
        await far.action()
        far.say("Event: QueueCallerJoin", "Queue: support")
        await far.action()

    async with connected(script) as (client, signals, _):
        assert await soon(signals) == Link(up=True)
        asking = asyncio.create_task(client.action("QueueStatus"))
        assert await soon(signals) == {"Event": "QueueCallerJoin", "Queue": "support"}
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def test_an_error_is_refused_with_asterisks_words() -> None:
    async def script(far: FarEnd) -> None:
        await far.log_in()
        far.say(
            "Response: Error",
            f"ActionID: {(await far.action())['ActionID']}",
            "Message: No such\x1b[2J queue",
        )
        await far.action()

    async with connected(script) as (client, signals, _):
        await soon(signals)
        with pytest.raises(AmiRefused, match=r"No such\[2J queue"):
            await client.action("QueueAdd")


async def test_an_exchange_that_is_still_starting_is_logged_in_to_again() -> None:
    """Asterisk lets the hub in before its queues are loaded, and tells nothing once they are."""

    async def script(far: FarEnd) -> None:
        await far.log_in()
        asked = (await far.action())["ActionID"]
        far.say("Response: Error", f"ActionID: {asked}", "Message: Invalid/unknown command: QueueStatus.")
        await far.action()

    async with connected(script, until_hung_up) as (client, signals, _):
        await soon(signals)
        with pytest.raises(AmiDown, match="still starting"):
            await client.action("QueueStatus")
        assert await soon(signals) == Link(up=False, words="the exchange is still starting")
        assert await soon(signals) == Link(up=True)


async def test_what_is_under_way_fails_when_the_line_breaks() -> None:
    async def script(far: FarEnd) -> None:
        await far.log_in()
        await far.action()

    async with connected(script, until_hung_up) as (client, signals, _):
        await soon(signals)
        with pytest.raises(AmiDown):
            await client.action("QueueStatus")
        down = await soon(signals)
        assert isinstance(down, Link)
        assert not down.up
        assert await soon(signals) == Link(up=True)


async def test_a_line_that_breaks_during_the_login_is_known_at_once() -> None:
    async def script(far: FarEnd) -> None:
        far.writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        await far.action()

    async with connected(script, until_hung_up, action_timeout=600) as (_, signals, _outage):
        assert await soon(signals) == Link(up=False, words="the line to the exchange broke")
        assert await soon(signals) == Link(up=True)


async def test_without_a_line_an_action_fails_at_once() -> None:
    client = AmiClient(AmiAccount("127.0.0.1", 1, "hub", "secret"))
    with pytest.raises(AmiDown):
        await client.action("QueueStatus")


async def test_an_action_without_an_answer_ends_with_its_line() -> None:
    async def script(far: FarEnd) -> None:
        await far.log_in()
        await far.action()
        await far.action()

    async with connected(script, until_hung_up, action_timeout=0.05) as (client, signals, _):
        await soon(signals)
        with pytest.raises(AmiDown, match="did not answer to QueueStatus"):
            await client.action("QueueStatus")
        assert await soon(signals) == Link(up=False, words="the exchange did not answer to QueueStatus")
        assert await soon(signals) == Link(up=True)


async def test_a_line_that_is_silent_to_a_ping_is_dropped() -> None:
    pinged = asyncio.Event()

    async def script(far: FarEnd) -> None:
        await far.log_in()
        assert (await far.action())["Action"] == "Ping"
        pinged.set()
        await far.action()

    async with connected(script, until_hung_up, ping_interval=0.02, action_timeout=0.02) as (
        _,
        signals,
        _outage,
    ):
        assert await soon(signals) == Link(up=True)
        assert await soon(signals) == Link(up=False, words="the exchange did not answer to Ping")
        assert pinged.is_set()


async def test_more_events_than_are_taken_drop_the_line_instead_of_memory() -> None:
    async def script(far: FarEnd) -> None:
        await far.log_in()
        for number in range(50):
            far.say("Event: QueueCallerJoin", f"Position: {number}")
        await far.action()

    async with connected(script, until_hung_up, queue_limit=10) as (_, signals, outage):
        while True:
            signal = await soon(signals)
            if isinstance(signal, Link) and not signal.up:
                break
        assert signal.words == "events came faster than they were taken"
        assert await soon(signals) == Link(up=True)
        assert len(outage.waits) == 1


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n", b"", b"x" * 300_000])
async def test_what_is_no_manager_interface_is_told(greeting: bytes) -> None:
    async def script(far: FarEnd) -> None:
        far.writer.write(greeting)
        await far.writer.drain()

    async with connected(script, until_hung_up) as (_, signals, _outage):
        down = await soon(signals)
        assert isinstance(down, Link)
        assert not down.up
        assert await soon(signals) == Link(up=True)


async def test_a_line_break_never_leaves() -> None:
    async with connected(until_hung_up) as (client, signals, _):
        await soon(signals)
        with pytest.raises(ami_wire.UnsafeFieldError):
            await client.action("QueuePause", {"Reason": "tea\r\n\r\nAction: QueueReset"})


async def test_nobody_there_is_told_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = AmiClient(AmiAccount("127.0.0.1", taken.getsockname()[1], "hub", SECRET))
        signals = client.signals()
        running = asyncio.create_task(client.run())
        told = await soon(signals)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert told == Link(up=False, words="the exchange cannot be reached: Connection refused")


async def test_a_name_that_is_not_known_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    client = AmiClient(AmiAccount("exchange.invalid", 5038, "hub", SECRET))
    signals = client.signals()
    running = asyncio.create_task(client.run())
    told = await soon(signals)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert told == Link(up=False, words="the exchange cannot be reached: Name or service not known")


def test_waits_double_to_a_cap_and_half_of_each_is_chance() -> None:
    assert list(islice(delays(lambda: 1.0), 8)) == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    assert list(islice(delays(lambda: 0.0), 3)) == [0.125, 0.25, 0.5]
