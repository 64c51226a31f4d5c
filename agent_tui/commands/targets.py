"""What may be dialled, transferred to, or pressed: checked here before it leaves for the phone."""

from __future__ import annotations

import re

from agent_tui.text.catalogue import Phrase

_SEPARATORS = str.maketrans("", "", " \t\u00a0-–().‑\u2066\u2069\u200e\u200f")
"""What people write inside numbers, and the marks that keep a number's direction on the screen."""
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_EXTENSION = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
_URI = re.compile(r"sips?:[A-Za-z0-9._+*#-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::[0-9]{1,5})?")
"""User and host alone (RFC 3261 §19.1): parameters and ``?`` headers would smuggle more into the INVITE."""
_KEYS = re.compile(r"[0-9*#A-D]{1,32}")


class BadTarget(Exception):
    """It cannot be called or pressed. ``words`` tell the agent what can."""

    def __init__(self, words: Phrase) -> None:
        super().__init__(str(words))
        self.words = words


def clean_target(text: str) -> str:
    """The number, extension or ``sip:`` address in ``text``, without what people write between digits."""
    given = text.strip()
    if _URI.fullmatch(given) or _EXTENSION.fullmatch(given):
        return given
    number = given.translate(_SEPARATORS)
    if _NUMBER.fullmatch(number):
        return number
    raise BadTarget(Phrase("That is no number. Give digits with + * #, an extension, or sip:name@place."))


def clean_keys(text: str) -> str:
    """The telephone keys in ``text`` (RFC 4733 §3.2)."""
    keys = text.strip().upper()
    if _KEYS.fullmatch(keys):
        return keys
    raise BadTarget(Phrase("Only the keys 0 to 9, *, # and A to D can be sent."))
