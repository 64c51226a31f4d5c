"""The terminal: can it show the desk, its colours, its lines and its Hebrew."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent_tui.session.findings import Finding
from agent_tui.text.catalogue import Phrase
from agent_tui.text.terminal import Bidi, Manner, manner, orders_itself
from doctor.dialogue import REORDERING, Dialogue
from doctor.findings import failed, good, skipped, warning
from edge.text import clean

_LEAST_SIZE = (80, 24)
_PROBES = (("ש", 1), ("é", 1), ("▶", 1), ("│", 1), ("₪", 1))
"""What the desk draws, and how many cells it counts for it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the process knows of its terminal without asking it."""

    environ: Mapping[str, str]
    encoding: str
    size: os.terminal_size


def examine(setting: Setting, talk: Dialogue | None) -> Iterator[Finding]:
    """Size and colours from the surroundings; cells and Hebrew from the terminal's own answers."""
    yield _encoding(setting.encoding)
    yield _colours(setting.environ)
    if talk is None:
        yield skipped("terminal", Phrase("not run in a terminal"))
        return
    yield _size(setting.size)
    yield _cells(talk)
    yield _hebrew(setting.environ, talk)


def beside_a_desk(setting: Setting) -> Iterator[Finding]:
    """The same while a desk is open: answers of the terminal would be its keys, so none are asked for."""
    yield _encoding(setting.encoding)
    yield _colours(setting.environ)
    yield _size(setting.size)
    yield skipped("cells", Phrase("a terminal is asked only by `moked doctor`, with the desk closed"))


def _encoding(encoding: str) -> Finding:
    if encoding.lower().replace("-", "") != "utf8":
        cure = Phrase("Set LANG to one that ends in .UTF-8, for example C.UTF-8.")
        found = Phrase("the text goes out as {encoding}, which has no Hebrew", encoding=encoding)
        return failed("unicode", found, cure)
    return good("unicode", "UTF-8")


def _colours(environ: Mapping[str, str]) -> Finding:
    term = environ.get("TERM", "")
    if environ.get("NO_COLOR"):
        cure = Phrase("Unset NO_COLOR to see what is urgent at a glance.")
        return warning("colours", Phrase("NO_COLOR turns them off"), cure)
    if environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return good("colours", Phrase("16 million"))
    if "256color" in term:
        return good("colours", "256")
    cure = Phrase("Take a terminal with 256 colours or more; where it has them, set TERM to xterm-256color.")
    return warning("colours", Phrase("{term} promises few", term=f"TERM={clean(term)}"), cure)


def _size(size: os.terminal_size) -> Finding:
    found = f"{size.columns} × {size.lines}"
    if size.columns < _LEAST_SIZE[0] or size.lines < _LEAST_SIZE[1]:
        cure = Phrase(
            "Make the window larger or its letters smaller: all parts have room from 80 × 24 on, "
            "120 × 36 is good."
        )
        return warning("size", found, cure, columns=size.columns, lines=size.lines)
    return good("size", found, columns=size.columns, lines=size.lines)


def _cells(talk: Dialogue) -> Finding:
    measured = [(text, cells, talk.width(text)) for text, cells in _PROBES]
    wrong = [f"{text} = {seen}" for text, cells, seen in measured if seen not in (cells, None)]
    if all(seen is None for _text, _cells, seen in measured):
        return skipped("cells", Phrase("the terminal does not say where its cursor is"))
    if wrong:
        cure = Phrase(
            "In the terminal's settings let characters of ambiguous width be narrow, or take another font."
        )
        found = Phrase("some characters are not one cell wide: {which}", which=", ".join(wrong))
        return warning("cells", found, cure)
    return good("cells", Phrase("Hebrew, signs and lines are one cell wide"))


def _hebrew(environ: Mapping[str, str], talk: Dialogue) -> Finding:
    mode = talk.mode(REORDERING)
    found = manner(environ, mode)
    if found is Manner.KONSOLE:
        return good("hebrew", Phrase("Konsole leaves the order to moked while the desk is open"))
    if found is Manner.WORDS:
        turned = Phrase("kitty turns the letters of Hebrew words round, and moked cannot stop it")
        return warning("hebrew", turned, Phrase("Write force_ltr yes into kitty.conf, unless it is there."))
    if orders_itself(Bidi.AUTO, manner(environ)):
        left = Phrase("the terminal is known to reorder Hebrew, so moked leaves it to that")
        return warning("hebrew", left, _ELSEWHERE if found is Manner.ALWAYS else _OURSELVES)
    if found is Manner.ALWAYS:
        twice = Phrase("the terminal always reorders Hebrew, so it would be turned twice")
        return warning("hebrew", twice, _TURN_OFF)
    if found is Manner.LEAVES or mode is None:
        knows_none = Phrase("moked orders it; the terminal knows no reordering that could be in the way")
        return good("hebrew", knows_none)
    return good("hebrew", Phrase("moked orders it, and turns the terminal's own reordering off meanwhile"))


_TURN_OFF = Phrase(
    "Turn right-to-left text off in the terminal's settings, or write {setting}.",
    setting='[terminal] bidi = "terminal"',
)
_ELSEWHERE = Phrase(
    "Columns may move. Better: another terminal, or its right-to-left text off and {setting}.",
    setting='[terminal] bidi = "moked"',
)
_OURSELVES = Phrase(
    "Columns may move. Better: another terminal, or {setting}.", setting='[terminal] bidi = "moked"'
)
