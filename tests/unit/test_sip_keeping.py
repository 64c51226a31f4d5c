"""The loops that keep an account registered: one that fails by a fault of ours begins anew."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from sip import keeping
from sip.account import Account
from sip.audio.silence_port import SilencePort
from sip.behaviour import Behaviour
from sip.errors import RegistrarUnreachable
from sip.events import RegistrationChanged, RegistrationState
from sip.keeping import KeptRegistration, going_on
from sip.lines import Lines
from sip.places import Place


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_AFTER_A_FAULT", 0.0)


async def test_a_loop_that_fails_begins_anew_until_it_ends_by_itself() -> None:
    begun: list[int] = []

    async def fails_twice() -> None:
        begun.append(1)
        if len(begun) < 3:
            raise LookupError("0521234567")

    await going_on(fails_twice)
    assert len(begun) == 3


async def test_a_loop_that_is_cancelled_ends() -> None:
    async def waits() -> None:
        await asyncio.Event().wait()

    running = asyncio.create_task(going_on(waits))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


NO_WAY = "nobody asks for this without a way to the registrar"


class Kept(KeptRegistration[Any]):
    """Of no stack, and no way to the registrar."""

    address = None

    async def _prepare(self) -> Sequence[Any]:
        raise RegistrarUnreachable("no address for it")

    def _fits(self, found: Sequence[Place]) -> bool:
        raise AssertionError(NO_WAY)

    async def _made(self, found: Sequence[Place]) -> tuple[Any, ...]:
        raise AssertionError(NO_WAY)

    async def _dismiss(self, registrars: Sequence[Any]) -> None:
        assert not registrars

    def _send_nothing(self, serving: object) -> None:
        raise AssertionError(NO_WAY)


async def test_an_account_is_kept_registered_after_a_fault() -> None:
    told: list[RegistrationState] = []
    looked_for = asyncio.Event()

    def breaks_once(change: RegistrationChanged) -> None:
        told.append(change.state)
        if len(told) == 1:
            raise LookupError("0521234567")
        if change.state is RegistrationState.UNREACHABLE:
            looked_for.set()

    behaviour = Behaviour(watches=False)
    lines: Lines[Any] = Lines(SilencePort, behaviour, lambda _event: None)
    kept = Kept(Account("1001", "pbx.example.com", "s3cret"), lines, behaviour, breaks_once)
    await kept.begin()
    async with asyncio.timeout(10):
        await looked_for.wait()
    await kept.close()
