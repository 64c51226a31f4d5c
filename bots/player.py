"""One play of a scenario: its steps one after the other, each within its time; at the end everybody goes."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from bots import scenario as sc
from bots.errors import StepFailed
from bots.history import History, Watch
from bots.scenario_file import ScenarioFile
from centre.toml_file import SettingsError

_EVIDENCE = 30
_log = logging.getLogger(__name__)


class Actor(Protocol):
    """Who takes part."""

    name: str
    history: History

    async def open(self) -> None:
        """Come on. Raises ``NotReady``."""
        ...

    async def close(self) -> None:
        """Hang up all that is open and go."""
        ...

    async def perform(self, step: sc.Step, watch: Watch) -> None:
        """Do it, or wait until it is so. Raises ``StepFailed``."""
        ...

    def state(self) -> dict[str, Any]:
        """How they stand, as evidence."""
        ...


Make: TypeAlias = Callable[[sc.Actor, random.Random], Actor]
Tell: TypeAlias = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """Which step failed (the file's line, 0 before the first), why, and what was there to see."""

    line: int
    step: str
    words: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one play; ``number`` counts the plays of the run. ``steps`` are those that went well."""

    file: ScenarioFile
    number: int
    seed: int
    seconds: float
    steps: int
    failure: Failure | None = None
    interrupted: bool = False

    @property
    def passed(self) -> bool:
        """Whether all of it was so."""
        return self.failure is None and not self.interrupted


class Play:
    """A play that goes on: the ``number``-th of the run. ``make`` makes actors, ``tell`` hears of steps."""

    def __init__(self, file: ScenarioFile, number: int, seed: int, make: Make, tell: Tell) -> None:
        self._file = file
        self._number = number
        self._seed = seed
        self._make = make
        self._tell = tell
        self._actors: dict[str, Actor] = {}
        self._done = 0
        self._at = (0, "before the first step")

    async def run(self) -> Played:
        """Play it to its end, its first failure, or until cancelled, which is no error.

        What fails unexpectedly (a full disk) ends this play alone: a night of plays has its report.
        """
        began = time.monotonic()
        failure, interrupted = None, True
        try:
            async with AsyncExitStack() as leaving:
                failure = await self._played(leaving)
                interrupted = False
        except asyncio.CancelledError:
            pass
        except Exception as error:  # of any kind: the other plays go on, and are told of
            _log.exception("play %d", self._number)
            failure, interrupted = failure or self._failed(f"{type(error).__name__}: {error}"), False
        spent = time.monotonic() - began
        return Played(self._file, self._number, self._seed, spent, self._done, failure, interrupted)

    async def _played(self, leaving: AsyncExitStack) -> Failure | None:
        chance = random.Random(self._seed)  # noqa: S311 - the same play for the same seed
        try:
            for cast in self._file.scenario.actors:
                await self._come_on(cast, chance, leaving)
        except (StepFailed, SettingsError) as error:
            return self._failed(str(error))
        for step, line in zip(self._file.scenario.steps, self._file.lines, strict=True):
            self._at = (line, f"{step.actor}: {text_of(step)}")
            failure = await self._one(step, line, chance)
            if failure is not None:
                return failure
            self._done += 1
        return None

    async def _come_on(self, cast: sc.Actor, chance: random.Random, leaving: AsyncExitStack) -> None:
        actor = self._make(cast, chance)
        self._actors[actor.name] = actor
        leaving.push_async_callback(_to_its_end, actor.close)
        await actor.open()

    async def _one(self, step: sc.Step, line: int, chance: random.Random) -> Failure | None:
        watch, words = Watch(), ""
        self._tell({"event": "step", "line": line, "actor": step.actor, "step": text_of(step)})
        try:
            if isinstance(step, sc.Wait):
                await asyncio.sleep(_seconds(step, chance))
                return None
            async with asyncio.timeout(step.within):
                await self._actors[step.actor].perform(step, watch)
        except TimeoutError:
            words = f"not within {step.within:g} s; {watch.saw or 'nothing was seen of it'}"
        except StepFailed as error:
            words = str(error)
        return self._failed(words) if words else None

    def _failed(self, words: str) -> Failure:
        return Failure(*self._at, words, self._evidence())

    def _evidence(self) -> dict[str, Any]:
        return {
            name: {
                "last": [str(happening) for happening in actor.history.last(_EVIDENCE)],
                "state": actor.state(),
            }
            for name, actor in self._actors.items()
        }


async def _to_its_end(close: Callable[[], Awaitable[None]]) -> None:
    """Also where the play is stopped meanwhile: who is cut off in leaving would leave calls open."""
    closing = asyncio.ensure_future(close())
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await closing
        raise


def _seconds(step: sc.Wait, chance: random.Random) -> float:
    return chance.uniform(*step.seconds) if isinstance(step.seconds, tuple) else step.seconds


def text_of(step: sc.Step) -> str:
    """The step in one line: ``call number=700``."""
    told = step.model_dump(exclude_unset=True, exclude={"actor", "within"}, mode="json")
    name = told.pop("do", None) or f"expect {told.pop('expect', '')}"
    return " ".join((name, *(f"{key}={value}" for key, value in told.items())))


def accounts_of(file: ScenarioFile) -> Sequence[str]:
    """What no two plays may have at once: agents, the line that customers are rung by, and the numbers of
    those who write, with the names by which agents write to them; in one order.
    """
    needed: set[str] = set()
    for cast in file.scenario.actors:
        match cast:
            case sc.AtDesk():
                needed.add(cast.name)
            case sc.WhatsAppCustomer():
                needed.update((cast.name, *cast.numbers))
            case sc.Customer(rings=True):
                needed.add("")
    return sorted(needed)
