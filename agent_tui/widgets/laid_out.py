"""A page laid out at one width: its lines, and the key of each line's row. Pure; no Textual here."""

from __future__ import annotations

from dataclasses import dataclass

from agent_tui.widgets.cells import Line, Page, lay_out


@dataclass(frozen=True, slots=True)
class LaidOut:
    """``lines`` and the rest are as long; a line of a row that cannot be chosen has no key."""

    lines: tuple[Line, ...] = ()
    keys: tuple[str, ...] = ()
    indents: tuple[int, ...] = ()
    subjects: tuple[str, ...] = ()
    width: int = 0

    @classmethod
    def of(cls, page: Page, width: int, *, mirrored: bool) -> LaidOut:
        """``page`` in ``width`` cells; ``mirrored`` its rows begin at the right."""
        lines: list[Line] = []
        keys: list[str] = []
        indents: list[int] = []
        subjects: list[str] = []
        for row in page.rows:
            laid = lay_out(row, width, mirrored=mirrored)
            lines.extend(laid)
            keys.extend([row.key] * len(laid))
            indents.extend([row.indent] * len(laid))
            subjects.extend([row.subject] * len(laid))
        return cls(tuple(lines), tuple(keys), tuple(indents), tuple(subjects), width)

    @property
    def text(self) -> str:
        """All of it, line by line."""
        return "\n".join("".join(text for text, _tone in line) for line in self.lines)

    def key_at(self, index: int) -> str:
        """The key of the row at this line; empty where there is none."""
        return self.keys[index] if 0 <= index < len(self.keys) else ""

    def row_of(self, key: str) -> range:
        """The lines of the row; none of a row that is not laid out yet."""
        if key not in self.keys:
            return range(0)
        first = self.keys.index(key)
        return range(first, first + self.keys.count(key))

    def with_indented(self, key: str) -> range:
        """The lines of the row, and of those below that are indented under it."""
        row = self.row_of(key)
        if not row:
            return row
        below = range(row.stop, len(self.lines))
        end = next((at for at in below if self.indents[at] <= self.indents[row.start]), len(self.lines))
        return range(row.start, end)

    def found_in(self, now: LaidOut, top: int) -> int:
        """The line of ``now`` that stands where ``top`` stood here: by the first line from there on whose
        subject is on both; ``top`` where there is none.
        """
        for index, subject in enumerate(self.subjects[top:], top):
            if subject and subject in now.subjects:
                first, within = now.subjects.index(subject), index - self.subjects.index(subject)
                line = first + min(within, now.subjects.count(subject) - 1)
                return max(0, line - (index - top))
        return top

    def same_size(self, other: LaidOut) -> bool:
        """Whether it takes the same room, so that lines can be painted one by one."""
        return (self.width, len(self.lines)) == (other.width, len(other.lines))

    def changed_from(self, before: LaidOut) -> list[int]:
        """The lines that differ from those of one of the same size."""
        pairs = zip(before.lines, self.lines, strict=True)
        return [index for index, (was, now) in enumerate(pairs) if was != now]
