"""``SipEngine`` on pyVoIP: one account, and nothing compiled but what Python itself brings."""

from __future__ import annotations

from collections.abc import Callable

from edge.text import clean
from sip.account import Account
from sip.addresses import target_uri
from sip.audio.port import AudioPort
from sip.behaviour import Behaviour
from sip.capability import Capability
from sip.engines.pyvoip.lines import PyvoipLines
from sip.engines.pyvoip.phone import Phone
from sip.engines.pyvoip.registration import Registration
from sip.engines.pyvoip.settings import check
from sip.errors import NotRegistered, Unsupported
from sip.events import CallId
from sip.line_engine import LineEngine


class PyvoipEngine(LineEngine[Registration]):
    """One account. ``port`` makes the ears and mouth of a call: the same for all, or one for each."""

    capabilities = Capability.HOLD | Capability.BLIND_TRANSFER | Capability.DTMF | Capability.SECOND_CALL

    def __init__(self, port: Callable[[], AudioPort], behaviour: Behaviour | None = None) -> None:
        super().__init__()
        self._behaviour = behaviour or Behaviour()
        self._lines = PyvoipLines(port, self._behaviour, self._publish)

    async def start(self) -> None:
        """Nothing yet: sockets come with the account."""

    @property
    def _open(self) -> PyvoipLines:
        return self._lines

    def _check(self, account: Account) -> None:
        check(account)

    def _register_as(self, account: Account) -> Registration:
        return Registration(account, self._lines, self._behaviour, self._publish)

    async def dial(self, target: str, consults: CallId = "") -> CallId:
        """Send an INVITE; a consultation carries the contact of the call that it is about."""
        account, phone = self._caller()
        headers = self._headers_of(consults)
        uri = target_uri(target, account)
        call = phone.dialled(uri)
        opened = self._lines.dials(call, uri, consults)
        phone.run(call.dial(*headers.items()))
        return opened

    def _caller(self) -> tuple[Account, Phone]:
        """Whom we call as. Raises ``NotRegistered``."""
        serving = self._registration.serving if self._registration is not None else None
        if serving is None or not serving.place.addresses:
            raise NotRegistered("there is no account to call from, or no network")
        return serving.place.account, serving.phone

    async def transfer(self, call: CallId, target: str) -> None:
        """Blind transfer (REFER)."""
        account, _phone = self._caller()
        self._lines.find(call).transfer(target_uri(target, account), clean(target))

    async def attended_transfer(self, call: CallId, consultation: CallId) -> None:
        """Not of this engine. Raises ``Unsupported``."""
        raise Unsupported("the pyvoip engine cannot join two calls: hand the customer on by a plain transfer")

    async def merge(self, call: CallId, other: CallId) -> None:
        """Not of this engine. Raises ``Unsupported``."""
        raise Unsupported("the pyvoip engine cannot mix two calls: talk to one after the other")

    async def part(self, call: CallId) -> None:
        """Not of this engine. Raises ``Unsupported``."""
        raise Unsupported("the pyvoip engine cannot mix two calls: there is nothing to part")
