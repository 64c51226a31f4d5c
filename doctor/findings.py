"""Makes findings of what was looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from agent_tui.session.findings import Finding, Verdict
from agent_tui.text.catalogue import Told


def good(check: str, found: Told, **figures: float | str | bool) -> Finding:
    """All is well."""
    return Finding(check, Verdict.GOOD, found, figures=figures)


def warning(check: str, found: Told, cure: Told, **figures: float | str | bool) -> Finding:
    """It works, with a but."""
    return Finding(check, Verdict.WARNING, found, cure, figures)


def failed(check: str, found: Told, cure: Told, **figures: float | str | bool) -> Finding:
    """It does not work."""
    return Finding(check, Verdict.FAILED, found, cure, figures)


def skipped(check: str, why: Told) -> Finding:
    """It was not looked at."""
    return Finding(check, Verdict.SKIPPED, why)


def any_failed(findings: Iterable[Finding]) -> bool:
    """Whether anything does not work."""
    return any(finding.verdict is Verdict.FAILED for finding in findings)
