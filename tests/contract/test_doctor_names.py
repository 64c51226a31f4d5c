"""What the doctor reads from DNS: an own server answers, so that each record is what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from agent_tui.session.findings import Finding, Verdict
from doctor import names
from sip.account import Transport


class _Server(asyncio.DatagramProtocol):
    """Answers from ``zone``, by name and kind of record; keeps what it was asked."""

    def __init__(self, zone: dict[tuple[str, str], list[str]]) -> None:
        self._zone = zone
        self._transport: asyncio.DatagramTransport | None = None
        self.asked: list[tuple[str, str]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment] # a datagram endpoint's

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        (question,) = query.question
        asked = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(asked)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        records = self._zone.get(asked)
        if records is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", asked[1], *records))
        assert self._transport is not None
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def server(
    zone: dict[tuple[str, str], list[str]],
) -> AsyncIterator[tuple[_Server, dns.asyncresolver.Resolver]]:
    transport, serving = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Server(zone), local_addr=("127.0.0.1", 0)
    )
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    try:
        yield serving, resolver
    finally:
        transport.close()


async def examine(zone: dict[tuple[str, str], list[str]], transport: Transport = Transport.TLS) -> Finding:
    async with server(zone) as (_serving, resolver):
        return await names.examine("localhost", port_given=False, transport=transport, resolver=resolver)


async def test_a_name_without_records_is_its_address() -> None:
    finding = await examine({})
    assert finding.verdict is Verdict.GOOD
    assert "127.0.0.1" in str(finding.found)
    assert "no SRV, no NAPTR" in str(finding.found)


@pytest.mark.parametrize(
    ("transport", "service"),
    [
        (Transport.TLS, "_sips._tcp.localhost."),
        (Transport.TCP, "_sip._tcp.localhost."),
        (Transport.UDP, "_sip._udp.localhost."),
    ],
)
async def test_records_that_point_elsewhere_are_told_with_what_to_write(
    transport: Transport, service: str
) -> None:
    finding = await examine({(service, "SRV"): ["10 5 5071 sip7.example.com."]}, transport)
    assert (finding.verdict, str(finding.cure)) == (
        Verdict.WARNING,
        'Write domain = "sip7.example.com:5071" if calls do not work.',
    )


async def test_records_that_point_here_are_counted() -> None:
    zone = {
        ("_sips._tcp.localhost.", "SRV"): ["10 5 5061 localhost.", "20 5 5061 localhost."],
        ("localhost.", "NAPTR"): ['50 50 "s" "SIPS+D2T" "" _sips._tcp.localhost.'],
    }
    finding = await examine(zone)
    assert (finding.verdict, finding.figures) == (Verdict.GOOD, {"srv": 2, "naptr": 1})


async def test_a_port_in_the_settings_asks_no_records() -> None:
    async with server({}) as (serving, resolver):
        finding = await names.examine(
            "localhost", port_given=True, transport=Transport.TLS, resolver=resolver
        )
    assert (finding.verdict, serving.asked) == (Verdict.GOOD, [])


async def test_a_name_that_is_none() -> None:
    finding = await names.examine("no-such-host.invalid", port_given=True, transport=Transport.TLS)
    assert (finding.verdict, "slip" in str(finding.cure)) == (Verdict.FAILED, True)


async def test_an_address_needs_no_dns() -> None:
    finding = await names.examine("192.0.2.7", port_given=False, transport=Transport.UDP)
    assert (finding.verdict, "needs no DNS" in str(finding.found)) == (Verdict.GOOD, True)
