"""What every exchange tells when an agent hands a caller on: the same suite as ``test_pbx``'s."""

from __future__ import annotations

import pytest

from hub.ports.pbx import AgentCompleted, AgentConnected, AgentOffered, HandedOn
from tests.contract.exchange import Exchange, Watch

Story = list[tuple[str, str, str]]
HOW = pytest.mark.parametrize("how", ["sent", "connected"])


async def talk(exchange: Exchange, watch: Watch) -> str:
    """The first agent talks with a caller of ``sales``; the contact."""
    agent = exchange.agents[0]
    await exchange.pbx.join("sales", agent, paused=False)
    contact = await exchange.caller_joins("sales", number="0525550101")
    await watch.until(AgentOffered)
    await exchange.answers(agent)
    await watch.until(AgentConnected)
    return contact


async def hands_on(exchange: Exchange, how: str, agent: str, to: str) -> None:
    """By a blind transfer, or by a join after ``to`` was asked."""
    await (exchange.transfers(agent, to) if how == "sent" else exchange.connects(agent, to))


def story(watch: Watch, contact: str) -> Story:
    """Kind, agent and who ended it, of what was told of talks after the first answer."""
    told = [event for event in watch.seen if isinstance(event, HandedOn | AgentCompleted)]
    assert {(event.queue, event.contact) for event in told} <= {("sales", contact)}
    return [(type(event).__name__, event.agent, getattr(event, "ended_by", "")) for event in told]


@HOW
@pytest.mark.parametrize("ended_by", ["caller", "agent"])
async def test_who_takes_a_caller_over_is_told_and_how_that_talk_ends(
    exchange: Exchange, watch: Watch, how: str, ended_by: str
) -> None:
    agent, other = exchange.agents
    contact = await talk(exchange, watch)
    await hands_on(exchange, how, agent, other)
    handed = await watch.until(HandedOn)
    if ended_by == "caller":
        await exchange.caller_hangs_up(contact)
    else:
        await exchange.hangs_up(other)
    second = await watch.until(AgentCompleted, lambda event: event.agent == other)
    assert story(watch, contact) == [
        ("AgentCompleted", agent, "transfer"),
        ("HandedOn", other, ""),
        ("AgentCompleted", other, ended_by),
    ]
    assert second.waited == 0.0
    assert second.at >= handed.at
    assert 0 <= second.talked < 20


@HOW
async def test_a_caller_handed_on_counts_once(exchange: Exchange, watch: Watch, how: str) -> None:
    agent, other = exchange.agents
    await talk(exchange, watch)
    await hands_on(exchange, how, agent, other)
    await watch.until(HandedOn)
    await exchange.hangs_up(other)
    await watch.until(AgentCompleted, lambda event: event.agent == other)
    figures = next(row for row in await exchange.pbx.queues() if row.name == "sales")
    assert (figures.completed, figures.service_level_percent, figures.talking) == (1, 100.0, ())


@HOW
async def test_who_is_handed_on_twice_ends_the_talk_between(
    exchange: Exchange, watch: Watch, how: str
) -> None:
    agent, other = exchange.agents
    contact = await talk(exchange, watch)
    await exchange.transfers(agent, other)
    await watch.until(HandedOn)
    await hands_on(exchange, how, other, agent)
    await watch.until(HandedOn, lambda event: event.agent == agent)
    await exchange.hangs_up(agent)
    await watch.until(AgentCompleted, lambda event: (event.agent, event.ended_by) == (agent, "agent"))
    assert story(watch, contact) == [
        ("AgentCompleted", agent, "transfer"),
        ("HandedOn", other, ""),
        ("AgentCompleted", other, "transfer"),
        ("HandedOn", agent, ""),
        ("AgentCompleted", agent, "agent"),
    ]


@HOW
async def test_a_number_outside_takes_a_caller_over_untold(
    exchange: Exchange, watch: Watch, how: str
) -> None:
    agent = exchange.agents[0]
    contact = await talk(exchange, watch)
    await hands_on(exchange, how, agent, exchange.outside)
    await watch.until(AgentCompleted)
    await exchange.caller_hangs_up(contact)
    await the_next_caller_is_answered(exchange, watch)
    assert story(watch, contact) == [("AgentCompleted", agent, "transfer")]


async def test_a_transfer_to_nobody_leaves_the_talk(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    contact = await talk(exchange, watch)
    await exchange.transfer_fails(agent, exchange.nobody)
    await exchange.hangs_up(agent)
    await watch.until(AgentCompleted)
    await the_next_caller_is_answered(exchange, watch)
    assert story(watch, contact) == [("AgentCompleted", agent, "agent")]


async def the_next_caller_is_answered(exchange: Exchange, watch: Watch) -> None:
    """So whatever was to be told of the caller before has been told."""
    agent = exchange.agents[0]
    following = await exchange.caller_joins("sales", number="0525550102")
    await watch.until(AgentOffered, lambda event: event.contact == following)
    await exchange.answers(agent)
    await watch.until(AgentConnected, lambda event: event.contact == following)
