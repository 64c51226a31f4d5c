"""An exchange that calls customers: who is called, who is rung for them, and how each call ended."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from hub.ports.pbx import (
    RESERVED,
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallEnd,
    CallerJoined,
    CustomerCall,
    CustomerCallEnded,
    PbxDown,
    PbxLink,
    PbxRefused,
)
from tests.contract.customers import Customers, FakeCustomers, called, trunk_customers
from tests.contract.exchange import Exchange, Watch
from tests.contract.fake_exchange import FakeExchange
from tests.e2e.eventually import eventually_async
from tests.pbx.centre import SALES_NUMBER

MOBILE = "+972505550101"

who_call = pytest.mark.parametrize(
    "exchange", [pytest.param("ami", marks=pytest.mark.pbx), "fake"], indirect=True
)
who_do_not = pytest.mark.parametrize("exchange", ["lab"], indirect=True)


@pytest.fixture(autouse=True)
def profile(request: pytest.FixtureRequest) -> Iterator[None]:
    """Asterisk is given what lets it call customers, before anybody is connected to it."""
    if request.node.callspec.params["exchange"] != "ami":
        yield
        return
    with called(request.getfixturevalue("asterisk")):
        yield


@pytest.fixture
async def customers(request: pytest.FixtureRequest, exchange: Exchange) -> AsyncIterator[Customers]:
    if isinstance(exchange, FakeExchange):
        yield FakeCustomers(exchange.pbx)
        return
    async with trunk_customers(request.getfixturevalue("asterisk")) as behind_the_trunk:
        yield behind_the_trunk


def a_call() -> CustomerCall:
    contact = f"callback-{secrets.token_hex(16)}"
    return CustomerCall(contact, MOBILE, "sales", entry=SALES_NUMBER, language="en", place=int(time.time()))


async def dial(exchange: Exchange) -> str:
    call = a_call()
    await exchange.pbx.call_customer(call)
    return call.contact


async def among_the_calls(exchange: Exchange, contact: str, *, there: bool) -> None:
    async def stands() -> bool:
        return (contact in await exchange.pbx.calls()) is there

    await eventually_async(stands, f"{contact} {'' if there else 'not '}among the calls")


@who_call
async def test_a_customer_who_says_that_it_is_them_is_a_caller_of_the_queue(
    exchange: Exchange, watch: Watch, customers: Customers
) -> None:
    kept, other = exchange.agents
    await exchange.pbx.join("sales", other, paused=False)
    await exchange.pbx.join("sales", kept, paused=False, level=RESERVED)
    contact = await dial(exchange)
    await among_the_calls(exchange, contact, there=True)
    await customers.takes(contact)
    joined = await watch.until(CallerJoined)
    assert (joined.queue, joined.contact, joined.number) == ("sales", contact, MOBILE)
    offered = await watch.until(AgentOffered)
    assert (offered.contact, offered.agent) == (contact, kept)
    await exchange.answers(kept)
    await watch.until(AgentConnected, lambda event: event.contact == contact)
    await customers.hangs_up(contact)
    await watch.until(AgentCompleted, lambda event: event.contact == contact)
    ended = await watch.until(CustomerCallEnded)
    assert (ended.contact, ended.end) == (contact, CallEnd.HUNG_UP)
    await among_the_calls(exchange, contact, there=False)
    offers = [event.agent for event in watch.seen if isinstance(event, AgentOffered)]
    assert offers == [kept]


@who_call
@pytest.mark.parametrize(
    ("does", "end"),
    [
        ("is_busy", CallEnd.BUSY),
        ("lets_ring", CallEnd.NO_ANSWER),
        ("is_nobody", CallEnd.FAILED),
        ("answers_only", CallEnd.HUNG_UP),
    ],
)
async def test_how_a_call_ended_is_told_once_and_brings_nobody_to_a_queue(
    exchange: Exchange, watch: Watch, customers: Customers, does: str, end: CallEnd
) -> None:
    await exchange.pbx.join("sales", exchange.agents[0], paused=False, level=RESERVED)
    contact = await dial(exchange)
    await getattr(customers, does)(contact)
    ended = await watch.until(CustomerCallEnded)
    assert (ended.contact, ended.end) == (contact, end)
    await among_the_calls(exchange, contact, there=False)
    assert watch.kinds(contact) == ["CustomerCallEnded"]


@who_call
async def test_without_a_line_nobody_is_called(exchange: Exchange, watch: Watch) -> None:
    await exchange.line_breaks()
    await watch.until(PbxLink, lambda link: not link.up)
    with pytest.raises(PbxDown):
        await exchange.pbx.call_customer(a_call())
    with pytest.raises(PbxDown):
        await exchange.pbx.calls()
    await exchange.line_mends()
    await watch.until(PbxLink, lambda link: link.up)


@pytest.mark.parametrize(
    "exchange", [pytest.param("ami", marks=pytest.mark.pbx), "lab", "fake"], indirect=True
)
async def test_who_called_is_among_the_calls_until_they_hang_up(exchange: Exchange, watch: Watch) -> None:
    contact = await exchange.caller_joins("support", number="0525550101")
    await watch.until(CallerJoined, lambda event: event.contact == contact)
    await among_the_calls(exchange, contact, there=True)
    await exchange.caller_hangs_up(contact)
    await among_the_calls(exchange, contact, there=False)


@who_do_not
async def test_an_exchange_without_a_line_outside_refuses_in_words(exchange: Exchange, watch: Watch) -> None:
    with pytest.raises(PbxRefused, match="calls no customers"):
        await exchange.pbx.call_customer(a_call())
    assert await exchange.pbx.calls() == frozenset()
    await exchange.line_breaks()
    await watch.until(PbxLink, lambda link: not link.up)
    with pytest.raises(PbxDown):
        await exchange.pbx.calls()
