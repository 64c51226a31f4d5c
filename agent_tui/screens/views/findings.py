"""What the phone doctor found: a row for each check, and its cure below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from agent_tui.screens.views.pointing import pointing
from agent_tui.session.findings import Finding, Verdict
from agent_tui.text.catalogue import Phrase, Told
from agent_tui.widgets.cells import Cell, Row, Tone

_MARKS: Final = {
    Verdict.GOOD: ("✔", Tone.GOOD),
    Verdict.WARNING: ("▲", Tone.WARN),
    Verdict.FAILED: ("✖", Tone.BAD),
    Verdict.SKIPPED: ("–", Tone.DIM),
}
_VERDICTS: Final = {
    Verdict.GOOD: Phrase("all right", context="verdict"),
    Verdict.WARNING: Phrase("warning", context="verdict"),
    Verdict.FAILED: Phrase("FAILED", context="verdict"),
    Verdict.SKIPPED: Phrase("not looked at", context="verdict"),
}
_CHECK: Final = 13
"""Cells of a check's name."""

_NAMES: Final = {
    "unicode": Phrase("unicode", context="check"),
    "colours": Phrase("colours", context="check"),
    "terminal": Phrase("terminal", context="check"),
    "size": Phrase("size", context="check"),
    "cells": Phrase("cells", context="check"),
    "hebrew": Phrase("hebrew", context="check"),
    "settings": Phrase("settings", context="check"),
    "the rest": Phrase("the rest", context="check"),
    "sound": Phrase("sound", context="check"),
    "microphone": Phrase("microphone", context="check"),
    "echo": Phrase("echo", context="check"),
    "priority": Phrase("priority", context="check"),
    "name": Phrase("name", context="check"),
    "certificate": Phrase("certificate", context="check"),
    "password": Phrase("password", context="check"),
    "engine": Phrase("engine", context="check"),
    "registration": Phrase("registration", context="check"),
    "reachable": Phrase("reachable", context="check"),
    "echo call": Phrase("echo call", context="check"),
    "token": Phrase("token", context="check"),
    "hub": Phrase("hub", context="check"),
    "exchange": Phrase("exchange", context="check"),
}


def name_of(check: str) -> str:
    """What people call it."""
    return str(_NAMES.get(check, check))


def finding_rows(finding: Finding) -> Iterator[Row]:
    """One finding, never told by colour alone: its sign stands first."""
    mark, tone = _MARKS[finding.verdict]
    found = Cell(str(finding.found), grow=True, wraps=True)
    yield Row((Cell(mark, tone, width=1), Cell(name_of(finding.check), width=_CHECK), found))
    if finding.cure:
        cure = Cell(str(finding.cure), Tone.STRONG, grow=True, wraps=True)
        yield Row((Cell("", width=1), Cell("", width=_CHECK), Cell(pointing("→"), width=1), cure))


def finding_lines(finding: Finding) -> Iterator[str]:
    """The same to be read aloud, the verdict in a word."""
    verdict = _VERDICTS[finding.verdict]
    yield str(
        Phrase(
            "{verdict}: {check}: {found}", verdict=verdict, check=name_of(finding.check), found=finding.found
        )
    )
    if finding.cure:
        yield str(finding.cure)


def summary(findings: Iterable[Finding]) -> Told:
    """How it stands, all in all."""
    verdicts = [finding.verdict for finding in findings]
    failed, warned = verdicts.count(Verdict.FAILED), verdicts.count(Verdict.WARNING)
    if failed:
        return Phrase(
            "Checks failed: {failed} of {all}; begin with the first.", failed=failed, all=len(verdicts)
        )
    if warned:
        return Phrase(
            "Calls work. {warned} of {all} checks have something to say.", warned=warned, all=len(verdicts)
        )
    return Phrase("All is well.")
