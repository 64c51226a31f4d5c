"""One agent's contacts, one after the other, in each of which the hub is killed once.

The desk is the real one without its screen, the hub stands on the real Asterisk, and the company's CRM is a
stand-in. What was typed is in the desk's state; what became of it is asked of the database and of the CRM.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import RowMapping, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from agent_tui.commands import model as do
from agent_tui.session.state import Link, Phase, SessionState, Work
from hub.contract import Presence
from hub.db.tables import contacts, missed_notes, wrap_ups
from sip.call_state import CallState
from sip.events import RegistrationState
from tests.e2e.acts import DANA, rung_next
from tests.e2e.blind_desk import BlindDesk, told
from tests.e2e.centre import Centre, Home
from tests.e2e.eventually import eventually
from tests.pbx.console import Console, Customer
from tests.stubs.crm_server import CrmApi, Person

CALLERS = {"0505550141": "1041", "0505550142": "1042"}
"""Whose numbers these are in the CRM."""
Step: TypeAlias = Callable[[], None]
_MISSED = 0.25
"""How often nobody takes the call."""
_OVER = (Phase.WRAP_UP, Phase.MISSED)
_LONGEST = 0.3
"""Seconds from a step to the kill: what follows from the step is under way, or just done."""


def people() -> dict[str, Person]:
    """The customers, as the CRM has them."""
    return {name: Person(name, "Ruth", f"No{name}", [number]) for number, name in CALLERS.items()}


@dataclass(frozen=True)
class Had:
    """One contact: after which step the hub was killed, how long it was away, and what was typed."""

    contact: str
    customer: str
    killed_after: str
    away_until: str
    note: str
    done: tuple[str, ...]
    missed: bool


class Day:
    """``chance`` makes the instants."""

    def __init__(self, centre: Centre, console: Console, home: Home, chance: random.Random) -> None:
        self._centre = centre
        self._console = console
        self._chance = chance
        self._customer: Customer | None = None
        self._typed = 0
        self.desk = BlindDesk(home)
        self._up()
        self.desk.ask(do.SetPresence(Presence.READY))
        self._free()

    def have(self, number: str) -> Had:
        """A contact from the ring to the wrap-up; the hub is killed after one of its steps and is back before
        another begins.
        """
        missed = self._chance.random() < _MISSED
        steps = self._missed(number) if missed else self._steps(number)
        names = [name for name, _step in steps]
        killed = self._chance.randrange(len(steps))
        back = self._chance.randrange(killed, len(steps))
        work: Work | None = None
        for place, (_name, step) in enumerate(steps):
            step()
            work = self._work() or work
            if place == killed:
                self._pause()
                self._centre.kill_hub()
            if place == back:
                self._pause()
                self._centre.start_hub()
        try:
            self._over()
        except AssertionError as error:
            instant = f"killed after {names[killed]}, back after {names[back]}"
            raise AssertionError(f"{instant}: {error}") from error
        assert work is not None
        assert self._customer is not None
        done = work.progress.done if work.progress else ()
        return Had(
            self._customer.contact, CALLERS[number], names[killed], names[back], work.note, done, missed
        )

    def _steps(self, number: str) -> list[tuple[str, Step]]:
        return [
            ("ring", lambda: self._ring(number)),
            ("answer", self._answer),
            ("type", self._type),
            ("tick", self._tick),
            ("type on", self._type),
            ("leave", self._leave),
            ("choose", self._choose),
            ("finish", self._finish),
        ]

    def _missed(self, number: str) -> list[tuple[str, Step]]:
        """What is noted of a ring that nobody takes."""
        return [
            ("ring", lambda: self._ring(number)),
            ("type of a ring", self._type),
            ("type on of a ring", self._type),
            ("miss", self._leave),
            ("leave the note", self._finish),
        ]

    def _ring(self, number: str) -> None:
        self._customer = self._console.customer("support", number=number)
        self.desk.until(lambda state: state.ringing, "the ring")

    def _answer(self) -> None:
        self.desk.ask(do.Answer())
        self.desk.until(_talks, "the talk")

    def _type(self) -> None:
        """Letter by letter, as fast as the desk takes them."""
        work = self._work()
        assert work is not None
        self._typed += 1
        whole = f"{work.note} בקשה {self._typed}: wants the bill by post.".strip()
        for end in range(len(work.note) + 1, len(whole) + 1):
            self.desk.ask(do.EditNote(work.contact, whole[:end]))
        self.desk.until(lambda state: _note(state) == whole, "the note")

    def _tick(self) -> None:
        """The first step of the script, where the desk has one by now."""
        work = self._work()
        assert work is not None
        if work.script is None:
            return
        step = work.script.steps[0].id
        self.desk.ask(do.TickStep(work.contact, step))
        self.desk.until(lambda state: step in _done(state), "the tick")

    def _leave(self) -> None:
        assert self._customer is not None
        self._customer.hang_up()
        self.desk.until(
            lambda state: not state.calls and all(one.phase in _OVER for one in state.work),
            "the wrap-up",
        )

    def _choose(self) -> None:
        work = self._work()
        assert work is not None
        self.desk.ask(do.ChooseDisposition(work.contact, "solved"))
        self.desk.until(lambda state: state.work[0].disposition, "the outcome")

    def _finish(self) -> None:
        work = self._work()
        assert work is not None
        self.desk.ask(do.FinishWrapUp(work.contact))

    def _over(self) -> None:
        self.desk.until(lambda state: not state.work, "the wrap-up stored")
        self._up()
        self._free()

    def _work(self) -> Work | None:
        state = self.desk.state
        return state.work[0] if state.work else None

    def _up(self) -> None:
        self.desk.until(
            lambda state: (
                state.phone is Link.UP
                and state.hub is Link.UP
                and state.registration.state is RegistrationState.REGISTERED
            ),
            "the desk is up",
        )

    def _free(self) -> None:
        eventually(lambda: rung_next(self._console), f"a member who can be rung; {told(self.desk.state)}")

    def _pause(self) -> None:
        """Let the seeded instant come."""
        threading.Event().wait(self._chance.uniform(0.0, _LONGEST))


def _talks(state: SessionState) -> bool:
    return any(call.state is CallState.ESTABLISHED for call in state.calls) and any(
        one.phase is Phase.TALKING for one in state.work
    )


def _note(state: SessionState) -> str:
    return state.work[0].note if state.work else ""


def _done(state: SessionState) -> Sequence[str]:
    progress = state.work[0].progress if state.work else None
    return progress.done if progress else ()


def day_of(centre: Centre, console: Console, count: int, seed: int) -> list[Had]:
    """``count`` contacts of two customers in turn, with a kill in each."""
    home = centre.prepare(DANA)
    chance = random.Random(seed)  # noqa: S311 - seeded instants, no secret
    day = Day(centre, console, home, chance)
    numbers = list(CALLERS)
    try:
        return [day.have(numbers[place % len(numbers)]) for place in range(count)]
    finally:
        day.desk.kill()
        home.end_phone()


def judge(had: Sequence[Had], database: URL, crm: CrmApi) -> int:
    """Each contact is stored once with all that was typed, and the CRM has each once, in order, but for those
    of which the hub saw nothing and knows no number; how many these are.
    """
    stored, wrapped = asyncio.run(_kept(database))
    assert sorted(wrapped) == sorted(one.contact for one in had)
    for one in had:
        kept = stored[one.contact]
        outcome = "" if one.missed else "solved"
        assert (kept.note, kept.done, kept.disposition) == (one.note, one.done, outcome), (one, kept)
        assert kept.customer in {"", one.customer}, (one, kept)
    known = [one for one in had if stored[one.contact].number]
    eventually(lambda: len(crm.written) >= len(known), f"{len(known)} contacts in the CRM: {crm.written}")
    for customer in CALLERS.values():
        left = [
            f"{'Missed' if one.missed else 'Solved'}: {one.note} "
            for one in known
            if one.customer == customer
        ]
        told_crm = [one.words for one in crm.written if one.customer == customer]
        assert all(words.startswith(each) for words, each in zip(told_crm, left, strict=True))
    return len(had) - len(known)


@dataclass(frozen=True)
class _Kept:
    """A contact as the database has it."""

    note: str
    done: tuple[str, ...]
    disposition: str
    customer: str
    number: str


async def _kept(database: URL) -> tuple[dict[str, _Kept], list[str]]:
    """The contacts by their ids, and whose wrap-ups there are."""
    engine = create_async_engine(database)
    try:
        async with engine.connect() as connection:
            rows = (await connection.execute(select(contacts))).mappings().all()
            noted = (await connection.execute(select(missed_notes))).mappings().all()
            wrapped = (await connection.execute(select(wrap_ups.c.contact))).scalars().all()
    finally:
        await engine.dispose()
    assert len({row["id"] for row in rows}) == len(rows), "one row for each contact"
    kept = {row["id"]: _of(row) for row in rows}
    return kept | {row["contact"]: _of_missed(row, kept) for row in noted}, list(wrapped)


def _of(row: RowMapping) -> _Kept:
    done = tuple((row["script"] or {}).get("done", ()))
    return _Kept(row["note"], done, row["disposition"], row["customer"], row["number"])


def _of_missed(row: RowMapping, kept: Mapping[str, _Kept]) -> _Kept:
    """The caller's own record is beside it, where the hub saw one."""
    seen = kept.get(row["contact"])
    return _Kept(row["note"], (), row["disposition"], row["customer"], seen.number if seen else "")
