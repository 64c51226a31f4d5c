"""Notices within three seconds that one side of a talk hears nothing, and what is the likely cause. Pure.

It counts the audio thread's tenths of a second and RTCP's reports, no clock: a phone that was suspended
has missed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sip.audio.levels import Levels
from sip.events import Missing
from sip.quality import Report

TENTHS: Final = 30
"""Tenths of a second without sound before it is said: three seconds."""
_DEAD: Final = -95.0
"""dBFS. A microphone that is there has noise; only digital silence is below."""
_UNHEARD_REPORTS: Final = 8
"""Reports without a word of ours: one may still be silent before our own first, after five seconds."""


class SoundWatch:
    """One call's. ``judge_microphone`` only where a person speaks into one: a file may well hold silence."""

    def __init__(self, *, judge_microphone: bool) -> None:
        self._judge_microphone = judge_microphone
        self._counts = dict.fromkeys(Missing, 0)
        self._missing: set[Missing] = set()

    def heard(self, levels: Levels, *, talking: bool, muted: bool) -> Iterator[tuple[Missing, bool]]:
        """What is missing (True) or back (False) after another tenth of a second.

        While the call is held nothing is expected; while it is muted, nothing of the microphone.
        """
        yield from self._count(Missing.NOTHING_ARRIVES, TENTHS, missing=talking and not levels.arrived)
        speaks = self._judge_microphone and talking and not muted
        yield from self._count(
            Missing.MICROPHONE_SILENT, TENTHS, missing=speaks and levels.microphone <= _DEAD
        )

    def reported(self, report: Report) -> Iterator[tuple[Missing, bool]]:
        """The same after a report of the far end, which measures nothing of us when it never got a packet."""
        nothing = report.sent > 0 and not (report.rtt or report.jitter_out or report.lost_out)
        yield from self._count(Missing.NOT_RECEIVED, _UNHEARD_REPORTS, missing=nothing)

    def _count(self, what: Missing, most: int, *, missing: bool) -> Iterator[tuple[Missing, bool]]:
        self._counts[what] = self._counts[what] + 1 if missing else 0
        if self._counts[what] >= most and what not in self._missing:
            self._missing.add(what)
            yield what, True
        elif not missing and what in self._missing:
            self._missing.discard(what)
            yield what, False
