"""A callback: a customer the centre promised to call, the promise's states and the rules of its tries.

open → dialling → done      an agent talks with the customer
  │       ├→ open           nobody was reached, and another try is left
  │       └→ failed         nobody was reached by the last one
  ├→ done                   the customer called by themselves, and an agent answered
  └→ cancelled
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers

CONTACT: Final = "callback-"
"""How the ids of the customers' calls begin."""


def is_called_back(contact: str) -> bool:
    """Whether ``contact`` is a customer whom the centre called."""
    return contact.startswith(CONTACT)


class State(StrEnum):
    """Where a callback is between its promise and its end."""

    OPEN = "open"
    DIALLING = "dialling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


NEXT: Final = {
    State.OPEN: frozenset({State.DIALLING, State.DONE, State.CANCELLED}),
    State.DIALLING: frozenset({State.OPEN, State.DONE, State.FAILED}),
    State.DONE: frozenset[State](),
    State.FAILED: frozenset[State](),
    State.CANCELLED: frozenset[State](),
}


class Result(StrEnum):
    """How a try went. ``NOT_TAKEN``: the call was answered, but nobody said that they are the customer, as a
    voicemail does not; ``GAVE_UP``: they hung up before an agent was there.
    """

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NOT_TAKEN = "not_taken"
    GAVE_UP = "gave_up"
    UNREACHABLE = "unreachable"
    CALLED_IN = "called_in"
    """The customer called by themselves, and was answered."""
    UNKNOWN = "unknown"
    """It ended out of the hub's sight."""


class WrongStepError(Exception):
    """A callback cannot go from the state it is in to the one asked for."""

    def __init__(self, before: State, after: State) -> None:
        super().__init__(
            f"A callback that is {before} cannot become {after}. Read it again and ask for a step it allows."
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """How often, how soon again, and at which hours of the centre's ``zone`` customers are called."""

    zone: ZoneInfo
    quiet_from: time
    quiet_until: time
    most_tries: int
    pause: timedelta
    fallback: timedelta


@dataclass(frozen=True, slots=True)
class Callback:
    """One promise, for the instant ``promised``. ``numbers``, one at least, are in the order they are tried.

    ``agent`` is for whom it is kept, "" where anyone may call; ``made_by`` is who promised it, "" where the
    caller asked by a key. ``at`` is when the next try is due, ``result`` how the last one went. ``made_at``
    is None where it was promised before that was kept.
    """

    id: str
    customer: str
    queue: str
    numbers: tuple[str, ...]
    at: datetime
    promised: datetime
    agent: str = ""
    made_by: str = ""
    name: str = ""
    language: str = "en"
    words: str = ""
    state: State = State.OPEN
    tries: int = 0
    result: str = ""
    made_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.numbers:
            raise ValueError("a callback without a number to call")

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return not NEXT[self.state]

    @property
    def number(self) -> str:
        """The number the next try dials: each in turn, then from the first again."""
        return self.numbers[self.tries % len(self.numbers)]


def _step(callback: Callback, after: State) -> Callback:
    if after not in NEXT[callback.state]:
        raise WrongStepError(callback.state, after)
    return replace(callback, state=after)


def is_due(callback: Callback, now: datetime, rules: Rules) -> bool:
    """Whether its time has come, and it is no quiet hour."""
    return callback.state is State.OPEN and callback.at <= now == after_quiet(now, rules)


def dialled(callback: Callback) -> Callback:
    """``callback`` while a try goes on. Raises ``WrongStepError``."""
    return _step(callback, State.DIALLING)


def cancelled(callback: Callback) -> Callback:
    """``callback``, of which nobody will be called. Raises ``WrongStepError``."""
    return _step(callback, State.CANCELLED)


def kept(callback: Callback) -> Callback:
    """``callback``, whose customer talks with an agent. Raises ``WrongStepError``."""
    return replace(_step(callback, State.DONE), tries=callback.tries + 1, result=Result.ANSWERED.value)


def called_in(callback: Callback) -> Callback:
    """``callback``, whose customer called by themselves and was answered. Raises ``WrongStepError``."""
    tried = callback.state is State.DIALLING
    return replace(_step(callback, State.DONE), tries=callback.tries + tried, result=Result.CALLED_IN.value)


def missed(callback: Callback, result: Result, now: datetime, rules: Rules) -> Callback:
    """``callback`` after a try that reached nobody: open for the next number, or failed after the last."""
    tried = replace(callback, tries=callback.tries + 1, result=result.value)
    if tried.tries >= rules.most_tries:
        return _step(tried, State.FAILED)
    whole_round = tried.tries % len(tried.numbers) == 0
    again = now + rules.pause * (tried.tries // len(tried.numbers)) if whole_round else now
    return replace(_step(tried, State.OPEN), at=after_quiet(again, rules))


def after_quiet(at: datetime, rules: Rules) -> datetime:
    """``at`` itself, or the end of the quiet hours it falls into."""
    local = at.astimezone(rules.zone)
    begin, end, clock = rules.quiet_from, rules.quiet_until, local.time()
    over_midnight = begin > end
    quiet = clock >= begin or clock < end if over_midnight else begin <= clock < end
    if not quiet:
        return at
    day = local.date() + timedelta(days=1 if over_midnight and clock >= begin else 0)
    ends = datetime.combine(day, end, rules.zone)
    # When the clocks change an end may come twice, or be skipped: the later reading is surely out of it.
    return max(ends.astimezone(UTC), ends.replace(fold=1).astimezone(UTC))


def may_take(callback: Callback, agent: str, now: datetime, rules: Rules) -> bool:
    """Whether ``agent`` may be given it: for whom it is kept or, once ``fallback`` is over, anyone."""
    return callback.agent in {"", agent} or now >= callback.promised + rules.fallback


def in_order(numbers: Sequence[str]) -> tuple[str, ...]:
    """``numbers`` (E.164) as they are tried: home before mobile, each once."""
    return tuple(sorted(dict.fromkeys(numbers), key=_is_mobile))


def _is_mobile(number: str) -> bool:
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
    return kind == phonenumbers.PhoneNumberType.MOBILE
