"""A dialog (RFC 3261 §12) and the requests within it, as text. Pure but for random ids."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sip.engines.pyvoip.message import Message

AGENT: Final = "moked (pyVoIP 1.6.8)"
ALLOWED: Final = "INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY"
_URI: Final = re.compile(r"<([^>]*)>")

Headers = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Dialog:
    """One peer to peer relation. ``local`` and ``remote`` are From and To of what we send."""

    call_id: str
    local: str
    remote: str
    target: str
    sequence: int
    routes: tuple[str, ...] = ()
    remote_tag: str = ""
    remote_sequence: int = -1
    ours: bool = False
    """Whether its Call-ID is of our making."""

    def headers(self) -> Headers:
        """What each of our requests in it bears."""
        routes = [("Route", route) for route in self.routes]
        return [*routes, ("From", self.local), ("To", self.remote), ("Call-ID", self.call_id)]

    def next(self) -> int:
        """The number of our next request."""
        self.sequence += 1
        return self.sequence

    def begin(self, response: Message) -> None:
        """What an answer to our INVITE makes of it (§12.1.2)."""
        self.remote, self.remote_tag = response.first("to"), response.tag("to")
        self.routes = tuple(reversed(response.values.get("record-route", ())))
        self.renew(response)

    def takes(self, request: Message) -> bool:
        """Whether ``request`` is of this dialog, and newer than the last (§12.2.2)."""
        ours = request.tag("to") == tag_of(self.local) and request.tag("from") == self.remote_tag
        newer = request.sequence[0] > self.remote_sequence
        if ours and newer:
            self.remote_sequence = request.sequence[0]
        return ours and newer

    def renew(self, message: Message) -> None:
        """A target refresh (§12.2): later requests go to the newest Contact."""
        contact = message.first("contact")
        if contact:
            self.target = uri_of(contact)

    @classmethod
    def of_caller(cls, invite: Message, tag: str) -> Dialog:
        """What an INVITE to us begins (§12.1.1)."""
        return cls(
            invite.call_id,
            f"{invite.first('to')};tag={tag}",
            invite.first("from"),
            uri_of(invite.first("contact")),
            secrets.randbelow(1 << 16),
            tuple(invite.values.get("record-route", ())),
            invite.tag("from"),
            invite.sequence[0],
        )


def uri_of(address: str) -> str:
    """The URI of a name-addr or an addr-spec (§20.10)."""
    found = _URI.search(address)
    return found[1] if found is not None else address.partition(";")[0].strip()


def tag_of(address: str) -> str:
    """The tag of one of our own From values."""
    return address.rpartition(";tag=")[2]


def text_of(start: str, headers: Headers, body: str = "") -> bytes:
    """A message as it is sent."""
    kind = [("Content-Type", "application/sdp")] if body.startswith("v=") else []
    data = body.encode()
    told = (*headers, *kind, ("Content-Length", str(len(data))))
    head = "".join(f"{name}: {value}\r\n" for name, value in told)
    return f"{start}\r\n{head}\r\n".encode() + data
