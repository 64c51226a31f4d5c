"""From the classes of a text to its levels, and from the levels of a line to its visual order (UAX #9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agent_tui.text.bidi.characters import ISOLATE_INITIATORS, REMOVED_BY_X9, BidiClass, Bracket
from agent_tui.text.bidi.explicit import explicit_levels
from agent_tui.text.bidi.neutral import bracket_pairs, carry_marks, resolve_brackets, resolve_neutrals
from agent_tui.text.bidi.paragraph import matching_isolates
from agent_tui.text.bidi.sequences import IsolatingRunSequence, isolating_run_sequences
from agent_tui.text.bidi.weak import resolve_weak

_NO_BRACKETS: Final[Mapping[int, Bracket]] = {}

_BLANK: Final = frozenset[BidiClass]({"WS", "PDI"}) | ISOLATE_INITIATORS | REMOVED_BY_X9
"""What L1 resets at the end of a line; with X9's characters, since they are kept in place (5.2)."""


def resolve_levels(
    classes: Sequence[BidiClass], paragraph_level: int, brackets: Mapping[int, Bracket] = _NO_BRACKETS
) -> list[int]:
    """The level of each character before it is broken into lines (P1, X1–I2).

    Each paragraph of the text has ``paragraph_level``. Characters that X9 removes stay in place with the
    level of the character before them (section 5.2). ``brackets`` are the text's, by index.
    """
    levels: list[int] = []
    for start, end in _paragraphs(classes):
        inside = {index - start: bracket for index, bracket in brackets.items() if start <= index < end}
        levels += _paragraph_levels(classes[start:end], paragraph_level, inside)
    return levels


def line_levels(classes: Sequence[BidiClass], levels: Sequence[int], paragraph_level: int) -> list[int]:
    """The levels of one line: white space at its end and before tabs is the paragraph's (L1)."""
    settled = list(levels)
    blank = True
    for index in range(len(settled) - 1, -1, -1):
        bidi_class = classes[index]
        if bidi_class in {"B", "S"}:
            blank = True
            settled[index] = paragraph_level
        elif bidi_class not in _BLANK:
            blank = False
        elif blank:
            settled[index] = paragraph_level
    return settled


def visual_order(levels: Sequence[int]) -> list[int]:
    """The indices of a line's characters from left to right (L2)."""
    order = list(range(len(levels)))
    odd = [level for level in levels if level & 1]
    if not odd:
        return order
    for level in range(max(levels), min(odd) - 1, -1):
        for start, end in _stretches(levels, level):
            order[start:end] = order[start:end][::-1]
    return order


def _stretches(levels: Sequence[int], level: int) -> Iterator[tuple[int, int]]:
    """Where the levels are ``level`` or higher. A reversal beneath moves no character out of its stretch."""
    start: int | None = None
    for index, found in enumerate(levels):
        if found >= level:
            start = index if start is None else start
        elif start is not None:
            yield start, index
            start = None
    if start is not None:
        yield start, len(levels)


def _paragraphs(classes: Sequence[BidiClass]) -> Iterator[tuple[int, int]]:
    """P1: a paragraph separator ends its paragraph."""
    start = 0
    while start < len(classes):
        end = classes.index("B", start) + 1 if "B" in classes[start:] else len(classes)
        yield start, end
        start = end


def _paragraph_levels(
    classes: Sequence[BidiClass], paragraph_level: int, brackets: Mapping[int, Bracket]
) -> list[int]:
    isolates = matching_isolates(classes)
    explicit = explicit_levels(classes, isolates, paragraph_level)
    levels = list(explicit.levels)
    for sequence in isolating_run_sequences(classes, explicit.levels, isolates, paragraph_level):
        _resolve(sequence, explicit.classes, brackets, levels)
    for index, bidi_class in enumerate(classes):
        if bidi_class in REMOVED_BY_X9:
            levels[index] = levels[index - 1] if index else paragraph_level
    return levels


def _resolve(
    sequence: IsolatingRunSequence,
    classes: Sequence[BidiClass],
    brackets: Mapping[int, Bracket],
    levels: list[int],
) -> None:
    """W1–N2 on one sequence, and the levels they give (I1, I2)."""
    original = [classes[index] for index in sequence.indices]
    resolved = list(original)
    resolve_weak(resolved, sequence.sos)
    if brackets:
        found = [
            (place, brackets[index])
            for place, index in enumerate(sequence.indices)
            if index in brackets and resolved[place] == "ON"
        ]
        changed = resolve_brackets(resolved, bracket_pairs(found), sequence.sos, sequence.direction)
        carry_marks(resolved, original, changed)
    resolve_neutrals(resolved, sequence.sos, sequence.eos, sequence.direction)
    implicit = _IMPLICIT[sequence.level & 1]
    for index, bidi_class in zip(sequence.indices, resolved, strict=True):
        levels[index] = sequence.level + implicit.get(bidi_class, 0)


_IMPLICIT: Final[tuple[Mapping[BidiClass, int], Mapping[BidiClass, int]]] = (
    {"R": 1, "AN": 2, "EN": 2},
    {"L": 1, "AN": 1, "EN": 1},
)
"""What I1 adds to even levels, and I2 to odd ones."""
