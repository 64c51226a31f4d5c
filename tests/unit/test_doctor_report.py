"""Findings as programs and people read them, in both languages, in a terminal and in a file."""

from __future__ import annotations

import io
import json

import pytest

from agent_tui.printed import Paper
from agent_tui.screens.views.findings import finding_rows, name_of, summary
from agent_tui.session.findings import Finding
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import Phrase, use
from doctor.findings import any_failed, failed, good, skipped, warning
from doctor.report import document

FINDINGS = [
    good("settings", "config.toml"),
    warning("echo", "heard " * 20, Phrase("Use a headset, or turn the speaker down."), echo_db=-20.5),
    failed("password", "no SIP password in the keyring", "Run `moked login`."),
    skipped("registration", Phrase("there is no password")),
]


class Screen(io.StringIO):
    """A terminal as far as whoever prints can tell."""

    def isatty(self) -> bool:
        return True


def printed(finding: Finding, out: io.StringIO | None = None) -> list[str]:
    out = out or io.StringIO()
    paper = Paper(out)
    with paper.open():
        out.truncate(0)
        out.seek(0)
        paper.put(*finding_rows(finding))
        return out.getvalue().splitlines()


def test_each_finding_has_its_mark_its_words_and_its_cure() -> None:
    shown = [printed(finding) for finding in FINDINGS]
    assert [lines[0][0] for lines in shown] == ["✔", "▲", "✖", "–"]
    assert shown[2] == [
        "✖ password      no SIP password in the keyring",
        "                → Run `moked login`.",
    ]


def test_colours_are_for_terminals_that_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert printed(FINDINGS[2], Screen())[0].startswith("\x1b[31m✖\x1b[0m password")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in "".join(printed(FINDINGS[2], Screen()))


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("out", [io.StringIO, Screen])
def test_no_line_is_wider_than_the_terminal(
    width: int, language: str, out: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    use(language)
    for finding in FINDINGS:
        assert all(len(line) <= width for line in printed(finding, out()))


def test_hebrew_stands_in_order_and_at_the_right_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("TERM_PROGRAM", "MLTERM"):
        monkeypatch.delenv(name, raising=False)
    use("he")
    check, found = printed(FINDINGS[3], Screen())[0].rstrip(), str(FINDINGS[3].found)
    assert check.endswith(" –")
    assert len(check) == 80
    assert visual_text(found) in check
    assert found not in check


def test_a_terminal_that_orders_by_itself_and_a_file_get_hebrew_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    use("he")
    expected = f"– {name_of('registration'):<13} {FINDINGS[3].found}"
    assert printed(FINDINGS[3]) == [expected]
    monkeypatch.setenv("MLTERM", "3.9")
    assert printed(FINDINGS[3], Screen()) == [expected]


def test_what_strangers_said_acts_on_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = "".join(printed(warning("hub", "[red]x[/] \u202eevil", Phrase("Tell the administrator."))))
    assert "[red]x[/]" in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        (FINDINGS, "Checks failed: 1 of 4; begin with the first."),
        (FINDINGS[:2], "Calls work. 1 of 2 checks have something to say."),
        (FINDINGS[:1], "All is well."),
    ],
)
def test_the_last_line_says_how_it_stands(findings: list[Finding], words: str) -> None:
    assert str(summary(findings)) == words


def test_programs_get_all_of_it() -> None:
    told = json.loads(document(FINDINGS))
    assert told["ok"] is False
    assert told["findings"][1] == {
        "check": "echo",
        "verdict": "warning",
        "found": "heard " * 20,
        "cure": "Use a headset, or turn the speaker down.",
        "figures": {"echo_db": -20.5},
    }
    assert json.loads(document(FINDINGS[:2]))["ok"] is True


def test_programs_get_no_marks_of_direction() -> None:
    told = good(
        "hub", Phrase("{url} knows you as {name}, extension {extension}", url="u", name="נועם", extension="2")
    )
    assert json.loads(document([told]))["findings"][0]["found"] == "u knows you as נועם, extension 2"


def test_only_a_failure_fails() -> None:
    assert any_failed(FINDINGS)
    assert not any_failed([FINDINGS[0], FINDINGS[1], FINDINGS[3]])
