"""Whom the agent can call or hand on to, each with how they stand, and what Enter would do. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from agent_tui.commands import model as do
from agent_tui.screens import words
from agent_tui.screens.views.pointing import pointing
from agent_tui.session.directory import HARDLY, REFUSED, Contact, Standing
from agent_tui.session.state import Link, SessionState
from agent_tui.text.catalogue import Phrase, _, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.least_room import Room

MOST_ROWS: Final = 100
"""As many as are laid out ten times a second while it is open; nobody walks further by arrows."""

_STANDINGS: Final = {
    Standing.FREE: ("●", Phrase("free", context="colleague"), Tone.GOOD),
    Standing.UNKNOWN: ("?", Phrase("not known", context="colleague"), Tone.DIM),
    Standing.AWAY: ("■", Phrase("away", context="colleague"), Tone.WARN),
    Standing.PAUSED: ("■", Phrase("paused"), Tone.WARN),
    Standing.WRAP_UP: ("◷", Phrase("wrap-up"), Tone.WARN),
    Standing.RINGING: ("☎", Phrase("ringing", context="colleague"), Tone.BAD),
    Standing.TALKING: ("✕", Phrase("talking", context="colleague"), Tone.BAD),
    Standing.OFFLINE: ("□", Phrase("offline", context="colleague"), Tone.DIM),
    Standing.UNREACHABLE: ("□", Phrase("no telephone", context="colleague"), Tone.DIM),
}
_KINDS: Final = {
    "queue": Phrase("queue", context="directory"),
    "department": Phrase("in the centre", context="directory"),
    "external": Phrase("outside", context="directory"),
}
_TIMED: Final = frozenset({Standing.TALKING, Standing.AWAY, Standing.PAUSED, Standing.WRAP_UP})
"""Of these one asks how long it has been so."""

_STANDING, _NUMBER = (15, 24, 34), (16, 16, 18)
"""Cells for how somebody stands and for the number, by how much room there is: in the least a name still has
fourteen, and the reason of who is away is cut.
"""


def list_page(
    state: SessionState, listed: tuple[Contact, ...], chosen: str, clock: datetime, room: Room
) -> Page:
    """A line for each, the ``chosen`` one marked; without any, why. ``clock`` is the agent's, aware."""
    if not listed:
        return Page((_wide(_nobody(state), Tone.DIM),))
    rows = [_row(one, one.key == chosen, clock, room) for one in listed[:MOST_ROWS]]
    left = len(listed) - MOST_ROWS
    if left > 0:
        more = Phrase(
            "{count} more: type a piece of the name.", "{count} more: type a piece of the name.", left
        )
        rows.append(_wide(str(more), Tone.DIM))
    return Page(tuple(rows), cursor=chosen)


def told_page(typed: str, one: Contact | None, needs: type[do.Transfer | do.Dial]) -> Page:
    """What Enter does now, and that it would be refused where that is known before."""
    if one is None and not typed:
        return Page()
    return Page(tuple(_told(typed, one, transfers=needs is do.Transfer)))


def hint_row(state: SessionState) -> Row:
    """What can be typed; while the hub is away, why nobody's standing is told."""
    if state.hub is not Link.UP:
        return _wide(_("▲ The hub is away: who is free is not known. A number can be typed."), Tone.WARN)
    if state.pbx is not Link.UP:
        return _wide(_("▲ The exchange is away: who is free is not known."), Tone.WARN)
    return _wide(_("name, number, extension or sip: address"), Tone.DIM)


def _told(typed: str, one: Contact | None, *, transfers: bool) -> Iterator[Row]:
    if one is None:
        told = Phrase("Enter transfers to {who}.", who=typed) if transfers else _calls(typed)
        yield _wide(str(told), Tone.STRONG)
        return
    who = line(one.name, words.number(one.number))
    told = Phrase("Enter transfers to {who}.", who=who) if transfers else _calls(who)
    yield _wide(str(told), Tone.STRONG)
    if transfers and one.standing in REFUSED:
        refused = _("▲ They cannot take it now: it is refused, and the call stays yours.")
        yield _wide(refused, Tone.WARN)
    elif transfers and one.standing in HARDLY:
        yield _wide(_("▲ They may not answer: the call then stays yours or comes back to you."), Tone.WARN)


def _calls(who: str) -> Phrase:
    return Phrase("Enter calls {who}.", who=who)


def _row(one: Contact, marked: bool, clock: datetime, room: Room) -> Row:
    mark = Cell(pointing("▶") if marked else "", Tone.STRONG, width=1)
    name = Cell(one.name, Tone.STRONG if marked else Tone.PLAIN, grow=True)
    number = Cell(words.number(one.number), Tone.DIM, width=_NUMBER[room], right=True)
    return Row((mark, name, number, _standing(one, clock, _STANDING[room])), key=one.key)


def _standing(one: Contact, clock: datetime, width: int) -> Cell:
    if one.kind != "colleague":
        return Cell(f"◆ {_KINDS[one.kind]}", width=width)
    sign, phrase, tone = _STANDINGS[one.standing]
    timed = one.since is not None and one.standing in _TIMED
    since = words.timer((clock - one.since).total_seconds()) if timed and one.since is not None else ""
    parts = [str(phrase), since, str(one.reason)]
    return Cell(f"{sign} {' '.join(part for part in parts if part)}", tone, width=width)


def _nobody(state: SessionState) -> str:
    listed = state.directory
    if listed.colleagues or listed.entries:
        return _("Nobody is called that.")
    if state.hub is not Link.UP:
        return _("Nobody can be listed while the hub is away.")
    return _("Nobody is listed here.")


def _wide(text: str, tone: Tone) -> Row:
    return Row((Cell(text, tone, grow=True, wraps=True),))
