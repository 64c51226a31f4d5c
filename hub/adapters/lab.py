"""The lab exchange as ``hub.ports.pbx.Pbx``, read and asked over its control socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from edge.text import clean
from hub.contract import ListenMode
from hub.ports.listening import ListeningCall
from hub.ports.pbx import CustomerCall, PbxDown, PbxError, PbxEvent, PbxLink, PbxRefused, QueueRow
from pbx.lab.client import ControlClient, ControlGone, ControlRefused
from pbx.lab.wire import WireError, event_from_json, rows_from_json

_DELAYS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts to connect; the last one again and again."""
_MOST_UNREAD = 1000
"""Events the hub may be behind before reading stops; the exchange then cuts the line, and it comes anew."""

_REFUSED = frozenset({"no_such_queue", "no_such_member"})


class LabPbx:
    """``control`` is the exchange's socket. ``sleep`` waits between attempts to connect."""

    def __init__(self, control: Path, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._control = control
        self._sleep = sleep
        self._line: ControlClient | None = None
        self._events: asyncio.Queue[PbxEvent] = asyncio.Queue(_MOST_UNREAD)

    async def run(self) -> None:
        """Stay connected for as long as the task lives."""
        failures = 0
        while True:
            try:
                await self._attempt()
                failures = 0
            except ControlGone:
                failures += 1
            await self._sleep(_DELAYS[min(failures, len(_DELAYS) - 1)])

    async def events(self) -> AsyncIterator[PbxEvent]:
        """All events from now on, in order. One consumer."""
        while True:
            yield await self._events.get()

    async def queues(self) -> tuple[QueueRow, ...]:
        """How all queues stand now. Raises ``PbxDown``."""
        try:
            return tuple(_cleaned(row) for row in rows_from_json(await self._ask("queues")))
        except WireError as error:
            raise PbxDown(f"the lab exchange speaks another language: {error}") from None

    async def join(self, queue: str, agent: str, *, paused: bool, reason: str = "", level: int = 1) -> None:
        """Make ``agent`` a member of ``queue``; joining twice is no error."""
        await self._ask("join", queue=queue, agent=agent, paused=paused, reason=reason)

    async def leave(self, queue: str, agent: str) -> None:
        """Take ``agent`` out of ``queue``; leaving twice is no error."""
        await self._ask("leave", queue=queue, agent=agent)

    async def pause(self, agent: str, *, paused: bool, reason: str = "") -> None:
        """Pause or unpause ``agent`` in every queue."""
        await self._ask("pause", agent=agent, paused=paused, reason=reason)

    async def call_customer(self, call: CustomerCall) -> None:
        """Raises ``PbxRefused``: it has no line to anybody outside."""
        raise PbxRefused("the lab exchange calls no customers")

    async def listen(self, call: ListeningCall) -> None:
        """Raises ``PbxRefused``: it carries no voice."""
        raise PbxRefused("nobody can listen in on the lab exchange")

    async def turn_listening(self, call: str, mode: ListenMode) -> None:
        """Raises ``PbxRefused``: it carries no voice."""
        raise PbxRefused("nobody can listen in on the lab exchange")

    async def end_listening(self, call: str) -> None:
        """Raises ``PbxRefused``: it carries no voice."""
        raise PbxRefused("nobody can listen in on the lab exchange")

    async def calls(self) -> frozenset[str]:
        """The callers in its queues; it knows of no other call."""
        rows = await self.queues()
        waiting = frozenset(one.contact for row in rows for one in row.waiting)
        return waiting | {one.contact for row in rows for one in row.talking}

    async def _ask(self, command: str, **args: object) -> Any:
        if self._line is None:
            raise PbxDown("there is no line to the lab exchange")
        try:
            return await self._line.ask(command, **args)
        except ControlGone as gone:
            raise PbxDown(str(gone)) from None
        except ControlRefused as refused:
            kind = PbxRefused if refused.code in _REFUSED else PbxError
            raise kind(str(refused)) from None

    async def _attempt(self) -> None:
        """One connection until it ends; raises ``ControlGone`` when it never stood."""
        line = await ControlClient.connect(self._control)
        try:
            await line.ask("subscribe")
            self._line = line
            await self._events.put(PbxLink(up=True))
            await self._events.put(PbxLink(up=False, words=clean(await self._follow(line))))
        finally:
            self._line = None
            await line.close()

    async def _follow(self, line: ControlClient) -> str:
        """Pass on events until the line breaks; why it did."""
        try:
            while True:
                await self._events.put(_cleaned(event_from_json(await line.hear())))
        except (ControlGone, WireError) as error:
            self._line = None
            return str(error)


def _cleaned(value: Any) -> Any:
    """``value`` with every text in it cleaned: frozen dataclasses, tuples and texts, all the way down."""
    if type(value) is str:
        return clean(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _cleaned(getattr(value, item.name)) for item in fields(value)})
    return value
