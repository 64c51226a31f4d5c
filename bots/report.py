"""What became of the plays: a table for people, JUnit for CI, JSON lines for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from bots.player import Failure, Played
from edge.text import clean

_LONG = 2_000


def rows(one: Played) -> Iterator[str]:
    """A row of the table for one play, and what failed beneath it."""
    word = "passed" if one.passed else "stopped" if one.interrupted else "FAILED"
    title = clean(one.file.scenario.title)
    yield f"{word:<8} {one.seconds:7.1f} s  {title}  (play {one.number}, seed {one.seed})"
    if one.failure is not None:
        yield from _told(one.file.path, one.failure)


def total(played: Sequence[Played]) -> str:
    """The table's last row."""
    failed = sum(not one.passed for one in played)
    return f"{len(played)} played, {len(played) - failed} passed, {failed} not"


def _told(path: Path, failure: Failure) -> Iterator[str]:
    yield f"  {path}:{failure.line}: {clean(failure.step, limit=_LONG)}"
    yield f"    {clean(failure.words, limit=_LONG)}"
    for name, seen in failure.evidence.items():
        yield f"    {name}: {clean(json.dumps(seen['state'], ensure_ascii=False), limit=_LONG)}"
        for happening in seen["last"]:
            yield f"      {clean(happening, limit=_LONG)}"


def junit(played: Sequence[Played]) -> bytes:
    """One test case a play, as CI servers read it (the schema of Jenkins' xunit plugin)."""
    failed = sum(one.failure is not None for one in played)
    stopped = sum(one.interrupted for one in played)
    spent = f"{sum(one.seconds for one in played):.3f}"
    counts = {"tests": str(len(played)), "failures": str(failed), "skipped": str(stopped), "time": spent}
    suite = ET.Element("testsuite", {"name": "moked bot", "errors": "0", **counts})
    for one in played:
        name = _xml(f"{one.file.scenario.title} ({one.number}, seed {one.seed})")
        place = _xml(str(one.file.path))
        case = ET.SubElement(suite, "testcase", name=name, classname=place, time=f"{one.seconds:.3f}")
        if one.failure is not None:
            words = _xml(f"line {one.failure.line}: {one.failure.step}: {one.failure.words}")
            said = "\n".join(_told(one.file.path, one.failure))
            ET.SubElement(case, "failure", message=words).text = _xml(said)
        elif one.interrupted:
            ET.SubElement(case, "skipped", message="stopped")
    written: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return written


def _xml(text: str) -> str:
    """Without what XML 1.0 cannot hold, however it is written."""
    return clean(text, limit=100_000, multiline=True)


def line_of(played: Played) -> dict[str, Any]:
    """A play that is over, for the JSON lines."""
    told: dict[str, Any] = {
        "event": "played",
        "play": played.number,
        "file": str(played.file.path),
        "title": played.file.scenario.title,
        "seed": played.seed,
        "seconds": round(played.seconds, 3),
        "steps": played.steps,
        "result": "passed" if played.passed else "stopped" if played.interrupted else "failed",
    }
    if played.failure is not None:
        failure = played.failure
        told |= {"line": failure.line, "step": failure.step, "words": failure.words}
        told["evidence"] = failure.evidence
    return told
