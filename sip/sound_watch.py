"""Notices within three seconds that one side of a talk hears nothing, and what is the likely cause. Pure.

It counts the audio thread's fifths of a second and RTCP's reports, no clock: a phone that was suspended
has missed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from sip.audio.levels import PER_SECOND, Levels
from sip.events import CallId, Missing, SoundBack, SoundLost
from sip.quality import Report

LEVELS: Final = 3 * PER_SECOND
"""Levels without sound before it is said: three seconds."""
_UNHEARD_REPORTS: Final = 8
"""Reports without a word of ours: one may still be silent before our own first, after five seconds."""
_GATE_FACTOR: Final = 3
_MOST_RETURNS: Final = 3

Change: TypeAlias = SoundLost | SoundBack
"""One side hears no more, or again."""


class Patience:
    """How long the microphone of this phone may give nothing before it is said, over all its calls.

    Some microphones give digital silence whenever nobody speaks (a noise gate). One that comes back by itself
    gets three times as long from then on, up to 81 seconds, and stops crying wolf.
    """

    def __init__(self) -> None:
        self._returns = 0

    @property
    def levels(self) -> int:
        """So many levels."""
        return int(LEVELS * _GATE_FACTOR**self._returns)

    def returned(self) -> None:
        """It was dead for so long, was said to be, and is back."""
        self._returns = min(self._returns + 1, _MOST_RETURNS)


class SoundWatch:
    """One call's."""

    def __init__(self, call: CallId, patience: Patience) -> None:
        self._call = call
        self._patience = patience
        self._counts = dict.fromkeys(Missing, 0)
        self._missing: set[Missing] = set()

    def heard(self, levels: Levels, *, talking: bool, muted: bool) -> Iterator[Change]:
        """What is missing or back after another fifth of a second.

        While the call is held nothing is expected; while it is muted, nothing of the microphone.
        """
        yield from self._count(Missing.NOTHING_ARRIVES, LEVELS, missing=talking and not levels.arrived)
        silent = talking and not muted and levels.dead
        for change in self._count(Missing.MICROPHONE_SILENT, self._patience.levels, missing=silent):
            if isinstance(change, SoundBack) and talking and not muted:
                self._patience.returned()
            yield change

    def reported(self, report: Report) -> Iterator[Change]:
        """The same after a report of the far end, which measures nothing of us when it never got a packet."""
        nothing = report.sent > 0 and not (report.rtt or report.jitter_out or report.lost_out)
        yield from self._count(Missing.NOT_RECEIVED, _UNHEARD_REPORTS, missing=nothing)

    def _count(self, what: Missing, most: int, *, missing: bool) -> Iterator[Change]:
        self._counts[what] = self._counts[what] + 1 if missing else 0
        if self._counts[what] >= most and what not in self._missing:
            self._missing.add(what)
            yield SoundLost(self._call, what)
        elif not missing and what in self._missing:
            self._missing.discard(what)
            yield SoundBack(self._call, what)
