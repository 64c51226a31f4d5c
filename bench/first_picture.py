"""From the start of the process to the first bytes in the terminal, and to the live desk."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from bench.bare_textual import WORD
from bench.figures import Row, Sample, milliseconds
from bench.paint import first_byte_at, painted_at
from bench.place import Place
from bench.softphone import softphone, softphone_home
from sip.account import Account
from tests.e2e.centre import Home
from tests.e2e.terminal import Terminal

TITLE = "First picture: a softphone that starts its phone and its private hub by itself"

_ROUNDS = 10
_NOBODY = Account("1001", "127.0.0.1:9", "none")
"""A registrar at the discard port: the desk paints whether or not one answers."""

_PYTHON = "python -c pass"
_TEXTUAL = "python -c 'import textual.app'"
_BARE = "bare Textual app → its one word"
_FIRST = "desk → first painted bytes"
_LIVE = "desk → live desk, all its parts painted"


def measure(place: Place) -> list[Row]:
    """All programs take turns, so that whatever else the machine does meets all of them."""
    home = softphone_home(place.home("first"), _NOBODY)
    starts: tuple[Callable[[], dict[str, float]], ...] = (
        lambda: _script(place, _PYTHON, "pass"),
        lambda: _script(place, _TEXTUAL, "import textual.app"),
        lambda: _bare(place),
        lambda: _desk(home),
    )
    found: dict[str, list[float]] = {}
    for turn in range(_ROUNDS + 1):
        for start in starts:
            for name, seconds in start().items():
                if turn:  # the first round fills the caches of files and bytecode
                    found.setdefault(name, []).append(seconds)
    samples: dict[str, Sample] = {name: milliseconds(name, seconds) for name, seconds in found.items()}
    return [
        Row(samples[_FIRST], samples[_PYTHON]),
        Row(samples[_FIRST], samples[_TEXTUAL]),
        Row(samples[_LIVE], samples[_TEXTUAL]),
        Row(samples[_LIVE], samples[_BARE]),
    ]


def _script(place: Place, name: str, statement: str) -> dict[str, float]:
    began = time.monotonic()
    with Terminal([sys.executable, "-c", f"{statement}\nprint('.')"], env=place.env) as terminal:
        return {name: first_byte_at(terminal) - began}


def _bare(place: Place) -> dict[str, float]:
    began = time.monotonic()
    with Terminal([sys.executable, "-m", "bench.bare_textual"], env=place.env) as terminal:
        return {_BARE: painted_at(terminal, WORD, after=began) - began}


def _desk(home: Home) -> dict[str, float]:
    began = time.monotonic()
    with softphone(home) as terminal:
        first = first_byte_at(terminal)
        live = painted_at(terminal, "No call", after=began)
        return {_FIRST: first - began, _LIVE: live - began}
