"""SIP messages for tests, whole and correct unless a test spoils them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count

from pbx.lab.digest import Credentials, response_to
from pbx.lab.fields import Address
from pbx.lab.message import Header, Message, Request, Response, parse, serialise

_numbers = count(1)


def request(
    method: str, uri: str, sender: str, to: str, *headers: Header, body: bytes = b"", via: str = ""
) -> Request:
    """A request of a new transaction from ``sender`` (a URI) to ``to`` (a URI)."""
    number = next(_numbers)
    return Request(
        headers=(
            ("Via", via or f"SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bK{number};rport"),
            ("Max-Forwards", "70"),
            ("From", f"<{sender}>;tag=f{number}"),
            ("To", f"<{to}>"),
            ("Call-ID", f"call-{number}"),
            ("CSeq", f"{number} {method}"),
            *headers,
        ),
        body=body,
        method=method,
        uri=uri,
    )


def in_dialog(first: Request, method: str, *, from_callee: bool = False, body: bytes = b"") -> Request:
    """A later request of the dialog that ``first`` opened and the callee answered with tag ``t``."""
    sender, to = first.get("From"), f"{first.get('To')};tag=t"
    changed = first.with_first("From", to if from_callee else sender)
    changed = changed.with_first("To", sender if from_callee else to)
    changed = changed.with_first("CSeq", f"{next(_numbers)} {method}")
    return replace(changed, method=method, body=body)


def response(to: Request, status: int) -> Response:
    """The callee's response to a request as the callee got it."""
    headers = tuple(
        (name, f"{value};tag=t" if name == "To" and "tag=" not in value else value)
        for name, value in to.headers
        if name in ("Via", "From", "To", "Call-ID", "CSeq", "Record-Route")
    )
    return Response(headers=headers, body=b"", status=status, reason="As It Is")


@dataclass(slots=True)
class SipPeer:
    """A phone without a socket: one user at one address, that registers by digest."""

    user: str
    address: Address
    exchange: Address
    password: str = "secret"

    @property
    def uri(self) -> str:
        return f"sip:{self.user}@{self.exchange[0]}:{self.exchange[1]}"

    @property
    def contact(self) -> str:
        return f"sip:{self.user}@{self.address[0]}:{self.address[1]}"

    @property
    def via(self) -> str:
        return f"SIP/2.0/UDP {self.address[0]}:{self.address[1]};branch=z9hG4bKp{next(_numbers)};rport"

    def register(self, challenge: str = "", *headers: Header) -> Request:
        """A REGISTER, with credentials when there was a challenge."""
        uri = f"sip:{self.exchange[0]}:{self.exchange[1]}"
        mine: Iterable[Header] = headers or (("Contact", f"<{self.contact}>;expires=60"),)
        made = request("REGISTER", uri, self.uri, self.uri, *mine, via=self.via)
        if not challenge:
            return made
        nonce = challenge.partition('nonce="')[2].partition('"')[0]
        known = Credentials(self.user, "lab", nonce, uri, "", "auth", "00000001", "abc")
        answer = response_to(known, self.password, "REGISTER")
        value = (
            f'Digest username="{self.user}", realm="lab", nonce="{nonce}", uri="{uri}", '
            f'response="{answer}", qop=auth, nc=00000001, cnonce="abc", algorithm=MD5'
        )
        return made.pushed("Authorization", value)

    def invite(self, other: str) -> Request:
        """An INVITE to another user of the exchange."""
        to = f"sip:{other}@{self.exchange[0]}:{self.exchange[1]}"
        return request("INVITE", to, self.uri, to, via=self.via)


def read(data: bytes) -> Message:
    """A datagram as its message."""
    return parse(data)


def written(message: Message) -> bytes:
    """A message as its datagram."""
    return serialise(message)
