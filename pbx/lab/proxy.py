"""A stateless proxy (RFC 3261 §16.11): each message forwarded on its own, nothing remembered.

It stays in the path of every dialog by Record-Route, so that phones which talk to nobody but their
registrar can talk to each other through it. It forwards to loopback only.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from pbx.lab.fields import Address, MalformedField, NameAddr, Uri, Via
from pbx.lab.message import Request, Response

_MAGIC = "z9hG4bK"
_MAX_FORWARDS = 70
_DIALOG_FORMING = frozenset({"INVITE", "REFER", "SUBSCRIBE"})


class NotForwarded(Exception):
    """A request the proxy answers itself, with ``status``."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Hop:
    """What goes out, and where."""

    message: Request | Response
    address: Address


class Proxy:
    """The proxy that listens at ``address``. ``locate`` gives a user's contact URI, None when away."""

    def __init__(self, address: Address, locate: Callable[[str], str | None]) -> None:
        self._address = address
        self._locate = locate
        self._key = secrets.token_bytes(16)

    def serves(self, uri: Uri) -> bool:
        """Whether a URI names this proxy's own domain."""
        return uri.address == self._address

    def forward(self, request: Request) -> Hop:
        """The request for its next hop. Raises ``NotForwarded``, or ``MalformedField``."""
        request, loose = self._without_own_route(request)
        request = _one_hop_less(request)
        target = self._target(request, loose)
        request = replace(request, uri=target)
        route = request.get("Route")
        next_hop = self._reachable(NameAddr.parse(route).uri if route else Uri.parse(target))
        if request.method in _DIALOG_FORMING and not NameAddr.parse(request.get("To")).tag:
            request = request.pushed("Record-Route", f"<sip:{self._own};lr>")
        via = f"SIP/2.0/UDP {self._own};branch={self._branch(request)}"
        return Hop(request.pushed("Via", via), next_hop)

    def back(self, response: Response) -> Hop | None:
        """The response one hop towards its caller; None when it did not come by way of us (§16.11)."""
        top = Via.parse(response.get("Via"))
        rest = response.popped("Via")
        if (top.host, top.port) != self._address or not rest.get("Via"):
            return None
        return Hop(rest, self._reachable(_as_uri(Via.parse(rest.get("Via")).reply_to)))

    @property
    def _own(self) -> str:
        return f"{self._address[0]}:{self._address[1]}"

    def _without_own_route(self, request: Request) -> tuple[Request, bool]:
        """§16.4: our own Route off. Whether there was one tells that the dialog came through us."""
        route = request.get("Route")
        if route and self.serves(NameAddr.parse(route).uri):
            return request.popped("Route"), True
        return request, False

    def _target(self, request: Request, loose: bool) -> str:
        """§16.5: a user of ours at their contact; another URI only inside a dialog that came through us."""
        uri = Uri.parse(request.uri)
        if not self.serves(uri):
            if not loose:
                raise NotForwarded(403)
            return request.uri
        contact = self._locate(uri.user)
        if contact is None:
            raise NotForwarded(480)
        return contact

    def _reachable(self, uri: Uri) -> Address:
        try:
            loopback = ipaddress.IPv4Address(uri.host).is_loopback
        except ipaddress.AddressValueError:
            loopback = False
        if not loopback:
            raise NotForwarded(403)
        if uri.address == self._address:
            raise NotForwarded(482)
        return uri.address

    def _branch(self, request: Request) -> str:
        """§16.11: from the incoming branch, so that retransmissions, CANCEL and ACK match downstream."""
        branch = Via.parse(request.get("Via")).branch
        if not branch.startswith(_MAGIC):
            parts = (request.get("Via"), request.call_id, request.get("From"), str(request.cseq[0]))
            branch = "\n".join(parts)
        mark = hmac.new(self._key, branch.encode("utf-8", "surrogateescape"), hashlib.sha256)
        return _MAGIC + mark.hexdigest()[:24]


def _as_uri(address: Address) -> Uri:
    return Uri("", address[0], address[1])


def _one_hop_less(request: Request) -> Request:
    """§16.3 step 3 and §16.6 step 3: one forwarding less is left; 70 where nobody counted."""
    told = request.get("Max-Forwards")
    if not told:
        return request.pushed("Max-Forwards", str(_MAX_FORWARDS))
    if not re.fullmatch(r"[0-9]{1,3}", told):
        raise MalformedField("Max-Forwards is no number")
    if int(told) == 0:
        raise NotForwarded(483)
    return request.with_first("Max-Forwards", str(int(told) - 1))
