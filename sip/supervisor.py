"""The registration supervisor: keeps an account registered, whatever network, machine and registrar do.

It knows no SIP stack: an engine gives it the registrars of the account, in order, and tells it of doubts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import SystemRandom
from typing import Protocol, TypeAlias

from sip.errors import PhoneError
from sip.events import RegistrationChanged, RegistrationState
from sip.registration import Doubt, Signal, Standing, advance, pause

log = logging.getLogger(__name__)

RETURN_EVERY = 20.0
"""Seconds between tries at the first registrar while another serves; below the stack's own 30 to 60."""

_SIGNALS = {
    RegistrationState.REGISTERED: Signal.ACCEPTED,
    RegistrationState.REFUSED: Signal.REFUSED,
    RegistrationState.UNREACHABLE: Signal.FAILED,
}
_random = SystemRandom()


class Registrar(Protocol):
    """One registrar for our account, as an engine reaches it."""

    async def register(self) -> RegistrationChanged:
        """Put our contact there: REGISTERED, REFUSED or UNREACHABLE, within seconds."""
        ...

    async def leave(self) -> None:
        """Take our contact off it, as well as can be done in some seconds."""
        ...

    def broken(self) -> bool:
        """Whether the connection that the contact stands on (TCP, TLS) is there no more."""
        ...

    def reset(self) -> None:
        """Let go of a connection that may be dead, so that the next REGISTER makes a new one."""
        ...


Prepare: TypeAlias = Callable[[], Awaitable[Sequence[Registrar]]]
"""Makes the registrars fit for the network of this moment. Raises ``PhoneError`` while it cannot."""

Wait: TypeAlias = Callable[[asyncio.Event, float | None], Awaitable[bool]]
"""Waits for an event, so many seconds at most (None: for ever); whether it came."""


async def wait_for(event: asyncio.Event, seconds: float | None) -> bool:
    """``Wait`` on the machine's clock."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


class RegistrationSupervisor:
    """One account's registration. ``publish`` gets each change of it, once."""

    def __init__(
        self,
        prepare: Prepare,
        publish: Callable[[RegistrationChanged], None],
        *,
        wait: Wait = wait_for,
        chance: Callable[[], float] = _random.random,
    ) -> None:
        self._prepare = prepare
        self._tell = publish
        self._wait = wait
        self._chance = chance
        self._standing = Standing()
        self._told: RegistrationChanged | None = None
        self._registrars: Sequence[Registrar] = ()
        self._ready = False
        """The registrars fit the network and the names of this moment."""
        self._news = asyncio.Event()
        self._doubts: set[Doubt] = set()
        self._unasked: RegistrationChanged | None = None

    @property
    def serving(self) -> Registrar | None:
        """The registrar that is asked or said yes; None before the first was prepared."""
        return self._registrars[self._standing.registrar] if self._registrars else None

    @property
    def stands(self) -> bool:
        """Whether a registrar last said yes."""
        return self._standing.state is RegistrationState.REGISTERED

    # What others tell

    def doubt(self, doubt: Doubt) -> None:
        """There is reason to register anew now. Does nothing for an account that was refused or left."""
        log.info("registering anew: %s", doubt.value)
        self._doubts.add(doubt)
        self._news.set()

    def answered(self, registrar: Registrar, outcome: RegistrationChanged | None) -> None:
        """An answer of ``registrar`` that nobody waited for: a late one, or to the stack's own refresh.

        None says only that it is there.
        """
        if registrar is self.serving:
            self._unasked = outcome
            self._news.set()

    # What it does

    async def keep(self) -> None:
        """Register, and again whenever it is lost; returns only when a registrar refuses the account."""
        self._step(Signal.ASKED)
        self._publish(RegistrationChanged(self._standing.state))
        while self._standing.state is not RegistrationState.REFUSED:
            if self.stands:
                await self._stand()
            else:
                await self._ask()

    async def leave(self) -> None:
        """Take our contact off every registrar. ``keep`` must have been ended before."""
        await self._leave_all()
        self._step(Signal.LEFT)
        self._publish(RegistrationChanged(RegistrationState.UNREGISTERED))

    async def _ask(self) -> None:
        """One REGISTER, and the pause that follows one that came to nothing."""
        self._news.clear()
        await self._take(await self._outcome())
        if self._standing.state is RegistrationState.UNREACHABLE:
            await self._wait(self._news, pause(self._standing, self._chance()))

    async def _outcome(self) -> RegistrationChanged:
        late, self._unasked = self._unasked, None
        if late is not None and not self._doubts:
            return late
        try:
            await self._make_ready()
        except PhoneError as error:
            return RegistrationChanged(RegistrationState.UNREACHABLE, None, f"{error}; trying again")
        assert self.serving is not None  # noqa: S101 - _make_ready made them, or raised
        return await self.serving.register()

    async def _make_ready(self) -> None:
        """Have registrars that fit the network, with no connection of before a doubt."""
        doubts, self._doubts = self._doubts, set()
        if Doubt.MOVED in doubts or self._standing.rounds:
            # a name may lead elsewhere by now
            self._ready = False
        if not self._ready:
            self._registrars = await self._prepare()
            self._ready = True
        if doubts - {Doubt.BROKEN}:
            for registrar in self._registrars:
                registrar.reset()

    async def _stand(self) -> None:
        """Wait until the registration is doubted or lost; meanwhile go back to the first registrar."""
        away = self._standing.registrar != 0
        if not await self._wait(self._news, RETURN_EVERY if away else None):
            await self._go_home()
            return
        self._news.clear()
        told, self._unasked = self._unasked, None
        if told is not None:
            await self._take(told)
        elif self._doubts:
            self._step(Signal.DOUBTED)
            self._publish(RegistrationChanged(self._standing.state))

    async def _go_home(self) -> None:
        first, other = self._registrars[0], self.serving
        outcome = await first.register()
        if outcome.state is RegistrationState.REGISTERED and other is not None:
            log.info("back at the first registrar")
            self._standing = Standing(RegistrationState.REGISTERED)
            await other.leave()

    async def _take(self, outcome: RegistrationChanged) -> None:
        """Go where ``outcome`` leads, and tell of it unless other registrars are still to be asked."""
        self._step(_SIGNALS[outcome.state])
        if self._standing.state is not outcome.state:
            return
        if self._standing.state is RegistrationState.REFUSED:
            # before it is told: the stack alone would go on asking
            await self._leave_all()
        self._publish(outcome)
        if self.stands:
            await self._leave_others()

    async def _leave_all(self) -> None:
        await asyncio.gather(*(registrar.leave() for registrar in self._registrars))

    async def _leave_others(self) -> None:
        """No second contact: of the other registrars only the first is asked again, to go back to it."""
        needless = [r for r in self._registrars[1:] if r is not self.serving]
        await asyncio.gather(*(registrar.leave() for registrar in needless))

    def _step(self, signal: Signal) -> None:
        self._standing = advance(self._standing, signal, max(1, len(self._registrars)))

    def _publish(self, change: RegistrationChanged) -> None:
        if change != self._told:
            self._told = change
            self._tell(change)
