"""Paired brackets and neutrals (UAX #9, N0–N2), over one isolating run sequence.

For these rules numbers count as R (N0 note, N1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from agent_tui.text.bidi.characters import BidiClass, Bracket, Direction

MAX_OPEN_BRACKETS: Final = 63
"""BD16: one more ends the search; the pairs found before it hold."""

_STRONG: Final[Mapping[BidiClass, Direction]] = {"L": "L", "R": "R", "EN": "R", "AN": "R"}


def bracket_pairs(brackets: Sequence[tuple[int, Bracket]]) -> list[tuple[int, int]]:
    """BD16: (opening, closing) of each pair, by the place of its opening bracket.

    ``brackets`` are those of the sequence in order, with their places in it.
    """
    pairs: list[tuple[int, int]] = []
    opened: list[tuple[int, str]] = []
    for place, bracket in brackets:
        if bracket.opens:
            if len(opened) == MAX_OPEN_BRACKETS:
                break
            opened.append((place, bracket.pair))
            continue
        depth = _matching(opened, bracket.pair)
        if depth is not None:
            pairs.append((opened[depth][0], place))
            del opened[depth:]
    return sorted(pairs)


def _matching(opened: Sequence[tuple[int, str]], pair: str) -> int | None:
    for depth in range(len(opened) - 1, -1, -1):
        if opened[depth][1] == pair:
            return depth
    return None


def resolve_brackets(
    classes: list[BidiClass], pairs: Sequence[tuple[int, int]], sos: Direction, embedding: Direction
) -> list[int]:
    """N0: both brackets of a pair get one direction. Returns the places of those that got one."""
    changed: list[int] = []
    for opening, closing in pairs:
        inside = {_STRONG[c] for c in classes[opening + 1 : closing] if c in _STRONG}
        if not inside:
            continue
        # N0 c: with only the other direction inside, what stands before the pair tells
        direction = embedding if embedding in inside else _context(classes, opening, sos)
        classes[opening] = classes[closing] = direction
        changed += [opening, closing]
    return changed


def _context(classes: Sequence[BidiClass], place: int, sos: Direction) -> Direction:
    """The last strong direction before ``place``."""
    for index in range(place - 1, -1, -1):
        bidi_class = classes[index]
        if bidi_class in _STRONG:
            return _STRONG[bidi_class]
    return sos


def carry_marks(classes: list[BidiClass], original: Sequence[BidiClass], changed: Sequence[int]) -> None:
    """N0, last note: marks on a bracket that changed change with it."""
    for place in changed:
        index = place + 1
        while index < len(classes) and original[index] == "NSM":
            classes[index] = classes[place]
            index += 1


def resolve_neutrals(classes: list[BidiClass], sos: Direction, eos: Direction, embedding: Direction) -> None:
    """N1, N2: neutrals between one direction take it, others the embedding direction."""
    before: Direction = sos
    index = 0
    while index < len(classes):
        bidi_class = classes[index]
        if bidi_class in _STRONG:
            before = _STRONG[bidi_class]
            index += 1
            continue
        end = index + 1
        while end < len(classes) and classes[end] not in _STRONG:
            end += 1
        after = _STRONG[classes[end]] if end < len(classes) else eos
        classes[index:end] = [before if before == after else embedding] * (end - index)
        index = end
