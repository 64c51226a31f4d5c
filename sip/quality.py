"""How good a call sounds, from RTCP's counts: loss, jitter, delay and an estimate of the MOS. Pure.

The estimate is the E-model of ITU-T G.107 with what RTCP can tell: R = R0 − Id − Ie,eff, and the MOS from R
by its Annex B. It says how a narrow-band call of this loss and delay is heard on average, no more.
"""

from __future__ import annotations

from collections import deque
from dataclasses import astuple, dataclass, replace
from statistics import median

from sip.events import CallId, CallQuality, Complaint, Overall

MOST_DELAY = 400.0
"""Milliseconds there and back: beyond, people talk into each other (ITU-T G.114 wants 150 one way)."""
MOST_JITTER = 30.0
"""Milliseconds (RFC 3550 §6.4.1) that a jitter buffer of usual size still takes away."""
MOST_LOSS = 3.0
"""Percent of packets lost, in either direction."""
LEAST_MOS = 3.5
"""Below it many listeners are dissatisfied (ITU-T G.107 Annex B)."""

WINDOW = 5
"""Reports that a complaint is about. Of each value the median counts, so that three of five must be bad;
lost packets count as a whole."""
_LEAST_REPORTS = 3

_R0 = 93.2
"""The rating of a call without loss or delay, with G.107's default values."""
_PACKET = 20.0
"""Milliseconds of sound in a packet: none is sent before it is full."""
_ROBUSTNESS = 25.1
"""How well a call bears lost packets (ITU-T G.113 Appendix I, G.711 with concealment): what is lost is made
up for every codec by ``sip/audio/elastic.py``."""


@dataclass(frozen=True, slots=True)
class Report:
    """What RTCP has told by now of one call. Packets are counted from its start; times in milliseconds.

    *In* is what reaches us, *out* what the far end reports of ours. ``buffered``: the jitter buffer's delay.
    """

    received: int
    lost_in: int
    sent: int
    lost_out: int
    jitter_in: float
    jitter_out: float
    rtt: float
    buffered: float


class QualityMeter:
    """Turns one call's reports into what is told of them."""

    def __init__(self, call: CallId) -> None:
        self._call = call
        self._reports: deque[Report] = deque(maxlen=WINDOW + 1)
        self._told: deque[CallQuality] = deque(maxlen=WINDOW)
        self._tally = _Tally()

    def take(self, report: Report) -> CallQuality:
        """The quality since the report before this one, and what is wrong over the last five."""
        before = self._reports[-1] if self._reports else _NOTHING
        if report.received < before.received:
            # another stream after a re-INVITE: it counts from nought
            self._reports.clear()
            before = _NOTHING
        self._reports.append(report)
        lost = _Lost.between(before, report)
        delay = report.rtt / 2 + report.buffered + _PACKET
        score = mos(lost.percent_in, delay)
        jitter = max(report.jitter_in, report.jitter_out)
        quality = CallQuality(
            call=self._call,
            mos=round(score, 2),
            loss_in=round(lost.percent_in, 1),
            loss_out=round(lost.percent_out, 1),
            jitter=round(jitter, 1),
            rtt=round(report.rtt, 1),
            overall=self._tally.add(lost, score, jitter, report.rtt),
        )
        self._told.append(quality)
        return replace(quality, complaints=self._complaints())

    def _complaints(self) -> tuple[Complaint, ...]:
        if len(self._told) < _LEAST_REPORTS:
            return ()
        first = self._reports[0] if len(self._reports) > WINDOW else _NOTHING
        lost = _Lost.between(first, self._reports[-1])
        found = {
            Complaint.GAPS_IN: lost.percent_in > MOST_LOSS,
            Complaint.GAPS_OUT: lost.percent_out > MOST_LOSS,
            Complaint.DELAY: median(one.rtt for one in self._told) > MOST_DELAY,
            Complaint.JITTER: median(one.jitter for one in self._told) > MOST_JITTER,
            Complaint.POOR: median(one.mos for one in self._told) < LEAST_MOS,
        }
        return tuple(complaint for complaint, holds in found.items() if holds)


@dataclass(frozen=True, slots=True)
class _Lost:
    """Packets lost and meant to come, both ways, between two reports."""

    lost_in: int
    expected_in: int
    lost_out: int
    sent: int

    @classmethod
    def between(cls, before: Report, now: Report) -> _Lost:
        """A late packet takes back a loss that was counted, so a difference may be negative: none lost."""
        lost_in = max(0, now.lost_in - before.lost_in)
        sent = max(0, now.sent - before.sent)
        lost_out = min(max(0, now.lost_out - before.lost_out), sent)
        return cls(lost_in, max(0, now.received - before.received) + lost_in, lost_out, sent)

    @property
    def percent_in(self) -> float:
        return _percent(self.lost_in, self.expected_in)

    @property
    def percent_out(self) -> float:
        return _percent(self.lost_out, self.sent)


class _Tally:
    """All reports of a call in one."""

    def __init__(self) -> None:
        self._lost = _Lost(0, 0, 0, 0)
        self._reports = 0
        self._mos = 0.0
        self._least = 5.0
        self._jitter = self._rtt = 0.0

    def add(self, lost: _Lost, score: float, jitter: float, rtt: float) -> Overall:
        """With one report more."""
        sums = (a + b for a, b in zip(astuple(self._lost), astuple(lost), strict=True))
        self._lost = _Lost(*sums)
        self._reports += 1
        self._mos += score
        self._least = min(self._least, score)
        self._jitter, self._rtt = max(self._jitter, jitter), max(self._rtt, rtt)
        return Overall(
            mos=round(self._mos / self._reports, 2),
            least_mos=round(self._least, 2),
            loss_in=round(self._lost.percent_in, 1),
            loss_out=round(self._lost.percent_out, 1),
            most_jitter=round(self._jitter, 1),
            most_rtt=round(self._rtt, 1),
        )


_NOTHING = Report(0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0)


def mos(loss: float, delay: float) -> float:
    """The mean opinion score, 1 to 4.4, for ``loss`` in percent and a one-way ``delay`` in milliseconds.

    The delay's part is the usual straight-line form of G.107's Idd, which bends at 177.3 ms.
    """
    impaired_by_delay = 0.024 * delay + 0.11 * max(0.0, delay - 177.3)
    impaired_by_loss = 95.0 * loss / (loss + _ROBUSTNESS)
    rating = min(100.0, max(0.0, _R0 - impaired_by_delay - impaired_by_loss))
    return max(1.0, 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating))


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole > 0 else 0.0
