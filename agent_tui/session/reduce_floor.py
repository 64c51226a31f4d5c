"""The floor that a trainer looks at, and the listening that they asked for."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session.events import SnapshotTaken
from agent_tui.session.floor_events import (
    CoachNoteSent,
    FloorCame,
    FloorFailed,
    FloorLeft,
    ListeningAsked,
    ListeningTaken,
)
from agent_tui.session.reduce_notices import put
from agent_tui.session.state import Awaited, FloorShown, SessionState, Severity
from agent_tui.session.table import Table
from agent_tui.text.catalogue import Phrase
from hub.contract import ListeningEvent
from sip.events import CallEstablished


def _came(state: SessionState, event: FloorCame) -> SessionState:
    return replace(state, floor=FloorShown(event.view, state.now))


def _failed(state: SessionState, event: FloorFailed) -> SessionState:
    """What was shown stays, and is marked as old."""
    return replace(state, floor=replace(state.floor or FloorShown(), trouble=event.words))


def _left(state: SessionState, _event: FloorLeft) -> SessionState:
    return replace(state, floor=None)


def _asked(state: SessionState, event: ListeningAsked) -> SessionState:
    return replace(state, awaited=Awaited(event.token, event.mode, state.now) if event.token else None)


def _taken(state: SessionState, _event: ListeningTaken) -> SessionState:
    return replace(state, takes_listening=True)


def _established(state: SessionState, event: CallEstablished) -> SessionState:
    """The call has come: its secret opens no second one."""
    for call in state.calls:
        if call.id == event.call and state.awaited is not None and call.listening == state.awaited.token:
            return replace(state, awaited=None)
    return state


def _listening(state: SessionState, event: ListeningEvent) -> SessionState:
    return replace(state, listening=event.listening)


def _sent(state: SessionState, event: CoachNoteSent) -> SessionState:
    return put(state, "command", Severity.INFO, Phrase("Your line is on the desk of {who}.", who=event.who))


def _snapshot(state: SessionState, event: SnapshotTaken) -> SessionState:
    return replace(state, listening=event.snapshot.listening)


TABLE: Table = {
    FloorCame: _came,
    FloorFailed: _failed,
    FloorLeft: _left,
    ListeningAsked: _asked,
    ListeningTaken: _taken,
    CallEstablished: _established,
    ListeningEvent: _listening,
    CoachNoteSent: _sent,
    SnapshotTaken: _snapshot,
}
