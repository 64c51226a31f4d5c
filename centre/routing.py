"""Who is served before whom: where the exchange asks the hub, customers' segments and what they are worth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field, field_validator

from centre.plain import PlainPath, Word
from centre.texts import Texts
from centre.toml_file import Section

Seconds: TypeAlias = Annotated[int, Field(ge=0, le=86_400)]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=60)]

_ADDRESS = re.compile(
    r"https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?"
)


class Routing(Section):
    """Where the exchange asks about a caller before their queue, for at most a second.

    ``hub`` is the hub's address, with no path. ``hub_authority`` is the PEM file, by Asterisk's own path, of
    the authority that an https hub is known by, if it is none of its machine's.
    """

    hub: str = "http://127.0.0.1:8750"
    hub_authority: PlainPath | None = None

    @field_validator("hub")
    @classmethod
    def _protected(cls, value: str) -> str:
        if not _ADDRESS.fullmatch(value):
            raise ValueError(f"{value!r}: write https://NAME:PORT and no more; http is for 127.0.0.1 alone")
        return value

    @property
    def authority(self) -> Path | None:
        """Whose certificates are believed; None for those of Asterisk's machine."""
        return self.hub_authority if self.hub.startswith("https:") else None


class Segment(Section):
    """Customers whose card has one of ``values`` as its segment; upper and lower case are the same.

    They are served as if they had waited ``head_start_seconds`` longer than they have. Cards show their
    segment by ``titles``; without them by the CRM's own word.
    """

    name: Word
    titles: Texts | None = None
    values: Annotated[tuple[Name, ...], Field(min_length=1)]
    head_start_seconds: Seconds = 0


class CustomerValue(Section):
    """Customers whose card says in ``fact`` a number of ``at_least`` so much: their head start is more by
    ``head_start_seconds``. Of several that hold the greatest counts.
    """

    fact: Name
    at_least: Annotated[float, Field(ge=0)]
    head_start_seconds: Seconds


def check_segments(segments: tuple[Segment, ...]) -> None:
    """Raises ``ValueError`` for a card's segment that would be of two."""
    taken: dict[str, str] = {}
    for segment in segments:
        for value in segment.values:
            other = taken.setdefault(value.casefold(), segment.name)
            if other != segment.name:
                raise ValueError(f"segments {other!r} and {segment.name!r} both take {value!r}")
