"""When the desk is painted: at once for what the agent did or waits for, in turns for what is frequent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from agent_tui.session.soon import painted_at_once
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from sip.events import AudioLevels, CallId

Later: TypeAlias = Callable[[Callable[[], None]], object]
"""Has something done once what goes on now is over."""


class Painting:
    """Calls ``paint`` once for all that changed by then: what happens together is painted together."""

    def __init__(self, store: Store, paint: Callable[[], None], later: Later) -> None:
        self._store = store
        self._paint = paint
        self._later = later
        self._stale = False
        self._soon = False
        self._levels: Mapping[CallId, AudioLevels] = {}

    def changed(self, old: SessionState, new: SessionState) -> None:
        """Have it painted at once, or by the next turn."""
        self._stale = True
        if painted_at_once(old, new) and not self._soon:
            self._soon = True
            self._later(self._paint_soon)

    def turn(self) -> None:
        """Paint what changed since the last time. Levels change beside the state."""
        if self._stale or self._store.levels != self._levels:
            self.now()

    def now(self) -> None:
        """Paint what is."""
        self._stale = self._soon = False
        self._levels = dict(self._store.levels)
        self._paint()

    def _paint_soon(self) -> None:
        if self._soon:
            self.now()
