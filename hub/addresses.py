"""Where something is asked, and whether anybody else can read along."""

from __future__ import annotations

import ipaddress
import re

_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine: ``localhost``, 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_private(address: str, *, kept_apart: bool) -> bool:
    """Whether what is sent to ``address`` is read by nobody else: over https, on this machine, or because its
    network is ``kept_apart``. ``address`` names a server alone, without a path.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return False
    return kept_apart or address.startswith("https:") or is_loopback(found[1].strip("[]"))
