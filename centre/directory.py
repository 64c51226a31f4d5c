"""``[[directory]]``: whom agents can find beside their colleagues.

A number that agents' phones cannot reach is refused here, so that no row of a desk leads nowhere, and none
leads past the list of numbers outside.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, TypeAlias

from centre.plain import Number
from centre.texts import Texts
from centre.toml_file import Section, unique

DirectoryKind: TypeAlias = Literal["external", "department", "queue"]

_MOST = 500


class DirectoryEntry(Section):
    """One number and what it is called. ``kind``: a queue of the centre, another place within it, or a number
    on the telephone network.
    """

    names: Texts
    number: Number
    kind: DirectoryKind = "department"


def check_directory(
    entries: Sequence[DirectoryEntry],
    *,
    outside: Collection[str],
    queues: Collection[str],
    inside: Collection[str] | None,
) -> None:
    """Raises ``ValueError`` for a number that its kind does not allow.

    ``outside``: what may be dialled there; ``queues``: their numbers; ``inside``: all that agents' phones
    reach within the centre, None where its Asterisk is not of our making and nobody here knows.
    """
    numbers = [entry.number for entry in entries]
    if len(numbers) > _MOST:
        raise ValueError(f"directory: {len(numbers)} entries are more than {_MOST}")
    unique("directory", "number", numbers)
    for entry in entries:
        whose = f"directory: {entry.number!r}"
        if entry.kind == "external" and entry.number not in outside:
            raise ValueError(f"{whose} is not among outside_numbers, which is all that may be dialled there")
        if entry.kind == "queue" and entry.number not in queues:
            raise ValueError(f"{whose} is the number of no queue")
        if entry.kind == "department" and inside is not None and entry.number not in inside:
            raise ValueError(f"{whose}: neither a queue nor an agent of this centre has the number")
