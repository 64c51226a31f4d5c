"""All keys as they are now, by where they act: made from their table. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent_tui.commands.overlay_keys import of_place
from agent_tui.commands.shortcuts import FIXED, SHORTCUTS, Meaning, Place, label, named
from agent_tui.session import select
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, _, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone

_WIDTH = 24
_IN_THE_FILE = Phrase(
    "Ctrl+S puts another key in the place of any of the desk's, and so does [keys] in config.toml."
)
_IN_THE_BROWSER = Phrase(
    "Ctrl+S puts another key in the place of any of the desk's. It holds until you leave."
)
"""A browser's desk has no file of the agent's, and no phone."""


def help_page(state: SessionState, first: Place | None = None) -> Page:
    """Each place, the keys that can be changed before those that cannot; that of ``first`` before all others.

    Where the agent talks by a telephone of their own, its keys are not among them: they would do nothing. Nor
    is a place to which nothing leads them.
    """
    places = sorted(Place, key=lambda place: place is not first)
    rows = [row for place in places for row in _of_place(state, place)]
    told = _IN_THE_BROWSER if state.talks_elsewhere else _IN_THE_FILE
    return Page((*rows, Row((Cell(str(told), Tone.DIM, grow=True, wraps=True),))))


def key_to_all(*, roomy: bool) -> str:
    """The keys that lead to all others, as they stand on the desk: in little room the help's alone."""
    return line(_("Ctrl+P commands"), _("F1 keys")) if roomy else _("F1 keys")


def either(meaning: Meaning, *, first: bool) -> Phrase:
    """One of the things that a key does; which of them it is now depends on what can be done."""
    return meaning.words if first else Phrase("or: {words}", words=meaning.words)


def _of_place(state: SessionState, place: Place) -> Iterator[Row]:
    if _closed(state, place):
        return
    yield Row((Cell(str(place.value), Tone.TITLE, grow=True),))
    for shortcut in SHORTCUTS:
        if shortcut.place is place:
            yield from _of_key(state, shortcut.id, shortcut.meanings)
    for own in of_place(place):
        yield from _of_key(state, own.id, own.meanings)
    for fixed in FIXED:
        if fixed.place is place:
            yield _row(line(*map(label, fixed.keys)), str(fixed.words))
    yield Row()


def _closed(state: SessionState, place: Place) -> bool:
    """Whether nothing leads this agent there."""
    return (
        (place is Place.KEYPAD and state.talks_elsewhere)
        or (place in (Place.CONVERSATIONS, Place.FILE) and not select.writes(state))
        or (place is Place.FLOOR and not select.trains(state))
    )


def _of_key(state: SessionState, shortcut: str, meanings: Sequence[Meaning]) -> Iterator[Row]:
    key = named(shortcut)
    for meaning in meanings:
        if state.talks_elsewhere and meaning.command in select.OF_THE_PHONE:
            continue
        yield _row(key, str(either(meaning, first=bool(key))))
        key = ""


def _row(key: str, words: str) -> Row:
    return Row((Cell(key, Tone.STRONG, width=_WIDTH), Cell(words, grow=True, wraps=True)), indent=1)
