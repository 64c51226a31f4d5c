"""Somebody at a desk for the first time: knows what they want and no key. Each is read off the painted rows.

A word that stands at the wrong key leads the newcomer astray, as it would a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.e2e.labels import Words, key_at, key_in_row
from tests.e2e.terminal import Terminal

_FOCUSED = re.compile("┏[^┓]*┓")
"""Where the keys go has the heavy border."""

_PARTS = 12
"""More than a desk has: who did not come to a part by then never will."""


class Newcomer:
    """Reads the screen in one language, finds the words, presses the key that stands there."""

    def __init__(self, screen: Terminal, language: str) -> None:
        self._screen = screen
        self.words = Words(language)

    def follow(self, words: str) -> None:
        """Wait until a key stands at these words, and press it."""
        self.press(self._found(lambda: key_at(self._screen.rows, words), f"a key at {words!r}"))

    def look_up(self, *meanings: str) -> list[str]:
        """The keys that the help has for these meanings, in the help's order."""
        self.follow(self.words.hint("F1 keys", "keys"))
        title = self.words.say("All keys")
        self._screen.wait_for(title)
        found = [self._looked_up(self.words.say(meaning)) for meaning in meanings]
        self.follow(self.words.hint("↑ ↓ PgUp PgDn scroll · Esc leaves", "leaves"))
        self._screen.wait_without(title)
        self._screen.wait_without("PgUp")  # the foot is painted over last, and names keys of the phone
        return found

    def go_to(self, title: str, step: str) -> None:
        """Press ``step`` until the part of the desk with this title has the keys."""
        for _ in range(_PARTS):
            if title in self._found(lambda: self._focused, "a part that has the keys"):
                return
            self._step(step)
        raise AssertionError(f"{title!r} was never reached. The screen:\n{self._screen.text}")

    def press(self, key: str) -> None:
        """Press a key that was found before."""
        self._screen.press(key)

    @property
    def _focused(self) -> str:
        found = _FOCUSED.search(self._screen.text)
        return found[0] if found else ""

    def _step(self, key: str) -> None:
        before = self._focused
        self.press(key)
        self._found(lambda: self._focused.replace(before, ""), "another part with the keys")

    def _looked_up(self, meaning: str) -> str:
        while not (key := key_in_row(self._screen.rows, meaning, rtl=self.words.rtl)):
            self._scroll()
        return key

    def _scroll(self) -> None:
        before = self._screen.text
        self.press("down")
        self._screen.wait(lambda shown: shown != before, what="the next row")

    def _found(self, look: Callable[[], str], what: str) -> str:
        """What ``look`` sees first: a moment later it may be painted anew, and not stand there."""
        seen: list[str] = []

        def is_there(_shown: str) -> bool:
            seen.append(look())
            return bool(seen[-1])

        self._screen.wait(is_there, what=what)
        return seen[-1]
