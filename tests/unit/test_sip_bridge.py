"""The audio thread between calls and ports, over sound in memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from sip.audio import bridge
from sip.audio.bridge import Bridge, Scene
from sip.audio.levels import Levels
from sip.audio.playout import CallPcm
from sip.audio.ring import RING_RATE
from sip.audio.samples import SILENCE_DBFS, level
from tests.stubs.pcm import LOUD, QUIET, RATE, MemoryPcm, StepPort


class Case:
    """A bridge, one call and one headset."""

    def __init__(self) -> None:
        self.call = MemoryPcm()
        self.port = StepPort()
        self.levels: queue.Queue[tuple[CallPcm, Levels]] = queue.Queue()
        self.faults: queue.Queue[str] = queue.Queue()
        self.unplugged = threading.Event()
        self.bridge = Bridge(lambda *told: self.levels.put(told), self.faults.put, self.unplugged.set)

    def talk(self, *, muted: bool = False) -> None:
        self.bridge.show(Scene(self.port, self.call, muted=muted))


@pytest.fixture
def case() -> Iterator[Case]:
    made = Case()
    yield made
    made.bridge.close()
    made.bridge.close()
    assert made.port.closed.is_set() or made.port.opened.empty()


def test_the_microphone_reaches_the_far_end(case: Case) -> None:
    case.talk()
    case.port.step()
    assert case.call.sends(LOUD)


def test_a_shut_microphone_is_silence_on_the_line_and_opens_again(case: Case) -> None:
    case.talk()
    case.port.step()
    assert case.call.sends(LOUD)
    case.talk(muted=True)
    case.port.step(5)
    while case.call.gone.qsize():
        case.call.gone.get()
    case.port.step(5)
    assert {case.call.gone.get(timeout=5) for _ in range(4)} == {QUIET}
    case.talk()
    case.port.step()
    assert case.call.sends(LOUD)


def test_muting_does_not_let_the_headset_go(case: Case) -> None:
    case.talk()
    case.port.step()
    case.talk(muted=True)
    case.port.step(3)
    assert case.port.opened.qsize() == 1


def test_a_held_call_lets_the_headset_go_and_is_sent_nothing(case: Case) -> None:
    case.talk()
    case.port.step()
    case.bridge.show(None)
    assert case.port.closed.wait(5)
    while case.call.gone.qsize():
        case.call.gone.get()
    case.talk()
    assert case.port.opened.get(timeout=5) == RATE
    case.port.step()
    assert case.call.sends(LOUD)


def test_two_calls_never_share_the_microphone(case: Case) -> None:
    other = MemoryPcm()
    case.talk()
    case.port.step()
    assert case.call.sends(LOUD)
    case.bridge.show(Scene(case.port, other))
    case.port.step(2)
    assert other.sends(LOUD)
    while case.call.gone.qsize():
        case.call.gone.get()
    case.port.step(5)
    assert case.call.gone.empty()


def test_each_call_may_bring_a_port_of_its_own(case: Case) -> None:
    other, port = MemoryPcm(), StepPort()
    case.talk()
    case.port.step()
    case.bridge.show(Scene(port, other))
    assert case.port.closed.wait(5)
    port.step()
    assert other.sends(LOUD)


def test_it_waits_for_media_and_follows_its_rate(case: Case) -> None:
    case.call.running = 0
    case.talk()
    assert case.port.opened.empty()
    case.call.running = 16_000
    assert case.port.opened.get(timeout=5) == 16_000
    case.call.running = 48_000
    assert case.port.opened.get(timeout=5) == 48_000


def test_a_call_that_comes_in_rings_until_it_is_answered(case: Case) -> None:
    case.bridge.show(Scene(case.port))
    assert case.port.opened.get(timeout=5) == RING_RATE
    assert level(b"".join(case.port.step(10))) == pytest.approx(-18, abs=1)
    case.talk()
    assert case.port.opened.get(timeout=5) == RATE


@pytest.mark.parametrize(("volume", "dbfs"), [(100, -6), (40, -30), (0, SILENCE_DBFS)])
def test_a_ring_is_as_loud_as_it_was_set(case: Case, volume: int, dbfs: float) -> None:
    case.bridge.show(Scene(case.port, volume=lambda: volume))
    assert level(b"".join(case.port.step(10))) == pytest.approx(dbfs, abs=0.5)


def test_levels_are_told_of_what_was_sent_and_heard(case: Case) -> None:
    case.talk()
    case.port.step(10)
    told = [case.levels.get(timeout=5) for _ in range(2)]
    assert {call for call, _levels in told} == {case.call}
    assert max(levels.microphone for _call, levels in told) == pytest.approx(-20, abs=10)
    assert {levels.speaker for _call, levels in told} == {SILENCE_DBFS}
    assert not any(levels.arrived for _call, levels in told)


def test_silence_that_arrives_is_told_from_nothing(case: Case) -> None:
    case.call.come(QUIET * 10)
    case.talk()
    first, second = (case.levels.get(timeout=5)[1] for _ in range(2))
    assert (first.arrived, second.arrived) == (True, False)
    assert {first.speaker, second.speaker} == {SILENCE_DBFS}


@pytest.mark.parametrize("dead", [True, False])
def test_a_dead_microphone_is_told_by_the_port_and_not_by_the_level(case: Case, dead: bool) -> None:
    case.port.dead = dead
    case.talk(muted=True)
    case.port.step(10)
    levels = case.levels.get(timeout=5)[1]
    assert (levels.microphone, levels.dead) == (SILENCE_DBFS, dead)


def test_nobody_judges_a_microphone_that_could_not_be_opened(case: Case) -> None:
    case.port.dead = True
    case.port.broken.set()
    case.talk()
    assert not case.levels.get(timeout=5)[1].dead


def test_a_machine_without_sound_is_told_and_the_call_goes_on(case: Case) -> None:
    case.port.broken.set()
    case.talk()
    assert "headset" in case.faults.get(timeout=5)
    assert case.call.sends(QUIET)


def test_a_headset_that_breaks_off_is_told_once_and_the_call_goes_on(case: Case) -> None:
    case.talk()
    case.port.step()
    case.port.broken.set()
    assert "gone" in case.faults.get(timeout=5)
    assert case.port.opened.get(timeout=5) == RATE
    assert case.call.sends(QUIET)
    assert case.faults.empty()


def test_a_fault_of_ours_costs_a_moment_and_not_the_sound_of_every_call(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody begins a thread that has ended anew: what is talked and what rings after it would be silent."""

    def broken(_speaker: bytes) -> bytes:
        monkeypatch.undo()
        raise LookupError("0521234567")

    monkeypatch.setattr(bridge, "_QUIET", 3)
    case.talk()
    case.port.step()
    assert case.call.sends(LOUD)
    monkeypatch.setattr(case.port, "exchange", broken)
    assert "begins anew" in case.faults.get(timeout=5)
    assert case.faults.get(timeout=5) == ""
    case.port.step(3)
    assert case.call.sends(LOUD)
    case.bridge.show(Scene(case.port))
    case.port.step(3)


def test_what_is_unplugged_is_told_and_nothing_more_gets_out_until_the_agent_unmutes(case: Case) -> None:
    case.talk()
    case.port.step()
    assert case.call.sends(LOUD)
    case.port.unplugged.set()
    assert case.faults.get(timeout=5) == "Headset is unplugged. Your microphone is muted."
    assert case.unplugged.wait(5)
    while case.call.gone.qsize():
        case.call.gone.get()
    # another microphone is open by now, and the call has not yet been told that it is muted
    case.port.step(5)
    case.talk(muted=True)
    case.port.step(5)
    assert {case.call.gone.get(timeout=5) for _ in range(8)} <= {QUIET, QUIET * 2}
    case.talk()
    case.port.step()
    assert case.call.sends(LOUD)


def test_a_ring_whose_speaker_is_unplugged_mutes_nobody(case: Case) -> None:
    case.bridge.show(Scene(case.port))
    case.port.step()
    case.port.unplugged.set()
    assert "unplugged" in case.faults.get(timeout=5)
    case.port.step()
    assert not case.unplugged.is_set()


def test_a_device_that_is_back_is_taken_and_what_was_wrong_is_told_to_be_well(case: Case) -> None:
    case.port.broken.set()
    case.talk()
    assert "plug one in" in case.faults.get(timeout=5)
    case.port.broken.clear()
    case.port.changed.set()
    assert case.faults.get(timeout=5) == ""
    case.port.step()
    assert case.call.sends(LOUD)


def test_another_device_chosen_in_a_call_is_used_from_then_on(case: Case) -> None:
    case.talk()
    assert case.port.opened.get(timeout=5) == RATE
    case.port.step()
    case.port.remark = "the laptop's own is used"
    case.port.changed.set()
    assert case.port.opened.get(timeout=5) == RATE
    assert case.faults.get(timeout=5) == "the laptop's own is used"
    case.port.step()
    assert case.call.sends(LOUD)


def test_nothing_sounds_after_the_end(case: Case) -> None:
    case.talk()
    case.port.step()
    case.bridge.close()
    case.talk()
    assert case.port.closed.is_set()
