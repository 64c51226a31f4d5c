"""What the phone doctor found, as the doctor tells it and the desk shows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from agent_tui.text.catalogue import Told

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

    ``check`` is its id, the same in every language. ``figures`` are for machines: milliseconds end in
    ``_ms``, percents in ``_percent``, dBFS in ``_dbfs``.
    """

    check: str
    verdict: Verdict
    found: Told
    cure: Told = ""
    figures: Figures = field(default_factory=dict)
