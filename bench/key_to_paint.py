"""From a key pressed in the terminal to its effect in the terminal's bytes, idle and under a flood."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.bare_textual import WORD
from bench.figures import Row, Sample, milliseconds
from bench.flooded_desk import SHOWN, STEP
from bench.paint import painted_at
from bench.place import Place
from bench.process import cpu_seconds
from tests.e2e.terminal import Terminal

TITLE = "Key → paint, and the processor's share, idle and under 1,000 updates a second"

RATE = 1_000
_KEYS = 40
_WINDOW = 10.0
_FIRST_LETTER = 0x100
"""Letters of Latin Extended-A: each is typed once, so that its first paint is its own."""
_OUTCOMES = (("up", "Solved"), ("down", "Renewed or sold"))
"""Two neighbours in the list of outcomes, and the key that leads to each from the other."""
_ANSWERED = re.compile(r"([\d,]+) answered")


@dataclass(frozen=True, slots=True)
class _Desk:
    letters: list[float]
    outcomes: list[float]
    share: float
    updates: float


def measure(place: Place) -> list[Row]:
    """The same keys on the same desk, without and with the flood."""
    idle, flooded = _desk(place, 0), _desk(place, RATE)
    bare = Sample("bare Textual app, idle: share of a core", "%", (_bare_share(place),))
    rows: list[Row] = []
    for what, quiet, loud in (
        ("a letter in the note", idle.letters, flooded.letters),
        ("an outcome chosen by Enter", idle.outcomes, flooded.outcomes),
    ):
        beside = milliseconds(f"{what}, idle", quiet)
        rows.append(Row(milliseconds(f"{what}, flooded", loud), beside))
    share = Sample("desk, idle: share of a core", "%", (idle.share,))
    rows.append(Row(share, bare))
    rows.append(Row(Sample("desk, flooded: share of a core", "%", (flooded.share,)), share))
    asked = Sample("asked for", "/s", (float(RATE),))
    rows.append(Row(Sample("updates that reached the screen's count", "/s", (flooded.updates,)), asked))
    return rows


def _desk(place: Place, rate: int) -> _Desk:
    with _running(place, "bench.flooded_desk", str(rate), word="○ Solved") as terminal:
        letters = [_letter(terminal, chr(_FIRST_LETTER + turn)) for turn in range(_KEYS)]
        terminal.move_to("tab", "○ Solved")
        outcomes = [_choose(terminal, *_OUTCOMES[turn % 2]) for turn in range(_KEYS)]
        before, began = count(terminal), time.monotonic()
        share = _share(terminal)
        updates = (count(terminal) - before) % SHOWN / (time.monotonic() - began)
        return _Desk(letters, outcomes, share, updates)


@contextmanager
def _running(place: Place, module: str, *arguments: str, word: str) -> Iterator[Terminal]:
    with Terminal([sys.executable, "-m", module, *arguments], env=place.env) as terminal:
        terminal.wait_for(word)
        yield terminal


def _letter(terminal: Terminal, letter: str) -> float:
    """The shortest way: the key's own widget paints it, and tells the store."""
    pressed = time.monotonic()
    terminal.type(letter)
    return painted_at(terminal, letter, after=pressed) - pressed


def _choose(terminal: Terminal, way: str, outcome: str) -> float:
    """The whole way: command, event, store, paint."""
    terminal.wait_for(f"○ {outcome}")
    terminal.press(way)
    pressed = time.monotonic()
    terminal.press("enter")
    return terminal.wait_for(f"◉ {outcome}") - pressed


def count(terminal: Terminal) -> int:
    """How many updates the screen of the flooded desk has shown; it begins anew at ``SHOWN``."""
    found = _ANSWERED.search(terminal.text)
    if found is None:
        raise AssertionError(f"no count on the screen:\n{terminal.text}")
    return STEP * int(found.group(1).replace(",", ""))


def _share(terminal: Terminal) -> float:
    """Percent of one core that the program in ``terminal`` takes while nobody touches it."""
    pid = terminal.process.pid
    before, began = cpu_seconds(pid), time.monotonic()
    threading.Event().wait(_WINDOW)
    return 100 * (cpu_seconds(pid) - before) / (time.monotonic() - began)


def _bare_share(place: Place) -> float:
    with _running(place, "bench.bare_textual", word=WORD) as terminal:
        return _share(terminal)
