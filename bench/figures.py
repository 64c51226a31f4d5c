"""What a bench found: samples, each in a row beside the figure it is compared with."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_HEAD = ("what", "median", "p95", "n", "beside", "median", "ratio")
_P95 = 0.95


@dataclass(frozen=True, slots=True)
class Sample:
    """Measurements of one thing in one unit. ``name`` says what was measured, from where to where."""

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one: a machine that does something else now and then does not move it."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The smallest measured value that 95 % of all do not exceed (nearest rank)."""
        ranked = sorted(self.values)
        return ranked[min(len(ranked) - 1, int(len(ranked) * _P95))]

    def told(self, value: float) -> str:
        """``value`` of this sample as people read it."""
        digits = 0 if abs(value) >= 100 else 1  # noqa: PLR2004 - three figures are plenty
        return f"{value:.{digits}f} {self.unit}"


def milliseconds(name: str, seconds: Iterable[float]) -> Sample:
    """Times in seconds as a sample in milliseconds."""
    return Sample(name, "ms", tuple(value * 1000 for value in seconds))


@dataclass(frozen=True, slots=True)
class Row:
    """``ours`` beside what it is compared with in the same run; None for a figure others stand beside."""

    ours: Sample
    beside: Sample | None = None

    def cells(self) -> tuple[str, ...]:
        """The row as the table's cells."""
        ours, beside = self.ours, self.beside
        told = (ours.name, ours.told(ours.median), ours.told(ours.p95), str(len(ours.values)))
        if beside is None:
            return (*told, "–", "–", "–")
        ratio = f"{ours.median / beside.median:.2f}" if beside.median else "–"
        return (*told, beside.name, beside.told(beside.median), ratio)


def table(rows: Sequence[Row]) -> str:
    """The rows as a table that reads the same in a terminal and as Markdown."""
    lines = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    rule = tuple("-" * width for width in widths)
    told = [lines[0], rule, *lines[1:]]
    return "\n".join(f"| {' | '.join(map(str.ljust, line, widths))} |" for line in told)
