"""Isolating run sequences: what the later rules take for one stretch of text (UAX #9, X9, X10, BD13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent_tui.text.bidi.characters import ISOLATE_INITIATORS, REMOVED_BY_X9, BidiClass, Direction


@dataclass(frozen=True, slots=True)
class IsolatingRunSequence:
    """Level runs that read on over the isolates between them."""

    indices: list[int]
    """Where its characters stand in the paragraph; those that X9 removes are left out."""
    level: int
    sos: Direction
    """Start-of-sequence: the direction that holds before the first character."""
    eos: Direction
    """End-of-sequence: the direction that holds after the last character."""

    @property
    def direction(self) -> Direction:
        """The embedding direction (BD3)."""
        return direction_of(self.level)


def direction_of(level: int) -> Direction:
    """BD3: even levels run from left to right, odd ones from right to left."""
    return "R" if level & 1 else "L"


def isolating_run_sequences(
    classes: Sequence[BidiClass], levels: Sequence[int], isolates: Mapping[int, int], paragraph_level: int
) -> Iterator[IsolatingRunSequence]:
    """All sequences of a paragraph. ``classes`` are the original ones: overrides do not part isolates."""
    kept = [index for index, bidi_class in enumerate(classes) if bidi_class not in REMOVED_BY_X9]
    place = {index: at for at, index in enumerate(kept)}
    for indices in _joined(_level_runs(kept, levels), classes, isolates):
        level = levels[indices[0]]
        first, last = place[indices[0]], place[indices[-1]]
        before = levels[kept[first - 1]] if first else paragraph_level
        # an isolate initiator comes last only where it has no PDI: then nothing follows it
        ends = last + 1 == len(kept) or classes[indices[-1]] in ISOLATE_INITIATORS
        after = paragraph_level if ends else levels[kept[last + 1]]
        yield IsolatingRunSequence(
            indices, level, sos=direction_of(max(level, before)), eos=direction_of(max(level, after))
        )


def _level_runs(kept: Sequence[int], levels: Sequence[int]) -> list[list[int]]:
    """BD7, over the characters that X9 leaves."""
    runs: list[list[int]] = []
    for index in kept:
        if runs and levels[runs[-1][-1]] == levels[index]:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _joined(
    runs: Sequence[list[int]], classes: Sequence[BidiClass], isolates: Mapping[int, int]
) -> Iterator[list[int]]:
    """BD13: a run that ends with an isolate initiator goes on with the run its PDI begins."""
    closing = set(isolates.values())
    by_first = {run[0]: run for run in runs}
    for run in runs:
        if run[0] in closing:
            continue
        indices = list(run)
        while classes[indices[-1]] in ISOLATE_INITIATORS and indices[-1] in isolates:
            indices += by_first[isolates[indices[-1]]]
        yield indices
