"""What every exchange tells of a caller whom the agent puts on hold: the same suite as ``test_pbx``'s."""

from __future__ import annotations

from hub.ports.pbx import AgentCompleted, AgentConnected, AgentOffered, CallerHeld, CallerResumed, PbxLink
from tests.contract.exchange import WITHIN, Exchange, Watch
from tests.e2e.eventually import eventually_async

Story = list[tuple[str, str]]


async def talk(exchange: Exchange, watch: Watch) -> str:
    """The first agent talks with a caller of ``sales``; the contact."""
    agent = exchange.agents[0]
    await exchange.pbx.join("sales", agent, paused=False)
    contact = await exchange.caller_joins("sales", number="0525550101")
    await watch.until(AgentOffered)
    await exchange.answers(agent)
    await watch.until(AgentConnected)
    return contact


def story(watch: Watch, contact: str) -> Story:
    """Kind and agent of what was told of holds and ends."""
    told = [one for one in watch.seen if isinstance(one, CallerHeld | CallerResumed | AgentCompleted)]
    assert {(event.queue, event.contact) for event in told} <= {("sales", contact)}
    return [(type(event).__name__, event.agent) for event in told]


async def snapshot_says(exchange: Exchange, *, held: bool) -> None:
    """The only talk stands so: an exchange may tell of it a moment before it is."""

    async def says() -> bool:
        return [talk.held for row in await exchange.pbx.queues() for talk in row.talking] == [held]

    await eventually_async(says, f"a talk with held={held}", within=WITHIN)


async def test_a_hold_is_told_with_its_end_and_is_in_the_snapshot(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    contact = await talk(exchange, watch)
    await snapshot_says(exchange, held=False)
    await exchange.holds(agent)
    held = await watch.until(CallerHeld)
    await snapshot_says(exchange, held=True)
    await exchange.resumes(agent)
    resumed = await watch.until(CallerResumed)
    await snapshot_says(exchange, held=False)
    await exchange.holds(agent)
    await exchange.resumes(agent)
    await exchange.hangs_up(agent)
    await watch.until(AgentCompleted)
    turns = [("CallerHeld", agent), ("CallerResumed", agent)]
    assert story(watch, contact) == [*turns, *turns, ("AgentCompleted", agent)]
    assert resumed.at >= held.at


async def test_a_caller_who_hangs_up_on_hold_ends_the_talk(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    contact = await talk(exchange, watch)
    await exchange.holds(agent)
    await watch.until(CallerHeld)
    await exchange.caller_hangs_up(contact)
    ended = await watch.until(AgentCompleted)
    assert story(watch, contact) == [("CallerHeld", agent), ("AgentCompleted", agent)]
    assert ended.ended_by == "caller"


async def test_who_was_handed_on_is_held_by_their_new_agent(exchange: Exchange, watch: Watch) -> None:
    agent, other = exchange.agents
    contact = await talk(exchange, watch)
    await exchange.connects(agent, other)
    await watch.until(AgentCompleted, lambda event: event.agent == agent)
    watch.forget()
    await exchange.holds(other)
    await watch.until(CallerHeld)
    await exchange.resumes(other)
    await watch.until(CallerResumed)
    await exchange.hangs_up(other)
    await watch.until(AgentCompleted)
    assert story(watch, contact) == [
        ("CallerHeld", other),
        ("CallerResumed", other),
        ("AgentCompleted", other),
    ]


async def test_a_hold_out_of_sight_is_in_the_snapshot_and_its_end_is_told(
    exchange: Exchange, watch: Watch
) -> None:
    agent = exchange.agents[0]
    contact = await talk(exchange, watch)
    watch.forget()
    await exchange.line_breaks()
    await watch.until(PbxLink, lambda link: not link.up)
    await exchange.holds(agent)
    watch.forget()
    await exchange.line_mends()
    await watch.until(PbxLink, lambda link: link.up)
    await snapshot_says(exchange, held=True)
    await exchange.resumes(agent)
    await watch.until(CallerResumed)
    assert story(watch, contact) == [("CallerResumed", agent)]
