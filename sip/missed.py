"""The calls that were missed, kept from the phone's events until the agent has seen them. Pure.

A caller whom the queue offers again, or with whom the agent talks after all, is missed no longer.

They live as long as the phone process: numbers of customers are not written to an agent's own disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sip import events as ev
from sip.events import CloseReason

MOST = 20
"""Kept at once, all in one line of the phone's language; the oldest go first."""

_TAKEN = frozenset({CloseReason.ANSWERED_ELSEWHERE, CloseReason.REJECTED})
"""A colleague took the call, or the agent did not want it: nothing was missed."""


class Missed:
    """Hears every event of one phone. ``clock`` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._begun: dict[ev.CallId, ev.CallIncoming | ev.CallDialling] = {}
        self._calls: list[ev.MissedCall] = []

    def hear(self, event: ev.PhoneEvent) -> bool:
        """Keep what ``event`` says; whether the list changed."""
        match event:
            case ev.CallIncoming() | ev.CallDialling():
                self._begun[event.call] = event
                if isinstance(event, ev.CallIncoming) and event.contact:
                    # the queue offers the same caller again
                    return self._keep(lambda one: one.contact != event.contact)
            case ev.CallEstablished():
                begun = self._begun.pop(event.call, None)
                number = begun.party.number if begun is not None else ""
                return self._keep(lambda one: not number or one.number != number)
            case ev.CallClosed():
                return self._ended(self._begun.pop(event.call, None), event.reason)
        return False

    def forget(self, call: ev.CallId) -> bool:
        """Take one call off the list, or all for an empty id; whether the list changed."""
        return self._keep(lambda one: bool(call) and one.call != call)

    def _ended(self, begun: ev.CallIncoming | ev.CallDialling | None, reason: CloseReason) -> bool:
        if not isinstance(begun, ev.CallIncoming) or reason in _TAKEN:
            return False
        missed = ev.MissedCall(
            begun.call,
            begun.party.name,
            begun.party.number,
            begun.contact,
            begun.queue,
            reason,
            self._clock(),
        )
        self._calls = [*self._calls, missed][-MOST:]
        return True

    def _keep(self, wanted: Callable[[ev.MissedCall], bool]) -> bool:
        left = [one for one in self._calls if wanted(one)]
        changed = len(left) != len(self._calls)
        self._calls = left
        return changed

    def tell(self) -> ev.MissedCalls:
        """The list as it stands."""
        return ev.MissedCalls(tuple(self._calls))
