"""The agent's own contacts of before: the list, and all that is known of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from rich.cells import cell_len

from agent_tui.commands import model as do
from agent_tui.screens import words
from agent_tui.screens.views.calls import phone_keys
from agent_tui.screens.views.pointing import pointing
from agent_tui.session import select
from agent_tui.session.past import Past, Way
from agent_tui.session.state import Link, SessionState
from agent_tui.text.catalogue import By, Phrase, _, line
from agent_tui.text.local import day_time
from agent_tui.text.others import said
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.least_room import Room

OLDER: Final = "older"
"""The key of the row that asks for the next page; no call's key has only one word."""

_WAYS: Final = {
    Way.CAME: (Phrase("↓ came", context="history"), Tone.PLAIN),
    Way.MISSED: (Phrase("✗ MISSED", context="history"), Tone.WARN_TAG),
    Way.CALLED_BACK: (Phrase("◷ callback", context="history"), Tone.PLAIN),
    Way.DIALLED: (Phrase("↑ dialled", context="history"), Tone.PLAIN),
}
_ENDS: Final = {
    "caller": Phrase("caller hung up", context="history"),
    "agent": Phrase("you hung up", context="history"),
    "transfer": Phrase("handed on", context="history"),
    "unknown": Phrase("end not known", context="history"),
    "abandoned": Phrase("gave up", context="history"),
    "elsewhere": Phrase("taken elsewhere", context="history"),
    "left": Phrase("left the queue", context="history"),
    "waiting": Phrase("still waiting", context="history"),
    "busy": Phrase("busy", context="try"),
    "declined": Phrase("declined", context="history"),
    "no_answer": Phrase("no answer", context="try"),
    "cancelled": Phrase("cancelled", context="history"),
    "not_found": Phrase("no such number", context="history"),
    "failed": Phrase("not connected", context="history"),
}
_ON_ITS_WAY: Final = Phrase("○ On its way into the CRM.")
_LACKS: Final = {
    "waiting": Phrase("▲ Not in the CRM yet; the hub tries again."),
    "given_up": Phrase("▲ NOT in the CRM: the hub has given up. It is kept here; tell your administrator."),
    "unknown": Phrase("▲ Perhaps in the CRM: no answer came. It is kept here; tell your administrator."),
}
_WAY, _LENGTH = 12, 7
_NAME, _END = (16, 16, 26), (15, 15, 20)
"""Cells for the customer and for how it ended, by how much room there is: in the least that is left out."""


def history_key() -> str:
    """The key that leads here, wherever it is shown."""
    return _("Ctrl+F calls")


def list_page(state: SessionState, calls: tuple[Past, ...], chosen: str, clock: datetime, room: Room) -> Page:
    """A line for each call, then the way to older ones. The ``chosen`` one is marked: the cursor of a sheet
    is seen only while it has the focus, which is where the agent types. ``clock`` is the agent's, aware.
    """
    when = max((cell_len(day_time(one.at, clock)) for one in calls), default=0)
    rows = [_row(one, one.key == chosen, clock, when, room) for one in calls]
    history = state.history
    if do.OlderHistory in select.possible(state):
        older = Cell(str(Phrase("▾ older: {key}", key=By("older", "Enter"))), Tone.TITLE, grow=True)
        rows.append(Row((_mark(chosen == OLDER), older), key=OLDER))
    elif history is not None and history.cut:
        rows.append(_wide(_("There is more; search for what is older."), Tone.DIM))
    if not rows and history is not None and not history.asking and not history.trouble:
        empty = _("Nothing found.") if history.words else _("No call yet.")
        rows.append(_wide(empty, Tone.DIM))
    return Page(tuple(rows), cursor=chosen)


def told(state: SessionState, calls: tuple[Past, ...]) -> Row:
    """How the search stands, in a line of its own."""
    history = state.history
    if state.hub is not Link.UP:
        away = _("▲ The hub is away. Here is what this desk and its phone know; the rest comes with the hub.")
        return _wide(away, Tone.WARN)
    if history is None or history.asking:
        return _wide(_("○ asking the hub…"), Tone.DIM)
    if history.trouble:
        return _wide(str(Phrase("▲ {why} Type to search again.", why=str(history.trouble))), Tone.WARN)
    more = "+" if history.next or history.cut else ""
    count = Phrase("{count}{more} call", "{count}{more} calls", len(calls), more=more)
    hint = "" if history.words else _("search by name, number or words of your note")
    return _wide(line(count, hint), Tone.DIM)


def details_page(state: SessionState, past: Past | None, clock: datetime) -> Page:
    """All that is known of one call; the note whole, however long it is."""
    if past is None:
        return Page()
    number = words.number(past.number) if past.number and past.name else ""
    rows = [
        Row((Cell(line(_who(past), number), Tone.TITLE, grow=True, wraps=True),)),
        _wide(line(day_time(past.at, clock), _way(past), past.queue_title, _end(past)), Tone.PLAIN),
        *_figures(past),
        *_outcome(state, past),
    ]
    if past.note:
        rows.append(_wide(past.note, Tone.STRONG))
    elif not past.local and past.way is not Way.MISSED:
        rows.append(_wide(_("No note."), Tone.DIM))
    rows += _crm(past)
    if past.local:
        rows.append(_wide(_("Only this phone knows of it, and forgets it when it ends."), Tone.DIM))
    return Page(tuple(rows))


def keys_line(state: SessionState, past: Past | None) -> Row:
    """What the keys do here and now."""
    possible = select.possible(state)
    number = past is not None and bool(past.number)
    return _wide(
        line(
            _("F7 calls back") if number and do.Dial in possible else "",
            _("Ctrl+R callback") if past is not None and do.PromiseCallback in possible else "",
            _("F6 missed seen") if do.ClearMissed in possible else "",
            _("↑ ↓ choose · Enter reads the note · Esc leaves"),
            *phone_keys(state),
        ),
        Tone.DIM,
    )


def _row(past: Past, marked: bool, clock: datetime, when: int, room: Room) -> Row:
    way, tone = _WAYS[past.way]
    last = int(room is Room.LEAST)
    length = words.timer(past.talked) if past.talked is not None else ""
    first = past.note.partition("\n")[0]
    if _is_stuck(past):
        first = line(_("▲ CRM"), first)
    return Row(
        (
            _mark(marked),
            Cell(day_time(past.at, clock), Tone.STRONG, width=when),
            Cell(f" {way} " if tone is Tone.WARN_TAG else str(way), tone, width=_WAY),
            Cell(_who(past), Tone.STRONG if marked else Tone.PLAIN, width=_NAME[room]),
            Cell(length, Tone.DIM, width=_LENGTH, right=True),
            Cell(_end(past), Tone.DIM, width=_END[room], drop=last),
            Cell(first, Tone.DIM, grow=True, drop=2 * last),
        ),
        key=past.key,
    )


def _mark(marked: bool) -> Cell:
    return Cell(pointing("▶") if marked else "", Tone.STRONG, width=1)


def _who(past: Past) -> str:
    return past.name or (words.number(past.number) if past.number else _("private number"))


def _way(past: Past) -> str:
    return str(_WAYS[past.way][0])


def _end(past: Past) -> str:
    return str(_ENDS[past.ended]) if past.ended in _ENDS else ""


def _figures(past: Past) -> Iterator[Row]:
    told = line(
        Phrase("waited {time}", time=words.timer(past.waited)) if past.waited is not None else "",
        Phrase("talked {time}", time=words.timer(past.talked)) if past.talked is not None else "",
        Phrase("on hold {time}", time=words.timer(past.held)) if past.held else "",
    )
    if told:
        yield _wide(told, Tone.DIM)


def _outcome(state: SessionState, past: Past) -> Iterator[Row]:
    if past.disposition:
        known = state.me.dispositions if state.me is not None else ()
        labels = (one.label for one in known if one.code == past.disposition)
        outcome = Phrase("Outcome: {outcome}", outcome=next(labels, past.disposition))
        yield _wide(str(outcome), Tone.PLAIN)


def _crm(past: Past) -> Iterator[Row]:
    """What the company's CRM lacks of it, why, and whose turn it is."""
    if not past.crm:
        return
    told = _LACKS[past.crm] if _is_stuck(past) else _ON_ITS_WAY
    why = f"({said(past.crm_words)})" if past.crm_words else ""
    tone = Tone.WARN if _is_stuck(past) else Tone.DIM
    yield _wide(" ".join(part for part in (str(told), why) if part), tone)


def _is_stuck(past: Past) -> bool:
    """Whether something hinders it: what merely waits for its turn is on its way."""
    return bool(past.crm) and (past.crm != "waiting" or bool(past.crm_words))


def _wide(text: str, tone: Tone) -> Row:
    return Row((Cell(text, tone, grow=True, wraps=True),))
