"""What the agent may change on the desk, beside its keys (``commands.shortcuts``), and the settings keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

LOUDEST: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One key of one table of the settings file gets this value; None takes it away.

    ``profile``: the set of devices of that name is meant, of those that the table ``audio`` has.
    """

    table: str
    name: str
    value: str | int | None
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What holds now. ``language``: empty where hub or system choose it; ``ring_volume``: 0 to 100."""

    language: str = ""
    theme: str = "dark"
    ring_volume: int = 70

    def with_change(self, change: Change) -> Preferences:
        """What holds after ``change``; one that is not of these leaves them."""
        match change.table, change.name, change.value:
            case "desk", "language", str() | None as language:
                return replace(self, language=language or "")
            case "desk", "theme", str() as theme:
                return replace(self, theme=theme)
            case "audio", "ring_volume", int() as volume:
                return replace(self, ring_volume=volume)
            case _:
                return self
