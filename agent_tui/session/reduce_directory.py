"""Colleagues and the centre's numbers, as the hub's stream tells them: all at first, then who changed."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session.state import Directory, SessionState
from agent_tui.session.table import Table
from hub.contract import DirectoryEvent


def _directory(state: SessionState, event: DirectoryEvent) -> SessionState:
    known = state.directory
    if event.whole:
        return replace(state, directory=Directory(event.colleagues, event.entries))
    changed = {one.agent: one for one in event.colleagues}
    kept = (changed.pop(one.agent, one) for one in known.colleagues)
    return replace(state, directory=Directory((*kept, *changed.values()), known.entries))


TABLE: Table = {DirectoryEvent: _directory}
