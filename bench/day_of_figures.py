"""All figures of a big centre late on a busy day, beside the day's events counted anew."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.figures import Row, milliseconds
from bench.place import Place
from centre.model import Agent
from hub import sample
from hub.domain.contacts import Counted, WrappedUp
from hub.ports.pbx import AgentCompleted, AgentConnected, AgentOffered, CallerJoined
from hub.service.board import Board
from hub.service.floor import Floor
from hub.service.roster import Roster
from hub.settings import load

TITLE: Final = "Figures of 100 agents and a day of 20,000 calls"
_AGENTS: Final = 100
_CALLS: Final = 20_000
_TIMES: Final = 50
_MORNING: Final = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
_DAY: Final = timedelta(hours=14)


def measure(place: Place) -> list[Row]:
    """Both languages' queues and every agent's own figures, as one pace may want them all."""
    del place
    board, counted = _board(), []
    for event in _day():
        began = time.perf_counter()
        board.count(event)
        counted.append(time.perf_counter() - began)
    all_figures = [_seconds(board) for _ in range(_TIMES)]
    return [
        Row(
            milliseconds("all figures of 2 queues and 100 agents", all_figures),
            milliseconds("the day's events counted anew", [sum(counted)]),
        ),
        Row(milliseconds("one event counted", counted)),
    ]


def _board() -> Board:
    centre = load(sample.SETTINGS).centre
    agents = tuple(
        Agent(id=f"a{number}", name="N", extension=str(2000 + number), queues=("support", "sales"))
        for number in range(_AGENTS)
    )
    roster = Roster.of(centre.model_copy(update={"agents": agents}))
    return Board(roster, Floor(), centre.zone, now=lambda: _MORNING + _DAY)


def _day() -> Iterator[Counted]:
    chance = random.Random(20_000)  # noqa: S311 - the same day in every run
    for number in range(_CALLS):
        at = _MORNING + _DAY * number / _CALLS
        queue, agent = chance.choice(("support", "sales")), f"a{chance.randrange(_AGENTS)}"
        contact, waited = f"c.{number}", chance.uniform(0, 60)
        yield CallerJoined(queue, contact, "1", "", 1, at)
        yield AgentOffered(queue, contact, agent, at)
        yield AgentConnected(queue, contact, agent, waited, at)
        yield AgentCompleted(queue, contact, agent, waited, 180.0, "caller", at)
        yield WrappedUp(queue, contact, agent, 30.0, at)


def _seconds(board: Board) -> float:
    began = time.perf_counter()
    for language in ("en", "he"):
        board.figures(language)
    for number in range(_AGENTS):
        board.own(f"a{number}")
    return time.perf_counter() - began
