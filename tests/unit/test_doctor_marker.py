"""The doctor's marker: found where it is, however late and weak, and nowhere else."""

from __future__ import annotations

import random

import pytest

from doctor import marker
from sip.audio.samples import silence

RATE = 8_000
FRAMES = RATE // 100


def played() -> bytes:
    return b"".join(marker.block(number, RATE) for number in range(marker.BLOCKS))


def heard(pcm: bytes) -> list[float]:
    size = FRAMES * 2
    return [marker.strength(pcm[at : at + size], RATE) for at in range(0, marker.BLOCKS * size, size)]


def weaker(pcm: bytes, times: int) -> bytes:
    samples = memoryview(bytearray(pcm)).cast("h")
    for at, sample in enumerate(samples):
        samples[at] = sample // times
    return samples.tobytes()


def noise(seed: int, peak: int) -> bytes:
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    samples = memoryview(bytearray(marker.BLOCKS * FRAMES * 2)).cast("h")
    for at in range(len(samples)):
        samples[at] = chance.randint(-peak, peak)
    return samples.tobytes()


@pytest.mark.parametrize("frames", [0, 1, 39, 80, 400, 1_001, 4_800, 7_839])
@pytest.mark.parametrize("times", [1, 10, 100])
def test_a_delay_is_found_to_the_block_and_a_loss_to_the_decibel(frames: int, times: int) -> None:
    found = marker.find(heard(silence(frames) + weaker(played(), times)))
    assert found is not None
    assert abs(found.delay_ms - 1000 * frames / RATE) <= 10
    assert abs(found.weaker_db - {1: 0, 10: 20, 100: 40}[times]) < 1


def test_it_is_found_in_a_noisy_room() -> None:
    mixed = memoryview(bytearray(noise(1, 300))).cast("h")
    quiet = memoryview(silence(1_600) + weaker(played(), 20)).cast("h")
    for at in range(len(mixed)):
        mixed[at] += quiet[at]
    found = marker.find(heard(mixed.tobytes()))
    assert found is not None
    assert abs(found.delay_ms - 200) <= 10


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_marker(seed: int) -> None:
    assert marker.find(heard(noise(seed, 3_000))) is None


def test_silence_and_a_steady_tone_are_no_marker() -> None:
    assert marker.find(heard(silence(marker.BLOCKS * FRAMES))) is None
    assert marker.find([-20.0] * marker.BLOCKS) is None
