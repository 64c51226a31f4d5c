"""The command ``moked``: what it says without a desk, and that the first picture waits for nothing slow."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from agent_tui import cli, cli_more
from agent_tui.first_picture import picture

SLOW = ("typer", "pydantic", "textual", "httpx", "keyring", "rich", "asyncio", "argparse")
GOOD = '[sip]\nuser = "1001"\ndomain = "pbx.example.com"\n'


def written(directory: Path, text: str = GOOD) -> Path:
    file = directory / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def in_a_terminal(*command: str) -> tuple[int, str]:
    """Run in a pseudo-terminal of 80 × 24; returns exit status and everything written there."""
    ours, theirs = pty.openpty()
    surroundings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings, close_fds=True
    ) as process:
        os.close(theirs)
        seen = bytearray()
        while piece := _read(ours):
            seen += piece
        status = process.wait(timeout=30)
    os.close(ours)
    return status, seen.decode()


def _read(descriptor: int) -> bytes:
    """What was written, empty at the end: Linux tells the end of a pseudo-terminal by EIO (pty(7))."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def _all_written(process: subprocess.Popen[bytes], ours: int, theirs: int) -> bytes:
    """What it writes to its terminal until it ends; both ends of that are closed."""
    os.close(theirs)
    seen = b"".join(iter(lambda: _read(ours), b""))
    process.wait(timeout=30)
    os.close(ours)
    return seen


def test_nothing_slow_is_imported_before_the_first_picture(tmp_path: Path) -> None:
    looked = tmp_path / "modules.json"
    program = f"""
import json, pathlib, sys
from agent_tui import cli, first_picture
def look(picture):
    pathlib.Path({str(looked)!r}).write_text(json.dumps(sorted(sys.modules)))
    raise SystemExit(0)
first_picture.FirstPicture.paint = look
cli.main(["--config", {str(written(tmp_path))!r}])
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
    modules = json.loads(looked.read_text())
    assert "agent_tui.first_picture" in modules
    assert [name for name in modules if name.split(".")[0] in SLOW] == []


def test_the_terminal_is_given_back_before_an_error_is_told(tmp_path: Path) -> None:
    config = written(tmp_path, GOOD + "[hub]\nagnet = 1\n")
    status, seen = in_a_terminal(sys.executable, "-m", "agent_tui", "--config", str(config))
    assert status == 2
    painted, back = seen.index("\x1b[?1049h"), seen.rindex("\x1b[?1049l")
    assert painted < seen.index("moked") < back
    assert "did you mean 'agent'?" in seen[back:]
    assert seen.count("\x1b[?25l") == seen.count("\x1b[?25h")


def test_a_missing_password_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    config = written(tmp_path)
    status, seen = in_a_terminal(sys.executable, "-m", "agent_tui", "--config", str(config))
    told = seen[seen.rindex("\x1b[?1049l") :]
    assert status == 2
    assert "no keyring" in " ".join(told.split())
    assert "MOKED_SIP_PASSWORD" in told


def test_without_settings_it_says_what_to_do(capsys: pytest.CaptureFixture[str], surroundings: Path) -> None:
    assert cli.main([]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    for words in (
        "moked demo",
        "moked enroll",
        "moked login",
        str(surroundings / ".config" / "moked" / "config.toml"),
    ):
        assert words in told.err


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("moked 0.")
    assert cli.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"moked {word}" in told for word in cli.WORDS)


@pytest.mark.parametrize("arguments", [["--confgi", "x"], ["dmeo"], ["--config"], ["--config="]])
def test_what_it_does_not_know_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert cli.main(arguments) == 2
    assert "moked --help" in capsys.readouterr().err


def test_the_settings_file_can_be_named_both_ways() -> None:
    assert cli.parse(["--config", "a.toml"]) == cli.parse(["--config=a.toml"]) == cli.Options(Path("a.toml"))


@pytest.mark.parametrize("size", [(80, 24), (1, 1), (0, 0), (200, 3), (5, 2)])
def test_the_first_picture_fits_its_terminal(size: tuple[int, int]) -> None:
    columns, lines = size
    rows = picture(columns, lines).removeprefix("\x1b[H").removesuffix("\x1b[H").split("\r\n")
    assert len(rows) == max(lines, 1)
    for row in rows:
        shown = "".join(part.partition("m")[2] for part in row.split("\x1b"))
        assert len(shown) <= columns


def login(monkeypatch: pytest.MonkeyPatch, config: Path, *typed: str) -> int:
    answers = iter(typed)
    monkeypatch.setattr(cli_more, "getpass", lambda _prompt: next(answers))
    with pytest.raises(SystemExit) as ended:
        cli.main(["login", "--config", str(config)])
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_login_keeps_the_password_of_a_sip_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = written(tmp_path, GOOD + '[hub]\nurl = "https://hub.example.com"\n')
    assert login(monkeypatch, config, "s1p") == 0
    assert keyring.get_password("moked", "sip:1001@pbx.example.com") == "s1p"


def test_login_leaves_what_is_there_when_nothing_is_typed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keyring.set_password("moked", "sip:1001@pbx.example.com", "before")
    assert login(monkeypatch, written(tmp_path), "") == 0
    assert keyring.get_password("moked", "sip:1001@pbx.example.com") == "before"


def test_login_shows_nothing_that_was_typed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    login(monkeypatch, written(tmp_path), "s1p-secret")
    told = capsys.readouterr()
    assert "s1p-secret" not in told.out + told.err


def test_login_without_settings_or_keyring_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert login(monkeypatch, tmp_path / "none.toml") == 2
    assert "no settings file" in capsys.readouterr().err
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring's own, without hints
    assert login(monkeypatch, written(tmp_path), "s1p") == 2
    assert "MOKED_SIP_PASSWORD" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["hub", "import-customers"], "usage: moked hub import-customers"),
        (["serve"], "usage: moked serve"),
        (["pbx", "diff"], "usage: moked pbx diff"),
    ],
)
def test_a_word_with_a_program_of_its_own_becomes_it(words: list[str], usage: str) -> None:
    command = [sys.executable, "-m", "agent_tui", *words, "--help"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0
    assert usage in told.stdout


def test_an_error_that_quotes_a_file_does_nothing_to_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[sip]\nuser = "1"\ndomain = "x"\n["\\u001b]52;c;eA==\\u0007\\u202e"]\n')
    assert cli.main(["--config", str(config)]) == 2
    told = capsys.readouterr().err
    assert "has no" in told
    assert not {"\x1b", "\x07", "\u202e"} & set(told)
    named = tmp_path / "\x1b]0;owned\x07.toml"
    assert cli.main(["--config", str(named)]) == 2
    assert not {"\x1b", "\x07"} & set(capsys.readouterr().err)


def test_a_terminal_of_lines_alone_is_told_of_the_desk_in_lines(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        (sys.executable, "-m", "agent_tui", "--config", str(written(tmp_path))),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "dumb", "MOKED_SIP_PASSWORD": "of nobody"},
    ) as process:
        seen = _all_written(process, ours, theirs)
    assert process.returncode == 1
    assert "The desk in lines: moked --linear" in " ".join(seen.decode().split())
    assert b"\x1b" not in seen


def test_a_desk_that_nobody_would_see_says_so_where_somebody_looks(tmp_path: Path) -> None:
    """Textual paints through standard error: ``moked 2> log`` would be a screen on which nothing comes."""
    ours, theirs = pty.openpty()
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            (sys.executable, "-m", "agent_tui", "--config", str(written(tmp_path))),
            stdin=theirs,
            stdout=theirs,
            stderr=log,
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "MOKED_SIP_PASSWORD": "of nobody",
            },
        ) as process,
    ):
        seen = _all_written(process, ours, theirs)
    assert process.returncode == 1
    for told in (seen.decode().rpartition("\x1b[?1049l")[2], (tmp_path / "log").read_text()):
        assert "The desk needs a terminal" in " ".join(told.split())
