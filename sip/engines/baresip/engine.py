"""``SipEngine`` on baresip: one account on the process's stack."""

from __future__ import annotations

from collections.abc import Callable

import baresip

from edge.text import clean
from sip.account import Account
from sip.addresses import target_uri
from sip.audio.port import AudioPort
from sip.behaviour import Behaviour
from sip.capability import Capability
from sip.engines.baresip.lines import BaresipLines
from sip.engines.baresip.pairs import attended_transfer, merge, part
from sip.engines.baresip.refusals import why
from sip.engines.baresip.registration import Registration
from sip.engines.baresip.settings import check
from sip.engines.baresip.stack import BaresipStack
from sip.errors import NotRegistered, PhoneError
from sip.events import CallId
from sip.line_engine import LineEngine


class BaresipEngine(LineEngine[Registration]):
    """One account. ``port`` makes the ears and mouth of a call: the same for all, or one for each."""

    capabilities = (
        Capability.HOLD
        | Capability.BLIND_TRANSFER
        | Capability.ATTENDED_TRANSFER
        | Capability.DTMF
        | Capability.TLS
        | Capability.SRTP
        | Capability.SECOND_CALL
        | Capability.MERGE
        | Capability.QUALITY
    )

    def __init__(
        self, stack: BaresipStack, port: Callable[[], AudioPort], behaviour: Behaviour | None = None
    ) -> None:
        super().__init__()
        self._stack = stack
        self._behaviour = behaviour or Behaviour()
        self._lines = BaresipLines(port, self._behaviour, self._publish)

    async def start(self) -> None:
        """Nothing yet: the stack comes up with the first account, which says what it needs."""

    @property
    def _open(self) -> BaresipLines:
        return self._lines

    def _check(self, account: Account) -> None:
        check(account)

    def _register_as(self, account: Account) -> Registration:
        return Registration(account, self._stack, self._lines, self._behaviour, self._publish)

    async def dial(self, target: str, consults: CallId = "") -> CallId:
        """Send an INVITE; a consultation carries the contact of the call that it is about."""
        account, agent = self._caller()
        headers = self._headers_of(consults)
        uri = target_uri(target, account)
        try:
            call = await agent.dial(uri, headers or None)
        except (baresip.BaresipError, ValueError) as error:
            raise PhoneError(f"the call was not made: {why(error)}") from error
        return self._lines.outgoing(call, uri, consults)

    def _caller(self) -> tuple[Account, baresip.UserAgent]:
        """Whom we call as. Raises ``NotRegistered``."""
        serving = self._registration.serving if self._registration is not None else None
        if serving is None:
            raise NotRegistered("there is no account to call from, or no network")
        return serving.place.account, serving.agent

    async def transfer(self, call: CallId, target: str) -> None:
        """Blind transfer (REFER)."""
        account, _agent = self._caller()
        self._lines.find(call).transfer(target_uri(target, account), clean(target))

    async def attended_transfer(self, call: CallId, consultation: CallId) -> None:
        """REFER the other side of ``call`` to that of ``consultation``, which it replaces us in."""
        attended_transfer(self._lines.find(call), self._lines.find(consultation))

    async def merge(self, call: CallId, other: CallId) -> None:
        """Mix the voices of both calls with the microphone."""
        await merge(self._lines.find(call), self._lines.find(other))

    async def part(self, call: CallId) -> None:
        """Go on with one of two merged calls alone."""
        await part(self._lines.find(call))
