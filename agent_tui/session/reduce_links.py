"""How the desk stands with the registrar, phone, hub and exchange; who the agent is and how queues stand."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session.events import HubLinkChanged, PhoneLinkChanged, PresenceWanted, SnapshotTaken
from agent_tui.session.state import Link, SessionState
from agent_tui.session.table import Table
from hub.contract import Me, MeEvent, OwnFiguresEvent, PbxLinkEvent, QueuesEvent
from sip.capability import Capability
from sip.events import (
    DevicesSeen,
    EngineCapabilities,
    RegistrationChanged,
    RegistrationState,
    RingSilenced,
    SoundChanged,
    SoundTried,
    TakenAway,
)


def _registration(state: SessionState, event: RegistrationChanged) -> SessionState:
    return replace(state, registration=event)


def _phone(state: SessionState, event: PhoneLinkChanged) -> SessionState:
    if event.link is Link.UP:
        return replace(state, phone=event.link)
    return replace(
        state,
        phone=event.link,
        capabilities=Capability(0),
        registration=RegistrationChanged(RegistrationState.UNREGISTERED),
    )


def _capabilities(state: SessionState, event: EngineCapabilities) -> SessionState:
    return replace(state, capabilities=event.declared)


def _taken_away(state: SessionState, _event: TakenAway) -> SessionState:
    return replace(state, taken_away=True)


def _hub(state: SessionState, event: HubLinkChanged) -> SessionState:
    return replace(state, hub=event.link, unknown_here=event.unknown)


def _pbx(state: SessionState, event: PbxLinkEvent) -> SessionState:
    return replace(state, pbx=Link.UP if event.up else Link.DOWN)


def _snapshot(state: SessionState, event: SnapshotTaken) -> SessionState:
    taken = event.snapshot
    state = replace(state, queues=taken.queues, own=taken.own, pbx=Link.UP if taken.pbx else Link.DOWN)
    chosen = taken.me.presence_since or event.at
    return _with_me(state, taken.me, state.now - max(0.0, (event.at - chosen).total_seconds()))


def _me(state: SessionState, event: MeEvent) -> SessionState:
    return _with_me(state, event.me, state.now)


def _with_me(state: SessionState, me: Me, since: float) -> SessionState:
    """What the agent chose stays wanted until the hub says the same. ``since``: when, if it is new."""
    wanted = None if state.wanted is me.presence else state.wanted
    if state.me is not None and (state.me.presence, state.me.reason) == (me.presence, me.reason):
        since = state.presence_since
    mended = state.mended if state.mended == me.members else None
    return replace(state, me=me, wanted=wanted, presence_since=since, mended=mended)


def _wanted(state: SessionState, event: PresenceWanted) -> SessionState:
    me = state.me
    if me is not None and event.presence is me.presence:
        return replace(state, wanted=event.presence, mended=me.members)
    return replace(state, wanted=event.presence)


def _queues(state: SessionState, event: QueuesEvent) -> SessionState:
    return replace(state, queues=event.queues)


def _own(state: SessionState, event: OwnFiguresEvent) -> SessionState:
    return replace(state, own=event.own)


def _sound(state: SessionState, event: SoundChanged) -> SessionState:
    return replace(state, sound=event)


def _devices(state: SessionState, event: DevicesSeen) -> SessionState:
    return replace(state, devices=event.devices)


def _tried(state: SessionState, event: SoundTried) -> SessionState:
    return replace(state, tried=event)


def _ring(state: SessionState, event: RingSilenced) -> SessionState:
    return replace(state, rings_silently=event.silent)


TABLE: Table = {
    RegistrationChanged: _registration,
    TakenAway: _taken_away,
    EngineCapabilities: _capabilities,
    SoundChanged: _sound,
    DevicesSeen: _devices,
    SoundTried: _tried,
    RingSilenced: _ring,
    PhoneLinkChanged: _phone,
    HubLinkChanged: _hub,
    PbxLinkEvent: _pbx,
    SnapshotTaken: _snapshot,
    MeEvent: _me,
    PresenceWanted: _wanted,
    QueuesEvent: _queues,
    OwnFiguresEvent: _own,
}
