"""Customers whom an exchange in memory calls; what they do tests say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from hub.ports.pbx import CallEnd, CustomerCall, CustomerCallEnded, PbxEvent


class Joins(Protocol):
    """Puts a caller into a queue."""

    def __call__(self, queue: str, number: str, *, reserved: str) -> str: ...


class CalledCustomers:
    """``dialled`` are the calls that go on, by contact."""

    def __init__(self, tell: Callable[[PbxEvent], None], joins: Joins, now: Callable[[], datetime]) -> None:
        self.dialled: dict[str, CustomerCall] = {}
        self._tell = tell
        self._joins = joins
        self._now = now

    def take(self, contact: str) -> None:
        """The customer answers, and says that it is them."""
        call = self.dialled[contact]
        self._joins(call.queue, call.number, reserved=contact)

    def end(self, contact: str, end: CallEnd) -> None:
        """The call is over."""
        del self.dialled[contact]
        self._tell(CustomerCallEnded(contact, end, self._now()))
