"""How the exchange asks: a form, sent by its own secret, answered in text that a dialplan can read."""

from __future__ import annotations

import hmac
import re
from urllib.parse import parse_qs

from fastapi import Request

from hub.refusals import Unauthorized, Unprocessable

_SCHEME = "Bearer "
_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class Asked:
    """A form of the exchange's; ``asked`` makes it of a request."""

    def __init__(self, form: dict[str, list[str]]) -> None:
        self._form = form

    def __getitem__(self, name: str) -> str:
        return self._form.get(name, [""])[0]

    @property
    def contact(self) -> str:
        """The caller's channel. Raises ``Unprocessable`` when none is named."""
        contact = self["contact"]
        if not _ID.fullmatch(contact):
            raise Unprocessable("contact is needed: a channel's Uniqueid.")
        return contact


async def asked(request: Request, secret: str) -> Asked:
    """What is asked in ``request``. Raises ``Unauthorized`` for whoever does not know ``secret``."""
    sent = request.headers.get("authorization", "")
    if not hmac.compare_digest(sent.encode(), (_SCHEME + secret).encode()):
        raise Unauthorized("Only the exchange may ask this, by the secret that the hub was started with.")
    return Asked(parse_qs((await request.body()).decode("utf-8", "replace")))
