"""What an agent's desk shows and chooses: me, snapshot, presence, and the stream of events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header

from hub.auth import AgentHere, DeviceHere, HubHere
from hub.contract import Me, PresenceChange, Snapshot
from hub.event_stream import EventStream
from hub.events import TooManyStreams
from hub.refusals import TooMany

router = APIRouter()

_PING = 15
"""Seconds between two signs of life on a silent stream."""


@router.get("/me")
async def me(agent: AgentHere, hub: HubHere) -> Me:
    """Who the token belongs to."""
    return hub.views.me(agent)


@router.get("/snapshot")
async def snapshot(agent: AgentHere, hub: HubHere) -> Snapshot:
    """Everything the desk shows when it comes up."""
    return hub.views.snapshot(agent)


@router.put("/presence")
async def presence(change: PresenceChange, agent: AgentHere, hub: HubHere) -> Me:
    """What the agent chooses to be."""
    return await hub.choices.choose(agent, change)


@router.get("/events")
async def events(
    device: DeviceHere, hub: HubHere, last_event_id: Annotated[str | None, Header()] = None
) -> EventStream:
    """All events for this agent after ``Last-Event-ID``."""
    await hub.access.devices.saw(device)
    language = hub.roster.agents[device.agent].language
    try:
        stream = hub.bus.subscribe(device.agent, language, last_event_id, device.id)
    except TooManyStreams:
        raise TooMany("Too many desks are open for this agent; close one.") from None
    return EventStream(stream, ping=_PING)
