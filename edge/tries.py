"""How often one address may try a secret, or one secret may be tried: at the hub, and before it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

MOST = 10
WITHIN = timedelta(minutes=15)
_KEPT = 10_000
"""Addresses remembered; the one that tried longest ago is forgotten first."""


class Tries:
    """Counts tries by address, or by name; of an IPv6 address its /64, which is what one subscriber has."""

    def __init__(self, now: Callable[[], datetime], most: int = MOST) -> None:
        self._now = now
        self._most = most
        self._at: OrderedDict[str, list[datetime]] = OrderedDict()

    def spend(self, address: str) -> bool:
        """One more try from ``address``; False when it had all of its own."""
        key, now = _network(address), self._now()
        recent = [at for at in self._at.pop(key, []) if now - at < WITHIN]
        allowed = len(recent) < self._most
        self._at[key] = [*recent, now] if allowed else recent
        if len(self._at) > _KEPT:
            self._at.popitem(last=False)
        return allowed

    def forgive(self, address: str) -> None:
        """The last try from ``address`` was good: it does not count."""
        recent = self._at.get(_network(address))
        if recent:
            recent.pop()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) else address
