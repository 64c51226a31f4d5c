"""The numbers that answer before any queue does: opening hours, the caller's language, a menu."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, field_validator, model_validator

from centre.plain import Number, Word
from centre.toml_file import Section, nearest, unique

Day: TypeAlias = Literal["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
Spoken: TypeAlias = Literal["en", "he"]
_WEEK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
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

    def contain(self, at: datetime) -> bool:
        """Whether ``at``, of the centre's zone, is within them."""
        return _WEEK[at.weekday()] in self.days and self.opens <= f"{at:%H:%M}" <= self.last_minute


class Identify(Section):
    """Asks for a number of up to ``digits`` digits by the prompt ``prompt``, at most ``tries`` times: the
    customer's own, an open matter's or a telephone number, which the hub finds in the CRM.

    Who is found hears of their newest matter or of the one they typed (``order``), or of their ``balance``.
    Found or not, they go on to ``queue``, and without one to the menu.
    """

    prompt: Word = "number-please"
    digits: Annotated[int, Field(ge=1, le=20)] = 12
    tries: Annotated[int, Field(ge=1, le=5)] = 2
    tell: Literal["order", "balance"] | None = None
    queue: str | None = None


class Choice(Section):
    """What a key of the menu does: one of a queue, a message, a language and asking who calls.

    ``titles`` say to the agent, by language, what the caller chose.
    """

    digit: Annotated[str, Field(pattern=r"^[0-9*#]$")]
    queue: str | None = None
    message: Word | None = None
    language: Spoken | None = None
    identify: Identify | None = None
    titles: dict[Spoken, Annotated[str, Field(min_length=1, max_length=80)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        does = (self.queue, self.message, self.language, self.identify)
        if len([one for one in does if one is not None]) != 1:
            raise ValueError(f"digit {self.digit!r} needs one of queue, message, language and identify")
        return self

    @property
    def leads_to(self) -> str | None:
        """The queue, if it leads to one."""
        return self.identify.queue if self.identify else self.queue


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

    @property
    def queues(self) -> tuple[str, ...]:
        """All that a caller may come to from here."""
        return (self.queue, *(choice.leads_to for choice in self.choices if choice.leads_to is not None))

    def is_open(self, at: datetime) -> bool:
        """Whether callers at ``at``, of the centre's zone, come further than the word that it is closed."""
        if at.date() in self.holidays:
            return False
        return not self.hours or any(hours.contain(at) for hours in self.hours)

    def check_queues(self, known: list[str]) -> None:
        """Raises ``ValueError`` for a queue that the centre does not have."""
        for name in self.queues:
            if name not in known:
                raise ValueError(f"entry {self.number!r}: there is no queue {name!r}{nearest(name, known)}")

    @property
    def identifies(self) -> bool:
        """Whether a caller may be asked who they are."""
        return any(choice.identify for choice in self.choices)
