"""The doctor speaks the language of the settings, also of such as are wrong; programs get English."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent_tui.session.findings import Verdict
from doctor.examination import Wish, examine
from tests.e2e.processes import moked_env

BROKEN = '[sip]\nuser = "1001"\ndomain = "pbx.example.com"\n[hub]\nagnet = "x"\n[desk]\nlanguage = "he"\n'


def doctor(directory: Path, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    config = directory / "config.toml"
    config.write_text(BROKEN, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "doctor", "--config", str(config), *options],
        env=moked_env(directory, **environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def test_it_speaks_the_language_of_settings_that_are_wrong(tmp_path: Path) -> None:
    ran = doctor(tmp_path)
    assert ran.returncode == 1
    assert "✖ הגדרות" in ran.stdout
    assert "agnet" in ran.stdout
    assert "בדיקות שנכשלו: 1 מתוך" in ran.stdout


def test_programs_read_the_same_english_in_every_language(tmp_path: Path) -> None:
    hebrew = doctor(tmp_path, "--json", LANG="he_IL.UTF-8")
    english = doctor(tmp_path, "--json", LANG="C.UTF-8")
    assert hebrew.stdout == english.stdout
    told = {one["check"]: one for one in json.loads(hebrew.stdout)["findings"]}
    assert told["the rest"]["found"] == "there are no settings to look at it with"


@pytest.mark.parametrize("options", [["--help"], ["--ehco", "600"]])
def test_its_help_is_in_the_language_too(tmp_path: Path, options: list[str]) -> None:
    ran = doctor(tmp_path, *options, LANG="he_IL.UTF-8")
    told = ran.stdout if "--help" in options else ran.stderr
    assert "--no-sound     בלי בדיקה" in told
    assert (ran.returncode, "--ehco 600" in told) == ((0, False) if "--help" in options else (2, True))


@pytest.mark.parametrize(
    ("codecs", "verdict"),
    [
        ('["g722", "opus"]', Verdict.WARNING),
        ('["opus"]', Verdict.GOOD),
        ('["g722", "pcma"]', Verdict.GOOD),
    ],
)
async def test_settings_that_ask_for_what_is_not_offered_are_pointed_out(
    tmp_path: Path, codecs: str, verdict: Verdict
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[sip]\nuser = "1001"\ndomain = "pbx.example.com"\ncodecs = {codecs}\n', "utf-8")
    async for finding in examine(Wish(config, echo="", sound=False, ask_terminal=False), lambda _told: None):
        if finding.check == "settings":
            assert finding.verdict is verdict
            assert ("Opus is not offered" in str(finding.found)) == (verdict is Verdict.WARNING)
            break
    else:
        pytest.fail("the settings were not looked at")
