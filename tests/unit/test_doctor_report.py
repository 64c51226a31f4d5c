"""Findings as people and programs read them."""

from __future__ import annotations

import json

import pytest

from doctor.findings import Finding, any_failed, failed, good, skipped, warning
from doctor.report import document, lines, summary

FINDINGS = [
    good("settings", "config.toml"),
    warning("echo", "heard " * 20, "Use a headset.", echo_db=-20.5),
    failed("password", "no SIP password in the keyring", "Run `moked login`."),
    skipped("registration", "there is no password"),
]


def test_each_finding_has_its_mark_its_words_and_its_cure() -> None:
    shown = [lines(finding, 80, colour=False) for finding in FINDINGS]
    assert [text[0] for text in shown] == ["✔", "▲", "✖", "–"]
    assert shown[2].splitlines() == [
        "✖ password      no SIP password in the keyring",
        "                → Run `moked login`.",
    ]
    assert "\x1b" not in "".join(shown)
    assert lines(FINDINGS[2], 80, colour=True).startswith("\x1b[31m✖\x1b[0m password")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for finding in FINDINGS:
        assert all(len(line) <= width for line in lines(finding, width, colour=False).splitlines())


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        (FINDINGS, "1 of 4 checks failed; begin with the first."),
        (FINDINGS[:2], "Calls work. 1 of 2 checks have something to say."),
        (FINDINGS[:1], "All is well."),
    ],
)
def test_the_last_line_says_how_it_stands(findings: list[Finding], words: str) -> None:
    assert summary(findings) == words


def test_programs_get_all_of_it() -> None:
    told = json.loads(document(FINDINGS))
    assert told["ok"] is False
    assert told["findings"][1] == {
        "check": "echo",
        "verdict": "warning",
        "found": "heard " * 20,
        "cure": "Use a headset.",
        "figures": {"echo_db": -20.5},
    }
    assert json.loads(document(FINDINGS[:2]))["ok"] is True


def test_only_a_failure_fails() -> None:
    assert any_failed(FINDINGS)
    assert not any_failed([FINDINGS[0], FINDINGS[1], FINDINGS[3]])
