"""One account on the stack: an agent for each registrar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import baresip

from sip.account import Account, MediaEncryption
from sip.behaviour import Behaviour
from sip.engines.baresip.lines import BaresipLines
from sip.engines.baresip.refusals import why
from sip.engines.baresip.registrar import BaresipRegistrar
from sip.engines.baresip.settings import address_of_record, needs
from sip.engines.baresip.sockets import keep_binding
from sip.engines.baresip.stack import BaresipStack
from sip.errors import PhoneError
from sip.events import RegistrationChanged
from sip.keeping import KeptRegistration
from sip.places import Place


class Registration(KeptRegistration[BaresipRegistrar]):
    """The registration of ``account``, from ``begin`` until ``close``, which gives the stack back."""

    def __init__(
        self,
        account: Account,
        stack: BaresipStack,
        lines: BaresipLines,
        behaviour: Behaviour,
        publish: Callable[[RegistrationChanged], None],
    ) -> None:
        super().__init__(account, lines, behaviour, publish)
        self._stack = stack
        self._calls = lines
        lines.secret = account.media_encryption is not MediaEncryption.OFF

    async def close(self) -> None:
        """Leave, and give the stack back."""
        await super().close()
        await self._stack.release(self)

    @property
    def address(self) -> str | None:
        """The one that the stack was made for."""
        return self._stack.needs.address if self._stack.needs is not None else None

    def _fits(self, found: Sequence[Place]) -> bool:
        return needs(found) == self._stack.needs

    async def _made(self, found: Sequence[Place]) -> tuple[BaresipRegistrar, ...]:
        runtime = await self._stack.lease(self, needs(found))
        return tuple([await self._registrar(runtime, place) for place in found])

    async def _registrar(self, runtime: baresip.Runtime, place: Place) -> BaresipRegistrar:
        line = address_of_record(place.account)
        policy = "auto" if self._behaviour.follow_transfers else "reject"
        try:
            agent = await baresip.UserAgent.create(runtime, line, transfer_policy=policy)
        except baresip.BaresipError as error:
            await self._stack.release(self)
            raise PhoneError(f"the account cannot be used: {why(error)}") from None
        agent.on_incoming(self._calls.incoming)
        agent.on_transfer_call(lambda call: self._calls.outgoing(call, call.peer or ""))
        agent.on(self._calls.hear)
        return BaresipRegistrar(runtime, agent, place, self._supervisor.answered)

    async def _dismiss(self, registrars: Sequence[BaresipRegistrar]) -> None:
        """The agents end with their stack."""
        for registrar in registrars:
            registrar.close()
            registrar.agent.off(self._calls.hear)

    def _send_nothing(self, serving: BaresipRegistrar) -> None:
        if self.address is not None:
            keep_binding(self.address, (serving.place.addresses[0], serving.place.port))
