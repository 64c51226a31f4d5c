"""What the palette offers: every command by its words, and why one does not act now. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent_tui.commands import model as do
from agent_tui.commands.overlay_keys import OverlayKey, of_place
from agent_tui.commands.shortcuts import (
    BY_ID,
    DISMISS,
    PARTS,
    SHORTCUTS,
    Meaning,
    Place,
    Shortcut,
    label,
    named,
)
from agent_tui.screens.keyboard import meaning, never, not_now, reason, works
from agent_tui.screens.views.pointing import pointing
from agent_tui.screens.words import SPOKEN, THEMES
from agent_tui.session import select
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, Told, in_every_language, language
from agent_tui.text.hebrew_layout import retyped
from agent_tui.widgets.cells import Cell, Page, Row, Tone

PALETTE = "palette"
_FIXED, _PART, _THEME, _LANGUAGE, _HERE = "dismiss", "part ", "theme ", "language ", "here "
"""Before what is chosen, in the keys of rows for what has no shortcut of the desk's."""
_ALIKE: Final = str.maketrans("׳‘’״“”־ךםןףץ", "'''\"\"\"-כמנפצ")
"""Signs that Hebrew has and a keyboard has not; and a letter at a word's end goes on in a longer word."""
_COVERED = Phrase("Leave by Esc what lies over the desk.")
_OPEN = Phrase("It is open already; Esc leads back to it.")


@dataclass(frozen=True, slots=True)
class Beneath:
    """What lies between palette and desk: where, the keys that do something there now, and all that is open,
    by the key that opened it or the command that it asks for.
    """

    place: Place
    here: tuple[tuple[OverlayKey, Meaning], ...]
    opened: frozenset[str | type[do.Command]]

    def opened_by(self, shortcut: Shortcut, one: Meaning) -> bool:
        """Whether this would only open once more what is open."""
        return shortcut.id in self.opened or one.command in self.opened

    def has_key(self, shortcut: Shortcut) -> bool:
        """Whether that key does there what it does on the desk."""
        pressed = {key.id for key in of_place(self.place) if _is_pressed(key)}
        return shortcut.place is Place.ANYWHERE or shortcut.id in pressed


@dataclass(frozen=True, slots=True)
class Offer:
    """One line. ``key`` is the key that would do just this; ``why_not`` is empty where it acts now."""

    id: str
    words: Phrase
    key: str = ""
    why_not: Told = ""
    also: Phrase | None = None

    def found_by(self, typed: str) -> bool:
        """Whether each typed word stands somewhere in its words, of any language."""
        said = f" {_folded(self._said)} {self.key.casefold()}"
        return all(word in said for word in _folded(typed).split())

    def begun_by(self, typed: str) -> bool:
        """Whether each typed word begins one of its words."""
        said = f" {_folded(self._said)} {self.key.casefold()}"
        return all(f" {word}" in said for word in _folded(typed).split())

    @property
    def _said(self) -> str:
        phrases = (self.words, self.also) if self.also is not None else (self.words,)
        return " ".join(told for phrase in phrases for told in in_every_language(phrase))


def offers(state: SessionState, theme: str, beneath: Beneath | None = None) -> tuple[Offer, ...]:
    """All there are, in the order of the tables; those of what lies ``beneath`` before those of the desk."""
    return (
        *_of_what_is_open(beneath),
        *_of_shortcuts(state, beneath),
        *_of_parts(state, beneath),
        *_of_themes(theme),
        *_of_languages(),
    )


def chosen_here(offer: str) -> OverlayKey | None:
    """The key of what lies over the desk that the line of this id stands for."""
    if not offer.startswith(_HERE):
        return None
    place, _space, number = offer.removeprefix(_HERE).partition(" ")
    return of_place(Place[place])[int(number.partition(" ")[0])]


def chosen_shortcut(offer: str) -> tuple[str, Meaning] | None:
    """The shortcut and the meaning that the line of this id stands for."""
    shortcut, _space, number = offer.partition(" ")
    if shortcut not in BY_ID:
        return None
    return shortcut, BY_ID[shortcut].meanings[int(number)]


def chosen_part(offer: str) -> str:
    """The part of the desk that the line of this id leads to; empty for another line."""
    return offer.removeprefix(_PART) if offer.startswith(_PART) else ""


def chosen_theme(offer: str) -> str:
    """The theme that the line of this id stands for; empty for another line."""
    return offer.removeprefix(_THEME) if offer.startswith(_THEME) else ""


def chosen_language(offer: str) -> str:
    """The language that the line of this id stands for; empty for another line."""
    return offer.removeprefix(_LANGUAGE) if offer.startswith(_LANGUAGE) else ""


def is_dismissal(offer: str) -> bool:
    """Whether the line of this id takes a notice away."""
    return offer == _FIXED


def palette_page(state: SessionState, typed: str, theme: str, beneath: Beneath | None = None) -> Page:
    """What is found by ``typed``: what acts now first, then the rest with why not.

    What finds nothing was typed before the keyboard was changed over, perhaps.
    """
    every = offers(state, theme, beneath)
    found = _found(every, typed) or _found(every, retyped(typed))
    acting = [_acting(offer) for offer in found if not offer.why_not]
    waiting = [_waiting(offer) for offer in found if offer.why_not]
    if not found:
        return Page((Row((Cell(str(Phrase("Nothing is called that.")), Tone.WARN, grow=True, wraps=True),)),))
    return Page((*acting, *waiting))


def _found(every: Sequence[Offer], typed: str) -> list[Offer]:
    found = (offer for offer in every if offer.found_by(typed))
    return sorted(found, key=lambda offer: not offer.begun_by(typed))


def _folded(text: str) -> str:
    return text.casefold().translate(_ALIKE)


def _of_what_is_open(beneath: Beneath | None) -> Iterator[Offer]:
    """What its keys do there now; what they do as on the desk is among that."""
    if beneath is None:
        return
    own = of_place(beneath.place)
    for number, (key, one) in enumerate(beneath.here):
        if not _is_pressed(key):
            yield Offer(f"{_HERE}{beneath.place.name} {own.index(key)} {number}", one.words, named(key.id))


def _is_pressed(key: OverlayKey) -> bool:
    return key.action.startswith("press(")


def _of_shortcuts(state: SessionState, beneath: Beneath | None) -> Iterator[Offer]:
    possible = select.possible(state)
    for shortcut in SHORTCUTS:
        if shortcut.id == PALETTE:
            continue
        now = meaning(state, shortcut.id, possible)
        for number, one in enumerate(shortcut.meanings):
            if never(state, one.command):
                continue
            acts = works(state, one.command, possible)
            why_not: Told = "" if acts or one.command is None else reason(state, one.command)
            key = named(shortcut.id) if one is now or not acts else ""
            if beneath is not None:
                why_not = _OPEN if beneath.opened_by(shortcut, one) else why_not
                key = key if beneath.has_key(shortcut) else ""
            yield Offer(f"{shortcut.id} {number}", one.words, key, why_not, one.also)


def _of_parts(state: SessionState, beneath: Beneath | None) -> Iterator[Offer]:
    covered: Told = _COVERED if beneath is not None else ""
    yield _fixed(state, _FIXED, DISMISS, covered, "" if covered else label("escape"))
    for part in PARTS:
        yield _fixed(state, _PART + part.id, part.meaning, covered)


def _fixed(state: SessionState, offer: str, one: Meaning, covered: Told, key: str = "") -> Offer:
    acts = works(state, one.command, select.possible(state))
    why_not = covered or ("" if acts or one.command is None else reason(state, one.command))
    return Offer(offer, one.words, key, why_not, one.also)


def _of_themes(theme: str) -> Iterator[Offer]:
    for name, words in THEMES.items():
        why_not = Phrase("It looks so already.") if name == theme else ""
        yield Offer(_THEME + name, words, why_not=why_not, also=Phrase("theme colours look"))


def _of_languages() -> Iterator[Offer]:
    for name, words in SPOKEN.items():
        why_not = Phrase("The desk speaks it already.") if name == language() else ""
        yield Offer(_LANGUAGE + name, words, why_not=why_not, also=Phrase("Hebrew English speak"))


def _acting(offer: Offer) -> Row:
    return Row(
        (Cell(pointing("▸")), Cell(str(offer.words), grow=True), Cell(offer.key, Tone.STRONG)),
        key=offer.id,
    )


def _waiting(offer: Offer) -> Row:
    told = not_now(offer.words, offer.why_not)
    return Row((Cell("·", Tone.DIM), Cell(str(told), Tone.DIM, grow=True, wraps=True)))
