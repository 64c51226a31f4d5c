"""``centre.toml``: who works in the centre, which queues there are, and how contacts end.

A centre grows by sections: a new one is a ``Section``, a field of ``Centre``, and what its keys do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from centre.agent_state import AgentState
from centre.entries import Entry
from centre.exchange import Exchange
from centre.plain import Number, PlainName, Word
from centre.toml_file import Section, nearest, read, unique

Language: TypeAlias = Literal["en", "he"]
Role: TypeAlias = Literal["agent", "trainer", "supervisor", "administrator"]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=80)]
Key: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Strategy: TypeAlias = Literal[
    "rrmemory", "rrordered", "ringall", "leastrecent", "fewestcalls", "random", "linear"
]

ECHO_TEST = "600"
"""The number of the exchange's echo test."""

_TAKEN = ("general", "waiting")
"""Sections of queues.conf."""


class Texts(Section):
    """One label in the languages of the centre."""

    en: Name | None = None
    he: Name | None = None

    def of(self, language: Language) -> str:
        """The label for a desk in ``language``; in the other one where the centre does not speak it."""
        return getattr(self, language) or self.en or self.he or ""


class Queue(Section):
    """A queue as the exchange names it, and the number that reaches it. Times are seconds.

    ``wrap_up_seconds`` keeps the next call away from an agent whose talk just ended, long enough for the
    hub to pause them while the wrap-up is owed; after ``wrap_up_limit_seconds`` calls come again though it
    still is (0: only when it is done). ``strategy`` is Asterisk's: rrmemory goes on to the next
    agent after one who does not answer, where leastrecent rings the same one for ever.
    """

    name: Word
    titles: Texts
    number: Number | None = None
    service_level_seconds: Annotated[int, Field(ge=1, le=3600)] = 20
    abandoned_short_seconds: Annotated[int, Field(ge=0, le=60)] = 5
    ring_seconds: Annotated[int, Field(ge=1, le=3600)] = 15
    wrap_up_seconds: Annotated[int, Field(ge=0, le=3600)] = 2
    wrap_up_limit_seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    strategy: Strategy = "rrmemory"

    @field_validator("name")
    @classmethod
    def _own_name(cls, value: str) -> str:
        if value in _TAKEN:
            raise ValueError(f"{value!r} is a section of queues.conf already; choose another name")
        return value


class Agent(Section):
    """An agent. The exchange knows them by ``extension``, everybody else by ``id``.

    ``role`` decides what they may ask of the hub (``hub.roles``). ``media_encryption`` says how the phone's
    voice is protected, in the words of its own ``config.toml``: SRTP with keys in the SDP (RFC 4568), with
    keys by DTLS (RFC 5763), or not at all.
    """

    id: Key
    name: PlainName
    extension: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")]
    language: Language = "en"
    role: Role = "agent"
    queues: tuple[str, ...] = ()
    media_encryption: Literal["required", "dtls", "off"] = "required"


class Disposition(Section):
    """One way a contact can end."""

    code: Key
    labels: Texts


class PauseReasons(Section):
    """What agents can choose as reason for being away."""

    en: tuple[Name, ...] = ()
    he: tuple[Name, ...] = ()

    def of(self, language: Language) -> tuple[str, ...]:
        """The reasons for a desk in ``language``; in the other one where the centre does not speak it."""
        return getattr(self, language) or self.en or self.he


class Centre(Section):
    """All of it. ``languages`` are those of the agents: every title and label is there in each of them.

    ``country`` is whose numbers may be written without a country code (ISO 3166-1 alpha-2).

    ``outside_numbers`` is all that agents may dial or transfer to on the telephone network: a list, not a
    pattern, because every open pattern has been used for toll fraud. Without ``exchange`` the centre has an
    Asterisk of its own making, or none.
    """

    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("en", "he")
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "IL"
    time_zone: str = "UTC"
    outside_numbers: tuple[Number, ...] = ()
    queues: tuple[Queue, ...] = ()
    entries: tuple[Entry, ...] = ()
    agents: tuple[Agent, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    pause_reasons: PauseReasons = PauseReasons()
    agent_state: AgentState = AgentState()
    exchange: Exchange | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose midnight begins the day of the figures."""
        return ZoneInfo(self.time_zone)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is no time zone of this machine") from None
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        unique("queues", "name", [queue.name for queue in self.queues])
        unique("agents", "id", [agent.id for agent in self.agents])
        unique("agents", "extension", [agent.extension for agent in self.agents])
        unique("dispositions", "code", [disposition.code for disposition in self.dispositions])
        names = [queue.name for queue in self.queues]
        for entry in self.entries:
            entry.check_queues(names)
        for agent in self.agents:
            for name in agent.queues:
                if name not in names:
                    raise ValueError(f"agent {agent.id!r}: there is no queue {name!r}{nearest(name, names)}")
        return self

    @model_validator(mode="after")
    def _spoken(self) -> Self:
        texts = [(f"queue {queue.name!r}: titles", queue.titles) for queue in self.queues]
        texts += [(f"disposition {one.code!r}: labels", one.labels) for one in self.dispositions]
        for language in self.languages:
            for whose, text in texts:
                if not getattr(text, language):
                    raise ValueError(f"{whose}: {language} is needed, since languages has it")
        for agent in self.agents:
            if agent.language not in self.languages:
                raise ValueError(f"agent {agent.id!r}: language {agent.language!r} is not among languages")
        return self

    @model_validator(mode="after")
    def _can_be_dialled(self) -> Self:
        """On an exchange of ours each number leads to one place."""
        if self.exchange is None:
            return self
        taken = {ECHO_TEST: "the echo test"}
        for number, whose in self._numbers():
            if number in taken:
                raise ValueError(f"{whose} has the number {number}, which {taken[number]} has already")
            taken[number] = whose
        if self.exchange.trunk in taken:
            raise ValueError(
                f"exchange.trunk: {self.exchange.trunk!r} is the number of {taken[self.exchange.trunk]}"
            )
        return self

    def _numbers(self) -> Iterator[tuple[str, str]]:
        for queue in self.queues:
            if queue.number is None:
                raise ValueError(f"queue {queue.name!r}: number is needed, since there is an [exchange]")
            yield queue.number, f"queue {queue.name!r}"
        for entry in self.entries:
            yield entry.number, "entries"
        for agent in self.agents:
            if not agent.extension.isdecimal():
                raise ValueError(f"agent {agent.id!r}: extension {agent.extension!r} is no number")
            yield agent.extension, f"agent {agent.id!r}"
        for number in self.outside_numbers:
            yield number, "outside_numbers"


def load(path: Path) -> Centre:
    """The centre in ``path``. Raises ``SettingsError``."""
    return read(path, Centre)
