"""``[callbacks]``: whom the centre calls back, how often, and when not."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, TypeAlias

from pydantic import Field, field_validator

from centre.plain import Number
from centre.toml_file import Section

Destination: TypeAlias = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{0,14}$")]


class Callbacks(Section):
    """Without this section nobody is called back.

    ``destinations`` are the beginnings of the numbers that may be called, with country code: as few as can
    be, for whoever asks for a callback chooses whom the centre pays for. ``daily_limit`` is of all calls of a
    day, ``caller_number`` is what customers see. Nobody is called from ``quiet_from`` to ``quiet_until`` of
    the centre's time zone.

    A number rings ``ring_seconds``. Whoever is not reached is called at the next number at once, after all of
    them ``pause_minutes`` later (then twice as long, and so on), ``most_tries`` times in all. What an agent
    promised to do in person is anybody's after ``fallback_minutes``. Of calls that are booked for a time each
    queue takes ``slot_capacity`` in every ``slot_minutes``; who asks for a callback while they wait is told
    the next ``slots_told`` that have room, none with 0.
    """

    destinations: Annotated[tuple[Destination, ...], Field(min_length=1)]
    caller_number: Number | None = None
    daily_limit: Annotated[int, Field(ge=1, le=100_000)] = 300
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    ring_seconds: Annotated[int, Field(ge=5, le=120)] = 25
    pause_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    most_tries: Annotated[int, Field(ge=1, le=20)] = 4
    fallback_minutes: Annotated[int, Field(ge=0, le=1440)] = 10
    slot_minutes: Annotated[int, Field(ge=5, le=240)] = 15
    slot_capacity: Annotated[int, Field(ge=1, le=1000)] = 3
    slots_told: Annotated[int, Field(ge=0, le=5)] = 3

    @field_validator("quiet_from", "quiet_until")
    @classmethod
    def _of_the_centre(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("is of the centre's time_zone: write it without one of its own")
        return value

    @property
    def slot(self) -> timedelta:
        """How long a slot is."""
        return timedelta(minutes=self.slot_minutes)

    def reaches(self, number: str) -> bool:
        """Whether ``number`` (E.164) may be called."""
        return number.startswith(self.destinations)
