"""Why somebody is away, in the reader's words: the hub's own pauses, which the exchange has by name, and the
centre's reasons, which the hub keeps as they were chosen.
"""

from __future__ import annotations

from agent_tui.text.catalogue import Phrase, Told
from hub.contract import Me

_NAMES = {
    "wrap-up": Phrase("wrap-up"),
    "missed calls": Phrase("missed calls"),
    "no desk": Phrase("no desk"),
    "callback": Phrase("callback"),
}


def named(reason: str) -> Told:
    """``reason`` in the desk's words; what people wrote stays as it is."""
    return _NAMES.get(reason, reason)


def told_to(me: Me | None, reason: str) -> Told:
    """``reason`` as its reader calls it, in whichever of the centre's languages it was chosen."""
    titles = {one.said: one.title for one in me.pause_titles} if me is not None else {}
    return titles.get(reason) or named(reason)
