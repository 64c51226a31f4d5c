"""SIP addresses in and out: who calls, as plain text; whom to call, as a URI that can carry nothing else."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote

from edge.text import clean
from sip.account import Account, Transport
from sip.errors import BadRequest
from sip.events import Party

_NAME_ADDR = re.compile(r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^<"]*))\s*<(?P<uri>[^>]*)>')
_USER = re.compile(r"sips?:(?:(?P<user>[^@;?]*)@)?(?P<host>[^;?>]*)", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s()\-./]")
_NUMBER = re.compile(r"\+?[0-9A-Za-z*#_]{1,64}")
_URI = re.compile(r"sips?:[A-Za-z0-9+*#_.!~'%-]{1,64}@[A-Za-z0-9.\-\[\]:]{1,253}(;transport=(udp|tcp|tls))?")


def party(address: str) -> Party:
    """Who a From header or a URI names (RFC 3261 §20.20), cleaned; the number is the URI's user part."""
    found = _NAME_ADDR.match(address)
    name, uri = "", address
    if found is not None:
        name = re.sub(r"\\(.)", r"\1", found["quoted"]) if found["quoted"] else found["plain"] or ""
        uri = found["uri"]
    inside = _USER.match(uri.strip())
    number = unquote(inside["user"] or "") if inside is not None else ""
    shown = uri.partition(";")[0]
    return Party(name=clean(name), number=clean(number, limit=64), uri=clean(shown, limit=200))


def target_uri(target: str, account: Account) -> str:
    """``target`` as a URI to send to: a number at the account's domain, or a full ``sip:`` URI as it is.

    Spaces, dashes, dots, slashes and brackets that people write in numbers are dropped. Anything else that
    is not of a number is refused, so that a target can add neither a header nor a parameter.
    Raises ``BadRequest``.
    """
    if target.lower().startswith(("sip:", "sips:")):
        if not _URI.fullmatch(target):
            raise BadRequest(f"not an address that can be called: {clean(target)}")
        return target
    number = _SEPARATORS.sub("", target)
    if not _NUMBER.fullmatch(number):
        raise BadRequest(f"not a number that can be called: {clean(target)}")
    transport = "" if account.transport is Transport.UDP else f";transport={account.transport}"
    return f"sip:{number.replace('#', '%23')}@{account.domain}{transport}"


def host_of(domain: str) -> str:
    """The host of ``host``, ``host:port``, ``[v6]`` or ``[v6]:port``."""
    if domain.startswith("["):
        return domain[1:].partition("]")[0]
    return domain.partition(":")[0] if domain.count(":") == 1 else domain


def port_of(domain: str) -> int | None:
    """The port in ``domain``, None where it names none."""
    _, colon, port = domain.rpartition(":")
    named = colon and port.isdecimal() and (domain.count(":") == 1 or "]:" in domain)
    return int(port) if named else None


def is_address(host: str) -> bool:
    """Whether ``host`` is an IP address and not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
