"""What a caller did and heard before any agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one caller. ``chose`` is ``ENTRY:DIGIT`` of a menu; ``typed`` a number, ``found`` whether it is a
    customer's; ``heard`` is ``order`` or ``balance``; ``messages`` are the recorded ones, by their prompts;
    ``place`` (from 1) and ``minutes`` what they were told of their wait last, 0 where they were not.
    """

    chose: str = ""
    typed: str = ""
    found: bool = False
    heard: str = ""
    messages: tuple[str, ...] = ()
    place: int = 0
    minutes: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Facts:
        """The same again; what this version does not know is passed over."""
        known = {one.name: plain[one.name] for one in fields(cls) if one.name in plain}
        return cls(**{**known, "messages": tuple(known.get("messages", ()))})
