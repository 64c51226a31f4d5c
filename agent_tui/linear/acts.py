"""How messages name the desk's acts here: by the word that is typed for each, in place of a key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agent_tui.commands.shortcuts import say_words
from agent_tui.linear.vocabulary import BY_SPELLING
from agent_tui.text import catalogue

ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "answer": "answer",
        "hold": "hold",
        "mute": "mute",
        "transfer": "transfer",
        "keys": "keys",
        "dial": "dial",
        "hang_up": "hangup",
        "presence": "presence",
        "swap": "swap",
        "doctor": "doctor",
        "finish": "finish",
        "next_step": "done",
        "sound": "sound",
        "ring": "ring",
        "callback": "callback",
        "customer": "find",
        "history": "history",
        "whatsapp": "whatsapp",
        "settings": "language",
        "floor": "floor",
        "palette": "help",
        "help": "help",
        "quit": "quit",
        "several": "customer",
        "outcome": "outcome",
        "ready": "ready",
        "enroll": "enroll",
        "write": "write",
        "template": "template",
        "take": "take",
        "reply": "reply",
        "older": "older",
    }
)
"""The word for the id of each key, then for the act of each ``By`` in a message."""


def name_acts() -> None:
    """From now on, in the language in use. In quotation marks: many of them are words of a sentence, too."""
    hebrew = catalogue.right_to_left()
    spelt = {act: BY_SPELLING[word].spellings[-1 if hebrew else 0] for act, word in ACTS.items()}
    say_words({act: f'"{word}"' for act, word in spelt.items()})
