"""Findings for programs, all at once. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from agent_tui.session.findings import Finding
from agent_tui.text.catalogue import Told
from doctor.findings import any_failed

_STEERING: Final = re.compile("[\u200e\u200f\u2066-\u2069]")
"""What keeps directions apart on a screen (UAX #9); nothing for programs."""


def document(findings: Iterable[Finding]) -> str:
    """All findings as JSON: ``{"ok": bool, "findings": [{check, verdict, found, cure, figures}]}``."""
    found = list(findings)
    told = {"ok": not any_failed(found), "findings": [record(finding) for finding in found]}
    return json.dumps(told, ensure_ascii=False, indent=2)


def record(finding: Finding) -> dict[str, object]:
    """One finding, in the language in use."""
    return {
        "check": finding.check,
        "verdict": finding.verdict.value,
        "found": _plain(finding.found),
        "cure": _plain(finding.cure),
        "figures": dict(finding.figures),
    }


def _plain(told: Told) -> str:
    return _STEERING.sub("", str(told))
