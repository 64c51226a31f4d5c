"""The agenda: the callbacks of this agent by when they are due, and what is said of one elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from agent_tui.commands import model as do
from agent_tui.screens import callback_words as words
from agent_tui.session import select
from agent_tui.session.agenda import Due, agenda, due, pressing, standing, whom
from agent_tui.session.state import Link, SessionState, Work
from agent_tui.text.catalogue import _, line
from agent_tui.text.local import near_day_time, time
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from hub.contract import CallbackView

_TAGS = {
    Due.LATER: Tone.STRONG,
    Due.SOON: Tone.WARN_TAG,
    Due.NOW: Tone.WARN_TAG,
    Due.DIALLING: Tone.GOOD_TAG,
}


def agenda_page(state: SessionState, clock: datetime, *, brief: bool = False) -> Page:
    """The next due first. ``clock`` is the agent's wall clock, aware. ``brief``: its border has room for one
    key, that of the desk before that of all lists.
    """
    entries = agenda(state)
    rows = (row for one in entries for row in _entry(state, one, clock))
    title = line(_("Callbacks"), str(len(entries)))
    key = words.key() if offers(state) else ""
    keys = key if brief and key else line(_("Enter chooses"), key)
    return Page(tuple(rows), title, keys)


def offers(state: SessionState) -> bool:
    """Whether the key for a new callback is worth being shown."""
    return state.hub is Link.UP and do.PromiseCallback in select.possible(state)


def idle_key(state: SessionState) -> str:
    """The key, where neither agenda nor card shows it."""
    return words.key() if offers(state) and not agenda(state) else ""


def card_key(state: SessionState) -> str:
    """The key, beside the customer whom it would be about."""
    known = whom(state)
    return words.key() if offers(state) and (known.numbers or known.customer) else ""


def kept_rows(state: SessionState, work: Work, clock: datetime) -> Iterator[Row]:
    """That a call keeps a promise, and which; or that one stands for its customer."""
    kept = work.offer.callback if work.offer is not None else None
    if kept is not None:
        yield Row((Cell(f" {words.SIGN} {_('Callback')} ", Tone.WARN_TAG), _wide("")))
        yield Row((_wide(words.why(kept, state, clock), Tone.STRONG),))
        tried = words.tried(kept)
        if tried:
            yield Row((_wide(tried, Tone.DIM),))
        return
    promised = standing(state, work)
    if promised is not None:
        told = line(
            f"{words.SIGN} {_('Callback stands')}",
            near_day_time(promised.at, clock),
            words.whose(promised, state),
            promised.words,
        )
        yield Row((_wide(told, Tone.WARN),))


def call_tag(work: Work | None) -> tuple[Cell, ...]:
    """In a call's line: that the centre called the customer."""
    if work is None or work.offer is None or work.offer.callback is None:
        return ()
    return (Cell(f" {words.SIGN} {_('Callback')} ", Tone.WARN_TAG),)


def status_cell(state: SessionState, clock: datetime) -> tuple[Cell, ...]:
    """The one that presses most, wherever the agent looks."""
    found = pressing(state, clock)
    if not found:
        return ()
    first = found[0]
    more = f"+{len(found) - 1}" if len(found) > 1 else ""
    told = (f"{words.SIGN} {words.DUE[due(first, clock)]}", time(first.at, clock), more)
    return (Cell(f" {line(*told)} ", Tone.WARN_TAG, drop=1),)


def _wide(text: str, tone: Tone = Tone.PLAIN) -> Cell:
    return Cell(text, tone, grow=True, wraps=True)


def _entry(state: SessionState, one: CallbackView, clock: datetime) -> Iterator[Row]:
    """When and who; then by which queue, whose it is, what about and how it went so far."""
    stands = due(one, clock)
    tag = f" {words.SIGN} {words.DUE[stands]} " if stands in words.DUE else words.SIGN
    at = Cell(near_day_time(one.at, clock), Tone.STRONG)
    cells = (Cell(tag, _TAGS[stands]), at, Cell(words.who(one), Tone.PLAIN, grow=True))
    yield Row(cells, key=one.id)
    titles = (queue.title for queue in state.queues if queue.queue == one.queue)
    told = line(words.whose(one, state), next(titles, one.queue), one.words, words.tried(one))
    yield Row((Cell(told, Tone.DIM, grow=True, wraps=True),), key=one.id, indent=2)
    hindered = words.hindered(one)
    if hindered:
        yield Row((Cell(hindered, Tone.WARN, grow=True, wraps=True),), key=one.id, indent=2)
