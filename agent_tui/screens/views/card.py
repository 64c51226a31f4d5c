"""The customer card: who it is, what is open, what was before. Never more than the CRM said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from agent_tui.commands import model as do
from agent_tui.screens import words
from agent_tui.screens.views.agenda import card_key, kept_rows
from agent_tui.screens.views.conversations import caller_rows
from agent_tui.screens.views.history import history_key
from agent_tui.screens.views.pointing import pointing
from agent_tui.session import select
from agent_tui.session.state import Link, Phase, SessionState, Work
from agent_tui.text.catalogue import _, line, pgettext
from agent_tui.text.local import date_of, day, day_time, money, plain
from agent_tui.text.others import said
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from hub.contract import Card, CardAnswer, CardField, CardStatus, FieldKind, Matter, PastContact, SegmentTitle

Titles: TypeAlias = tuple[SegmentTitle, ...]

_LABEL = 11
_BLANK = Row()
_ALARMS = {
    CardStatus.CRM_DOWN: ("✖", Tone.BAD),
    CardStatus.PENDING: ("○", Tone.DIM),
    CardStatus.SEVERAL: ("▲", Tone.WARN),
}


def card_page(state: SessionState, clock: datetime, *, brief: bool = False) -> Page:
    """The contact on the screen. ``clock`` is the wall clock, aware, in the agent's zone. ``brief``: in the
    border is room for one key, that about this customer before that of all calls.
    """
    work = state.shown
    if work is None:
        empty = Row((Cell(_why_empty(state), Tone.DIM, grow=True, wraps=True),))
        return Page((empty,), _("Customer"), history_key())
    answer = work.card
    card = work.customer_card
    titles = state.me.segments if state.me is not None else ()
    rows = _several(answer, titles) if card is None and answer is not None else ()
    if card is not None and answer is not None:
        rows = (*_own(state, card), _who(card, titles), *_card(card, answer.number, clock))
    arrival = _arrival(state, work, clock)
    key = card_key(state)
    keys = key if brief and key else line(key, history_key())
    return Page((*arrival, *_status(state, work), *rows), _("Customer"), keys)


def _why_empty(state: SessionState) -> str:
    call = state.active_call
    return select.missing(state, call) if call is not None else _("The card comes with the call.")


def _arrival(state: SessionState, work: Work, clock: datetime) -> tuple[Row, ...]:
    """The queue that was called, the wait, and what came before: first, as they set the tone of the talk."""
    if work.offer is None:
        return ()
    waited = select.waited_seconds(work, state.now) or 0.0
    waits = pgettext("calls", "waiting") if work.phase is Phase.OFFERED else _("waited")
    return (
        Row(
            (
                Cell(f" {work.offer.queue_title} ", Tone.INFO_TAG),
                Cell("", grow=True),
                Cell(waits, Tone.DIM),
                Cell(words.timer(waited), Tone.STRONG),
            )
        ),
        *kept_rows(state, work, clock),
        *caller_rows(state, clock),
        *(_field(fact) for fact in work.offer.facts),
        _BLANK,
    )


def _status(state: SessionState, work: Work) -> Iterator[Row]:
    """In words, why there is no card; nothing when there is one."""
    status = work.card.status if work.card is not None else CardStatus.PENDING
    if work.customer_card is not None:
        return
    if work.card is None and state.hub is not Link.UP:
        told = _("The hub does not answer: no card. Take the number down.")
        yield Row((Cell("✖", Tone.BAD), Cell(told, Tone.WARN, grow=True, wraps=True)))
        return
    sign, tone = _ALARMS.get(status, ("?", Tone.WARN))
    number = work.card.number if work.card is not None else ""
    if status is not CardStatus.PRIVATE and number:
        yield Row((Cell(words.number(number), Tone.TITLE),))
    yield Row((Cell(sign, tone), Cell(str(words.CARD_STATUS[status]), tone, grow=True, wraps=True)))
    advice, heard = (str(told.get(status, "")) for told in (words.CARD_ADVICE, words.CARD_ADVICE_SAID))
    why = str(said(work.card.words)) if work.card is not None else ""
    for told, aloud in ((why, ""), (advice, heard), (_key(state, work), "")):
        if told:
            yield Row((Cell(told, Tone.DIM, grow=True, wraps=True, said=aloud),), indent=2)
    yield _BLANK


def _key(state: SessionState, work: Work) -> str:
    """The key that finds the customer, where it would be about this contact."""
    about = state.written is not None and state.written.contact == work.contact
    return (
        _("Ctrl+N finds and links the customer.")
        if about and do.FindCustomer in select.possible(state)
        else ""
    )


def _several(answer: CardAnswer, titles: Titles) -> tuple[Row, ...]:
    rows: list[Row] = []
    for card in answer.cards:
        rows.append(
            Row(
                (Cell("○", Tone.DIM), Cell(card.name, Tone.STRONG, grow=True), *_badge(card, titles)),
                key=card.customer,
            )
        )
        rows.append(Row((Cell(card.city or card.customer, Tone.DIM),), indent=2))
    return tuple(rows)


def _own(state: SessionState, card: Card) -> Iterator[Row]:
    """That the agent is the customer's own."""
    if state.me is not None and card.personal_agent == state.me.agent:
        yield Row((Cell(f"★ {_('your customer')}", Tone.GOOD),))


def _who(card: Card, titles: Titles) -> Row:
    return Row((Cell(card.name, Tone.TITLE, grow=True, wraps=True), *_badge(card, titles)))


def _card(card: Card, number: str, clock: datetime) -> Iterator[Row]:
    yield Row((Cell(line(card.city, words.SPEAKS[card.language]), Tone.DIM, grow=True, wraps=True),))
    for one in card.numbers or (number,):
        here = one == number
        calling = Cell(f"{pointing('◀')} {_('calling')}", Tone.GOOD, drop=1)
        mark = (calling,) if here and len(card.numbers) > 1 else ()
        yield Row((Cell(words.number(one), Tone.STRONG if here else Tone.PLAIN), *mark))
    if card.missing:
        told = "; ".join(str(said(one)) for one in card.missing.split("; "))
        yield Row((Cell("▲", Tone.WARN), Cell(told, Tone.WARN, grow=True, wraps=True)))
    yield _BLANK
    yield from (_field(field) for field in card.fields)
    if card.fields:
        yield _BLANK
    yield from _matters(card.matters, clock)
    yield _BLANK
    yield from _history(card.history, clock)


def _field(field: CardField) -> Row:
    return Row((Cell(field.label, Tone.DIM, width=_LABEL), Cell(_value(field), grow=True, wraps=True)))


def _value(field: CardField) -> str:
    """As the desk's language writes it; a value that is not what its kind says stands as it came."""
    try:
        match field.kind:
            case FieldKind.MONEY:
                return money(Decimal(field.value), field.currency)
            case FieldKind.NUMBER:
                return plain(Decimal(field.value))
            case FieldKind.DATE:
                return date_of(field.value)
    except (ValueError, InvalidOperation):
        return " ".join(part for part in (field.value, field.currency) if part)
    return field.value


def _badge(card: Card, titles: Titles) -> tuple[Cell, ...]:
    """The segment as the centre calls it, else as the CRM does."""
    title = next((one.title for one in titles if one.names(card.segment)), card.segment)
    return (Cell(f" {title} ", Tone.WARN_TAG),) if title else ()


def _heading(title: str, count: int, nothing: str) -> Row:
    return Row((Cell(title, Tone.TITLE), Cell(str(count) if count else nothing, Tone.DIM)))


def _matters(matters: tuple[Matter, ...], clock: datetime) -> Iterator[Row]:
    yield _heading(_("Open matters"), len(matters), pgettext("matters", "none"))
    for matter in matters:
        yield Row((Cell("●", Tone.WARN), Cell(matter.title, grow=True, wraps=True)))
        told = line(matter.reference, matter.status, day(matter.opened, clock))
        yield Row((Cell(told, Tone.DIM, grow=True, wraps=True),), indent=2)


def _history(history: tuple[PastContact, ...], clock: datetime) -> Iterator[Row]:
    yield _heading(_("History"), len(history), _("no earlier contact"))
    for past in history:
        told = line(day_time(past.at, clock), past.channel, past.agent)
        yield Row((Cell(told, Tone.DIM, grow=True, wraps=True),))
        yield Row((Cell(past.summary, grow=True, wraps=True),), indent=2)
