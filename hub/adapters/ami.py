"""The port ``hub.ports.pbx.Pbx`` filled by one Asterisk over its manager interface."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime

from edge.text import clean
from hub.adapters import ami_events, ami_talks
from hub.adapters.ami_client import AmiAccount, AmiClient, AmiDown, AmiRefused, Link, Signal
from hub.adapters.ami_handed import HandedTalks
from hub.adapters.ami_order import EventOrder
from hub.adapters.ami_wire import Message, UnsafeFieldError
from hub.ports.pbx import PbxDown, PbxEvent, PbxLink, PbxRefused, QueueRow

_EXTENSION = re.compile(r"[0-9]{1,32}")
_ALREADY = "Already there"
_NOT_THERE = "Not there"
"""app_queue's own words; the manager interface has no codes for them."""


def _now() -> datetime:
    return datetime.now(UTC)


class AmiPbx:
    """One Asterisk with queues. ``events`` before ``run``, so that nothing is missed."""

    def __init__(self, account: AmiAccount, *, client: AmiClient | None = None) -> None:
        self._client = client or AmiClient(account)
        self._order = EventOrder()
        self._handed = HandedTalks()

    async def run(self) -> None:
        """Stay connected for as long as the task lives; reconnect with back-off."""
        await self._client.run()

    def events(self) -> AsyncIterator[PbxEvent]:
        """All events from this call on, in order. One consumer."""
        return self._in_words(self._client.signals())

    async def _in_words(
        self, signals: AsyncIterator[Signal], now: Callable[[], datetime] = _now
    ) -> AsyncIterator[PbxEvent]:
        async for signal in signals:
            if isinstance(signal, Link):
                self._order, self._handed = EventOrder(), HandedTalks()
                yield PbxLink(signal.up, signal.words)
                continue
            for told in self._told(signal, now()):
                yield told

    def _told(self, message: Message, now: datetime) -> Iterator[PbxEvent]:
        event = ami_events.pbx_event(message, now)
        for told in self._order.take(event) if event else ():
            yield told
            yield from self._handed.follow(told)
        yield from self._handed.take(message, ami_events.time_of(message, now))

    async def queues(self) -> tuple[QueueRow, ...]:
        """How all queues stand now. Raises ``PbxDown``, and ``PbxRefused`` with the right that is missing."""
        queues = await self._do("QueueStatus", {})
        try:
            channels = await self._do("Status", {"Variables": ami_talks.WAITED})
        except PbxRefused as refusal:
            raise PbxRefused(f"{refusal}: the hub's AMI user needs write = agent,reporting") from None
        rows = ami_events.queue_rows(queues, channels)
        self._order.know_talks(rows)
        self._handed.know_talks(rows, channels, _now())
        return rows

    async def join(self, queue: str, agent: str, *, paused: bool, reason: str = "") -> None:
        """Make ``agent`` a member of ``queue``; one who already is becomes paused or not, as asked."""
        member = {"Queue": queue, "Interface": _interface(agent), **_pause(paused, reason)}
        try:
            await self._do("QueueAdd", member)
        except PbxRefused as refusal:
            if _ALREADY not in str(refusal):
                raise
            await self._do("QueuePause", member)

    async def leave(self, queue: str, agent: str) -> None:
        """Take ``agent`` out of ``queue``; leaving twice is no error."""
        try:
            await self._do("QueueRemove", {"Queue": queue, "Interface": _interface(agent)})
        except PbxRefused as refusal:
            if _NOT_THERE not in str(refusal):
                raise

    async def pause(self, agent: str, *, paused: bool, reason: str = "") -> None:
        """Pause or unpause ``agent`` in every queue; ``PbxRefused`` when they are in none."""
        await self._do("QueuePause", {"Interface": _interface(agent), **_pause(paused, reason)})

    async def _do(self, action: str, fields: Mapping[str, str]) -> list[Message]:
        try:
            return await self._client.action(action, fields)
        except AmiDown as error:
            raise PbxDown(str(error)) from error
        except (AmiRefused, UnsafeFieldError) as error:
            raise PbxRefused(str(error)) from error


def _interface(agent: str) -> str:
    if not _EXTENSION.fullmatch(agent):
        raise PbxRefused(f"{clean(agent, limit=40)!r} is no extension")
    return f"PJSIP/{agent}"


def _pause(paused: bool, reason: str) -> dict[str, str]:
    return {"Paused": "true" if paused else "false", "Reason": clean(reason) if paused else ""}
