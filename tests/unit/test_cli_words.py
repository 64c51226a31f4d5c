"""What ``moked`` says without a desk, in the language of the settings, in a pipe and in a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent_tui import cli
from agent_tui.config import ConfigError, load
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import use
from tests.unit.test_cli import GOOD, in_a_terminal

HEBREW = '[desk]\nlanguage = "he"\n'


def written(directory: Path, text: str) -> Path:
    file = directory / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_mistake_in_the_settings_is_told_in_their_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = written(tmp_path, GOOD + '[hub]\nagnet = "1"\n' + HEBREW)
    assert cli.main(["--config", str(config)]) == 2
    told = capsys.readouterr().err
    assert f"{config} שורה 5:" in told
    assert "ב-[hub] לא מוכר: מפתח 'agnet'; האם הכוונה ל-'agent'?" in told


MISTAKES = [
    '[sip]\nuser = ""\ndomain = 5\n',
    GOOD + 'transport = "tsl"\nregister_interval = 5\n',
    GOOD + 'register_interval = "x"\ncodecs = 5\nca_file = 7\n',
    GOOD + f'display_name = "{"x" * 99}"\nfallback_domains = ["a", "b", "c", "d", "e"]\n',
    GOOD + '[audio]\nring_volume = 101\necho_cancellation = "perhaps"\n',
    GOOD + '[hub]\nurl = "http://hub.example.com"\nagent = "a b"\n',
    GOOD + '[phone]\nlinger = "long"\n[desk]\nlanguage = "fr"\n',
    GOOD + '[keys]\nanswer = "a"\nhold = "ctrl+m"\nmute = "ctrl+v"\nswap = "escape"\ndial = "f13"\n',
    GOOD + '[keys]\nanswer = "f3"\n',
    GOOD + 'password = "x"\n',
    "hub = 5\n",
]


@pytest.mark.parametrize("text", MISTAKES)
def test_nothing_of_a_mistake_is_told_in_english(tmp_path: Path, text: str) -> None:
    """Beside what stands in the file or is typed into it."""
    config = written(tmp_path, text)
    use("he")
    with pytest.raises(ConfigError) as caught:
        load(config)
    for english in ("Input", "should", "needs", "has no", "line", "valid", "take", "give", "value"):
        assert english not in str(caught.value).replace(str(config), "")


def test_the_help_is_said_in_the_language_of_the_system(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "he_IL.UTF-8")
    assert cli.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"moked {word}" in told for word in cli.WORDS)
    assert "פתיחת העמדה" in told
    for word in ("enroll", "login"):
        assert cli.main([word, "--help"]) == 0
        assert "קובץ ההגדרות" in capsys.readouterr().out
    assert cli.main(["dmeo"]) == 2
    assert "הפקודה moked אינה מכירה את 'dmeo'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed",
    [
        ["enroll"],
        ["enroll", "--bad"],
        ["enroll", "https://hub.example.com", "--config"],
        ["enroll", "https://hub.example.com", "--auth", "x"],
        ["login", "extra"],
        ["login", "--config"],
        ["demo", "--seed", "x"],
        ["demo", "--sed", "1"],
        ["doctor", "--bad"],
    ],
)
def test_what_is_typed_wrongly_behind_a_word_is_told_in_hebrew(typed: list[str], surroundings: Path) -> None:
    command = [sys.executable, "-m", "agent_tui", *typed]
    environ = {**os.environ, "LC_ALL": "he_IL.UTF-8"}
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environ)
    assert told.returncode == 2
    assert not told.stdout
    assert told.stderr.startswith(f"הפקודה אינה מובנת: moked {' '.join(typed)}\n")
    for english in ("rror", "sage", "ption", "rgument", "required", "invalid"):
        assert english not in told.stderr
    assert f"moked {typed[0]}" in told.stderr or typed[0] == "doctor"


def test_without_settings_it_says_in_hebrew_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "he_IL.UTF-8")
    assert cli.main([]) == 2
    assert "אין קובץ הגדרות" in capsys.readouterr().err


def test_in_a_terminal_hebrew_is_put_in_order(tmp_path: Path) -> None:
    config = written(tmp_path, GOOD + "[hub]\nagnet = 1\n" + HEBREW)
    status, seen = in_a_terminal(sys.executable, "-m", "agent_tui", "--linear", "--config", str(config))
    assert status == 2
    assert visual_text("לא מוכר") in seen


@pytest.mark.parametrize("words", [["login"], ["agent", "--headless"], ["--linear"]])
def test_each_command_of_agents_tells_in_hebrew_what_is_missing(tmp_path: Path, words: list[str]) -> None:
    config = written(tmp_path, GOOD + HEBREW)
    surroundings = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    surroundings.pop("MOKED_SIP_PASSWORD", None)
    told = subprocess.run(
        [sys.executable, "-m", "agent_tui", *words, "--config", str(config)],
        input="s1p\n",
        capture_output=True,
        text=True,
        timeout=60,
        env=surroundings,
        check=False,
    )
    assert told.returncode == 2
    assert "במחשב הזה אין מחזיק מפתחות" in told.stderr
    assert "MOKED_SIP_PASSWORD" in told.stderr
