"""Explicit levels and directions: embeddings, overrides and isolates (UAX #9, X1–X8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from agent_tui.text.bidi.characters import REMOVED_BY_X9, BidiClass, Direction
from agent_tui.text.bidi.paragraph import first_strong_level

MAX_DEPTH: Final = 125
"""BD2."""


class Explicit(NamedTuple):
    """What X1–X8 settle, per character."""

    levels: list[int]
    classes: list[BidiClass]
    """The classes after overrides; those of the formatting characters themselves stay."""


def explicit_levels(
    classes: Sequence[BidiClass], isolates: Mapping[int, int], paragraph_level: int
) -> Explicit:
    """Go through one paragraph, keeping the directional status stack.

    The characters that X9 removes get the level of their place, which no later rule reads.
    """
    if _FORMATTING.isdisjoint(classes):
        return Explicit([paragraph_level] * len(classes), list(classes))
    stack = _StatusStack(paragraph_level)
    settled = Explicit([], list(classes))
    for index, bidi_class in enumerate(classes):
        if bidi_class == "PDI":
            stack.end_isolate()
        settled.levels.append(paragraph_level if bidi_class == "B" else stack.top.level)
        if stack.top.override is not None and bidi_class != "B" and bidi_class not in REMOVED_BY_X9:
            settled.classes[index] = stack.top.override
        if bidi_class in {"LRI", "RLI"}:
            stack.isolate("R" if bidi_class == "RLI" else "L")
        elif bidi_class == "FSI":
            inside = first_strong_level(classes, isolates, index + 1, isolates.get(index, len(classes)))
            stack.isolate("R" if inside else "L")
        elif bidi_class in _EMBEDDINGS:
            stack.embed(*_EMBEDDINGS[bidi_class])
        elif bidi_class == "PDF":
            stack.end_embedding()
    return settled


_EMBEDDINGS: Final[Mapping[BidiClass, tuple[Direction, Direction | None]]] = {
    "LRE": ("L", None),
    "RLE": ("R", None),
    "LRO": ("L", "L"),
    "RLO": ("R", "R"),
}
"""Class → direction of the new level, and what it overrides its characters with."""


_FORMATTING: Final = frozenset[BidiClass]({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


class _Status(NamedTuple):
    level: int
    override: Direction | None
    isolate: bool


class _StatusStack:
    """The directional status stack with its three counters (X1)."""

    def __init__(self, paragraph_level: int) -> None:
        self._entries = [_Status(paragraph_level, None, isolate=False)]
        self._overflow_isolates = 0
        self._overflow_embeddings = 0
        self._valid_isolates = 0

    @property
    def top(self) -> _Status:
        return self._entries[-1]

    def embed(self, direction: Direction, override: Direction | None) -> None:
        """X2–X5."""
        level = self._next_level(direction)
        if level is not None:
            self._entries.append(_Status(level, override, isolate=False))
        elif not self._overflow_isolates:
            self._overflow_embeddings += 1

    def isolate(self, direction: Direction) -> None:
        """X5a–X5c, after the initiator itself has its level."""
        level = self._next_level(direction)
        if level is not None:
            self._valid_isolates += 1
            self._entries.append(_Status(level, None, isolate=True))
        else:
            self._overflow_isolates += 1

    def end_isolate(self) -> None:
        """X6a, before the PDI itself has its level: embeddings left open in the isolate end with it."""
        if self._overflow_isolates:
            self._overflow_isolates -= 1
        elif self._valid_isolates:
            self._overflow_embeddings = 0
            while not self.top.isolate:
                self._entries.pop()
            self._entries.pop()
            self._valid_isolates -= 1

    def end_embedding(self) -> None:
        """X7: a PDF reaches no further than the isolate it stands in."""
        if self._overflow_isolates:
            return
        if self._overflow_embeddings:
            self._overflow_embeddings -= 1
        elif not self.top.isolate and len(self._entries) > 1:
            self._entries.pop()

    def _next_level(self, direction: Direction) -> int | None:
        """The next higher odd or even level; nothing where that is too deep, or too deep already."""
        level = (self.top.level + 1) | 1 if direction == "R" else (self.top.level + 2) & ~1
        fits = level <= MAX_DEPTH and not self._overflow_isolates and not self._overflow_embeddings
        return level if fits else None
