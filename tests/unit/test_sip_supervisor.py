"""The registration supervisor, with registrars that answer as they are told and a clock that only counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from sip.errors import RegistrarUnreachable
from sip.events import RegistrationChanged, RegistrationState
from sip.registration import Doubt
from sip.supervisor import RETURN_EVERY, RegistrationSupervisor
from tests.stubs.clock import settle

OK = RegistrationChanged(RegistrationState.REGISTERED, 200)
AWAY = RegistrationChanged(RegistrationState.UNREACHABLE, None, "away")
REFUSED = RegistrationChanged(RegistrationState.REFUSED, 403, "wrong password")
REGISTERING = RegistrationChanged(RegistrationState.REGISTERING)


class Fake:
    """A registrar: ``says`` is what each REGISTER gets; ``done`` is what it was asked, in order."""

    def __init__(self, says: RegistrationChanged) -> None:
        self.says = says
        self.done: list[str] = []

    async def register(self) -> RegistrationChanged:
        self.done.append("register")
        return self.says

    async def leave(self) -> None:
        self.done.append("leave")

    def broken(self) -> bool:
        return False

    def reset(self) -> None:
        self.done.append("reset")


class Bench:
    """A supervisor over fakes. ``waits`` are the seconds it waited; time passes only by ``pass_time``."""

    def __init__(self, *registrars: Fake) -> None:
        self.registrars = registrars
        self.told: list[RegistrationChanged] = []
        self.waits: list[float | None] = []
        self.prepared = 0
        self.no_way = False
        self._passed = asyncio.Event()
        self.supervisor = RegistrationSupervisor(
            self._prepare, self.told.append, wait=self._wait, chance=lambda: 1.0
        )

    async def _prepare(self) -> Sequence[Fake]:
        self.prepared += 1
        if self.no_way:
            raise RegistrarUnreachable("no network")
        return self.registrars

    async def _wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        self.waits.append(seconds)
        waiting = [asyncio.create_task(one.wait()) for one in (event, self._passed)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        return event.is_set()

    async def pass_time(self) -> None:
        """Whatever is waited for with a limit has passed."""
        self._passed.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self._passed.clear()
        await settle()


@asynccontextmanager
async def keeping(*registrars: Fake) -> AsyncIterator[Bench]:
    bench = Bench(*registrars)
    task = asyncio.create_task(bench.supervisor.keep())
    await settle()
    try:
        yield bench
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_registrar_that_says_yes_is_asked_once() -> None:
    only = Fake(OK)
    async with keeping(only) as bench:
        assert only.done == ["register"]
        assert bench.told == [REGISTERING, OK]
        assert bench.waits == [None]


async def test_one_that_is_away_is_asked_again_after_growing_pauses_and_told_once() -> None:
    only = Fake(AWAY)
    async with keeping(only) as bench:
        for _ in range(5):
            await bench.pass_time()
        assert bench.waits == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
        assert bench.told == [REGISTERING, AWAY]
        only.says = OK
        await bench.pass_time()
        assert bench.told[-1] == OK


async def test_a_refused_account_is_left_before_it_is_told_and_nothing_more_is_asked() -> None:
    only = Fake(REFUSED)
    async with keeping(only) as bench:
        assert only.done == ["register", "leave"]
        bench.supervisor.doubt(Doubt.WOKE)
        await bench.pass_time()
        assert only.done == ["register", "leave"]
        assert bench.told == [REGISTERING, REFUSED]


async def test_a_refresh_that_is_refused_ends_it_too() -> None:
    only = Fake(OK)
    async with keeping(only) as bench:
        bench.supervisor.answered(only, REFUSED)
        await settle()
        assert bench.told[-1] == REFUSED
        assert only.done == ["register", "leave"]


async def test_a_late_yes_needs_no_second_asking() -> None:
    only = Fake(AWAY)
    async with keeping(only) as bench:
        bench.supervisor.answered(only, OK)
        await settle()
        assert bench.told[-1] == OK
        assert only.done == ["register"]


@pytest.mark.parametrize("doubt", list(Doubt))
async def test_a_doubt_registers_anew_at_once(doubt: Doubt) -> None:
    only = Fake(OK)
    async with keeping(only) as bench:
        bench.supervisor.doubt(doubt)
        await settle()
        # what broke needs no reset; what may be dead must not carry the REGISTER
        expected = ["register"] if doubt is Doubt.BROKEN else ["reset", "register"]
        assert only.done == ["register", *expected]
        assert bench.told == [REGISTERING, OK, REGISTERING, OK]
        assert bench.prepared == (2 if doubt is Doubt.MOVED else 1)


async def test_a_doubt_cuts_a_pause_short() -> None:
    only = Fake(AWAY)
    async with keeping(only) as bench:
        only.says = OK
        bench.supervisor.doubt(Doubt.WOKE)
        await settle()
        assert bench.told[-1] == OK


async def test_without_a_network_it_is_looked_for_again_and_told() -> None:
    only = Fake(OK)
    async with keeping(only) as bench:
        bench.no_way = True
        bench.supervisor.doubt(Doubt.MOVED)
        await settle()
        assert bench.told[-1].state is RegistrationState.UNREACHABLE
        assert "no network" in bench.told[-1].words
        await bench.pass_time()
        bench.no_way = False
        await bench.pass_time()
        assert bench.told[-1] == OK
        assert bench.prepared == 4


async def test_names_are_looked_up_again_before_each_round() -> None:
    only = Fake(AWAY)
    async with keeping(only) as bench:
        assert bench.prepared == 1
        await bench.pass_time()
        await bench.pass_time()
        assert bench.prepared == 3
        only.says = OK
        await bench.pass_time()
        bench.supervisor.doubt(Doubt.BROKEN)
        await settle()
        assert bench.prepared == 4, "a name that just led there need not be asked for"


async def test_the_second_registrar_serves_while_the_first_is_away_and_the_first_again_when_it_is_back() -> (
    None
):
    first, second = Fake(AWAY), Fake(OK)
    async with keeping(first, second) as bench:
        assert bench.supervisor.serving is second
        assert bench.told == [REGISTERING, OK], "nobody need know of the first"
        assert bench.waits == [RETURN_EVERY]
        await bench.pass_time()
        assert bench.supervisor.serving is second
        first.says = OK
        await bench.pass_time()
        assert bench.supervisor.serving is first
        assert second.done == ["register", "leave"]
        assert bench.told == [REGISTERING, OK]


async def test_one_registrar_after_the_other_and_a_pause_only_after_all() -> None:
    first, second, third = Fake(AWAY), Fake(AWAY), Fake(AWAY)
    async with keeping(first, second, third) as bench:
        assert [len(one.done) for one in (first, second, third)] == [1, 1, 1]
        assert bench.waits == [0.5]


async def test_those_in_between_hold_no_second_contact() -> None:
    first, second, third = Fake(AWAY), Fake(AWAY), Fake(OK)
    async with keeping(first, second, third):
        assert second.done == ["register", "leave"]
        assert first.done == ["register"]


async def test_who_leaves_leaves_every_registrar() -> None:
    first, second = Fake(AWAY), Fake(OK)
    async with keeping(first, second) as bench:
        pass
    await bench.supervisor.leave()
    assert first.done[-1] == second.done[-1] == "leave"
    assert bench.told[-1].state is RegistrationState.UNREGISTERED
