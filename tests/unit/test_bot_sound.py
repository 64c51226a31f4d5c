"""What a bot hears, judged: a tone, its absence, loudness, silence."""

from __future__ import annotations

import math
from array import array
from typing import Any

import pytest

from bots.scenario import SoundExpected
from bots.sound import SILENCE, Heard, judged, level, tone_level
from bots.tone_port import TonePort, one_block

RATE = 16_000


def tone(hertz: int, seconds: float = 1.0) -> array[int]:
    return array("h", one_block(hertz, RATE) * round(seconds * 100))


def mixed(*parts: array[int]) -> array[int]:
    return array("h", (sum(samples) for samples in zip(*parts, strict=True)))


def expected(**keys: Any) -> SoundExpected:
    return SoundExpected.model_validate({"actor": "a", "expect": "sound", **keys})


NOISE = array("h", (round(9000 * math.sin(at * at * 0.37)) for at in range(RATE)))
NOTHING = array("h", bytes(2 * RATE))


def test_a_tone_is_as_loud_as_it_was_made() -> None:
    assert level(tone(700)) == pytest.approx(-10.5, abs=0.1)
    assert tone_level(tone(700), RATE, 700) == pytest.approx(-10.5, abs=0.1)
    assert tone_level(tone(700), RATE, 800) < -80
    assert level(NOTHING) == SILENCE


@pytest.mark.parametrize(
    ("samples", "keys", "right"),
    [
        (tone(700), {"tone": 700}, True),
        (tone(800), {"tone": 700}, False),
        (mixed(tone(700), tone(1300)), {"tone": 700}, True),
        (NOTHING, {"tone": 700}, False),
        (NOISE, {"tone": 700}, False),
        (tone(700), {"without_tone": 700}, False),
        (tone(800), {"without_tone": 700}, True),
        (NOTHING, {"without_tone": 700}, True),
        (tone(700), {"louder_than": -20}, True),
        (tone(700), {"louder_than": -5}, False),
        (NOTHING, {"louder_than": -60}, False),
        (NOTHING, {"silence": True}, True),
        (tone(700), {"silence": True}, False),
        (tone(700, 0.9), {"tone": 700}, False),
        (array("h"), {"silence": True}, False),
    ],
)
def test_what_is_heard_is_judged(samples: array[int], keys: dict[str, Any], right: bool) -> None:
    assert judged(Heard(RATE, samples), expected(**keys))[0] is right


def test_one_click_in_a_second_is_no_silence() -> None:
    clicked = array("h", NOTHING)
    clicked[5_000:5_200] = tone(700)[:200]
    assert not judged(Heard(RATE, clicked), expected(silence=True))[0]


def test_only_what_comes_after_the_mark_is_heard() -> None:
    port = TonePort(700)
    port.open(RATE)
    for _ in range(5):
        port.exchange(one_block(1300, RATE))
    begin = port.mark()
    assert port.since(begin, 1.0).seconds == 0
    spoken = port.exchange(one_block(900, RATE))
    assert spoken == one_block(700, RATE)
    port.say(800)
    assert port.exchange(one_block(900, RATE)) == one_block(800, RATE)
    assert port.since(begin, 1.0).samples == array("h", one_block(900, RATE) * 2)
    assert port.since(begin, 0.01).samples == array("h", one_block(900, RATE))
