"""An echo call's figures as the doctor judges them: each limit by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.session.findings import Verdict
from doctor.line import judged
from doctor.marker import Returned
from sip.events import CallQuality, Overall

BACK = Returned(120.0, 3.0)
OVERALL = Overall(mos=4.3, least_mos=4.2, loss_in=0.5, loss_out=0.4, most_jitter=12.0, most_rtt=90.0)
QUALITY = CallQuality("c1", 4.3, 0.0, 0.0, 3.0, 80.0, OVERALL)


def test_a_good_call() -> None:
    finding = judged(QUALITY, BACK)
    assert finding.verdict is Verdict.GOOD
    assert (
        str(finding.found)
        == "our voice is back after 120 ms, network 80 ms, jitter 12 ms, loss 0.5 %, MOS 4.3"
    )
    assert finding.figures == {
        "round_trip_ms": 120.0,
        "network_ms": 80.0,
        "jitter_ms": 12.0,
        "loss_in_percent": 0.5,
        "loss_out_percent": 0.4,
        "mos": 4.3,
    }


@pytest.mark.parametrize("worse", [{"loss_in": 3.1}, {"loss_out": 3.1}, {"most_jitter": 31.0}, {"mos": 3.4}])
def test_each_limit_of_the_call_counts(worse: dict[str, float]) -> None:
    assert judged(replace(QUALITY, overall=replace(OVERALL, **worse)), BACK).verdict is Verdict.WARNING


def test_a_long_way_counts() -> None:
    assert judged(replace(QUALITY, rtt=401.0), BACK).verdict is Verdict.WARNING


def test_an_exchange_that_reports_nothing_is_no_fault() -> None:
    finding = judged(None, BACK)
    assert (finding.verdict, finding.figures) == (Verdict.GOOD, {"round_trip_ms": 120.0})


def test_a_voice_that_does_not_come_back_fails_whatever_was_reported() -> None:
    assert judged(QUALITY, None).verdict is Verdict.FAILED
