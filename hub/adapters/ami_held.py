"""Callers whom their agent put on hold, by the channel that the agent talks on.

Asterisk tells Hold and Unhold of the channel whose phone asked for it. An agent may have several, one for a
colleague who is asked, so each talk's own channel is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.adapters.ami_talks import agents_channels
from hub.adapters.ami_wire import Message
from hub.ports.pbx import AgentConnected, CallerHeld, CallerResumed, HandedOn, PbxEvent, QueueRow


@dataclass(frozen=True, slots=True)
class _Talk:
    queue: str
    contact: str
    agent: str


class HeldTalks:
    """Follows agents' channels from the answer to their hang-up: as many as there are talks."""

    def __init__(self) -> None:
        self._talks: dict[str, _Talk] = {}
        """By the agent's channel."""

    def know_talks(self, rows: Iterable[QueueRow], channels: Sequence[Message]) -> None:
        """Learn from a snapshot of the talks that began out of sight."""
        bridges = {message.get("Uniqueid", ""): message.get("BridgeID", "") for message in channels}
        named = {(bridge, agent): one.get("Channel", "") for bridge, agent, one in agents_channels(channels)}
        for row in rows:
            for talk in row.talking:
                channel = named.get((bridges.get(talk.contact, ""), talk.agent), "")
                self._talks[channel] = _Talk(row.name, talk.contact, talk.agent)

    def begin(self, event: AgentConnected | HandedOn, channel: str) -> None:
        """The agent of ``event`` talks with the caller on ``channel``."""
        self._talks[channel] = _Talk(event.queue, event.contact, event.agent)

    def channel(self, contact: str, agent: str) -> str:
        """What ``agent`` talks with the caller on; empty where no such talk goes on."""
        theirs = (
            name for name, talk in self._talks.items() if (talk.contact, talk.agent) == (contact, agent)
        )
        return next(theirs, "")

    def take(self, message: Message, at: datetime) -> list[PbxEvent]:
        """What one of Asterisk's call events tells of a hold."""
        channel = message.get("Channel", "")
        talk = self._talks.get(channel)
        if talk is None:
            return []
        match message.get("Event"):
            case "Hold":
                return [CallerHeld(talk.queue, talk.contact, talk.agent, at)]
            case "Unhold":
                return [CallerResumed(talk.queue, talk.contact, talk.agent, at)]
            case "Hangup":
                del self._talks[channel]
        return []
