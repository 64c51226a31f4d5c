"""What a handler makes of a command: something to do beside the screen, once at a time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TypeAlias

from agent_tui.text.catalogue import Phrase

ACT_WITHIN = 15.0
"""Seconds of nearly every act."""
FILE_WITHIN = 170.0
"""Of those that carry a file to WhatsApp or from there: longer than the hub tries."""
Key: TypeAlias = tuple[str, ...]
"""Kind of act and what it acts on."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act. While an act of the same ``key`` is under way a second is the same press again and is not
    carried out; acts that may queue (telephone keys) follow one another instead. ``within``: seconds that it
    may take, all its waits together.
    """

    key: Key
    run: Callable[[], Coroutine[None, None, None]]
    queues: bool = False
    within: float = ACT_WITHIN


class NotNow(Exception):
    """The command cannot act as things stand. ``words`` are for the agent."""

    def __init__(self, words: Phrase) -> None:
        super().__init__(str(words))
        self.words = words
