"""What event streams are told of the directory: all of it first, then whoever stands otherwise.

A stream keeps one number, how far it has read. Who changed several times since is told once, as they are now:
so a slow desk costs no memory, and one that comes back needs no replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.contract import MOST_COLLEAGUES, Colleague, DirectoryEntry, DirectoryEvent

Entries = Mapping[str, tuple[DirectoryEntry, ...]]
"""Language → the numbers of the centre's file."""


class DirectoryFeed:
    """The directory in versions; 0 is nothing yet."""

    def __init__(self, entries: Entries) -> None:
        self.version = 0
        self._entries = entries
        self._colleagues: dict[str, tuple[int, Colleague]] = {}
        """Agent → the version that brought them as they are."""
        self._made: dict[tuple[int, str], tuple[str, ...]] = {}
        """What was told of this version already: most streams have read as far as each other."""

    def publish(self, changed: Iterable[Colleague]) -> None:
        """These stand so from now on."""
        self.version += 1
        self._made.clear()
        for colleague in changed:
            self._colleagues[colleague.agent] = (self.version, colleague)

    def after(self, seen: int, language: str) -> tuple[str, ...]:
        """``DirectoryEvent`` as JSON for who has read as far as ``seen``; all of it after 0."""
        key = (seen, "" if seen else language)
        if key not in self._made:
            self._made[key] = tuple(event.model_dump_json() for event in self._events(seen, language))
        return self._made[key]

    def _events(self, seen: int, language: str) -> Iterable[DirectoryEvent]:
        told = [colleague for version, colleague in self._colleagues.values() if version > seen]
        for start in range(0, max(len(told), 1), MOST_COLLEAGUES):
            first = not (seen or start)
            yield DirectoryEvent(
                whole=first,
                colleagues=tuple(told[start : start + MOST_COLLEAGUES]),
                entries=self._entries.get(language, ()) if first else (),
            )
