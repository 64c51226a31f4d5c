"""The registrar's name: its addresses, and what DNS says of SIP there (RFC 3263)."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

import dns.asyncresolver
import dns.exception

from agent_tui.session.findings import Finding
from agent_tui.text.catalogue import Phrase
from doctor.findings import failed, good, warning
from edge.text import clean
from sip.account import Transport

_WITHIN = 4.0
_SERVICES = {Transport.UDP: "_sip._udp", Transport.TCP: "_sip._tcp", Transport.TLS: "_sips._tcp"}
_MOST_SHOWN = 4


async def examine(
    host: str, *, port_given: bool, transport: Transport, resolver: dns.asyncresolver.Resolver | None = None
) -> Finding:
    """Addresses of ``host``, and its SRV and NAPTR records where no port is given.

    The phone takes the name's own address and the transport's usual port; records that point elsewhere
    are told, since it does not follow them.
    """
    if _is_address(host):
        return good("name", Phrase("{host} is an address and needs no DNS", host=host))
    try:
        addresses = await _addresses(host)
    except (OSError, UnicodeError, TimeoutError):
        cure = Phrase(
            "Check domain in the settings for a slip, then the network, then a VPN that must be on."
        )
        return failed("name", Phrase("{host} has no address", host=host), cure)
    found = Phrase("{host} is {addresses}", host=host, addresses=", ".join(addresses[:_MOST_SHOWN]))
    if port_given:
        return good("name", found, addresses=len(addresses))
    return await _records_of(host, transport, found, resolver or _system_resolver())


async def _records_of(
    host: str, transport: Transport, found: Phrase, resolver: dns.asyncresolver.Resolver | None
) -> Finding:
    """What else DNS says of ``host``, whose addresses are ``found``."""
    service = f"{_SERVICES[transport]}.{host}"
    served = await _records(resolver, service, "SRV")
    pointers = await _records(resolver, host, "NAPTR")
    elsewhere = [record for record in served if record.split()[3].rstrip(".").lower() != host.lower()]
    if elsewhere:
        return _away(found, service, elsewhere[0])
    told = Phrase(
        "{found}; {srv}, {naptr}",
        found=found,
        srv=f"{len(served)} SRV" if served else Phrase("no SRV"),
        naptr=f"{len(pointers)} NAPTR" if pointers else Phrase("no NAPTR"),
    )
    return good("name", told, srv=len(served), naptr=len(pointers))


def _away(found: Phrase, service: str, record: str) -> Finding:
    """``record`` as DNS writes it (RFC 2782): priority, weight, port, target."""
    _priority, _weight, port, target = record.split()
    setting = f'domain = "{target.rstrip(".")}:{port}"'
    away = Phrase(
        "{found}; but {service} points to {target} port {port}",
        found=found,
        service=service,
        target=target,
        port=port,
    )
    return warning("name", away, Phrase("Write {setting} if calls do not work.", setting=setting))


async def _addresses(host: str) -> list[str]:
    async with asyncio.timeout(_WITHIN):
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _system_resolver() -> dns.asyncresolver.Resolver | None:
    try:
        return dns.asyncresolver.Resolver()
    except dns.exception.DNSException:
        # a system without a resolv.conf has its names from elsewhere
        return None


async def _records(resolver: dns.asyncresolver.Resolver | None, name: str, kind: str) -> list[str]:
    """The records as DNS writes them; none where there are none or nobody answers."""
    if resolver is None:
        return []
    try:
        answer = await resolver.resolve(name, kind, lifetime=_WITHIN, raise_on_no_answer=False)
    except (dns.exception.DNSException, OSError):
        return []
    return sorted(clean(record.to_text()) for record in answer)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
