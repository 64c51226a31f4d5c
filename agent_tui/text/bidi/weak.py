"""Numbers, their separators and terminators, and combining marks (UAX #9, W1–W7).

Each rule goes over the classes of one isolating run sequence and changes them in place.
"""

from __future__ import annotations

from agent_tui.text.bidi.characters import ISOLATE_INITIATORS, BidiClass, Direction


def resolve_weak(classes: list[BidiClass], sos: Direction) -> None:
    """W1–W7; no class is left but L, R, EN, AN and the neutral ones."""
    present = set(classes)
    if "NSM" in present:
        _w1_marks_follow_their_base(classes, sos)
    if "AL" in present:
        _w2_numbers_after_arabic_letters(classes)
        _replace(classes, "AL", "R")  # W3
    if present & {"EN", "AN"}:
        _w4_single_separators(classes)
    if "ET" in present:
        _w5_terminators(classes)
    for separator in _SEPARATORS & present:
        _replace(classes, separator, "ON")  # W6
    if "EN" in present:
        _w7_numbers_after_latin_letters(classes, sos)


_SEPARATORS = frozenset[BidiClass]({"ES", "ET", "CS"})


def _w1_marks_follow_their_base(classes: list[BidiClass], sos: Direction) -> None:
    """A mark takes the class of what it stands on, ON after an isolate's edge."""
    previous: BidiClass = sos
    for index, bidi_class in enumerate(classes):
        if bidi_class == "NSM":
            classes[index] = previous
        else:
            previous = "ON" if bidi_class in ISOLATE_INITIATORS or bidi_class == "PDI" else bidi_class


def _w2_numbers_after_arabic_letters(classes: list[BidiClass]) -> None:
    """European digits behave as Arabic ones when the last strong character was AL."""
    arabic = False
    for index, bidi_class in enumerate(classes):
        if bidi_class in {"L", "R", "AL"}:
            arabic = bidi_class == "AL"
        elif bidi_class == "EN" and arabic:
            classes[index] = "AN"


def _w4_single_separators(classes: list[BidiClass]) -> None:
    """One separator between two numbers of a kind becomes a number: ``1,250`` and ``14:30``."""
    for index in range(1, len(classes) - 1):
        before = classes[index - 1]
        if before == classes[index + 1] and (
            (before == "EN" and classes[index] in {"ES", "CS"}) or (before == "AN" and classes[index] == "CS")
        ):
            classes[index] = before


def _w5_terminators(classes: list[BidiClass]) -> None:
    """Terminators beside European numbers become numbers: ``₪1`` and ``50%``."""
    _terminators_after_numbers(classes)
    classes.reverse()
    _terminators_after_numbers(classes)
    classes.reverse()


def _terminators_after_numbers(classes: list[BidiClass]) -> None:
    number = False
    for index, bidi_class in enumerate(classes):
        if number and bidi_class == "ET":
            classes[index] = "EN"
        else:
            number = bidi_class == "EN"


def _w7_numbers_after_latin_letters(classes: list[BidiClass], sos: Direction) -> None:
    """European digits are part of left-to-right text when the last strong character was L."""
    latin = sos == "L"
    for index, bidi_class in enumerate(classes):
        if bidi_class in {"L", "R"}:
            latin = bidi_class == "L"
        elif bidi_class == "EN" and latin:
            classes[index] = "L"


def _replace(classes: list[BidiClass], old: BidiClass, new: BidiClass) -> None:
    classes[:] = [new if bidi_class == old else bidi_class for bidi_class in classes]
