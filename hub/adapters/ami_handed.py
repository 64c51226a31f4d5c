"""Callers whom one agent handed on to another: talks that Asterisk's queue knows nothing of.

The queue tells the end of the first talk (AgentComplete, "transfer"). Who then talks with the caller is told
by AttendedTransfer where the agents had talked before, and where the caller was sent by DialEnd in the
profile's context ``hand-to``. The talk ends with the first Hangup of its two channels, by a transfer where
BlindTransfer said so. An AttendedTransfer comes before the queue's word (measured), so it waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.adapters.ami_wire import Message
from hub.ports.pbx import AgentCompleted, AgentConnected, HandedOn, PbxEvent, QueueRow

_AGENTS_CHANNEL = re.compile(r"PJSIP/([0-9]{1,32})-[0-9a-f]+")
_CONTEXT = "hand-to"
_BY_DIAL = "AppDial"
"""What Asterisk names the channel that Dial() rang; the queue's own are ``AppQueue``."""


@dataclass(frozen=True, slots=True)
class _Talk:
    """``channel`` is the agent's."""

    queue: str
    agent: str
    channel: str
    since: datetime


class HandedTalks:
    """Follows callers from the first agent's answer to their own hang-up: as many as there are callers."""

    def __init__(self) -> None:
        self._queues: dict[str, str] = {}
        """The queue that each caller came from, who was answered and is still on the line."""
        self._answered: set[str] = set()
        """Callers who talk with the agent that the queue gave them."""
        self._talks: dict[str, _Talk] = {}
        self._early: dict[str, _Talk] = {}
        self._ended_by: dict[str, str] = {}

    def know_talks(self, rows: Iterable[QueueRow], channels: Sequence[Message], at: datetime) -> None:
        """Learn from a snapshot. An agent that the queue did not ring itself was handed the caller."""
        bridges = {message.get("Uniqueid", ""): message.get("BridgeID", "") for message in channels}
        dialled = {one.get("BridgeID", ""): one for one in channels if one.get("Application") == _BY_DIAL}
        for row in rows:
            for talk in row.talking:
                self._queues[talk.contact] = row.name
                other = dialled.get(bridges.get(talk.contact, ""))
                if other is None:
                    self._answered.add(talk.contact)
                else:
                    since = at - timedelta(seconds=talk.talked)
                    channel = other.get("Channel", "")
                    self._talks[talk.contact] = _Talk(row.name, talk.agent, channel, since)

    def channel(self, contact: str) -> str:
        """The channel of the agent to whom the caller was handed on; empty when they talk with none."""
        talk = self._talks.get(contact)
        return talk.channel if talk else ""

    def follow(self, event: PbxEvent) -> list[PbxEvent]:
        """What follows from a queue's own event."""
        match event:
            case AgentConnected():
                self._queues[event.contact] = event.queue
                self._answered.add(event.contact)
            case AgentCompleted():
                self._answered.discard(event.contact)
                if event.ended_by != "transfer":
                    self._queues.pop(event.contact, None)
                early = self._early.pop(event.contact, None)
                return self._begin(event.contact, early) if early else []
        return []

    def take(self, message: Message, at: datetime) -> list[PbxEvent]:
        """What one of Asterisk's call events tells of a caller who was handed on."""
        match message.get("Event"):
            case "AttendedTransfer" if message.get("Result") == "Success":
                return self._joined(message, at)
            case "BlindTransfer" if message.get("Result") == "Success":
                self._sent_on(message.get("TransfereeUniqueid", ""))
            case "DialEnd" if message.get("DialStatus") == "ANSWER" and message.get("Context") == _CONTEXT:
                return self._taken(message.get("Uniqueid", ""), message.get("DestChannel", ""), at)
            case "HangupRequest" | "SoftHangupRequest":
                self._wants_to_end(message.get("Uniqueid", ""), message.get("Channel", ""))
            case "Hangup":
                return self._hung_up(message.get("Uniqueid", ""), message.get("Channel", ""), at)
        return []

    def _joined(self, message: Message, at: datetime) -> list[PbxEvent]:
        """Either of the two who were joined may be the caller: it depends on which call was referred."""
        sides = (("Transferee", "TransferTarget"), ("TransferTarget", "Transferee"))
        for caller, other in sides:
            contact = message.get(f"{caller}Uniqueid", "")
            if contact in self._queues:
                return self._taken(contact, message.get(f"{other}Channel", ""), at)
        return []

    def _taken(self, contact: str, channel: str, at: datetime) -> list[PbxEvent]:
        agent = _AGENTS_CHANNEL.fullmatch(channel)
        if agent is None or contact not in self._queues:
            return []
        talk = _Talk(self._queues[contact], agent.group(1), channel, at)
        if contact in self._answered:
            self._early[contact] = talk
            return []
        return [*self._end(contact, "transfer", at), *self._begin(contact, talk)]

    def _begin(self, contact: str, talk: _Talk) -> list[PbxEvent]:
        self._talks[contact] = talk
        return [HandedOn(talk.queue, contact, talk.agent, talk.since)]

    def _sent_on(self, contact: str) -> None:
        """The agent of a handed talk sends the caller to somebody else, and is hung up for that."""
        if contact in self._talks:
            self._ended_by[contact] = "transfer"

    def _wants_to_end(self, unique: str, channel: str) -> None:
        """The side that hangs up is named first; which channel is then gone first is chance (measured)."""
        for contact, talk in self._talks.items():
            if talk.channel == channel or contact == unique:
                self._ended_by.setdefault(contact, "caller" if contact == unique else "agent")

    def _hung_up(self, unique: str, channel: str, at: datetime) -> list[PbxEvent]:
        theirs = [contact for contact, talk in self._talks.items() if talk.channel == channel]
        told = [
            end for contact in theirs for end in self._end(contact, self._ended_by.get(contact, "agent"), at)
        ]
        if unique in self._queues:
            told += self._end(unique, self._ended_by.get(unique, "caller"), at)
            self._queues.pop(unique)
            self._early.pop(unique, None)
        return told

    def _end(self, contact: str, ended_by: str, at: datetime) -> list[PbxEvent]:
        talk = self._talks.pop(contact, None)
        self._ended_by.pop(contact, None)
        if talk is None:
            return []
        talked = max(0.0, (at - talk.since).total_seconds())
        return [AgentCompleted(talk.queue, contact, talk.agent, 0.0, talked, ended_by, at)]
