"""One-way audio, noticed by counting what the audio thread and RTCP tell."""

from __future__ import annotations

import pytest

from sip.audio.levels import Levels
from sip.audio.samples import SILENCE_DBFS
from sip.events import Missing, SoundBack, SoundLost
from sip.quality import Report
from sip.sound_watch import LEVELS, Change, Patience, SoundWatch

TALK = Levels(-30.0, -30.0, arrived=True)
DEAF = Levels(-30.0, SILENCE_DBFS, arrived=False)
DUMB = Levels(SILENCE_DBFS, -30.0, arrived=True, dead=True)


@pytest.fixture
def watch() -> SoundWatch:
    return SoundWatch("c1", Patience())


def tell(
    watch: SoundWatch, levels: Levels, times: int, *, talking: bool = True, muted: bool = False
) -> list[Change]:
    return [change for _ in range(times) for change in watch.heard(levels, talking=talking, muted=muted)]


@pytest.mark.parametrize(
    ("levels", "missing"), [(DEAF, Missing.NOTHING_ARRIVES), (DUMB, Missing.MICROPHONE_SILENT)]
)
def test_three_seconds_of_nothing_are_told_once_and_so_is_the_end(
    watch: SoundWatch, levels: Levels, missing: Missing
) -> None:
    assert tell(watch, levels, LEVELS - 1) == []
    assert tell(watch, levels, 1) == [SoundLost("c1", missing)]
    assert tell(watch, levels, 100) == []
    assert tell(watch, TALK, 5) == [SoundBack("c1", missing)]


def test_a_gap_in_between_begins_the_count_anew(watch: SoundWatch) -> None:
    for _ in range(5):
        assert tell(watch, DEAF, LEVELS - 1) == []
        assert tell(watch, TALK, 1) == []


def test_quiet_people_are_not_silent_lines(watch: SoundWatch) -> None:
    assert tell(watch, Levels(-80.0, SILENCE_DBFS, arrived=True), 200) == []


def test_on_hold_nothing_is_missed_and_what_was_is_forgotten(watch: SoundWatch) -> None:
    assert tell(watch, DEAF, 200, talking=False) == []
    tell(watch, DEAF, LEVELS)
    assert tell(watch, DEAF, 1, talking=False) == [SoundBack("c1", Missing.NOTHING_ARRIVES)]


def test_a_muted_microphone_is_meant_to_be_silent(watch: SoundWatch) -> None:
    assert tell(watch, DUMB, 200, muted=True) == []


def test_what_suppresses_noise_may_leave_nothing(watch: SoundWatch) -> None:
    assert tell(watch, Levels(SILENCE_DBFS, -30.0, arrived=True), 200) == []


def test_a_microphone_with_a_noise_gate_is_given_more_and_more_time() -> None:
    patience = Patience()
    told: list[object] = []
    for wait in (LEVELS * times for times in (1, 3, 9, 27, 27)):
        watch = SoundWatch("c1", patience)  # of another call
        told.append(len(tell(watch, DUMB, wait - 1)))
        told += [type(change) for change in tell(watch, DUMB, 1) + tell(watch, TALK, 1)]
    assert told == [0, SoundLost, SoundBack] * 5


def test_muting_is_no_sign_of_a_noise_gate() -> None:
    patience = Patience()
    watch = SoundWatch("c1", patience)
    tell(watch, DUMB, LEVELS)
    assert tell(watch, DUMB, 1, muted=True) == [SoundBack("c1", Missing.MICROPHONE_SILENT)]
    assert patience.levels == LEVELS


def reported(watch: SoundWatch, reports: int, **of_ours: float) -> list[Change]:
    counts = {"lost_out": 0, "jitter_out": 0.0, "rtt": 0.0} | of_ours
    report = Report(50, 0, 50, int(counts["lost_out"]), 2.0, counts["jitter_out"], counts["rtt"], 20.0)
    return [change for _ in range(reports) for change in watch.reported(report)]


def test_a_far_end_that_never_got_anything_of_ours_is_told(watch: SoundWatch) -> None:
    assert reported(watch, 7) == []
    assert reported(watch, 20) == [SoundLost("c1", Missing.NOT_RECEIVED)]
    assert reported(watch, 1, rtt=0.4) == [SoundBack("c1", Missing.NOT_RECEIVED)]


@pytest.mark.parametrize("trace", [{"rtt": 0.1}, {"jitter_out": 0.125}, {"lost_out": 1}])
def test_any_trace_of_ours_is_enough(watch: SoundWatch, trace: dict[str, float]) -> None:
    assert reported(watch, 100, **trace) == []
