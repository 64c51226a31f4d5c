"""The doctor's process beside a desk: the real one, and such as break off, talk nonsense or never end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from agent_tui.adapters import doctor_wire
from agent_tui.adapters.doctor_process import DoctorProcess
from agent_tui.ports import DoctorGone
from agent_tui.session.findings import Finding, Verdict
from agent_tui.text.catalogue import Phrase, Told, use
from tests.stubs.doctor import FOUND

BROKEN = '[sip]\nuser = "1001"\ndomain = "pbx.example.com"\n[hub]\nagnet = "x"\n'

Program = Callable[[str], None]


async def told_by(doctor: DoctorProcess) -> list[Finding | Told]:
    return [one async for one in doctor.examine(sound=False, size=(100, 30))]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Have this program of Python in the doctor's place."""

    def put(text: str) -> None:
        file = tmp_path / "python"
        file.write_text(f"#!{sys.executable}\nimport os, sys\n{text}\n", encoding="utf-8")
        file.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(file))

    return put


async def test_the_doctor_itself_tells_each_finding_in_the_language_of_the_desk(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(BROKEN, encoding="utf-8")
    use("he")
    told = await told_by(DoctorProcess(config))
    found = {one.check: one for one in told if isinstance(one, Finding)}
    assert found["size"].found == "100 × 30"
    assert found["settings"].verdict is Verdict.FAILED
    assert "אין הגדרות לבדוק לפיהן" in str(found["the rest"].found)


async def test_whoever_stops_listening_ends_it(program: Program, tmp_path: Path) -> None:
    program(
        'print(os.getpid() and \'{"asked": "%d"}\' % os.getpid(), flush=True)\n'
        "sys.stdin = open('/dev/zero'); sys.stdin.read()"
    )
    doctor = DoctorProcess(tmp_path / "config.toml")
    async with aclosing(doctor.examine(sound=True, size=(80, 24))) as told:
        process = int(str(await anext(told)))
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


async def test_one_that_never_ends_is_ended(program: Program, tmp_path: Path) -> None:
    program("open('/dev/zero').read()")
    with pytest.raises(DoctorGone, match="did not end in time"):
        await told_by(DoctorProcess(tmp_path / "config.toml", within=0.2))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("print('nonsense')", "does not understand"),
        ("print('x' * 1_000_000)", "does not understand"),
        ("sys.exit(3)", "broke off"),
    ],
)
async def test_one_that_fails_says_so(text: str, words: str, program: Program, tmp_path: Path) -> None:
    program(text)
    with pytest.raises(DoctorGone, match=words):
        await told_by(DoctorProcess(tmp_path / "config.toml"))


async def test_one_that_cannot_be_started_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(DoctorGone, match="does not start"):
        await told_by(DoctorProcess(tmp_path / "config.toml"))


@pytest.mark.parametrize("told", FOUND)
def test_what_is_told_arrives_as_it_was(told: Finding | Told) -> None:
    assert doctor_wire.read(doctor_wire.written(told).encode()) == told


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"nonsense",
        b"\xff",
        b"[" * 100_000,
        b'{"check": "x", "verdict": "fine", "found": "", "cure": ""}',
        b'{"check": "x", "verdict": "good", "found": null, "cure": ""}',
        b'{"asked": {"text": "{x}", "many": "", "count": 1, "context": "", "values": {}}}',
        b'{"asked": {"text": "{", "many": "", "count": 1, "context": "", "values": {}}}',
    ],
)
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        doctor_wire.read(line)


def test_values_are_cleaned_as_they_come() -> None:
    hostile = Phrase("{why}", why="\x1b]52;c;eA==\x07x")
    told = doctor_wire.read(doctor_wire.written(hostile).encode())
    assert isinstance(told, Phrase)
    assert told.values == (("why", "]52;c;eA==x"),)
