"""The agenda: the callbacks of this agent by when they are due, and what is said of one elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from agent_tui.commands import model as do
from agent_tui.screens import callback_words as words
from agent_tui.session import select
from agent_tui.session.agenda import Due, agenda, due, pressing, standing, whom
from agent_tui.session.state import Link, SessionState, Work
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from hub.contract import CallbackView

_TAGS = {
    Due.LATER: Tone.STRONG,
    Due.SOON: Tone.WARN_TAG,
    Due.NOW: Tone.WARN_TAG,
    Due.DIALLING: Tone.GOOD_TAG,
}


def agenda_page(state: SessionState, clock: datetime) -> Page:
    """The next due first. ``clock`` is the agent's wall clock, aware."""
    say = words.of(state)
    entries = agenda(state)
    rows = (row for one in entries for row in _entry(state, one, clock, say))
    title = words.line(say, say.agenda, str(len(entries)))
    keys = words.line(say, say.choose_keys, say.key if offers(state) else "")
    return Page(tuple(rows), title, keys)


def offers(state: SessionState) -> bool:
    """Whether the key for a new callback is worth being shown."""
    return state.hub is Link.UP and do.PromiseCallback in select.possible(state)


def idle_key(state: SessionState) -> str:
    """The key, where neither agenda nor card shows it."""
    return words.of(state).key if offers(state) and not agenda(state) else ""


def card_key(state: SessionState) -> str:
    """The key, beside the customer whom it would be about."""
    known = whom(state)
    return words.of(state).key if offers(state) and (known.numbers or known.customer) else ""


def kept_rows(state: SessionState, work: Work, clock: datetime) -> Iterator[Row]:
    """That a call keeps a promise, and which; or that one stands for its customer."""
    say = words.of(state)
    kept = work.offer.callback if work.offer is not None else None
    if kept is not None:
        yield directed(Row((Cell(f" {words.SIGN} {say.callback} ", Tone.WARN_TAG), _wide(""))), say)
        yield directed(Row((_wide(words.why(kept, state, clock, say), Tone.STRONG),)), say)
        tried = words.tried(kept, say)
        if tried:
            yield directed(Row((_wide(tried, Tone.DIM),)), say)
        return
    promised = standing(state, work)
    if promised is not None:
        told = words.line(
            say,
            f"{words.SIGN} {say.stands}",
            words.time_of(promised.at, clock, say),
            words.whose(promised, state, say),
            promised.words,
        )
        yield directed(Row((_wide(told, Tone.WARN),)), say)


def call_tag(state: SessionState, work: Work | None) -> tuple[Cell, ...]:
    """In a call's line: that the centre called the customer."""
    if work is None or work.offer is None or work.offer.callback is None:
        return ()
    return (Cell(f" {words.SIGN} {words.of(state).callback} ", Tone.WARN_TAG),)


def status_cell(state: SessionState, clock: datetime) -> tuple[Cell, ...]:
    """The one that presses most, wherever the agent looks."""
    found = pressing(state, clock)
    if not found:
        return ()
    say = words.of(state)
    first = found[0]
    at = f"{first.at.astimezone(clock.tzinfo):%H:%M}"
    told = (f"{words.SIGN} {say.due[due(first, clock)]}", at, f"+{len(found) - 1}" if len(found) > 1 else "")
    return (Cell(f" {words.line(say, *told)} ", Tone.WARN_TAG, drop=1),)


def directed(row: Row, say: words.Words) -> Row:
    """``row`` from the right, in a language that is written so."""
    if not say.rtl:
        return row
    cells = tuple(replace(cell, right=cell.grow) for cell in reversed(row.cells))
    margin = (Cell("", width=row.indent - 1),) if row.indent else ()
    return Row((*cells, *margin), key=row.key)


def _wide(text: str, tone: Tone = Tone.PLAIN) -> Cell:
    return Cell(text, tone, grow=True, wraps=True)


def _entry(state: SessionState, one: CallbackView, clock: datetime, say: words.Words) -> Iterator[Row]:
    """When and who; then by which queue, whose it is, what about and how it went so far."""
    stands = due(one, clock)
    tag = f" {words.SIGN} {say.due[stands]} " if say.due[stands] else words.SIGN
    at = Cell(words.time_of(one.at, clock, say), Tone.STRONG)
    cells = (Cell(tag, _TAGS[stands]), at, Cell(words.who(one), Tone.PLAIN, grow=True))
    yield directed(Row(cells, key=one.id), say)
    titles = (queue.title for queue in state.queues if queue.queue == one.queue)
    told = words.line(
        say,
        words.whose(one, state, say),
        next(titles, one.queue),
        one.words,
        words.tried(one, say),
    )
    yield directed(Row((Cell(told, Tone.DIM, grow=True, wraps=True),), key=one.id, indent=2), say)
