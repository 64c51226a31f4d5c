"""What the hub tells of callbacks, and what became of the last one that the agent asked for."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session.events import CallbackAsked, CallbackMade, CallbackRefused, SnapshotTaken
from agent_tui.session.reduce_notices import clear, put
from agent_tui.session.state import Promise, SessionState, Severity
from agent_tui.session.table import Table
from agent_tui.text.catalogue import Phrase
from hub.contract import CallbackEvent, CallbackView

_ENDED = ("done", "failed", "cancelled")


def _snapshot(state: SessionState, event: SnapshotTaken) -> SessionState:
    return replace(state, callbacks=event.snapshot.callbacks)


def _told(state: SessionState, event: CallbackEvent) -> SessionState:
    """What has ended is nothing to do any more; that nobody was reached is said."""
    told = event.callback
    others = tuple(one for one in state.callbacks if one.id != told.id)
    state = replace(state, callbacks=others if told.state in _ENDED else (*others, told))
    if told.state != "failed":
        return state
    words = Phrase(
        "Nobody was reached: {who} was called once. The promise has ended; F7 dials.",
        "Nobody was reached: {who} was called {count} times. The promise has ended; F7 dials.",
        told.tries,
        who=_who(told),
    )
    return put(state, "callback", Severity.WARNING, words)


def _asked(state: SessionState, event: CallbackAsked) -> SessionState:
    return replace(clear(state, "callback"), promise=Promise(event.key))


def _made(state: SessionState, event: CallbackMade) -> SessionState:
    """It stands among the others once the hub tells of it by event."""
    words = Phrase("Promised: {who} will be called back.", who=_who(event.callback))
    state = put(state, "callback", Severity.INFO, words)
    return replace(state, promise=Promise(event.key, made=True))


def _refused(state: SessionState, event: CallbackRefused) -> SessionState:
    words = Phrase("No callback is promised: {why}", why=event.words)
    state = put(state, "callback", Severity.WARNING, words)
    return replace(state, promise=Promise(event.key, words=event.words))


def _who(callback: CallbackView) -> str:
    return callback.name or callback.numbers[0]


TABLE: Table = {
    SnapshotTaken: _snapshot,
    CallbackEvent: _told,
    CallbackAsked: _asked,
    CallbackMade: _made,
    CallbackRefused: _refused,
}
