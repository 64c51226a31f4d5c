"""All keys as they are now, by where they act: made from their table. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent_tui.commands.shortcuts import FIXED, SHORTCUTS, Place, Shortcut, label, named
from agent_tui.session import select
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, _, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone

_WIDTH = 24
_IN_THE_FILE = Phrase(
    "The settings put another key in the place of any of the desk's: [keys] in config.toml."
)
_IN_THE_BROWSER = Phrase(
    "Ctrl+S puts another key in the place of any of the desk's. It holds until you leave."
)
"""A browser's desk has no file of the agent's, and no phone."""
_AT_THE_PHONE = frozenset({Place.ANYWHERE, Place.KEYPAD})
"""Places where nothing but a call is acted on."""


def help_page(state: SessionState) -> Page:
    """Each place, the keys that can be changed before those that cannot.

    Where the agent talks by a telephone of their own, its keys are not among them: they would do nothing.
    """
    rows = [row for place in Place for row in _of_place(state, place)]
    told = _IN_THE_BROWSER if state.talks_elsewhere else _IN_THE_FILE
    return Page((*rows, Row((Cell(str(told), Tone.DIM, grow=True, wraps=True),))))


def key_to_all(*, roomy: bool) -> str:
    """The keys that lead to all others, as they stand on the desk: in little room the help's alone."""
    return line(_("Ctrl+P commands"), _("F1 keys")) if roomy else _("F1 keys")


def _of_place(state: SessionState, place: Place) -> Iterator[Row]:
    if place in _AT_THE_PHONE and state.talks_elsewhere:
        return
    yield Row((Cell(str(place.value), Tone.TITLE, grow=True),))
    for shortcut in SHORTCUTS:
        if shortcut.place is place:
            yield from _of_shortcut(state, shortcut)
    for fixed in FIXED:
        if fixed.place is place:
            yield _row(line(*map(label, fixed.keys)), str(fixed.words))
    yield Row()


def _of_shortcut(state: SessionState, shortcut: Shortcut) -> Iterator[Row]:
    key = named(shortcut.id)
    for meaning in shortcut.meanings:
        if state.talks_elsewhere and meaning.command in select.OF_THE_PHONE:
            continue
        yield _row(key, str(meaning.words if key else Phrase("or: {words}", words=meaning.words)))
        key = ""


def _row(key: str, words: str) -> Row:
    return Row((Cell(key, Tone.STRONG, width=_WIDTH), Cell(words, grow=True, wraps=True)), indent=1)
