"""``[callbacks]`` in ``centre.toml``: what is taken and refused, and what the exchange is given for it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from centre.callbacks import Callbacks
from centre.model import load
from hub import sample
from pbx.__main__ import main
from pbx.render import render
from tests.unit.test_pbx_render import CENTRE


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    return Path(shutil.copy(sample.CENTRE, tmp_path / "centre.toml"))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('destinations = ["+972"]', "destinations = []", "destinations"),
        ('destinations = ["+972"]', 'destinations = ["972"]', "destinations"),
        ('destinations = ["+972"]', 'destinations = ["+972."]', "destinations"),
        ("quiet_from = 21:00:00", 'quiet_from = "21:00Z"', "time_zone"),
        ("most_tries = 4", "most_tries = 0", "most_tries"),
        ("slot_capacity = 3", "slots = 3", "slot"),
        ('name = "support"', 'name = "support"\ncallback_digit = "*"', "needs [callbacks] and [routing]"),
        ('name = "support"', 'name = "support"\ncallback_digit = "12"', "callback_digit"),
    ],
)
def test_what_is_wrong_is_named(
    centre: Path, before: str, after: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.write_text(centre.read_text().replace(before, after))
    assert main(["check", str(centre)]) == 1
    assert words in capsys.readouterr().err


def test_the_sample_calls_back_at_home_alone(centre: Path) -> None:
    callbacks = load(centre).callbacks
    assert callbacks is not None
    assert callbacks.reaches("+972505550101")
    assert not callbacks.reaches("+12125550101")


def test_the_hub_may_dial_only_where_the_centre_calls_back() -> None:
    plain, calling = render(CENTRE), render(replace(CENTRE, callbacks=Callbacks(destinations=("+972",))))
    assert "write = agent,reporting\n" in plain["manager.conf"]
    assert "write = agent,reporting,originate\n" in calling["manager.conf"]
    assert "exten" not in plain["callbacks.conf"]
    assert "exten => _+972X.,1," in calling["callbacks.conf"]
