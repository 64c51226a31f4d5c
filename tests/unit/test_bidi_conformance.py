"""UAX #9 against Unicode's own data, every line of it.

The data comes from Debian's package ``unicode-data`` (scripts/system-packages.sh).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from agent_tui.text.bidi import tables
from agent_tui.text.bidi.algorithm import line_levels, resolve_levels, visual_order
from agent_tui.text.bidi.characters import REMOVED_BY_X9, BidiClass, Bracket, bidi_classes, brackets
from agent_tui.text.bidi.paragraph import paragraph_level
from tools.make_bidi_tables import TABLES, UCD, version
from tools.make_bidi_tables import tables as made_tables


class Case(NamedTuple):
    line: str
    classes: Sequence[BidiClass]
    brackets: Mapping[int, Bracket]
    paragraph_levels: set[int]
    levels: list[str]
    """``x`` where X9 removes the character."""
    order: list[int]


def read_data(name: str) -> Iterator[str]:
    with (UCD / name).open(encoding="utf-8") as lines:
        yield from (line.strip() for line in lines if line.strip() and not line.startswith("#"))


def class_cases() -> Iterator[Case]:
    levels: list[str] = []
    order: list[int] = []
    for line in read_data("BidiTest.txt"):
        if line.startswith("@"):
            name, *values = line.split()
            if name == "@Levels:":
                levels = values
            elif name == "@Reorder:":
                order = [int(value) for value in values]
            continue
        sequence, _, bitset = line.partition(";")
        classes = cast("list[BidiClass]", sequence.split())
        asked = int(bitset, 16)
        wanted = {level for bit, level in ((2, 0), (4, 1)) if asked & bit}
        if asked & 1:
            wanted.add(paragraph_level(classes))
        yield Case(line, classes, {}, wanted, levels, order)


def character_cases() -> Iterator[Case]:
    for line in read_data("BidiCharacterTest.txt"):
        points, direction, level, levels, order = line.split(";")
        text = "".join(chr(int(point, 16)) for point in points.split())
        classes = bidi_classes(text)
        asked = paragraph_level(classes) if direction == "2" else int(direction)
        assert asked == int(level), line
        yield Case(
            line, classes, brackets(text), {asked}, levels.split(), [int(place) for place in order.split()]
        )


def wrong_levels(case: Case) -> list[int]:
    """The paragraph levels for which the algorithm differs from the case."""
    kept = [bidi_class not in REMOVED_BY_X9 for bidi_class in case.classes]
    wrong = []
    for level in case.paragraph_levels:
        levels = line_levels(case.classes, resolve_levels(case.classes, level, case.brackets), level)
        told = [str(found) if keep else "x" for found, keep in zip(levels, kept, strict=True)]
        order = [index for index in visual_order(levels) if kept[index]]
        if told != case.levels or order != case.order:
            wrong.append(level)
    return wrong


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("cases", "count"),
    [
        pytest.param(class_cases, 490_846, id="classes"),
        pytest.param(character_cases, 91_707, id="characters"),
    ],
)
def test_every_case_of_the_conformance_data(cases: Callable[[], Iterator[Case]], count: int) -> None:
    seen = 0
    for case in cases():
        seen += 1
        assert not wrong_levels(case), case.line
    assert seen == count


def test_tables_are_what_the_script_makes_of_their_version_of_the_database() -> None:
    assert Path(tables.__file__).samefile(TABLES)
    if version(UCD) == tables.UNICODE_VERSION:  # a newer unicode-data has newer characters
        assert TABLES.read_text(encoding="utf-8") == made_tables()
