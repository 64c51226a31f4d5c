"""Responses the exchange makes itself, without keeping state (RFC 3261 §8.2.6, §8.2.7)."""

from __future__ import annotations

import hashlib

from pbx.lab.fields import MalformedField, NameAddr
from pbx.lab.message import Header, Request, Response

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    420: "Bad Extension",
    480: "Temporarily Unavailable",
    482: "Loop Detected",
    483: "Too Many Hops",
    500: "Server Internal Error",
}

_COPIED = ("From", "Call-ID", "CSeq")


def to_tag(request: Request) -> str:
    """The To tag of our own responses: the same for every retransmission, so nothing need be remembered."""
    parts = (request.call_id, request.get("From"), str(request.cseq[0]))
    return "lab" + hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def reply(request: Request, status: int, *headers: Header) -> Response:
    """A response to ``request``, whose top Via already tells where it really came from."""
    to = request.get("To")
    if "tag=" not in to:
        to = f"{to};tag={to_tag(request)}"
    copied = [(name, request.get(name)) for name in _COPIED]
    vias = [("Via", via) for via in request.all("Via")]
    return Response(
        headers=(*vias, ("To", to), *copied, *headers), body=b"", status=status, reason=REASONS[status]
    )


def acknowledges_us(request: Request) -> bool:
    """Whether an ACK is for a response of our own, which a stateless server only absorbs."""
    try:
        return request.method == "ACK" and NameAddr.parse(request.get("To")).tag == to_tag(request)
    except MalformedField:
        return False
