"""The answer that event streams are: what is sent, when it ends, and that nothing goes on after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message

from hub.event_stream import EventStream
from hub.events import Sent

WITHIN = 10.0
ONE, TWO = Sent("e-1", "me", '{"a":"\\n"}'), Sent("", "queues", "{}")


class Desk:
    """The far end of one request."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.news = asyncio.Event()
        self.gone = asyncio.Event()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        self.news.set()

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    async def asks(self, events: AsyncIterator[Sent], *, ping: float = 60.0) -> None:
        async with asyncio.timeout(WITHIN):
            await EventStream(events, ping=ping)({"type": "http"}, self.receive, self.send)


class Events:
    """Some events and then silence, or the end."""

    def __init__(self, *events: Sent, ends: bool) -> None:
        self.closed = False
        self._events, self._ends = events, ends

    async def all(self) -> AsyncIterator[Sent]:
        try:
            for event in self._events:
                yield event
            if not self._ends:
                await asyncio.Event().wait()
        finally:
            self.closed = True


async def test_events_are_sent_as_the_standard_writes_them_and_the_answer_ends_with_them() -> None:
    desk = Desk()
    await desk.asks(Events(ONE, TWO, ends=True).all())
    assert desk.body == b'id: e-1\r\nevent: me\r\ndata: {"a":"\\n"}\r\n\r\nevent: queues\r\ndata: {}\r\n\r\n'
    assert dict(desk.sent[0]["headers"])[b"content-type"].startswith(b"text/event-stream")
    assert [message.get("more_body") for message in desk.sent[1:]] == [True, True, False]


async def test_when_the_far_end_is_gone_the_events_are_let_go() -> None:
    desk, events = Desk(), Events(ONE, ends=False)
    asking = asyncio.create_task(desk.asks(events.all()))
    await asyncio.wait_for(desk.news.wait(), WITHIN)
    assert not events.closed
    desk.gone.set()
    await asking
    assert events.closed


async def test_a_silent_stream_shows_that_it_lives() -> None:
    desk = Desk()
    asking = asyncio.create_task(desk.asks(Events(ends=False).all(), ping=0.01))
    while not desk.body:
        desk.news.clear()
        await asyncio.wait_for(desk.news.wait(), WITHIN)
    desk.gone.set()
    await asking
    assert desk.body.startswith(b": ")


async def test_what_breaks_in_the_events_is_told() -> None:
    async def broken() -> AsyncIterator[Sent]:
        yield ONE
        raise LookupError

    with pytest.raises(LookupError):
        await Desk().asks(broken())
