"""The numbers that answer before any queue does: opening hours, the caller's language, a menu."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, field_validator, model_validator

from centre.plain import Number, Word
from centre.toml_file import Section, nearest, unique

Day: TypeAlias = Literal["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
Spoken: TypeAlias = Literal["en", "he"]
Clock: TypeAlias = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]


class Hours(Section):
    """Open on ``days`` from ``opens`` until ``closes``, which the day's last minute ends with 24:00."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    opens: Clock
    closes: Clock

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError(f"closes {self.closes} is not after opens {self.opens}")
        return self

    @property
    def last_minute(self) -> str:
        """The last one that is open: Asterisk counts it in."""
        minutes = int(self.closes[:2]) * 60 + int(self.closes[3:]) - 1
        return f"{minutes // 60:02}:{minutes % 60:02}"


class Choice(Section):
    """What a key of the menu does: one of a queue, a message and a language."""

    digit: Annotated[str, Field(pattern=r"^[0-9*#]$")]
    queue: str | None = None
    message: Word | None = None
    language: Spoken | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if len([one for one in (self.queue, self.message, self.language) if one is not None]) != 1:
            raise ValueError(f"digit {self.digit!r} needs one of queue, message and language")
        return self


class Entry(Section):
    """A number that callers dial, and the way from there to a queue.

    Without ``hours`` it is always open but on ``holidays``; both are told in the centre's time zone. A caller
    is asked for a language if there are several, and hears the first one else. Who chooses nothing from the
    menu goes to ``queue``. ``notice`` is played first, such as a fault of the day.
    """

    number: Number
    queue: str
    languages: Annotated[tuple[Spoken, ...], Field(min_length=1)] = ("en",)
    hours: tuple[Hours, ...] = ()
    holidays: tuple[date, ...] = ()
    closed: Word = "closed"
    notice: Word | None = None
    menu: Word = "menu"
    choices: tuple[Choice, ...] = ()

    @field_validator("languages")
    @classmethod
    def _each_language_once(cls, value: tuple[Spoken, ...]) -> tuple[Spoken, ...]:
        unique("languages", "language", value)
        return value

    @model_validator(mode="after")
    def _each_key_once(self) -> Self:
        unique("choices", "digit", [choice.digit for choice in self.choices])
        return self

    def check_queues(self, known: list[str]) -> None:
        """Raises ``ValueError`` for a queue that the centre does not have."""
        for name in (self.queue, *(choice.queue for choice in self.choices)):
            if name is not None and name not in known:
                raise ValueError(f"entry {self.number!r}: there is no queue {name!r}{nearest(name, known)}")
