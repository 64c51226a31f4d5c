"""The paragraph's direction (UAX #9, P2 and P3) and which isolates belong together (BD9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent_tui.text.bidi.characters import ISOLATE_INITIATORS, BidiClass


def paragraph_level(classes: Sequence[BidiClass], default: int = 0) -> int:
    """0 where the first strong character outside isolates is L, 1 where it is R or AL (P2, P3).

    ``default`` holds where there is none (HL1: a higher protocol may choose).
    """
    found = first_strong_level(classes, matching_isolates(classes), 0, len(classes))
    return default if found is None else found


def first_strong_level(
    classes: Sequence[BidiClass], isolates: Mapping[int, int], start: int, end: int
) -> int | None:
    """The level the first strong character in ``start:end`` asks for, isolates jumped over (P2)."""
    index = start
    while index < end:
        bidi_class = classes[index]
        if bidi_class == "L":
            return 0
        if bidi_class in {"R", "AL"}:
            return 1
        if bidi_class in ISOLATE_INITIATORS:
            index = isolates.get(index, end)
        index += 1
    return None


def matching_isolates(classes: Sequence[BidiClass]) -> dict[int, int]:
    """Index of each isolate initiator that has a matching PDI → index of that PDI (BD9)."""
    isolates: dict[int, int] = {}
    opened: list[int] = []
    for index, bidi_class in enumerate(classes):
        if bidi_class in ISOLATE_INITIATORS:
            opened.append(index)
        elif bidi_class == "PDI" and opened:
            isolates[opened.pop()] = index
    return isolates
