"""Errors that are told to the agent: in the language that is spoken when they are told."""

from __future__ import annotations

from agent_tui.text.catalogue import Told


class Explained(Exception):
    """What happened and what to do next, one part a line. ``str(error)`` puts it into words."""

    def __init__(self, *parts: Told) -> None:
        super().__init__(*parts)
        self.parts = parts

    def __str__(self) -> str:
        """In words, now."""
        return "\n".join(map(str, self.parts))
