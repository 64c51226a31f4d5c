"""Memory of each process, alone and in a call, beside what it stands on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TypeAlias

from bench.bare_textual import WORD
from bench.figures import Row, Sample
from bench.place import Place
from bench.process import pss, rss, serving, standing
from bench.softphone import softphone, softphone_home
from tests.e2e.terminal import Terminal

TITLE = "Memory: PSS, its own pages and its share of common ones; RSS, with common ones counted whole"

_AGENT = "1101"
_TONE = "603"
"""The extension that answers with a tone."""

_BASES = {
    "desk": "a bare Textual app",
    "phone": "python that imported baresip",
    "private hub": "python that imported FastAPI, SQLAlchemy, uvicorn",
    "centre's hub": "python that imported FastAPI, SQLAlchemy, uvicorn",
}
_STATEMENTS = {
    "bare python": "pass",
    "python that imported baresip": "from baresip import Runtime, UserAgent",
    "python that imported FastAPI, SQLAlchemy, uvicorn": ("import fastapi, sqlalchemy.ext.asyncio, uvicorn"),
}

_Memory: TypeAlias = dict[str, float]
"""MB by kind: PSS, RSS."""


def measure(place: Place) -> list[Row]:
    """A softphone on the real Asterisk: desk, phone and private hub. The centre's hub serves nobody here."""
    bases = {name: _standing(statement, place) for name, statement in _STATEMENTS.items()}
    bases[_BASES["desk"]] = _bare_app(place)
    idle, talking = _softphone(place)
    idle["centre's hub"] = _memory(place.centre.hub_pid)
    found = {
        **{f"{name}, idle": (_BASES[name], memory) for name, memory in idle.items()},
        **{f"{name}, in a call": (_BASES[name], memory) for name, memory in talking.items()},
        **{name: ("bare python", bases[name]) for name in set(_BASES.values())},
    }
    return [
        Row(_sample(name, kind, memory), _sample(beside, kind, bases[beside]))
        for kind in ("PSS", "RSS")
        for name, (beside, memory) in sorted(found.items())
    ]


def _softphone(place: Place) -> tuple[dict[str, _Memory], dict[str, _Memory]]:
    """Its three processes, idle and in a call."""
    home = softphone_home(place.home("memory"), place.asterisk.account(_AGENT))
    run = Path(home.env["MOKED_RUNTIME_DIR"])
    with softphone(home) as terminal:
        terminal.wait_for("● Registered", "Ready")
        pids = {
            "desk": terminal.process.pid,
            "phone": serving(run / "phone.sock"),
            "private hub": serving(run / "hub.sock"),
        }
        idle = {name: _memory(pid) for name, pid in pids.items()}
        terminal.press("f7")
        terminal.wait_for("number, extension or sip: address")
        terminal.type(_TONE)
        terminal.press("enter")
        terminal.wait_for("TALKING")
        return idle, {name: _memory(pid) for name, pid in pids.items()}


def _standing(statement: str, place: Place) -> _Memory:
    with standing(statement, place.env) as pid:
        return _memory(pid)


def _bare_app(place: Place) -> _Memory:
    with Terminal([sys.executable, "-m", "bench.bare_textual"], env=place.env) as terminal:
        terminal.wait_for(WORD)
        return _memory(terminal.process.pid)


def _memory(pid: int) -> _Memory:
    return {"PSS": pss(pid), "RSS": rss(pid)}


def _sample(name: str, kind: str, memory: _Memory) -> Sample:
    return Sample(f"{name}: {kind}", "MB", (memory[kind],))
