"""No key ends a call by accident: held down, or with another meaning than a moment ago.

A key that is held down comes again after at most 0.66 s (X.Org's usual delay; GNOME, KDE and Windows have
0.5 to 0.6), and then every few hundredths. So a call that goes is not followed by the next under one finger.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from agent_tui.commands import model as do
from agent_tui.screens.keyboard import meaning
from agent_tui.session import select
from agent_tui.session.state import SessionState
from sip.events import CallId

HELD: Final = 0.75
"""Seconds within which the same key again may be the same finger still."""
REPEATS: Final = 0.25
"""Seconds between two presses from which on the key was let go, once it has come again."""
UNREAD: Final = 0.4
"""Seconds within which nobody has read what a key came to mean, and acted on it."""

Meant: TypeAlias = tuple[type[do.Command], CallId]
"""A command, and the call that it would be about."""

_ENDING: Final = (do.HangUp, do.AttendedTransfer)
"""What ends a call or gives it away at once; all else asks first, or can be undone."""


@dataclass(frozen=True, slots=True)
class _Past:
    """What a key meant, and when that ended or was asked for."""

    meant: Meant
    at: float


@dataclass(frozen=True, slots=True)
class _Press:
    """The last press. ``meant``: what the finger went down for."""

    key: str
    meant: Meant
    at: float
    refused: bool


class Accidents:
    """Watches what the keys mean, and which was pressed last. ``now`` counts seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self._means: dict[str, Meant | None] = {}
        self._before: dict[str, _Past] = {}
        self._last: _Press | None = None

    def watch(self, means: dict[str, Meant | None], calls: Collection[CallId]) -> None:
        """These are the meanings now, as they are about to be painted, and the open calls.

        What a key came to mean beside a call that goes on was brought about by the agent, who knows it.
        """
        for key, before in self._means.items():
            if before is not None and before[1] not in calls and means.get(key) != before:
                self._before[key] = _Past(before, self.now())
        self._means = means

    def may(self, key: str, meant: Meant) -> bool:
        """Whether this press of ``key`` may have been meant. It counts as pressed in either case."""
        last = self._last
        held = last is not None and self._held(last, key)
        refused = meant[0] in _ENDING and (
            (held and last is not None and last.meant != meant) or self._unread(key, meant)
        )
        intended = last.meant if refused and held and last is not None else meant
        self._last = _Press(key, intended, self.now(), refused)
        return not refused

    def still_down(self, key: str) -> bool:
        """Whether this press of ``key``, which means nothing any more, is the finger that made it act."""
        last = self._last
        if last is None or not self._held(last, key):
            return False
        self._last = replace(last, at=self.now())
        return True

    def _held(self, last: _Press, key: str) -> bool:
        return last.key == key and self.now() - last.at < (REPEATS if last.refused else HELD)

    def _unread(self, key: str, meant: Meant) -> bool:
        before = self._before.get(key)
        return before is not None and before.meant != meant and self.now() - before.at < UNREAD


def meant(state: SessionState, command: type[do.Command]) -> Meant:
    """What ``command`` would be about."""
    pair = select.consultation(state) if command is do.AttendedTransfer else None
    return command, pair[0].id if pair is not None else state.active or ""


def all_meant(state: SessionState, keys: Iterable[str]) -> dict[str, Meant | None]:
    """What each of ``keys``, by its id, is about now; None where it is about no call."""
    possible = select.possible(state)
    means = {key: meaning(state, key, possible) for key in keys}
    return {
        key: meant(state, one.command) if one is not None and one.command is not None else None
        for key, one in means.items()
    }
