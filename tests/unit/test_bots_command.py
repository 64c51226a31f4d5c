"""``moked bot run``: what cannot be played is told before anybody is called, and is no success."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.command import main
from bots.player import Played
from bots.runner import Runner
from tests.stubs.scenarios import CALL

_DESK = '[[actors]]\nname = "{name}"\nkind = "agent"\n[[steps]]\nactor = "{name}"\ndo = "ready"\n'
_WRITER = """\
[[actors]]
name = "noa"
kind = "whatsapp_customer"
numbers = ["+972505550122"]
[[steps]]
actor = "noa"
do = "write"
text = "Hello"
"""
_SETTINGS = """\
[exchange]
domain = "127.0.0.1:1"
transport = "udp"
[[agents]]
name = "dana"
user = "1101"
"""
_HUB = '[hub]\nurl = "http://127.0.0.1:1"\n'
_CLOUD = """\
[whatsapp]
listen = "127.0.0.1:1"
webhooks = "http://127.0.0.1:1/whatsapp"
phone_number_id = "1"
"""
_SECRETS = ("TRUNK_PASSWORD", "DANA_PASSWORD", "DANA_TOKEN", "WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET")


@pytest.fixture(autouse=True)
def plays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many scenarios were to be played; none is."""
    begun: list[int] = []

    async def run(_self: Runner, files: list[object], _stop: object) -> list[Played]:
        begun.append(len(files))
        return []

    monkeypatch.setattr(Runner, "run", run)
    for name in _SECRETS:
        monkeypatch.setenv(f"MOKED_BOT_{name}", "hush")
    return begun


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bots.toml").write_text(_SETTINGS + _HUB + _CLOUD, "utf-8")
    return tmp_path


def scenario(place: Path, more: str = "", name: str = "one") -> str:
    path = place / f"{name}.toml"
    path.write_text(CALL.format(title=name) + more, "utf-8")
    return str(path)


def test_what_can_be_played_is_played(place: Path, plays: list[int]) -> None:
    everybody = _DESK.format(name="dana") + _WRITER
    reports = ("--junit", "results.xml", "--json-lines", "results.jsonl")
    assert main(["run", scenario(place, everybody), *reports]) == 0
    assert plays == [1]
    assert (place / "results.xml").read_text("utf-8").startswith("<?xml")
    assert (place / "results.jsonl").exists()


@pytest.mark.parametrize("more", [(), ("--check",)])
def test_a_directory_without_scenarios_is_no_success(
    place: Path, plays: list[int], capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    (place / "none").mkdir()
    assert main(["run", scenario(place), "none", *more]) == 2
    assert "none: no scenario is in it" in capsys.readouterr().err
    assert plays == []


def test_a_name_that_is_nobodys_tells_which_are_shipped(
    place: Path, plays: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "a_call_with_al"]) == 2
    told = capsys.readouterr().err
    assert "a_call_with_al: there is no such file" in told
    assert "a_call_with_all, handed_on" in told
    assert (place.exists(), plays) == (True, [])


def test_without_settings_it_says_where_they_are_shown(
    place: Path, plays: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "bots.toml").unlink()
    assert main(["run", scenario(place)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("bots.toml: there is no such file: ")
    assert "docs/testers.md" in told
    assert plays == []


@pytest.mark.parametrize(
    ("missing", "more"),
    [
        (_SECRETS[:1], ""),
        (_SECRETS[1:2], _DESK.format(name="dana")),
        (_SECRETS[1:3], _DESK.format(name="dana")),
        (_SECRETS[3:4], _WRITER),
        (_SECRETS[:5], _DESK.format(name="dana") + _WRITER),
    ],
)
def test_secrets_that_are_missing_are_named_before_anybody_is_called(
    place: Path,
    plays: list[int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    missing: tuple[str, ...],
    more: str,
) -> None:
    for name in missing:
        monkeypatch.delenv(f"MOKED_BOT_{name}")
    assert main(["run", scenario(place, more), scenario(place, more, "two")]) == 2
    told = capsys.readouterr().err
    assert [told.count(f"MOKED_BOT_{name}") for name in _SECRETS] == [name in missing for name in _SECRETS]
    assert plays == []


@pytest.mark.parametrize(
    ("settings", "more", "words"),
    [
        (_SETTINGS + _HUB, _DESK.format(name="noam"), "the settings have no agent 'noam'; they have dana"),
        (_SETTINGS, _DESK.format(name="dana"), "agents need a hub"),
        (_SETTINGS + _HUB, _WRITER, "give [whatsapp] in the settings"),
    ],
)
def test_who_is_missing_in_the_settings_is_named_before_anybody_is_called(
    place: Path,
    plays: list[int],
    capsys: pytest.CaptureFixture[str],
    settings: str,
    more: str,
    words: str,
) -> None:
    (place / "bots.toml").write_text(settings, "utf-8")
    assert main(["run", scenario(place, more)]) == 2
    assert words in capsys.readouterr().err
    assert plays == []


@pytest.mark.parametrize("report", ["--junit", "--json-lines"])
def test_a_report_that_cannot_be_written_is_told_before_anybody_is_called(
    place: Path, plays: list[int], capsys: pytest.CaptureFixture[str], report: str
) -> None:
    assert main(["run", scenario(place), report, "nowhere/results"]) == 2
    assert "nowhere/results cannot be written: No such file or directory" in capsys.readouterr().err
    assert plays == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--times", "0"), "--times: a whole number from 1 to 100000 is needed"),
        (("--at-once", "two"), "--at-once: a whole number from 1 to 100000 is needed"),
        (("--rate", "-1"), "--rate: a number above 0 and up to 1000 is needed"),
        (("--rate", "fast"), "--rate: a number above 0 and up to 1000 is needed"),
    ],
)
def test_a_number_that_is_none_says_which_are(
    place: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, str], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", scenario(place), *given])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
