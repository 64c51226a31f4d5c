"""Findings for people, one after the other as they come, and for machines, all at once. Pure."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from dataclasses import asdict

from doctor.findings import Finding, Verdict, any_failed

_MARKS = {Verdict.GOOD: "✔", Verdict.WARNING: "▲", Verdict.FAILED: "✖", Verdict.SKIPPED: "–"}
_COLOURS = {Verdict.GOOD: "32", Verdict.WARNING: "33", Verdict.FAILED: "31", Verdict.SKIPPED: "2"}
_CHECK_WIDTH = 14
_CURE = "→ "


def lines(finding: Finding, width: int, *, colour: bool) -> str:
    """One finding in a table of ``width`` columns, its cure below it."""
    mark = _MARKS[finding.verdict]
    if colour:
        mark = f"\x1b[{_COLOURS[finding.verdict]}m{mark}\x1b[0m"
    margin = " " * (_CHECK_WIDTH + 2)
    room = max(20, width - len(margin))
    told = textwrap.wrap(finding.found, room) or [""]
    told += textwrap.wrap(finding.cure, room, initial_indent=_CURE, subsequent_indent="  ")
    head = f"{mark} {finding.check:<{_CHECK_WIDTH}}"
    return "\n".join([f"{head}{told[0]}", *(f"{margin}{line}" for line in told[1:])])


def summary(findings: Iterable[Finding]) -> str:
    """The last line."""
    found = list(findings)
    counts = {verdict: sum(one.verdict is verdict for one in found) for verdict in Verdict}
    if counts[Verdict.FAILED]:
        return f"{counts[Verdict.FAILED]} of {len(found)} checks failed; begin with the first."
    if counts[Verdict.WARNING]:
        return f"Calls work. {counts[Verdict.WARNING]} of {len(found)} checks have something to say."
    return "All is well."


def document(findings: Iterable[Finding]) -> str:
    """All findings as JSON: ``{"ok": bool, "findings": [{check, verdict, found, cure, figures}]}``."""
    found = list(findings)
    told = {"ok": not any_failed(found), "findings": [asdict(finding) for finding in found]}
    return json.dumps(told, ensure_ascii=False, indent=2)
