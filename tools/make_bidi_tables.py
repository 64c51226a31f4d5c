"""Makes ``agent_tui/text/bidi/tables.py`` from the Unicode Character Database.

    python tools/make_bidi_tables.py [DIRECTORY]

``DIRECTORY`` holds UnicodeData.txt, PropList.txt, DerivedCoreProperties.txt, BidiBrackets.txt and
BidiMirroring.txt of one version; Debian's ``unicode-data`` puts them into /usr/share/unicode. Python's
own ``unicodedata`` will not do: its version is the interpreter's, and it knows neither the classes of
unassigned code points nor brackets nor mirrored glyphs.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

UCD = Path("/usr/share/unicode")
TABLES = Path(__file__).parent.parent / "agent_tui" / "text" / "bidi" / "tables.py"

_LAST = 0x10FFFF

_UNASSIGNED = (
    ("R", "0590-05FF 07C0-085F FB1D-FB4F 10800-10CFF 10D40-10EBF 10F00-10F2F 10F70-10FFF"),
    ("R", "1E800-1EC6F 1ECC0-1ECFF 1ED50-1EDFF 1EF00-1EFFF"),
    ("AL", "0600-07BF 0860-08FF FB50-FDCF FDF0-FDFF FE70-FEFF 10D00-10D3F 10EC0-10EFF 10F30-10F6F"),
    ("AL", "1EC70-1ECBF 1ED00-1ED4F 1EE00-1EEFF"),
    ("ET", "20A0-20CF"),
)
"""Bidi_Class of code points nobody has assigned: the ``@missing`` lines of DerivedBidiClass.txt."""

_HEAD = '''"""Bidi_Class, paired brackets and mirrored glyphs of Unicode {version}.

Made by tools/make_bidi_tables.py: do not edit.
"""

from typing import Final

UNICODE_VERSION: Final = "{version}"
'''


def tables(ucd: Path = UCD) -> str:
    """The text of ``tables.py`` for the database in ``ucd``."""
    parts = [
        _HEAD.format(version=version(ucd)),
        _table("BIDI_CLASSES", "First code point of each range, and the class of the range.", _classes(ucd)),
        _table("BRACKETS", "Opening and closing paired brackets (BidiBrackets.txt).", _opening_brackets(ucd)),
        _table(
            "CANONICAL", "Brackets that are canonically equivalent to another one.", _canonical_brackets(ucd)
        ),
        _table("MIRRORED", "Glyph and mirrored glyph (BidiMirroring.txt).", _mirrored(ucd)),
    ]
    return "\n".join(parts)


def version(ucd: Path) -> str:
    """The database's version; raises ``ValueError`` where ``ucd`` does not tell it."""
    first = (ucd / "PropList.txt").read_text(encoding="utf-8").partition("\n")[0]
    found = re.fullmatch(r"# PropList-(\d+\.\d+\.\d+)\.txt", first)
    if found is None:
        raise ValueError(f"{ucd}/PropList.txt does not name its version")
    return found[1]


def _table(name: str, told: str, pairs: list[tuple[int, str]]) -> str:
    words = " ".join(f"{point:04X}:{value}" for point, value in pairs)
    return f'{name}: Final = """\n{textwrap.fill(words, 110)}\n"""\n"""{told}"""\n'


def _classes(ucd: Path) -> list[tuple[int, str]]:
    """Each range's first code point and class, ranges of one class joined."""
    of = ["L"] * (_LAST + 1)
    for bidi_class, ranges in _UNASSIGNED:
        for span in ranges.split():
            first, last = (int(end, 16) for end in span.split("-"))
            of[first : last + 1] = [bidi_class] * (last + 1 - first)
    for point in _boundary_neutrals(ucd):
        of[point] = "BN"
    for first, last, bidi_class in _assigned(ucd):
        of[first : last + 1] = [bidi_class] * (last + 1 - first)
    return [(point, of[point]) for point in range(_LAST + 1) if point == 0 or of[point] != of[point - 1]]


def _boundary_neutrals(ucd: Path) -> Iterator[int]:
    """Unassigned code points that are BN: noncharacters and default ignorable ones."""
    yield from _property(ucd / "PropList.txt", "Noncharacter_Code_Point")
    yield from _property(ucd / "DerivedCoreProperties.txt", "Default_Ignorable_Code_Point")


def _assigned(ucd: Path) -> Iterator[tuple[int, int, str]]:
    """(first, last, class) of UnicodeData.txt, where a range is two lines named ``First`` and ``Last``."""
    first = 0
    for fields in _rows(ucd / "UnicodeData.txt"):
        point = int(fields[0], 16)
        if fields[1].endswith(", First>"):
            first = point
            continue
        yield (first if fields[1].endswith(", Last>") else point), point, fields[4]


def _property(path: Path, name: str) -> Iterator[int]:
    for fields in _rows(path):
        if fields[1] == name:
            first, _, last = fields[0].partition("..")
            yield from range(int(first, 16), int(last or first, 16) + 1)


def _opening_brackets(ucd: Path) -> list[tuple[int, str]]:
    rows = _rows(ucd / "BidiBrackets.txt")
    return [(int(fields[0], 16), fields[1]) for fields in rows if fields[2] == "o"]


def _canonical_brackets(ucd: Path) -> list[tuple[int, str]]:
    brackets = {int(fields[0], 16) for fields in _rows(ucd / "BidiBrackets.txt")}
    found = []
    for fields in _rows(ucd / "UnicodeData.txt"):
        decomposition = fields[5]
        if int(fields[0], 16) in brackets and decomposition and "<" not in decomposition:
            found.append((int(fields[0], 16), decomposition))
    return found


def _mirrored(ucd: Path) -> list[tuple[int, str]]:
    return [(int(fields[0], 16), fields[1]) for fields in _rows(ucd / "BidiMirroring.txt")]


def _rows(path: Path) -> Iterator[list[str]]:
    """The fields of a UCD file's lines, comments and empty lines left out."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            told = line.partition("#")[0].strip()
            if told:
                yield [field.strip() for field in told.split(";")]


def main() -> None:
    """Write the tables from the directory that is named, or Debian's."""
    ucd = Path(sys.argv[1]) if len(sys.argv) > 1 else UCD
    TABLES.write_text(tables(ucd), encoding="utf-8")


if __name__ == "__main__":
    main()
