"""Where an account's registrars are: their names resolved, and the way there from this machine."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from edge.text import clean
from sip.account import Account, Transport
from sip.addresses import host_of, port_of
from sip.errors import RegistrarUnreachable
from sip.watch import local_address

_RESOLVE_TIMEOUT = 5.0
_SIP, _SIPS = 5060, 5061
"""The usual ports (RFC 3261 §19.1.2)."""


@dataclass(frozen=True, slots=True)
class Place:
    """One registrar: the account as it registers there, and the registrar's addresses, the first to be used.

    ``addresses`` is empty while the name does not resolve.
    """

    account: Account
    addresses: tuple[str, ...]
    port: int

    def way(self) -> str | None:
        """Our own address on the way there, None without one."""
        return local_address(self.addresses[0], self.port) if self.addresses else None


def first_way(found: Sequence[Place]) -> tuple[Place, str]:
    """The first registrar with a way there, and our own address on it.

    Raises ``RegistrarUnreachable`` without any way.
    """
    for place in found:
        way = place.way()
        if way is not None:
            return place, way
    raise RegistrarUnreachable("this machine has no network that leads to the registrar")


async def places(account: Account) -> tuple[Place, ...]:
    """The account's registrars in order. Raises ``RegistrarUnreachable`` when no name of them resolves."""
    domains = (account.domain, *account.fallback_domains)
    found = tuple([await _place(dataclasses.replace(account, domain=domain)) for domain in domains])
    if not any(place.addresses for place in found):
        raise RegistrarUnreachable(f"no address for {clean(account.domain)}: check domain, or the network")
    return found


async def _place(account: Account) -> Place:
    usual = _SIPS if account.transport is Transport.TLS else _SIP
    port = port_of(account.domain) or usual
    return Place(account, await _resolve(host_of(account.domain)), port)


async def _resolve(host: str) -> tuple[str, ...]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_RESOLVE_TIMEOUT):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError, TimeoutError):
        return ()
    v4 = [entry for entry in found if entry[0] is socket.AF_INET]
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in v4 or found))
