"""The queues: who waits, who is there to answer, and the service level with its formula beside it."""

from __future__ import annotations

from collections.abc import Iterator

from agent_tui.screens import words
from agent_tui.session.state import Link, SessionState
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from hub.contract import AgentCounts, AgentFigures, QueueFigures

_COLUMNS = (4, 5, 4, 4, 4)
"""Cells of the table's figures, in the order of ``words.QUEUE_COLUMNS`` after the title."""

_LATE = 60.0
"""Seconds of waiting from which a figure is painted as a warning; the figure itself says the rest."""


def queues_page(state: SessionState, *, roomy: bool) -> Page:
    """All queues: blocks of figures where there is room, else one line each."""
    if not state.queues:
        return Page((Row((Cell(words.NO_QUEUES, Tone.DIM),)),), words.QUEUES)
    rows = _blocks(state.queues) if roomy else _table(state.queues)
    own = () if state.own is None else (*((Row(),) if roomy else ()), *_own(state.own))
    title = words.QUEUES if live(state) else words.joined(words.QUEUES, words.NOT_LIVE)
    return Page((*rows, *own), title, _formula(state.queues))


def live(state: SessionState) -> bool:
    """Whether the figures come from the exchange now, or are the last ones heard."""
    return state.hub is Link.UP and state.pbx is Link.UP


def _formula(queues: tuple[QueueFigures, ...]) -> str:
    return f"{words.SERVICE_LEVEL} = {queues[0].formulas.service_level}"


def _level(queue: QueueFigures) -> str:
    return _percent(queue.today.service_level)


def _percent(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.0f}%"


def _time(seconds: float | None) -> str:
    return "–" if seconds is None else words.timer(seconds)


def _wait_tone(queue: QueueFigures) -> Tone:
    if not queue.waiting:
        return Tone.DIM
    return Tone.WARN if queue.longest_wait >= _LATE else Tone.STRONG


def _own(own: AgentFigures) -> Iterator[Row]:
    """The agent's own day."""
    occupied = Cell(f"{_percent(own.occupancy)} {words.OCCUPIED}")
    yield Row((Cell(words.OWN_DAY, Tone.TITLE, grow=True), occupied))
    handling = _time(own.today.average_handling)
    yield _pair(str(own.today.answered), words.ANSWERED, handling, words.HANDLING)
    if own.today.average_handling is not None:
        yield Row((Cell(_parts(own.today), Tone.DIM, grow=True, wraps=True),))


def _parts(counts: AgentCounts) -> str:
    """What the handling time is the sum of."""
    parts = (
        (words.TALK, counts.average_talk),
        (words.HOLD_TIME, counts.average_hold),
        (words.WRAP_UP_TIME, counts.average_wrap_up),
    )
    return " +".join(f"{_time(seconds)} {name}" for name, seconds in parts)


def _table(queues: tuple[QueueFigures, ...]) -> Iterator[Row]:
    title, *columns = words.QUEUE_COLUMNS
    heads = (_figure(name, Tone.DIM, width) for name, width in zip(columns, _COLUMNS, strict=True))
    yield Row((Cell(title, Tone.DIM, grow=True), *heads))
    for queue in queues:
        tone = _wait_tone(queue)
        figures = (
            (str(queue.waiting), tone),
            (words.timer(queue.longest_wait) if queue.waiting else "–", tone),
            (str(queue.agents_ready), Tone.PLAIN),
            (str(queue.agents_busy), Tone.PLAIN),
            (_level(queue), Tone.PLAIN),
        )
        cells = (_figure(*figure, width) for figure, width in zip(figures, _COLUMNS, strict=True))
        yield Row((Cell(queue.title, grow=True), *cells))


def _figure(text: str, tone: Tone, width: int) -> Cell:
    return Cell(text, tone, width=width, right=True)


def _blocks(queues: tuple[QueueFigures, ...]) -> Iterator[Row]:
    for index, queue in enumerate(queues):
        if index:
            yield Row()
        yield from _block(queue)


def _block(queue: QueueFigures) -> Iterator[Row]:
    tone = _wait_tone(queue)
    longest = (Cell(words.timer(queue.longest_wait), tone),) if queue.waiting else ()
    yield Row(
        (
            Cell(queue.title, Tone.TITLE, grow=True),
            Cell(f"{queue.waiting} {words.WAITING}", tone),
            *longest,
        )
    )
    yield _pair(str(queue.agents_ready), words.READY_AGENTS, str(queue.agents_busy), words.BUSY_AGENTS)
    yield _pair(str(queue.today.answered), words.ANSWERED, str(queue.today.abandoned), words.ABANDONED)
    level = f"{words.SERVICE_LEVEL} {queue.service_level_seconds} s"
    yield _pair(_level(queue), level, _time(queue.today.average_wait), words.AVERAGE_WAIT)
    if queue.callbacks or queue.today.called_back:
        yield _pair(str(queue.callbacks), words.TO_CALL, str(queue.today.called_back), words.CALLED_BACK)


def _pair(first: str, first_label: str, second: str, second_label: str) -> Row:
    return Row(
        (
            Cell(first, width=5, right=True),
            Cell(first_label, Tone.DIM, width=9),
            Cell(second, width=5, right=True),
            Cell(second_label, Tone.DIM, grow=True),
        )
    )
