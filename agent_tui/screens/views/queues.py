"""The queues: who waits, who is there to answer, and the service level with its formula beside it."""

from __future__ import annotations

from collections.abc import Iterator

from agent_tui.screens import words
from agent_tui.screens.views.conversations import desk_row
from agent_tui.session.state import Link, SessionState
from agent_tui.text.catalogue import Phrase, _, line, pgettext
from agent_tui.text.local import decimal, percent
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from hub.contract import AgentCounts, AgentFigures, QueueFigures
from hub.contract.figures import FORMULAS

_COLUMNS = (4, 5, 4, 4, 4)
"""Cells of the table's figures, in the order of their heads after the title."""

_FORMULAS = {FORMULAS.service_level: Phrase("answered in time ÷ answered")}
"""The centre's formulas in the desk's words; another hub's stands as it is told."""

_LATE = 60.0
"""Seconds of waiting from which a figure is painted as a warning; the figure itself says the rest."""


def queues_page(state: SessionState, *, roomy: bool) -> Page:
    """All queues: blocks of figures where there is room, else one line each."""
    if not state.queues:
        return Page((Row((Cell(_("No figures yet."), Tone.DIM),)),), _("Queues"))
    rows = _blocks(state.queues) if roomy else _table(state.queues)
    written = desk_row(state)
    if written and roomy:
        written = (*written, Row())
    own = () if state.own is None else (*((Row(),) if roomy else ()), *_own(state.own))
    title = _("Queues") if live(state) else line(_("Queues"), _("NOT LIVE"))
    return Page((*written, *rows, *own), title, _formula(state.queues))


def waiting(count: int) -> Phrase:
    """How many wait."""
    return Phrase("{count} waiting", "{count} waiting", count)


def live(state: SessionState) -> bool:
    """Whether the figures come from the exchange now, or are the last ones heard."""
    return state.hub is Link.UP and state.pbx is Link.UP


def _formula(queues: tuple[QueueFigures, ...]) -> str:
    formula = queues[0].formulas.service_level
    return str(Phrase("SL = {formula}", formula=_FORMULAS.get(formula, formula)))


def _level(queue: QueueFigures) -> str:
    return _percent(queue.today.service_level)


def _percent(figure: float | None) -> str:
    return words.NO_FIGURE if figure is None else percent(figure)


def _time(seconds: float | None) -> str:
    return words.NO_FIGURE if seconds is None else words.timer(seconds)


def _wait_tone(queue: QueueFigures) -> Tone:
    if not queue.waiting:
        return Tone.DIM
    return Tone.WARN if queue.longest_wait >= _LATE else Tone.STRONG


def _own(own: AgentFigures) -> Iterator[Row]:
    """The agent's own day."""
    occupied = (
        _("occupancy unknown")
        if own.occupancy is None
        else str(Phrase("{share} occupied", share=percent(own.occupancy)))
    )
    yield Row((Cell(_("You today"), Tone.TITLE, grow=True), Cell(occupied)))
    handling = _time(own.today.average_handling)
    yield _pair(decimal(own.today.answered), _("answered"), handling, _("handling"))
    if own.today.average_handling is not None:
        yield Row((Cell(_parts(own.today), Tone.DIM, grow=True, wraps=True),))


def _parts(counts: AgentCounts) -> str:
    """What the handling time is the sum of."""
    parts = (
        (pgettext("time", "talk"), counts.average_talk),
        (pgettext("time", "hold"), counts.average_hold),
        (pgettext("time", "wrap"), counts.average_wrap_up),
    )
    return " +".join(f"{_time(seconds)} {name}" for name, seconds in parts)


def _table(queues: tuple[QueueFigures, ...]) -> Iterator[Row]:
    title, *columns = (
        pgettext("column", "Queue"),
        pgettext("column", "Wait"),
        pgettext("column", "Long"),
        pgettext("column", "Free"),
        pgettext("column", "Busy"),
        _("SL"),
    )
    heads = (_figure(name, Tone.DIM, width) for name, width in zip(columns, _COLUMNS, strict=True))
    yield Row((Cell(title, Tone.DIM, grow=True), *heads))
    for queue in queues:
        tone = _wait_tone(queue)
        figures = (
            (decimal(queue.waiting), tone),
            (words.timer(queue.longest_wait) if queue.waiting else words.NO_FIGURE, tone),
            (decimal(queue.agents_ready), Tone.PLAIN),
            (decimal(queue.agents_busy), Tone.PLAIN),
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
            Cell(str(waiting(queue.waiting)), tone),
            *longest,
        )
    )
    ready, busy = pgettext("agents", "ready"), pgettext("agents", "busy")
    yield _pair(decimal(queue.agents_ready), ready, decimal(queue.agents_busy), busy)
    today = queue.today
    yield _pair(decimal(today.answered), _("answered"), decimal(today.abandoned), _("abandoned"))
    level = str(Phrase("SL {seconds} s", seconds=queue.service_level_seconds))
    yield _pair(_level(queue), level, _time(queue.today.average_wait), _("mean wait"))
    if queue.callbacks or queue.today.called_back:
        yield _pair(
            decimal(queue.callbacks), _("to call"), decimal(queue.today.called_back), _("called back")
        )


def _pair(first: str, first_label: str, second: str, second_label: str) -> Row:
    return Row(
        (
            Cell(first, width=5, right=True),
            Cell(first_label, Tone.DIM, width=9),
            Cell(second, width=5, right=True),
            Cell(second_label, Tone.DIM, grow=True),
        )
    )
