"""The doctor on the telephone line of a real Asterisk, good and broken."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

import pytest

from agent_tui.session.findings import Finding, Verdict
from doctor import line
from sip.account import Account
from sip.engine import EngineKind
from tests.contract.phones import BUSY, TONE
from tests.pbx.link import Link, Weather
from tests.pbx.rig import Asterisk
from tests.stubs.registrar import stub_registrar

pytestmark = pytest.mark.pbx

ECHO = "600"


@pytest.fixture
async def link(asterisk: Asterisk) -> AsyncIterator[Link]:
    async with Link(asterisk.centre.ports.sip) as made:
        yield made


async def examine(account: Account, echo: str = ECHO) -> dict[str, Finding]:
    return {finding.check: finding async for finding in line.examine(account, echo)}


def by(link: Link, asterisk: Asterisk) -> Account:
    return dataclasses.replace(asterisk.account("1101"), domain=link.domain)


@pytest.mark.parametrize("extension", ["1101", "1001"])
async def test_a_good_line(asterisk: Asterisk, extension: str) -> None:
    found = await examine(asterisk.account(extension))
    assert [(one.check, one.verdict) for one in found.values()] == [
        ("registration", Verdict.GOOD),
        ("reachable", Verdict.GOOD),
        ("echo call", Verdict.GOOD),
    ]
    figures = found["echo call"].figures
    assert 20 <= float(figures["round_trip_ms"]) <= 400
    assert float(figures["network_ms"]) > 0
    assert float(figures["mos"]) > 4
    assert (figures["loss_in_percent"], figures["loss_out_percent"]) == (0.0, 0.0)


async def test_a_good_line_on_the_portable_engine(asterisk: Asterisk) -> None:
    """It has no reports to tell of; that our voice came back is proof enough."""
    told = line.examine(asterisk.account("1101"), ECHO, EngineKind.PYVOIP)
    found = {finding.check: finding async for finding in told}
    assert [one.verdict for one in found.values()] == [Verdict.GOOD] * 3
    assert 20 <= float(found["echo call"].figures["round_trip_ms"]) <= 400
    assert "mos" not in found["echo call"].figures


async def test_a_wrong_password(asterisk: Asterisk) -> None:
    found = await examine(dataclasses.replace(asterisk.account("1101"), password="wrong"))
    assert "moked login" in str(found["registration"].cure)
    assert [one.verdict for one in found.values()] == [Verdict.FAILED, Verdict.SKIPPED, Verdict.SKIPPED]


async def test_a_registrar_that_keeps_silent(asterisk: Asterisk) -> None:
    async with stub_registrar(None) as registrar:
        account = dataclasses.replace(asterisk.account("1101"), domain=registrar.domain)
        found = await examine(account)
    assert (found["registration"].verdict, "network" in str(found["registration"].cure)) == (
        Verdict.FAILED,
        True,
    )


async def test_an_exchange_that_cannot_ring_us(asterisk: Asterisk, link: Link) -> None:
    link.rings = False
    found = await examine(by(link, asterisk))
    assert found["registration"].verdict is Verdict.GOOD
    assert (found["reachable"].verdict, "firewall" in str(found["reachable"].cure)) == (Verdict.FAILED, True)


@pytest.mark.parametrize("number", ["699", BUSY])
async def test_a_number_that_is_no_echo_test(asterisk: Asterisk, number: str) -> None:
    finding = (await examine(asterisk.account("1101"), number))["echo call"]
    assert (finding.verdict, "--echo" in str(finding.cure)) == (Verdict.FAILED, True)


async def test_a_number_that_answers_with_something_else(asterisk: Asterisk) -> None:
    finding = (await examine(asterisk.account("1101"), TONE))["echo call"]
    assert (finding.verdict, "did not come back" in str(finding.found)) == (Verdict.FAILED, True)


async def test_no_echo_call_is_made_where_none_is_wanted(asterisk: Asterisk) -> None:
    finding = (await examine(asterisk.account("1101"), ""))["echo call"]
    assert finding.verdict is Verdict.SKIPPED


@pytest.mark.parametrize("way", ["inward", "outward"])
async def test_sound_that_passes_one_way_only(asterisk: Asterisk, link: Link, way: str) -> None:
    setattr(link, way, Weather(loss=1.0))
    finding = (await examine(by(link, asterisk)))["echo call"]
    assert (finding.verdict, "NAT" in str(finding.cure)) == (Verdict.FAILED, True)


async def test_a_line_that_loses_much(asterisk: Asterisk, link: Link) -> None:
    link.inward = Weather(loss=0.15, delay=0.1)
    finding = (await examine(by(link, asterisk)))["echo call"]
    assert (finding.verdict, "cable" in str(finding.cure)) == (Verdict.WARNING, True)
    assert float(finding.figures["loss_in_percent"]) > 3
    assert float(finding.figures["round_trip_ms"]) > 100
