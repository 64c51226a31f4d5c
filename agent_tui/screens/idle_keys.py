"""What a key says that cannot act now: why, in the words that the palette has for it, and once."""

from __future__ import annotations

from collections.abc import Callable

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import BY_ID
from agent_tui.screens.keyboard import meaning, never, not_now, reason
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, Told

_MORE = (do.AttendedTransfer, do.Merge, do.Part, do.WriteToCaller)
"""What a key means beside its usual meaning, where there is more than one call to do something with, or a
caller to write to. Why this is not possible answers nobody who pressed it without one.
"""


def why_idle(state: SessionState, shortcut: str) -> Phrase | None:
    """Why the key of this id does nothing now: what it usually means, and why not. None: it never means
    anything to this agent.
    """
    for one in BY_ID[shortcut].meanings:
        if one.command is not None and one.command not in _MORE and not never(state, one.command):
            return not_now(one.words, reason(state, one.command))
    return None


class IdleKeys:
    """Remembers which key said why. ``tell`` shows words, or takes them away by none.

    They stand until they are not true any more, another key acts, or the agent takes them away.
    """

    def __init__(self, tell: Callable[[Told], object]) -> None:
        self._tell = tell
        self._key = ""

    def pressed(self, state: SessionState, shortcut: str) -> None:
        """The key of this id was pressed in vain; what stands there already is not said again."""
        told = why_idle(state, shortcut)
        if told is None:
            return
        self._key = shortcut
        if all(notice.words != told for notice in state.notices):
            self._tell(told)

    def watch(self, state: SessionState) -> None:
        """Take the words away once they are not true any more."""
        if self._key and meaning(state, self._key) is not None:
            self.over()

    def over(self) -> None:
        """Another key acts."""
        if self._key:
            self._key = ""
            self._tell("")
