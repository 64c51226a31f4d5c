"""One suite for every exchange that fills ``hub.ports.pbx.Pbx``: the real Asterisk, the lab, the fake."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    MemberChanged,
    MemberState,
    OfferEnded,
    PbxDown,
    PbxLink,
    PbxRefused,
    QueueRow,
    TalkingCaller,
)
from tests.contract.exchange import WITHIN, Exchange, Watch
from tests.e2e.eventually import eventually_async

NUMBER = "0525550101"


async def row(exchange: Exchange, queue: str) -> QueueRow:
    return next(row for row in await exchange.pbx.queues() if row.name == queue)


async def the_talk(exchange: Exchange, queue: str) -> TalkingCaller:
    """The only talk: an exchange may tell of it a moment before the two are bridged."""
    async with asyncio.timeout(WITHIN):
        while not (talks := (await row(exchange, queue)).talking):
            pass
    (talk,) = talks
    return talk


async def test_a_caller_waits_while_nobody_is_there(exchange: Exchange, watch: Watch) -> None:
    before = datetime.now(UTC)
    contact = await exchange.caller_joins("support", number=NUMBER, name="דנה לוי")
    joined = await watch.until(CallerJoined, lambda event: event.contact == contact)
    assert (joined.queue, joined.number, joined.name, joined.position) == ("support", NUMBER, "דנה לוי", 1)
    assert before - timedelta(seconds=1) < joined.at < datetime.now(UTC) + timedelta(seconds=1)
    waiting = (await row(exchange, "support")).waiting
    assert [(c.contact, c.number, c.name, c.position) for c in waiting] == [(contact, NUMBER, "דנה לוי", 1)]
    assert waiting[0].waited >= 0


async def test_the_second_caller_waits_behind_the_first(exchange: Exchange, watch: Watch) -> None:
    first = await exchange.caller_joins("support", number=NUMBER)
    await watch.until(CallerJoined, lambda event: event.contact == first)
    second = await exchange.caller_joins("support", number="0525550102")
    joined = await watch.until(CallerJoined, lambda event: event.contact == second)
    assert joined.position == 2
    assert [caller.contact for caller in (await row(exchange, "support")).waiting] == [first, second]


@pytest.mark.parametrize("ended_by", ["caller", "agent"])
async def test_a_call_from_first_ring_to_last_word(exchange: Exchange, watch: Watch, ended_by: str) -> None:
    agent = exchange.agents[0]
    await exchange.pbx.join("sales", agent, paused=False)
    contact = await exchange.caller_joins("sales", number=NUMBER)
    offered = await watch.until(AgentOffered, lambda event: event.contact == contact)
    assert (offered.queue, offered.agent) == ("sales", agent)
    await exchange.answers(agent)
    connected = await watch.until(AgentConnected, lambda event: event.contact == contact)
    assert (connected.queue, connected.agent) == ("sales", agent)
    assert 0 <= connected.waited < 20
    await watch.until(MemberChanged, lambda event: event.agent == agent and event.state is MemberState.BUSY)
    assert (await row(exchange, "sales")).waiting == ()
    if ended_by == "caller":
        await exchange.caller_hangs_up(contact)
    else:
        await exchange.hangs_up(agent)
    done = await watch.until(AgentCompleted, lambda event: event.contact == contact)
    assert (done.queue, done.agent, done.ended_by) == ("sales", agent, ended_by)
    assert done.waited == connected.waited
    assert 0 <= done.talked < 20
    assert watch.kinds(contact) == [
        "CallerJoined",
        "AgentOffered",
        "AgentConnected",
        "CallerLeft",
        "AgentCompleted",
    ]
    figures = await row(exchange, "sales")
    assert (figures.completed, figures.abandoned, figures.service_level_percent) == (1, 0, 100.0)
    assert figures.service_level_seconds == 30


async def test_the_member_is_free_ringing_busy_and_free_again(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    await exchange.pbx.join("sales", agent, paused=False)
    joined = await watch.until(MemberChanged, lambda event: event.agent == agent)
    assert (joined.queue, joined.member, joined.paused, joined.state) == (
        "sales",
        True,
        False,
        MemberState.FREE,
    )
    contact = await exchange.caller_joins("sales", number=NUMBER)
    await watch.until(MemberChanged, lambda event: event.state is MemberState.RINGING)
    assert (await row(exchange, "sales")).members[0].state is MemberState.RINGING
    await exchange.answers(agent)
    await watch.until(MemberChanged, lambda event: event.state is MemberState.BUSY)
    watch.forget()
    await exchange.caller_hangs_up(contact)
    await watch.until(MemberChanged, lambda event: event.state is MemberState.FREE)


async def test_a_caller_gives_up_while_nobody_is_there(exchange: Exchange, watch: Watch) -> None:
    contact = await exchange.caller_joins("support", number=NUMBER)
    await watch.until(CallerJoined)
    await exchange.caller_hangs_up(contact)
    gone = await watch.until(CallerAbandoned)
    await watch.until(CallerLeft)
    assert (gone.queue, gone.contact) == ("support", contact)
    assert 0 <= gone.waited < 20
    assert watch.kinds(contact) == ["CallerJoined", "CallerAbandoned", "CallerLeft"]
    figures = await row(exchange, "support")
    assert (figures.abandoned, figures.completed, figures.waiting) == (1, 0, ())


async def test_a_caller_gives_up_while_a_phone_rings(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    await exchange.pbx.join("support", agent, paused=False)
    contact = await exchange.caller_joins("support", number=NUMBER)
    await watch.until(MemberChanged, lambda event: event.state is MemberState.RINGING)
    await exchange.caller_hangs_up(contact)
    ended = await watch.until(OfferEnded)
    await watch.until(CallerLeft)
    assert (ended.contact, ended.agent) == (contact, agent)
    assert 0 <= ended.rang < 20
    in_order = ["CallerJoined", "AgentOffered", "CallerAbandoned", "OfferEnded", "CallerLeft"]
    assert watch.kinds(contact) == in_order


async def test_a_declined_call_is_offered_again(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    await exchange.pbx.join("support", agent, paused=False)
    contact = await exchange.caller_joins("support", number=NUMBER)
    await watch.until(AgentOffered)
    await exchange.declines(agent)
    ended = await watch.until(OfferEnded)
    assert (ended.queue, ended.contact, ended.agent) == ("support", contact, agent)
    watch.forget()
    await exchange.answers(agent)
    await watch.until(AgentConnected, lambda event: event.contact == contact)
    await exchange.hangs_up(agent)
    await watch.until(AgentCompleted)


async def test_an_unanswered_ring_goes_to_the_other_agent(exchange: Exchange, watch: Watch) -> None:
    for agent in exchange.agents:
        await exchange.pbx.join("sales", agent, paused=False)
    contact = await exchange.caller_joins("sales", number=NUMBER)
    first = await watch.until(AgentOffered)
    await exchange.lets_ring(first.agent)
    ended = await watch.until(OfferEnded)
    assert (ended.contact, ended.agent) == (contact, first.agent)
    second = await watch.until(AgentOffered, lambda event: event.agent != first.agent)
    await exchange.answers(second.agent)
    await watch.until(AgentConnected, lambda event: event.agent == second.agent)
    await exchange.hangs_up(second.agent)
    await watch.until(AgentCompleted)


async def test_a_paused_agent_is_not_rung_and_the_reason_is_told(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    await exchange.pbx.join("support", agent, paused=True, reason="lunch")
    joined = await watch.until(MemberChanged, lambda event: event.paused)
    assert (joined.agent, joined.reason) == (agent, "lunch")
    contact = await exchange.caller_joins("support", number=NUMBER)
    await watch.until(CallerJoined)
    await exchange.pbx.pause(agent, paused=True, reason="wrap-up")
    await watch.until(MemberChanged, lambda event: event.reason == "wrap-up")
    member = (await row(exchange, "support")).members[0]
    assert (member.agent, member.paused, member.reason) == (agent, True, "wrap-up")
    assert not [event for event in watch.seen if isinstance(event, AgentOffered)]
    await exchange.pbx.pause(agent, paused=False)
    free = await watch.until(MemberChanged, lambda event: not event.paused)
    assert free.reason == ""
    await watch.until(AgentOffered, lambda event: event.contact == contact)
    await exchange.caller_hangs_up(contact)
    await watch.until(CallerAbandoned)


async def test_one_pause_reaches_every_queue(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    for queue in ("support", "sales"):
        await exchange.pbx.join(queue, agent, paused=False)
    await exchange.pbx.pause(agent, paused=True, reason="lunch")
    for queue in ("support", "sales"):
        await watch.until(MemberChanged, lambda event, q=queue: event.queue == q and event.paused)  # type: ignore[misc]
    assert {member.reason for row in await exchange.pbx.queues() for member in row.members} == {"lunch"}


async def test_joining_and_leaving_twice_is_no_error(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    await exchange.pbx.join("support", agent, paused=False)
    await exchange.pbx.join("support", agent, paused=True, reason="lunch")
    members = (await row(exchange, "support")).members
    assert [(member.agent, member.paused, member.reason) for member in members] == [(agent, True, "lunch")]
    await exchange.pbx.leave("support", agent)
    gone = await watch.until(MemberChanged, lambda event: not event.member)
    assert (gone.queue, gone.agent) == ("support", agent)
    await exchange.pbx.leave("support", agent)
    assert (await row(exchange, "support")).members == ()


async def test_what_the_exchange_does_not_know_is_refused(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    with pytest.raises(PbxRefused):
        await exchange.pbx.join("no-such-queue", agent, paused=False)
    with pytest.raises(PbxRefused):
        await exchange.pbx.leave("no-such-queue", agent)
    with pytest.raises(PbxRefused):
        await exchange.pbx.pause(agent, paused=True)


async def test_the_snapshot_is_what_the_events_told(exchange: Exchange, watch: Watch) -> None:
    agent, other = exchange.agents
    await exchange.pbx.join("sales", agent, paused=False)
    await exchange.pbx.join("sales", other, paused=True, reason="lunch")
    first = await exchange.caller_joins("sales", number=NUMBER)
    await watch.until(AgentOffered, lambda event: event.contact == first)
    await exchange.answers(agent)
    await watch.until(MemberChanged, lambda event: event.state is MemberState.BUSY)
    waits = await exchange.caller_joins("sales", number="0525550102")
    await watch.until(CallerJoined, lambda event: event.contact == waits)
    told = {event.agent: event for event in watch.seen if isinstance(event, MemberChanged)}
    joined = [event.contact for event in watch.seen if isinstance(event, CallerJoined)]
    left = [event.contact for event in watch.seen if isinstance(event, CallerLeft)]
    now = await row(exchange, "sales")
    assert [caller.contact for caller in now.waiting] == [c for c in joined if c not in left] == [waits]
    assert {(m.agent, m.state, m.paused, m.reason) for m in now.members} == {
        (event.agent, event.state, event.paused, event.reason) for event in told.values()
    }


async def test_a_talk_is_in_the_snapshot_until_it_ends(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    await exchange.pbx.join("support", agent, paused=False)
    contact = await exchange.caller_joins("support", number=NUMBER, name="Dana")
    await watch.until(AgentOffered)
    assert (await row(exchange, "support")).talking == ()
    await exchange.answers(agent)
    connected = await watch.until(AgentConnected)
    await watch.until(MemberChanged, lambda event: event.state is MemberState.BUSY)
    talk = await the_talk(exchange, "support")
    assert (talk.contact, talk.number, talk.name, talk.agent) == (contact, NUMBER, "Dana", agent)
    assert talk.waited == pytest.approx(connected.waited, abs=1.0)
    assert 0.0 <= talk.talked < WITHIN
    assert (await row(exchange, "sales")).talking == ()
    await exchange.hangs_up(agent)
    await watch.until(AgentCompleted)

    async def over() -> bool:
        return (await row(exchange, "support")).talking == ()

    await eventually_async(over, "the talk out of the snapshot, a moment after its end is told")


async def test_a_talk_that_began_out_of_sight_ends_with_its_contact(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    await exchange.pbx.join("support", agent, paused=False)
    await exchange.line_breaks()
    await watch.until(PbxLink, lambda link: not link.up)
    contact = await exchange.caller_joins("support", number=NUMBER)
    await exchange.answers(agent)
    watch.forget()
    await exchange.line_mends()
    await watch.until(PbxLink, lambda link: link.up)

    async def talking() -> bool:
        return [talk.contact for talk in (await row(exchange, "support")).talking] == [contact]

    await eventually_async(talking, "the talk in the snapshot")
    await exchange.caller_hangs_up(contact)
    completed = await watch.until(AgentCompleted)
    assert (completed.contact, completed.agent) == (contact, agent)


async def test_a_broken_line_is_told_and_mended(exchange: Exchange, watch: Watch) -> None:
    agent = exchange.agents[0]
    await exchange.pbx.join("support", agent, paused=True)
    watch.forget()
    await exchange.line_breaks()
    down = await watch.until(PbxLink, lambda link: not link.up)
    assert down.words
    with pytest.raises(PbxDown):
        await exchange.pbx.queues()
    with pytest.raises(PbxDown):
        await exchange.pbx.pause(agent, paused=False)
    missed = await exchange.caller_joins("support", number=NUMBER)
    await exchange.line_mends()
    await watch.until(PbxLink, lambda link: link.up)
    support = await row(exchange, "support")
    assert [caller.contact for caller in support.waiting] == [missed]
    assert [(member.agent, member.paused) for member in support.members] == [(agent, True)]
    watch.forget()
    await exchange.caller_hangs_up(missed)
    await watch.until(CallerAbandoned, lambda event: event.contact == missed)
