"""Trainers whom an exchange in memory rings so that they hear a talk; what they do tests say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hub.contract import ListenMode
from hub.ports.listening import ListeningCall, ListeningEnded, ListeningHeard
from hub.ports.pbx import PbxEvent


class CalledTrainers:
    """``calls`` are those that go on, by id; while ``refused`` none begins."""

    def __init__(self, tell: Callable[[PbxEvent], None], now: Callable[[], datetime]) -> None:
        self.calls: dict[str, ListeningCall] = {}
        self.refused = False
        self._tell = tell
        self._now = now

    def answer(self, call: str) -> None:
        """The trainer's phone answers, and hears."""
        self.turn(call, self.calls[call].mode)

    def turn(self, call: str, mode: ListenMode) -> None:
        """The trainer is heard otherwise."""
        self._tell(ListeningHeard(call, mode, self._now()))

    def end(self, call: str) -> None:
        """The trainer hangs up, or the talk is over."""
        del self.calls[call]
        self._tell(ListeningEnded(call, self._now()))
