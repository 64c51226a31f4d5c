"""What the agent looks through, as it is asked for and answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agent_tui.session.events import HistoryAsked, HistoryCame, HistoryFailed, HistoryLeft
from agent_tui.session.state import History, SessionState
from agent_tui.session.table import Table

MOST: Final = 200
"""Contacts kept at once; a search finds what is older."""


def _asked(state: SessionState, event: HistoryAsked) -> SessionState:
    """What is shown stays until the answer is there, so that nothing flickers while somebody types."""
    before = state.history
    if event.older:
        same = before is not None and before.key == event.key
        return replace(state, history=replace(before, asking=True, trouble="")) if before and same else state
    calls = before.calls if before is not None else ()
    return replace(state, history=History(event.key, event.words, calls))


def _came(state: SessionState, event: HistoryCame) -> SessionState:
    """An answer to anything but the newest search comes too late. The first page takes the place of what was
    shown, each further one follows it.
    """
    history = state.history
    if history is None or history.key != event.key:
        return state
    calls = (*history.calls, *event.page.calls) if history.pages else event.page.calls
    full = len(calls) > MOST or (len(calls) == MOST and bool(event.page.next))
    now = replace(
        history,
        calls=calls[:MOST],
        pages=history.pages + 1,
        next="" if full else event.page.next,
        cut=full,
        asking=False,
        trouble="",
    )
    return replace(state, history=now)


def _failed(state: SessionState, event: HistoryFailed) -> SessionState:
    """What was shown for other words is no answer to these."""
    history = state.history
    if history is None or history.key != event.key:
        return state
    calls = history.calls if history.pages else ()
    return replace(state, history=replace(history, calls=calls, asking=False, trouble=event.words))


def _left(state: SessionState, _event: HistoryLeft) -> SessionState:
    return replace(state, history=None)


TABLE: Table = {
    HistoryAsked: _asked,
    HistoryCame: _came,
    HistoryFailed: _failed,
    HistoryLeft: _left,
}
