"""One account on pyVoIP: a phone with a socket of its own for each registrar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sip.account import Account
from sip.behaviour import Behaviour
from sip.engines.pyvoip.lines import PyvoipLines
from sip.engines.pyvoip.phone import Phone
from sip.engines.pyvoip.registrar import PyvoipRegistrar
from sip.errors import RegistrarUnreachable
from sip.events import RegistrationChanged
from sip.keeping import KeptRegistration
from sip.places import Place, first_way


class Registration(KeptRegistration[PyvoipRegistrar]):
    """The registration of ``account``, from ``begin`` until ``close``."""

    def __init__(
        self,
        account: Account,
        lines: PyvoipLines,
        behaviour: Behaviour,
        publish: Callable[[RegistrationChanged], None],
    ) -> None:
        super().__init__(account, lines, behaviour, publish)
        self._calls = lines
        self._address: str | None = None

    @property
    def address(self) -> str | None:
        """The one that the sockets are bound to."""
        return self._address

    def _fits(self, found: Sequence[Place]) -> bool:
        return first_way(found)[1] == self._address

    async def _made(self, found: Sequence[Place]) -> tuple[PyvoipRegistrar, ...]:
        _place, here = first_way(found)
        made: list[PyvoipRegistrar] = []
        try:
            for place in found:
                phone = Phone(self.account, place, here, self._calls.rings)
                await phone.open()
                made.append(PyvoipRegistrar(phone, place, self._supervisor.answered))
        except OSError as error:
            await self._dismiss(made)
            raise RegistrarUnreachable(f"no socket for SIP ({error.strerror})") from None
        self._address = here
        return tuple(made)

    async def _dismiss(self, registrars: Sequence[PyvoipRegistrar]) -> None:
        for registrar in registrars:
            await registrar.close()
        self._address = None

    def _send_nothing(self, serving: PyvoipRegistrar) -> None:
        serving.phone.sip.keep_binding()
