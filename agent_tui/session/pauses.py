"""The pauses that the hub makes by itself, by the names under which the exchange has them, for people."""

from __future__ import annotations

from agent_tui.text.catalogue import Phrase, Told

_NAMES = {
    "wrap-up": Phrase("wrap-up"),
    "missed calls": Phrase("missed calls"),
    "no desk": Phrase("no desk"),
    "callback": Phrase("callback"),
}


def named(reason: str) -> Told:
    """``reason`` in the desk's words; what people wrote stays as it is."""
    return _NAMES.get(reason, reason)
