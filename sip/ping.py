"""Whether a registrar over UDP is there: an OPTIONS now and then (RFC 3261 §11), answered by whatever status.

UDP has no connection that could break, and a restarted registrar may have forgotten our contact.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, cast

from sip.account import Account, Transport
from sip.places import Place
from sip.registration import Doubt

EVERY: Final = 2
"""Looks from one OPTIONS to the next."""
OFTEN: Final = 0.2
"""Seconds from one OPTIONS to the next while it matters that the registrar's process is the same: one that is
killed and started anew is away for half a second and more.
"""
_MOST_UNANSWERED = 2


def options(user: str, domain: str, transport: Transport, here: tuple[Any, ...]) -> bytes:
    """An OPTIONS to the registrar itself, as ``user``, from a socket whose own address is ``here``."""
    tag = secrets.token_hex(8)
    host = f"[{here[0]}]" if ":" in str(here[0]) else here[0]
    lines = (
        f"OPTIONS sip:{domain} SIP/2.0",
        f"Via: SIP/2.0/{transport.upper()} {host}:{here[1]};rport;branch=z9hG4bK{tag}",
        "Max-Forwards: 70",
        f"From: <sip:{user}@{domain}>;tag={tag}",
        f"To: <sip:{domain}>",
        f"Call-ID: {tag}",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
        "\r\n",
    )
    return "\r\n".join(lines).encode()


class Ping(asyncio.DatagramProtocol):
    """A look at one registrar, by an OPTIONS from a socket of its own. Made by ``ping``.

    Only a registrar that has answered an OPTIONS can be missed: not all answer strangers.
    """

    def __init__(self, user: str, domain: str) -> None:
        self._user, self._domain = user, domain
        self._transport: asyncio.DatagramTransport | None = None
        self._looks = 0
        self._unanswered = 0
        self._answered = False
        self._refused = False
        self.gone = False
        """At the last look the machine was there and no process listened (ICMP): whatever it knew is lost."""

    def __call__(self) -> Doubt | None:
        """One look: whether the registrar fell silent. Told once, until it answers again."""
        self.gone, self._refused = self._refused, False
        lost = self._answered and (self.gone or self._unanswered > _MOST_UNANSWERED)
        if lost:
            self._answered = False
        if self._looks % EVERY == 0:
            self._unanswered += 1
            self.ask()
        self._looks += 1
        return Doubt.SILENT if lost else None

    def close(self) -> None:
        """Send no more."""
        if self._transport is not None:
            self._transport.close()

    def ask(self) -> None:
        """Send an OPTIONS beside those of the looks. No answer to it is missed, but a refusal counts."""
        if self._transport is None or self._transport.is_closing():
            return
        here = self._transport.get_extra_info("sockname")
        self._transport.sendto(options(self._user, self._domain, Transport.UDP, here))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is there."""
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.ask()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """The registrar lives; what it says is nobody's matter."""
        if data.startswith(b"SIP/2.0 "):
            # a refusal since the last look stays: who answers now is another process
            self._refused = self._refused and self._answered
            self._answered, self._unanswered = True, 0

    def error_received(self, exc: Exception) -> None:
        """No process there (ICMP), or no way."""
        self._refused = True


async def ping(user: str, domain: str, address: tuple[str, int]) -> Ping:
    """A ping of the registrar at ``address``. Raises ``OSError`` without a way there."""
    made = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Ping(user, domain), remote_addr=address
    )
    return made[1]


class Pings:
    """A ping for each of an account's registrars over UDP; none over TCP and TLS."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._pings: dict[Place, Ping] = {}

    def of(self, place: Place) -> Ping | None:
        """The one of the registrar at ``place``."""
        return self._pings.get(place)

    async def follow(self, found: Sequence[Place]) -> None:
        """Ping the registrars at the places ``found``, and no others."""
        for gone in self._pings.keys() - set(found):
            self._pings.pop(gone).close()
        if self._account.transport is Transport.UDP:
            for place in found:
                if place.addresses and place not in self._pings:
                    with suppress(OSError):
                        address = place.addresses[0], place.port
                        self._pings[place] = await ping(self._account.user, place.account.domain, address)

    def close(self) -> None:
        """Ping none any more."""
        for one in self._pings.values():
            one.close()
        self._pings = {}
