"""How often a port without a device wakes: one block or several at once, at the same pace."""

from __future__ import annotations

import pytest

from sip.audio.silence_port import Pacer


class Clock:
    """Time that passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 4))
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("sip.audio.silence_port.time", made)
    return made


@pytest.mark.parametrize(("blocks", "every"), [(1, 0.01), (2, 0.02), (3, 0.03)])
def test_so_many_blocks_pass_together_and_none_sooner_than_they_are_due(
    clock: Clock, blocks: int, every: float
) -> None:
    pacer = Pacer(blocks)
    for _ in range(4):
        pacer.wait()
    assert clock.slept == [every] * 4


def test_after_a_stall_it_begins_anew_and_does_not_rush(clock: Clock) -> None:
    pacer = Pacer(2)
    clock.now += 1.0
    for _ in range(2):
        pacer.wait()
    assert clock.slept == [0.02]
