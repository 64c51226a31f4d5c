"""``centre.toml``: who works in the centre, which queues there are, and how contacts end.

A centre grows by sections: a new one is a ``Section``, a field of ``Centre``, and what its keys do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from centre.agent_state import AgentState
from centre.callbacks import Callbacks
from centre.directory import DirectoryEntry, check_directory
from centre.entries import Entry
from centre.exchange import Exchange
from centre.listening import Listening
from centre.messages import Messages
from centre.personal import AwaySeconds, Days, First, FirstSeconds
from centre.plain import Number, PlainName, Word
from centre.routing import CustomerValue, Routing, Segment, check_segments
from centre.texts import Language, Name, Texts
from centre.toml_file import Section, nearest, read, unique
from centre.whatsapp import WhatsApp

Role: TypeAlias = Literal["agent", "trainer", "supervisor", "administrator"]
Key: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Digit: TypeAlias = Annotated[str, Field(pattern=r"^[0-9*#]$")]
Level: TypeAlias = Annotated[int, Field(ge=1, le=9)]
Strategy: TypeAlias = Literal[
    "rrmemory", "rrordered", "ringall", "leastrecent", "fewestcalls", "random", "linear"
]

LISTENERS: Final[frozenset[Role]] = frozenset({"trainer", "supervisor"})
"""Who may see the floor, listen in on agents, and write to them."""

ECHO_TEST = "600"
"""The number of the exchange's echo test."""

_SHORTEST_PAUSE = 15
"""Seconds between two announcements."""

_TAKEN = ("general", "waiting")
"""Sections of queues.conf."""


class Queue(Section):
    """A queue as the exchange names it, and the number that reaches it. Times are seconds.

    ``wrap_up_seconds`` keeps the next call away from an agent whose talk just ended, long enough for the
    hub to pause them while the wrap-up is owed; after ``wrap_up_limit_seconds`` calls come again though it
    still is (0: only when it is done). ``strategy`` is Asterisk's: rrmemory goes on to the next
    agent after one who does not answer, where leastrecent rings the same one for ever. A caller reaches
    agents of level 1 alone, after the first of ``widen_seconds`` those of 2, too, and so on; without it all.
    ``first`` is the agent whom a caller waits for, up to ``first_seconds``, before the whole team is asked:
    the customer's own, or who talked with them in this queue last, not more than ``last_days`` ago. Who went
    away less than ``first_away_seconds`` ago is waited for, too.
    Who presses ``callback_digit`` while they wait keeps their place and is called back, who presses
    ``whatsapp_digit`` is written to and waits no more.
    Callers are told their place and the expected wait every ``announce_seconds`` (0: never).
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
    widen_seconds: tuple[Annotated[int, Field(ge=1, le=86_400)], ...] = ()
    first: First = "none"
    first_seconds: FirstSeconds = 20
    first_away_seconds: AwaySeconds = 60
    last_days: Days = 90
    callback_digit: Digit | None = None
    whatsapp_digit: Digit | None = None
    announce_seconds: Annotated[int, Field(ge=0, le=3600)] = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """What callers who wait may ask for by a key, as the exchange's files name it."""
        offered = {"callback": self.callback_digit, "whatsapp": self.whatsapp_digit}
        return tuple(name for name, digit in offered.items() if digit)

    @field_validator("widen_seconds")
    @classmethod
    def _ever_later(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if list(value) != sorted(set(value)):
            raise ValueError("each must be later than the one before")
        return value

    @field_validator("announce_seconds")
    @classmethod
    def _time_to_listen(cls, value: int) -> int:
        if 0 < value < _SHORTEST_PAUSE:
            raise ValueError(f"0, or {_SHORTEST_PAUSE} and more: callers hear nothing else")
        return value

    @field_validator("name")
    @classmethod
    def _own_name(cls, value: str) -> str:
        if value in _TAKEN:
            raise ValueError(f"{value!r} is a section of queues.conf already; choose another name")
        return value


class Agent(Section):
    """An agent. The exchange knows them by ``extension``, everybody else by ``id``.

    ``levels`` say by queue how well they can do it: those of 1, as all where nothing is said, are rung first.
    ``personal_number`` is dialled from outside and reaches them first, then the first of their ``queues``.
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
    levels: dict[str, Level] = Field(default_factory=dict)
    personal_number: Number | None = None
    media_encryption: Literal["required", "dtls", "off"] = "required"

    def level(self, queue: str) -> int:
        """Their level in ``queue``."""
        return self.levels.get(queue, 1)


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

    def titles(self, language: Language) -> Iterator[tuple[str, str]]:
        """Each reason of the other language, and the one in its place in ``language``; none where the lists
        are not of one length, for then nobody knows which is which.
        """
        own, other = self.of(language), self.he if language == "en" else self.en
        if len(own) == len(other):
            yield from ((said, title) for said, title in zip(other, own, strict=True) if said != title)


class Centre(Section):
    """All of it. ``languages`` are those of the agents: every title and label is there in each of them.

    ``country`` is whose numbers may be written without a country code (ISO 3166-1 alpha-2).

    ``outside_numbers`` is all that agents may dial or transfer to on the telephone network: a list, not a
    pattern, because every open pattern has been used for toll fraud. Without ``exchange`` the centre has an
    Asterisk of its own making, or none. ``spoken_statuses`` says by which prompt callers hear the status of
    their matter. ``directory`` is whom agents find there beside their colleagues.
    """

    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("en", "he")
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "IL"
    time_zone: str = "UTC"
    outside_numbers: tuple[Number, ...] = ()
    directory: tuple[DirectoryEntry, ...] = ()
    queues: tuple[Queue, ...] = ()
    entries: tuple[Entry, ...] = ()
    agents: tuple[Agent, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    pause_reasons: PauseReasons = PauseReasons()
    agent_state: AgentState = AgentState()
    routing: Routing | None = None
    segments: tuple[Segment, ...] = ()
    customer_values: tuple[CustomerValue, ...] = ()
    callbacks: Callbacks | None = None
    listening: Listening | None = None
    whatsapp: WhatsApp | None = None
    messages: Messages = Messages()
    spoken_statuses: dict[str, Word] = Field(default_factory=dict)
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
    def _reached(self) -> Self:
        """Every agent is rung by every queue of theirs, sooner or later."""
        reach = {queue.name: len(queue.widen_seconds) + 1 for queue in self.queues if queue.widen_seconds}
        for agent in self.agents:
            for name, level in agent.levels.items():
                if name not in agent.queues:
                    raise ValueError(f"agent {agent.id!r}: levels: {name!r} is not among their queues")
                if level > reach.get(name, level):
                    raise ValueError(
                        f"agent {agent.id!r}: level {level} is never reached in {name!r}: widen_seconds has"
                        f" {reach[name] - 1}"
                    )
        return self

    @model_validator(mode="after")
    def _placed(self) -> Self:
        unique("segments", "name", [segment.name for segment in self.segments])
        check_segments(self.segments)
        if self.routing is None and (self.segments or self.customer_values):
            raise ValueError("segments and customer_values need [routing]: it says where the hub is asked")
        for queue in self.queues:
            if queue.callback_digit and not (self.routing and self.callbacks):
                raise ValueError(f"queue {queue.name!r}: callback_digit needs [callbacks] and [routing]")
            if queue.whatsapp_digit and not (self.routing and self.whatsapp):
                raise ValueError(f"queue {queue.name!r}: whatsapp_digit needs [whatsapp] and [routing]")
            if queue.whatsapp_digit and queue.whatsapp_digit == queue.callback_digit:
                raise ValueError(f"queue {queue.name!r}: callback_digit and whatsapp_digit are one key")
        for entry in self.entries:
            if self.routing is None and entry.identifies:
                raise ValueError(
                    f"entry {entry.number!r}: identify needs [routing]: it says where the hub is asked"
                )
        return self

    @model_validator(mode="after")
    def _asked_first(self) -> Self:
        for agent in self.agents:
            if agent.personal_number and not agent.queues:
                raise ValueError(f"agent {agent.id!r}: personal_number needs a queue for when they are away")
        asks = [f"queue {queue.name!r}: first" for queue in self.queues if queue.first != "none"]
        asks += [f"agent {agent.id!r}: personal_number" for agent in self.agents if agent.personal_number]
        if asks and self.routing is None:
            raise ValueError(f"{asks[0]} needs [routing]: it is what keeps a caller's place")
        return self

    @model_validator(mode="after")
    def _spoken(self) -> Self:
        texts = [(f"queue {queue.name!r}: titles", queue.titles) for queue in self.queues]
        texts += [(f"disposition {one.code!r}: labels", one.labels) for one in self.dispositions]
        texts += [(f"segment {one.name!r}: titles", one.titles) for one in self.segments if one.titles]
        texts += [(f"directory: {one.number!r}: names", one.names) for one in self.directory]
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

    @model_validator(mode="after")
    def _found(self) -> Self:
        queues = [queue.number for queue in self.queues if queue.number]
        check_directory(
            self.directory,
            outside=self.outside_numbers,
            queues=queues,
            inside=[*queues, *(agent.extension for agent in self.agents)] if self.exchange else None,
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
            if agent.personal_number:
                yield agent.personal_number, f"agent {agent.id!r}: personal_number"
        for number in self.outside_numbers:
            yield number, "outside_numbers"


def load(path: Path) -> Centre:
    """The centre in ``path``. Raises ``SettingsError``."""
    return read(path, Centre, "hub/sample/centre.toml")
