"""One account on the stack: an agent for each registrar, under a supervisor that watches the network."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

import baresip

from edge.text import clean
from sip.account import Account, MediaEncryption, Transport
from sip.behaviour import Behaviour
from sip.engines.baresip.lines import BaresipLines
from sip.engines.baresip.registrar import BaresipRegistrar
from sip.engines.baresip.settings import address_of_record, needs
from sip.engines.baresip.sockets import keep_binding
from sip.engines.baresip.stack import BaresipStack
from sip.errors import PhoneError, RegistrarUnreachable
from sip.events import RegistrationChanged
from sip.ping import Ping, ping
from sip.places import Place, places
from sip.registration import Doubt
from sip.supervisor import RegistrationSupervisor
from sip.watch import Look, SleepLook, is_ours, watch

log = logging.getLogger(__name__)

_BINDING_EVERY = 10
"""Looks between two empty messages: routers keep a binding of UDP for 30 s and more (RFC 4787 §4.3)."""
_MOVED = "the network of this machine changed, and the call could not come along"


class Registration:
    """The registration of ``account``, from ``begin`` until ``close``."""

    def __init__(
        self,
        account: Account,
        stack: BaresipStack,
        lines: BaresipLines,
        behaviour: Behaviour,
        publish: Callable[[RegistrationChanged], None],
    ) -> None:
        self.account = account
        self._stack = stack
        self._lines = lines
        lines.secret = account.media_encryption is not MediaEncryption.OFF
        self._behaviour = behaviour
        self._registrars: tuple[BaresipRegistrar, ...] = ()
        self._supervisor = RegistrationSupervisor(self._prepare, publish)
        self._pings: dict[Place, Ping] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._told_gone = False
        self._ticks = 0

    @property
    def serving(self) -> BaresipRegistrar | None:
        """The registrar that calls go through; None before there is any."""
        found = self._supervisor.serving
        return found if isinstance(found, BaresipRegistrar) else None

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
        self._tasks = [asyncio.create_task(self._supervisor.keep())]
        if self._behaviour.watches:
            self._tasks.append(asyncio.create_task(watch(self._looks(), self._supervisor.doubt)))

    def refresh(self) -> None:
        """Register anew now."""
        self._supervisor.doubt(Doubt.TOLD)

    async def leave(self) -> None:
        """Take our contact away and stay away."""
        await self._end_tasks()
        await self._supervisor.leave()

    async def close(self) -> None:
        """Leave, and give the stack back."""
        await self.leave()
        self._forget()
        await self._stack.release(self)

    async def _end_tasks(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # The stack, fit for the network of this moment

    async def _prepare(self) -> Sequence[BaresipRegistrar]:
        found = await places(self.account)
        wanted = needs(found)
        before = self._stack.needs
        if self._registrars and wanted != before:
            if len(self._lines) and before is not None and before.address and is_ours(before.address):
                return self._registrars  # talk first; _moved asks again when the last call has ended
            await self._lines.lose(_MOVED)
            self._forget()
        runtime = await self._stack.lease(self, wanted)
        if not self._registrars:
            self._registrars = tuple([await self._registrar(runtime, place) for place in found])
        for registrar, place in zip(self._registrars, found, strict=True):
            registrar.place = place
        await self._ping(found)
        return self._registrars

    async def _registrar(self, runtime: baresip.Runtime, place: Place) -> BaresipRegistrar:
        line = address_of_record(place.account)
        policy = "auto" if self._behaviour.follow_transfers else "reject"
        try:
            agent = await baresip.UserAgent.create(runtime, line, transfer_policy=policy)
        except baresip.BaresipError as error:
            await self._stack.release(self)
            raise PhoneError(f"the account cannot be used: {clean(str(error))}") from None
        agent.on_incoming(self._lines.incoming)
        agent.on_transfer_call(lambda call: self._lines.outgoing(call, call.peer or ""))
        agent.on(self._lines.hear)
        return BaresipRegistrar(runtime, agent, place, self._supervisor.answered)

    def _forget(self) -> None:
        """The agents end with their stack."""
        for registrar in self._registrars:
            registrar.close()
            registrar.agent.off(self._lines.hear)
        self._registrars = ()
        for one in self._pings.values():
            one.close()
        self._pings = {}

    async def _ping(self, found: Sequence[Place]) -> None:
        for gone in self._pings.keys() - set(found):
            self._pings.pop(gone).close()
        if self._behaviour.watches and self.account.transport is Transport.UDP:
            for place in found:
                if place.addresses and place not in self._pings:
                    with suppress(OSError):
                        address = place.addresses[0], place.port
                        self._pings[place] = await ping(self.account.user, place.account.domain, address)

    # What makes it doubtful

    def _looks(self) -> tuple[Look, ...]:
        return SleepLook(), self._broken, self._silent, self._moved, self._gone, self._keep_binding

    def _broken(self) -> Doubt | None:
        serving = self._supervisor.serving
        if not self._supervisor.stands or serving is None or not serving.broken():
            return None
        self._lines.exchange_lost(gone=False)
        return Doubt.BROKEN

    def _silent(self) -> Doubt | None:
        serving = self.serving
        one = self._pings.get(serving.place) if serving is not None else None
        doubt = one() if one is not None else None
        if one is not None and doubt is not None:
            self._lines.exchange_lost(gone=one.gone)
        return doubt

    def _gone(self) -> None:
        """Nothing listens at the registrar that serves: told once for each time it goes."""
        serving = self.serving
        gone = serving is not None and serving.gone
        if gone and not self._told_gone:
            self._lines.exchange_lost(gone=True)
        self._told_gone = gone

    def _keep_binding(self) -> None:
        """Keep the way through a home router open (over TCP the kernel does it)."""
        serving, needs = self.serving, self._stack.needs
        if serving is None or needs is None or not self._supervisor.stands:
            return
        self._ticks += 1
        if self.account.transport is Transport.UDP and needs.address and self._ticks % _BINDING_EVERY == 1:
            keep_binding(needs.address, (serving.place.addresses[0], serving.place.port))

    def _moved(self) -> Doubt | None:
        """Another address of ours leads to the registrar now, and no call stands on the one of before."""
        serving, before = self.serving, self._stack.needs
        if serving is None or before is None or before.address is None:
            return None
        way = serving.place.way()
        if way is None or way == before.address:
            return None
        kept = len(self._lines) and is_ours(before.address)
        return None if kept else Doubt.MOVED
