"""A file before it is sent: what it is, how large, and whether it passes."""

from __future__ import annotations

from agent_tui.session.files import is_image, size_of, unfit
from agent_tui.session.writing import ChosenFile
from agent_tui.text.catalogue import _, line, pgettext
from agent_tui.text.others import said
from agent_tui.widgets.cells import Cell, Row, Tone
from hub.contract import FileLimits


def chosen_row(chosen: ChosenFile | None, limits: FileLimits, *, typed: bool, able: bool) -> Row:
    """What lies at the path, and what Enter does next; ``able``: it may be sent now."""
    if chosen is None:
        told = _("Enter looks at the file.") if typed else _("Type a path, or drop a file here.")
        return _wide(told, Tone.DIM)
    wrong = unfit(chosen, limits)
    told = line(described(chosen), said(str(wrong)))
    if wrong:
        return _wide(f"▲ {told}", Tone.WARN)
    return _wide(line(f"● {told}", _("Enter sends it.") if able else ""), Tone.GOOD)


def described(chosen: ChosenFile) -> str:
    """Kind, name and size; empty where there is none."""
    found = chosen.found
    if found is None:
        return ""
    kind = pgettext("message", "Image") if is_image(found.media_type) else pgettext("message", "Document")
    return line(kind if found.media_type else "", found.name, str(size_of(found.size)))


def _wide(text: str, tone: Tone) -> Row:
    return Row((Cell(text, tone, grow=True, wraps=True),))
