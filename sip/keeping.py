"""One account kept registered: its registrars under a supervisor, fit for the network of each moment.

It knows no SIP stack: an engine makes the registrars.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, Generic, TypeVar, cast

from edge.traces import survived
from sip.account import Account, Transport
from sip.behaviour import Behaviour
from sip.doubts import Doubts, PlacedRegistrar
from sip.errors import RegistrarUnreachable
from sip.events import RegistrationChanged, RegistrationState
from sip.lines import Lines
from sip.ping import Pings
from sip.places import Place, places
from sip.registration import Doubt
from sip.supervisor import RegistrationSupervisor
from sip.watch import is_ours, watch

_BINDING_EVERY: Final = 10
"""Looks between two empty messages: routers keep a binding of UDP for 30 s and more (RFC 4787 §4.3)."""
_AFTER_A_FAULT: Final = 5.0
"""Seconds until a loop that failed begins anew."""
_MOVED = "the network of this machine changed, and the call could not come along"


log = logging.getLogger(__name__)

OneRegistrar = TypeVar("OneRegistrar", bound=PlacedRegistrar)


class KeptRegistration(ABC, Generic[OneRegistrar]):
    """The registration of ``account``, from ``begin`` until ``close``."""

    def __init__(
        self,
        account: Account,
        lines: Lines[Any],
        behaviour: Behaviour,
        publish: Callable[[RegistrationChanged], None],
    ) -> None:
        self.account = account
        self._lines = lines
        self._behaviour = behaviour
        self._registrars: tuple[OneRegistrar, ...] = ()
        self._publish = publish
        self._supervisor = RegistrationSupervisor(self._prepare, self._changed)
        self._pings = Pings(account)
        self._doubts = Doubts(self, lines, self._pings)
        self._tasks: list[asyncio.Task[None]] = []
        self._ticks = 0

    @property
    def serving(self) -> OneRegistrar | None:
        """The registrar that calls go through; None before there is any."""
        return cast("OneRegistrar | None", self._supervisor.serving)

    @property
    def stands(self) -> bool:
        """Whether a registrar last said yes."""
        return self._supervisor.stands

    async def begin(self) -> None:
        """Register and stay so; does nothing while that is under way. Raises ``PhoneError``.

        A registrar without address or way is no error: it is looked for again and again.
        """
        if self._tasks and not self._tasks[0].done():
            return
        await self._end_tasks()
        if not self._registrars:
            with suppress(RegistrarUnreachable):
                await self._prepare()
        self._tasks = [asyncio.create_task(going_on(self._supervisor.keep))]
        if self._behaviour.watches:
            looks = *self._doubts.looks(), self._keep_binding
            watching = partial(watch, looks, self._supervisor.doubt)
            self._tasks += [asyncio.create_task(going_on(one)) for one in (watching, self._doubts.ask_often)]

    def refresh(self) -> None:
        """Register anew now."""
        self._supervisor.doubt(Doubt.TOLD)

    async def leave(self) -> None:
        """Take our contact away and stay away."""
        await self._end_tasks()
        await self._supervisor.leave()

    async def close(self) -> None:
        """Leave, and end all that stood for it."""
        await self.leave()
        await self._forget()

    async def _end_tasks(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _changed(self, change: RegistrationChanged) -> None:
        self._publish(change)
        if change.state is RegistrationState.REGISTERED:
            self._lines.prove_held()

    # How an engine does it

    @property
    @abstractmethod
    def address(self) -> str | None:
        """Our own address that the engine stands on."""

    @abstractmethod
    def _fits(self, found: Sequence[Place]) -> bool:
        """Whether the registrars there are can reach what was ``found``. Raises ``RegistrarUnreachable``."""

    @abstractmethod
    async def _made(self, found: Sequence[Place]) -> tuple[OneRegistrar, ...]:
        """A registrar for each. Raises ``PhoneError``."""

    @abstractmethod
    async def _dismiss(self, registrars: Sequence[OneRegistrar]) -> None:
        """End what ``_made`` made."""

    @abstractmethod
    def _send_nothing(self, serving: OneRegistrar) -> None:
        """An empty message to it over UDP, so that home routers keep the way open (RFC 3261 §7.5)."""

    # Fit for the network of this moment

    async def _prepare(self) -> Sequence[OneRegistrar]:
        found = await places(self.account)
        if self._registrars and not self._fits(found):
            if len(self._lines) and self.address and is_ours(self.address):
                return self._registrars  # talk first; a look asks again when the last call has ended
            await self._lines.lose(_MOVED)
            await self._forget()
        if not self._registrars:
            self._registrars = await self._made(found)
        for registrar, place in zip(self._registrars, found, strict=True):
            registrar.place = place
        if self._behaviour.watches:
            await self._pings.follow(found)
        return self._registrars

    async def _forget(self) -> None:
        registrars, self._registrars = self._registrars, ()
        await self._dismiss(registrars)
        self._pings.close()

    def _keep_binding(self) -> None:
        """Keep the way through a home router open (over TCP the kernel does it)."""
        serving = self.serving
        if serving is None or self.address is None or not self.stands:
            return
        self._ticks += 1
        if self.account.transport is Transport.UDP and self._ticks % _BINDING_EVERY == 1:
            self._send_nothing(serving)


async def going_on(loop: Callable[[], Awaitable[None]]) -> None:
    """A loop that a fault of ours ends begins anew: nobody waits for it, and a phone that is not kept
    registered does not ring.
    """
    while True:
        with survived(log, "the registration"):
            return await loop()
        await asyncio.sleep(_AFTER_A_FAULT)
