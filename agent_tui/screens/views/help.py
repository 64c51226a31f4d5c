"""All keys as they are now, by where they act: made from their table. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent_tui.commands.shortcuts import FIXED, SHORTCUTS, Place, label, named
from agent_tui.text.catalogue import Phrase, _, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone

_WIDTH = 20


def help_page() -> Page:
    """Each place, the keys that can be changed before those that cannot."""
    rows = [row for place in Place for row in _of_place(place)]
    told = Phrase("The settings put another key in the place of any of the desk's: [keys] in config.toml.")
    return Page((*rows, Row((Cell(str(told), Tone.DIM, grow=True, wraps=True),))))


def key_to_all(*, roomy: bool) -> str:
    """The keys that lead to all others, as they stand on the desk: in little room the help's alone."""
    return line(_("Ctrl+P commands"), _("F1 keys")) if roomy else _("F1 keys")


def _of_place(place: Place) -> Iterator[Row]:
    yield Row((Cell(str(place.value), Tone.TITLE, grow=True),))
    for shortcut in SHORTCUTS:
        if shortcut.place is place:
            first, *others = shortcut.meanings
            yield _row(named(shortcut.id), str(first.words))
            for other in others:
                yield _row("", str(Phrase("or: {words}", words=other.words)))
    for fixed in FIXED:
        if fixed.place is place:
            yield _row(line(*map(label, fixed.keys)), str(fixed.words))
    yield Row()


def _row(key: str, words: str) -> Row:
    return Row((Cell(key, Tone.STRONG, width=_WIDTH), Cell(words, grow=True, wraps=True)), indent=1)
