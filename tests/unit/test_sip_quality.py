"""Reports of RTCP made into what an agent is told of the line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.events import CallQuality, Complaint
from sip.quality import QualityMeter, Report, mos

SECOND = 50
"""Packets of 20 ms."""
GOOD = Report(SECOND, 0, SECOND, 0, 2.0, 2.0, 30.0, 20.0)


class Line:
    """A call of one report a second."""

    def __init__(self) -> None:
        self._meter = QualityMeter("c1")
        self._now = Report(0, 0, 0, 0, 0.0, 0.0, 0.0, 20.0)

    def second(
        self, *, lost_in: int = 0, lost_out: int = 0, jitter: float = 2.0, rtt: float = 30.0
    ) -> CallQuality:
        now = self._now
        self._now = replace(
            now,
            received=now.received + SECOND - lost_in,
            lost_in=now.lost_in + lost_in,
            sent=now.sent + SECOND,
            lost_out=now.lost_out + lost_out,
            jitter_in=jitter,
            rtt=rtt,
        )
        return self._meter.take(self._now)

    def seconds(self, count: int, **how: float) -> list[CallQuality]:
        return [self.second(**how) for _ in range(count)]  # type: ignore[arg-type]


def test_a_good_line_has_nothing_to_complain_of() -> None:
    told = Line().seconds(30)
    assert {quality.complaints for quality in told} == {()}
    assert all(4.3 < quality.mos < 4.5 for quality in told)
    last = told[-1]
    assert (last.loss_in, last.loss_out, last.jitter, last.rtt) == (0.0, 0.0, 2.0, 30.0)


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ({"lost_in": 2}, Complaint.GAPS_IN),
        ({"lost_out": 2}, Complaint.GAPS_OUT),
        ({"jitter": 31.0}, Complaint.JITTER),
        ({"rtt": 401.0}, Complaint.DELAY),
        ({"rtt": 700.0}, Complaint.POOR),
        ({"lost_in": 8}, Complaint.POOR),
    ],
)
def test_each_complaint_is_made_and_withdrawn(bad: dict[str, float], complaint: Complaint) -> None:
    line = Line()
    line.seconds(5)
    told = line.seconds(5, **bad)
    assert complaint not in told[0].complaints, "one bad second is no bad line"
    assert complaint in told[-1].complaints
    assert complaint not in line.seconds(6)[-1].complaints


@pytest.mark.parametrize("fair", [{"jitter": 30.0}, {"rtt": 400.0}, {"lost_out": 1}])
def test_what_is_just_bearable_is_no_complaint(fair: dict[str, float]) -> None:
    assert Line().seconds(10, **fair)[-1].complaints == ()


def test_two_bad_of_five_are_not_enough_and_three_are() -> None:
    two, three = Line(), Line()
    for line, bad in ((two, (1, 3)), (three, (0, 2, 4))):
        told = [line.second(rtt=700.0 if number in bad else 30.0) for number in range(5)][-1]
        assert (Complaint.POOR in told.complaints) is (line is three)


def test_the_whole_call_is_summed_up() -> None:
    line = Line()
    line.seconds(50)
    line.seconds(10, lost_in=10, jitter=40.0, rtt=250.0)
    overall = line.seconds(40)[-1].overall
    assert (overall.loss_in, overall.loss_out) == (2.0, 0.0)
    assert (overall.most_jitter, overall.most_rtt) == (40.0, 250.0)
    assert overall.least_mos < 3
    assert 4 < overall.mos < 4.4


def test_a_stream_that_begins_anew_is_counted_anew() -> None:
    meter = QualityMeter("c1")
    for _ in range(3):
        meter.take(replace(GOOD, received=500, lost_in=40))
    anew = meter.take(replace(GOOD, received=40, lost_in=10))
    assert anew.loss_in == 20.0


def test_two_reports_are_too_few_to_complain_of() -> None:
    told = Line().seconds(3, lost_in=10, rtt=900.0)
    assert [bool(quality.complaints) for quality in told] == [False, False, True]


def test_few_lost_packets_are_made_up_and_many_are_heard() -> None:
    assert mos(3.0, 60.0) > 3.8
    assert mos(15.0, 60.0) < 3.0


LOSS, DELAY = st.floats(0, 100), st.floats(0, 5_000)


@given(LOSS, DELAY)
def test_a_mos_is_a_mos(loss: float, delay: float) -> None:
    assert 1.0 <= mos(loss, delay) <= 4.5


@given(LOSS, LOSS, DELAY)
def test_more_loss_never_sounds_better(one: float, other: float, delay: float) -> None:
    less, more = sorted((one, other))
    assert mos(more, delay) <= mos(less, delay) + 1e-9


COUNTS = st.integers(0, 2**31)


@given(
    st.lists(
        st.builds(Report, COUNTS, COUNTS, COUNTS, COUNTS, *[st.floats(0, 1e6)] * 4), min_size=1, max_size=20
    )
)
def test_whatever_is_reported_percents_are_percents(reports: list[Report]) -> None:
    meter = QualityMeter("c1")
    for report in reports:
        told = meter.take(report)
        for percent in (told.loss_in, told.loss_out, told.overall.loss_in, told.overall.loss_out):
            assert 0.0 <= percent <= 100.0
