"""Answers to requests, as text (RFC 3261 §8.2.6). Pure."""

from __future__ import annotations

import re
from typing import Final

from sip.engines.pyvoip.dialog import AGENT, text_of
from sip.engines.pyvoip.message import Message

_RPORT: Final = re.compile(r";\s*(?:rport|received)(?:=[^;]*)?(?=;|$)", re.IGNORECASE)


def response_to(request: Message, status: str, *more: tuple[str, str], tag: str, body: str = "") -> bytes:
    """``status`` (``486 Busy Here``) for ``request``; ``tag`` is our end's, where the request names none."""
    via, *others = request.values["via"]
    came_from = f";received={request.source[0]};rport={request.source[1]}"  # RFC 3581 §4
    to = request.first("to")
    headers = [
        ("Via", f"{_RPORT.sub('', via)}{came_from}"),
        *(("Via", other) for other in others),
        *(("Record-Route", route) for route in request.values.get("record-route", ())),
        ("From", request.first("from")),
        ("To", to if request.tag("to") else f"{to};tag={tag}"),
        ("Call-ID", request.call_id),
        ("CSeq", request.first("cseq")),
    ]
    return text_of(f"SIP/2.0 {status}", [*headers, *more, ("User-Agent", AGENT)], body)
