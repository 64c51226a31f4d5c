"""The calls that were dialled by hand, kept from the phone's events for the agent's history. Pure.

The exchange tells the hub only of those that nobody answered: else it follows queues. So the phone is the one
who knows. As with missed calls they live as long as its process: numbers of customers are not written to an
agent's own disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sip import events as ev

MOST = 20
"""Kept at once, all in one line of the phone's language; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Open:
    began: ev.CallDialling
    at: float
    answered: float | None = None


class Dialled:
    """Hears every event of one phone. ``clock`` gives seconds since 1970, ``timer`` seconds that never go
    back.
    """

    def __init__(
        self, clock: Callable[[], float] = time.time, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._timer = timer
        self._open: dict[ev.CallId, _Open] = {}
        self._calls: list[ev.DialledCall] = []

    def hear(self, event: ev.PhoneEvent) -> bool:
        """Keep what ``event`` says; whether the list changed."""
        match event:
            case ev.CallDialling():
                self._open[event.call] = _Open(event, self._clock())
            case ev.CallEstablished():
                known = self._open.get(event.call)
                if known is not None and known.answered is None:
                    self._open[event.call] = replace(known, answered=self._timer())
            case ev.CallClosed():
                known = self._open.pop(event.call, None)
                if known is not None:
                    self._calls = [*self._calls, self._ended(known, event.reason)][-MOST:]
                    return True
        return False

    def _ended(self, known: _Open, reason: ev.CloseReason) -> ev.DialledCall:
        return ev.DialledCall(
            known.began.call,
            known.began.party.name,
            known.began.party.number,
            reason,
            known.at,
            None if known.answered is None else max(0.0, self._timer() - known.answered),
            bool(known.began.consults),
        )

    def tell(self) -> ev.DialledCalls:
        """The list as it stands."""
        return ev.DialledCalls(tuple(self._calls))
