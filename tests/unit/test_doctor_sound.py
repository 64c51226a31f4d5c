"""Microphone and echo as the doctor judges them, in rooms of all kinds."""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable

import pytest

from agent_tui.session.findings import Finding, Verdict
from agent_tui.text.catalogue import Told
from doctor import sound
from sip.audio.port import AudioUnavailable
from sip.audio.samples import silence, tone

RATE, FRAMES = 16_000, 160


class Room:
    """An ``AudioPort``: somebody speaks at ``speech`` dBFS while asked to; the speaker reaches the microphone
    ``delay`` blocks later through ``gain``."""

    dead = False

    def __init__(self, speech: float | None = -25.0, gain: float = 0.0, delay: int = 4) -> None:
        self._speech, self._gain = speech, gain
        self._air = deque([silence(FRAMES)] * (delay + 1), maxlen=delay + 1)
        self._blocks = 0
        self.open_now = False
        self.remark = ""

    def open(self, rate: int) -> str:
        assert rate == RATE
        self.open_now = True
        return self.remark

    def exchange(self, speaker: bytes) -> bytes:
        self._air.append(speaker)
        self._blocks += 1
        if self._speech is not None and self._blocks <= sound.SPEECH_SECONDS * 100:
            return tone(300.0, FRAMES, RATE, self._speech)
        samples = memoryview(bytearray(self._air[0])).cast("h")
        for at, sample in enumerate(samples):
            samples[at] = int(sample * self._gain)
        return samples.tobytes()

    def stale(self) -> bool:
        return False

    def close(self) -> None:
        self.open_now = False


class NoRoom(Room):
    def open(self, rate: int) -> str:
        raise AudioUnavailable("no sound: this machine has no microphone")


def examine(room: Room) -> dict[str, Finding]:
    said: list[Told] = []
    findings = {finding.check: finding for finding in sound.examine(room, said.append)}
    assert not room.open_now
    asked = [("Say" in words, "quiet" in words) for words in map(str, said)]
    assert asked[:2] in ([], [(True, False), (False, True)])
    return findings


def test_a_headset_is_good() -> None:
    findings = examine(Room())
    assert {finding.verdict for finding in findings.values()} == {Verdict.GOOD}
    assert findings["microphone"].figures == {"speech_dbfs": -25.0}


@pytest.mark.parametrize(
    ("speech", "verdict", "words"),
    [
        (None, Verdict.FAILED, "mute switch"),
        (-70.0, Verdict.WARNING, "nearer"),
        (-4.0, Verdict.WARNING, "Lower"),
    ],
)
def test_a_microphone_that_troubles(speech: float | None, verdict: Verdict, words: str) -> None:
    finding = examine(Room(speech))["microphone"]
    assert (finding.verdict, words in str(finding.cure)) == (verdict, True)


def test_a_loud_speaker_is_heard_by_the_customer() -> None:
    finding = examine(Room(gain=0.1, delay=7))["echo"]
    assert (finding.verdict, "headset" in str(finding.cure)) == (Verdict.WARNING, True)
    assert abs(float(finding.figures["echo_db"]) + 20) < 1
    assert abs(float(finding.figures["delay_ms"]) - 70) <= 10


def test_a_faint_echo_troubles_nobody() -> None:
    assert examine(Room(gain=0.005))["echo"].verdict is Verdict.GOOD


def test_what_the_port_remarks_is_passed_on() -> None:
    room = Room()
    room.remark = "There is no microphone 'Jabra'; the system's is used."
    sound_found = examine(room)["sound"]
    assert (sound_found.verdict, str(sound_found.found)) == (Verdict.WARNING, room.remark)


def test_without_sound_the_rest_is_not_judged() -> None:
    findings = examine(NoRoom())
    assert findings["sound"].verdict is Verdict.FAILED
    assert "no microphone" in str(findings["sound"].found)
    assert {findings["microphone"].verdict, findings["echo"].verdict} == {Verdict.SKIPPED}


def _refused(thread: int, policy: int, param: os.sched_param) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize(("grant", "verdict"), [(lambda *_: None, Verdict.GOOD), (_refused, Verdict.WARNING)])
def test_whether_voice_goes_first(
    monkeypatch: pytest.MonkeyPatch, grant: Callable[..., None], verdict: Verdict
) -> None:
    monkeypatch.setattr(os, "sched_setscheduler", grant)
    finding = examine(Room())["priority"]
    assert finding.verdict is verdict
    assert ("rtprio" in str(finding.cure)) is (verdict is Verdict.WARNING)
    assert "priority" in examine(NoRoom())
