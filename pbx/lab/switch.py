"""The SIP side of the lab exchange: a datagram in, at most one out, and word of each call that changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hub.ports.pbx import MemberState
from pbx.lab.calls import CallBook, Change
from pbx.lab.digest import DigestGate
from pbx.lab.fields import Address, MalformedField, NameAddr, Uri, Via
from pbx.lab.message import MalformedMessage, Message, Request, Response, parse, serialise
from pbx.lab.proxy import NotForwarded, Proxy
from pbx.lab.registrar import Registrar
from pbx.lab.replies import acknowledges_us, reply

REALM = "lab"
CONTACT_HEADER = "X-Moked-Contact"

_OPENING = frozenset({"INVITE", "REFER", "SUBSCRIBE", "MESSAGE"})
"""Requests outside a dialog that are forwarded only for those who registered from that address."""

Datagram: TypeAlias = tuple[bytes, Address]


class Switch:
    """Registrar and proxy at ``address``.

    ``contact_for`` tells the contact of a call that a queue offers from a number to an agent, else empty. It
    and a REFER alone make the contact header, a caller's own is taken off. ``changed`` hears of each call
    that began, was answered, held or ended, and of each REGISTER as None.
    """

    def __init__(
        self,
        address: Address,
        clock: Callable[[], float],
        contact_for: Callable[[str, str], str],
        changed: Callable[[Change | None], None],
    ) -> None:
        self._clock = clock
        self._contact_for = contact_for
        self._changed = changed
        self._registrar = Registrar(DigestGate(REALM))
        self._proxy = Proxy(address, self._locate)
        self._calls = CallBook()

    def enrol(self, user: str, password: str) -> None:
        """Let a user register."""
        self._registrar.enrol(user, password)

    def expire(self) -> None:
        """Forget registrations that ran out."""
        self._registrar.expire(self._clock())

    def forget(self, contact: str) -> None:
        """A caller vanished: no BYE will come."""
        self._calls.forget(contact)

    def device_state(self, user: str) -> MemberState:
        """How a user's phone stands."""
        state = self._calls.device_state(user)
        away = self._registrar.locate(user, self._clock()) is None
        return MemberState.UNAVAILABLE if away and state is MemberState.FREE else state

    def datagram(self, data: bytes, source: Address) -> Datagram | None:
        """Handle one datagram; what to send, if anything. Never raises: what cannot be read is dropped."""
        try:
            message = parse(data)
            if isinstance(message, Response):
                return self._response(message)
            via = Via.parse(message.get("Via")).received_from(source)
            return self._request(message.with_first("Via", str(via)), source)
        except (MalformedMessage, MalformedField):
            return None

    def _response(self, response: Response) -> Datagram | None:
        try:
            hop = self._proxy.back(response)
        except NotForwarded:
            return None
        if hop is None:
            return None
        self._note(response)
        return serialise(hop.message), hop.address

    def _request(self, request: Request, source: Address) -> Datagram | None:
        if acknowledges_us(request):
            return None
        try:
            answer = self._own_answer(request, source)
            if answer is None:
                return self._forward(request)
        except NotForwarded as refused:
            answer = reply(request, refused.status)
        except MalformedField:
            answer = reply(request, 400)
        return None if request.method == "ACK" else (serialise(answer), source)

    def _own_answer(self, request: Request, source: Address) -> Response | None:
        """What is answered here; None for what is forwarded."""
        uri = Uri.parse(request.uri)
        if request.method == "REGISTER" and self._proxy.serves(uri):
            answer = self._registrar.answer(request, source, self._clock())
            self._changed(None)
            return answer
        if request.method == "OPTIONS" and self._proxy.serves(uri) and not uri.user:
            return reply(request, 200)
        opens = request.method in _OPENING and not NameAddr.parse(request.get("To")).tag
        user = NameAddr.parse(request.get("From")).uri.user
        if opens and not self._registrar.owns(user, source, self._clock()):
            return reply(request, 403)
        return None

    def _forward(self, request: Request) -> Datagram:
        request = request.without(CONTACT_HEADER)
        offered = handed_on = ""
        if request.method == "INVITE" and not NameAddr.parse(request.get("To")).tag:
            caller, callee = NameAddr.parse(request.get("From")).uri.user, Uri.parse(request.uri).user
            offered, handed_on = self._contact_for(caller, callee), self._calls.handed_on(caller, callee)
        contact = offered or handed_on
        hop = self._proxy.forward(request.pushed(CONTACT_HEADER, contact) if contact else request)
        self._note(request, offered)
        return serialise(hop.message), hop.address

    def _locate(self, user: str) -> str | None:
        if not self._registrar.knows(user):
            raise NotForwarded(404)
        binding = self._registrar.locate(user, self._clock())
        return binding.uri if binding else None

    def _note(self, message: Message, contact: str = "") -> None:
        change = self._calls.saw(message, contact)
        if change is not None:
            self._changed(change)
