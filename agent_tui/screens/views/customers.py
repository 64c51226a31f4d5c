"""Whom a search in the CRM found, and how the search stands."""

from __future__ import annotations

from typing import Final

from agent_tui.screens import words
from agent_tui.screens.views.pointing import pointing
from agent_tui.session import work_items as items
from agent_tui.session.reduce_edits import taken
from agent_tui.session.state import Finding, Link, SessionState
from agent_tui.text.catalogue import Phrase, Told, _, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from hub.contract import MOST_CUSTOMERS_FOUND, FoundCustomer

LEAST: Final = 2
"""Characters from which on it is searched: one fits nearly everybody."""


_OVER = Phrase("This contact is stored, or with somebody else.")
_AWAY = Phrase("The hub does not answer.")


def over(state: SessionState, contact: str) -> Told:
    """Why nobody can be linked to ``contact`` now; empty where somebody can."""
    work = items.find(state, contact)
    if work is None or not taken(work):
        return _OVER
    return "" if state.hub is Link.UP else _AWAY


def found_page(finding: Finding | None, chosen: str) -> Page:
    """Two lines for each of those found, as much as tells people of one name apart.

    The ``chosen`` one is marked: the cursor of a sheet is seen only while it has the focus, and that is
    where the agent types.
    """
    customers = finding.customers if finding is not None else ()
    return Page(tuple(row for one in customers for row in _customer(one, one.customer == chosen)))


def told(finding: Finding | None, typed: str) -> Row:
    """How the search for what is ``typed`` stands, in a line of its own."""
    if len(typed) < LEAST:
        return _wide(_("Type a name, a telephone number or a customer number."), Tone.DIM)
    if finding is not None and finding.linking:
        return _wide(_("○ linking…"), Tone.DIM)
    if finding is not None and finding.trouble:
        return _wide(str(Phrase("▲ {why} Enter asks again.", why=str(finding.trouble))), Tone.WARN)
    if finding is None or finding.asking or finding.words != typed:
        return _wide(_("○ asking the hub…"), Tone.DIM)
    return _counted(len(finding.customers))


def _counted(count: int) -> Row:
    if not count:
        return _wide(_("Nobody is found by this."), Tone.WARN)
    if count >= MOST_CUSTOMERS_FOUND:
        return _wide(str(Phrase("The first {count}; type more to find fewer.", count=count)), Tone.DIM)
    return _wide(str(Phrase("{count} customer", "{count} customers", count)), Tone.DIM)


def _customer(one: FoundCustomer, chosen: bool) -> tuple[Row, Row]:
    numbers = (words.number(number) for number in one.numbers)
    mark = Cell(pointing("▶") if chosen else "", Tone.STRONG, width=1)
    name = Cell(one.name or one.customer, Tone.STRONG if chosen else Tone.PLAIN, grow=True, wraps=True)
    rest = Cell(line(one.city, *numbers, one.customer), Tone.DIM, grow=True, wraps=True)
    return Row((mark, name), key=one.customer), Row((rest,), indent=2)


def _wide(text: str, tone: Tone) -> Row:
    return Row((Cell(text, tone, grow=True, wraps=True),))
