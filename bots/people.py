"""Who the bot customers are and what they do: people of the sample CRM, stories drawn from a seed."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from bots.voices import CUSTOMERS, Recording

MOST_CUSTOMERS = 12
"""More would wait for one agent all day."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as the CRM knows them: the number they call from, in E.164."""

    name: str
    number: str
    language: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One time a customer calls; all times in seconds.

    They call ``after`` being idle, into ``queue``, wait as long as their ``patience``, speak ``recording``
    again and again, and hang up when the ``talk`` has lasted long enough.
    """

    after: float
    queue: str
    patience: float
    talk: float
    recording: Recording


class Stories:
    """The visits of one customer, endless and the same for the same seed."""

    def __init__(self, person: Person, seed: int, first_after: float) -> None:
        self._random = random.Random(f"{seed} {person.number}")  # noqa: S311 – stories, not secrets
        self._recordings = [item for item in CUSTOMERS if item.language == person.language]
        self._after = first_after

    def next(self) -> Visit:
        """The next visit."""
        recording = self._random.choice(self._recordings)
        visit = Visit(
            after=self._after,
            queue=recording.queue,
            patience=self._random.uniform(45, 150),
            talk=self._random.uniform(40, 120),
            recording=recording,
        )
        self._after = self._random.uniform(20, 60)
        return visit


def sample_customers() -> tuple[Person, ...]:
    """Everybody in the sample CRM, by the first of their numbers."""
    text = (files("hub.sample") / "customers.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Person(row["name"], row["numbers"].split()[0], row["language"]) for row in rows)


def callers(people: Iterable[Person], count: int, seed: int) -> Sequence[Person]:
    """``count`` different people, their languages taking turns, English first. Raises ``ValueError``."""
    if not 0 < count <= MOST_CUSTOMERS:
        raise ValueError(f"from 1 to {MOST_CUSTOMERS} customers can call")
    shuffled = list(people)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 – the same people for the same seed
    by_language = {language: [p for p in shuffled if p.language == language] for language in ("en", "he")}
    turns = [by_language[("en", "he")[turn % 2]].pop() for turn in range(count)]
    return tuple(turns)
