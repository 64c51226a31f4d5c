"""What was looked at, what was found, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Figures: TypeAlias = Mapping[str, float | int | str | bool]


class Verdict(StrEnum):
    """How one check ended."""

    GOOD = "good"
    WARNING = "warning"
    """It works, and something about it will trouble somebody."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Not looked at, because it is not wanted or something before it failed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. ``cure`` says what to do and is there for every warning and failure.

    ``figures`` are for machines: milliseconds end in ``_ms``, percents in ``_percent``, dBFS in ``_dbfs``.
    """

    check: str
    verdict: Verdict
    found: str
    cure: str = ""
    figures: Figures = field(default_factory=dict)


def good(check: str, found: str, **figures: float | str | bool) -> Finding:
    """All is well."""
    return Finding(check, Verdict.GOOD, found, figures=figures)


def warning(check: str, found: str, cure: str, **figures: float | str | bool) -> Finding:
    """It works, with a but."""
    return Finding(check, Verdict.WARNING, found, cure, figures)


def failed(check: str, found: str, cure: str, **figures: float | str | bool) -> Finding:
    """It does not work."""
    return Finding(check, Verdict.FAILED, found, cure, figures)


def skipped(check: str, why: str) -> Finding:
    """It was not looked at."""
    return Finding(check, Verdict.SKIPPED, why)


def any_failed(findings: Iterable[Finding]) -> bool:
    """Whether anything does not work."""
    return any(finding.verdict is Verdict.FAILED for finding in findings)
