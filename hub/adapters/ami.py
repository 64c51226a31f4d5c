"""The port ``hub.ports.pbx.Pbx`` filled by one Asterisk over its manager interface."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime

from edge.text import clean
from hub.adapters import ami_announced, ami_customer_calls, ami_dialled, ami_events, ami_listening, ami_talks
from hub.adapters.ami_client import AmiAccount, AmiClient, AmiDown, AmiRefused, Link, Signal
from hub.adapters.ami_handed import HandedTalks
from hub.adapters.ami_held import HeldTalks
from hub.adapters.ami_order import EventOrder
from hub.adapters.ami_personal import PersonalQueues
from hub.adapters.ami_wire import Message, UnsafeFieldError
from hub.contract import ListenMode
from hub.ports.listening import ListeningCall
from hub.ports.pbx import (
    AgentConnected,
    CustomerCall,
    HandedOn,
    PbxDown,
    PbxEvent,
    PbxLink,
    PbxRefused,
    QueueRow,
)

_EXTENSION = re.compile(r"[0-9]{1,32}")
_ALREADY = "Already there"
_NOT_THERE = "Not there"
_NO_CHANNEL = "No such channel"
"""Asterisk's own words; the manager interface has no codes for them."""


def _now() -> datetime:
    return datetime.now(UTC)


class AmiPbx:
    """One Asterisk with queues. ``events`` before ``run``, so that nothing is missed."""

    def __init__(self, account: AmiAccount, *, client: AmiClient | None = None) -> None:
        self._client = client or AmiClient(account)
        self._order = EventOrder()
        self._handed = HandedTalks()
        self._personal = PersonalQueues()
        self._held = HeldTalks()

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
                self._order, self._handed, self._held = EventOrder(), HandedTalks(), HeldTalks()
                yield PbxLink(signal.up, signal.words)
                continue
            for told in self._told(signal, now()):
                yield told

    def _told(self, message: Message, now: datetime) -> Iterator[PbxEvent]:
        at = ami_events.time_of(message, now)
        yield from _beside(message, at)
        for told in self._moved(message, now):
            yield told
            if isinstance(told, AgentConnected):
                self._held.begin(told, message.get("DestChannel", ""))
            elif isinstance(told, HandedOn):
                self._held.begin(told, self._handed.channel(told.contact))
        yield from self._held.take(message, at)

    def _moved(self, message: Message, now: datetime) -> Iterator[PbxEvent]:
        event = ami_events.pbx_event(message, now)
        for one in self._personal.take(event) if event else ():
            yield from self._in_order(one)
        if message.get("Event") == "Hangup":
            for one in self._personal.hung_up(message.get("Uniqueid", "")):
                yield from self._in_order(one)
        yield from self._handed.take(message, ami_events.time_of(message, now))

    def _in_order(self, event: PbxEvent) -> Iterator[PbxEvent]:
        for told in self._order.take(event):
            yield self._personal.whole(told)
            yield from self._handed.follow(told)

    async def queues(self) -> tuple[QueueRow, ...]:
        """How all queues stand now. Raises ``PbxDown``, and ``PbxRefused`` with the right that is missing."""
        queues = await self._do("QueueStatus", {})
        try:
            channels = await self._do("Status", {"Variables": ami_talks.ASKED})
        except PbxRefused as refusal:
            raise PbxRefused(f"{refusal}: the hub's AMI user needs write = agent,reporting") from None
        rows = self._personal.merged(ami_events.queue_rows(queues, channels), _now())
        self._order.know_talks(rows)
        self._handed.know_talks(rows, channels, _now())
        self._held.know_talks(rows, channels)
        return rows

    async def join(self, queue: str, agent: str, *, paused: bool, reason: str = "", level: int = 1) -> None:
        """Make ``agent`` a member of ``queue``; one who already is gets pause and ``level``."""
        for name, alone in self._personal.queues_of(queue, agent):
            who = {"Queue": name, "Interface": _interface(agent)}
            penalty = {**who, "Penalty": "1" if alone else str(level)}
            with _not_needed(alone):
                await self._hold({**who, **_pause(paused, reason)}, penalty)

    async def _hold(self, member: Mapping[str, str], penalty: Mapping[str, str]) -> None:
        try:
            await self._do("QueueAdd", {**member, **penalty})
        except PbxRefused as refusal:
            if _ALREADY not in str(refusal):
                raise
            await self._do("QueuePause", member)
            await self._do("QueuePenalty", penalty)

    async def leave(self, queue: str, agent: str) -> None:
        """Take ``agent`` out of ``queue``; leaving twice is no error."""
        for name, alone in self._personal.queues_of(queue, agent):
            with _not_needed(alone):
                await self._let_go({"Queue": name, "Interface": _interface(agent)})

    async def _let_go(self, member: Mapping[str, str]) -> None:
        try:
            await self._do("QueueRemove", member)
        except PbxRefused as refusal:
            if _NOT_THERE not in str(refusal):
                raise

    async def pause(self, agent: str, *, paused: bool, reason: str = "") -> None:
        """Pause or unpause ``agent`` in every queue; ``PbxRefused`` when they are in none."""
        await self._do("QueuePause", {"Interface": _interface(agent), **_pause(paused, reason)})

    async def call_customer(self, call: CustomerCall) -> None:
        """Begin a call, by a context of the profile's alone."""
        await self._do("Originate", ami_customer_calls.originate(call))

    async def listen(self, call: ListeningCall) -> None:
        """Ring the trainer, by a context of the profile's alone."""
        heard = self._held.channel(call.contact, call.agent)
        await self._do("Originate", ami_listening.originate(call, heard))

    async def turn_listening(self, call: str, mode: ListenMode) -> None:
        """Let the trainer of this call be heard otherwise."""
        await self._do("Redirect", ami_listening.redirect(call, mode))

    async def end_listening(self, call: str) -> None:
        """End this call; one that has ended is no error."""
        try:
            await self._do("Hangup", ami_listening.hang_up(call))
        except PbxRefused as refusal:
            if _NO_CHANNEL not in str(refusal):
                raise

    async def calls(self) -> frozenset[str]:
        """The contacts of all calls that go on: the Uniqueid of every channel."""
        return frozenset(one.get("Uniqueid", "") for one in await self._do("Status", {}))

    async def _do(self, action: str, fields: Mapping[str, str]) -> list[Message]:
        try:
            return await self._client.action(action, fields)
        except AmiDown as error:
            raise PbxDown(str(error)) from error
        except (AmiRefused, UnsafeFieldError) as error:
            raise PbxRefused(str(error)) from error


def _beside(message: Message, at: datetime) -> Iterator[PbxEvent]:
    """What is told of others than callers in queues, and of what those hear."""
    for read in (ami_customer_calls.ended, ami_dialled.failed, ami_announced.told, ami_listening.told):
        event = read(message, at)
        if event is not None:
            yield event


def _not_needed(alone: bool) -> AbstractContextManager[None]:
    """An agent's own queue that a reload took away keeps nobody from the team's."""
    return suppress(PbxRefused) if alone else nullcontext()


def _interface(agent: str) -> str:
    if not _EXTENSION.fullmatch(agent):
        raise PbxRefused(f"{clean(agent, limit=40)!r} is no extension")
    return f"PJSIP/{agent}"


def _pause(paused: bool, reason: str) -> dict[str, str]:
    return {"Paused": "true" if paused else "false", "Reason": clean(reason) if paused else ""}
