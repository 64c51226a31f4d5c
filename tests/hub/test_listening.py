"""Listening in, as the hub has it: who may, whom it tells, what the audit holds, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.listening import Listening
from hub.contract import (
    Coach,
    CoachesEvent,
    HubEvent,
    ListeningEvent,
    ListeningView,
    ListenMode,
    Problem,
)
from hub.ports.pbx import AgentConnected, CallerHeld, CallerResumed
from tests.hub.centre import Centre, Desk, open_centre, sample_settings

TOKEN = "0123456789abcdef" * 2
ROLES = {"daniel": "trainer", "omri": "supervisor", "tal": "trainer"}
"""Yael is the agent who is listened to."""


@asynccontextmanager
async def opened(database: URL, rules: Listening | None = None) -> AsyncIterator[Centre]:
    """The sample centre with trainers, and with ``rules``."""
    settings = sample_settings(database)
    agents = tuple(
        agent.model_copy(update={"role": ROLES.get(agent.id, "agent")}) for agent in settings.centre.agents
    )
    changed = settings.centre.model_copy(update={"agents": agents, "listening": rules})
    async with open_centre(database, settings=settings.model_copy(update={"centre": changed})) as centre:
        yield centre


@pytest.fixture
async def centre(database: URL) -> AsyncIterator[Centre]:
    async with opened(database, Listening()) as made:
        yield made


async def asks(desk: Desk, agent: str = "yael", mode: str = "listen", **changed: Any) -> httpx.Response:
    form = {"mode": mode, "token": TOKEN, **changed}
    return await desk.http.post(f"/v1/agents/{agent}/listening", json=form)


async def hears(centre: Centre, desk: Desk, mode: str = "listen") -> str:
    """The trainer of ``desk`` listens to Yael, who talks; the call's id."""
    answer = await asks(desk, mode=mode)
    assert answer.status_code == 200, answer.text
    call = list(centre.pbx.trainers.calls)[-1]
    centre.pbx.trainers.answer(call)
    await centre.settle()
    return call


async def listens(desk: Desk) -> None:
    """The stream of the desk is open."""
    await desk.told()


def refused(answer: httpx.Response, status: int, words: str) -> None:
    assert answer.status_code == status, answer.text
    assert words in Problem.model_validate_json(answer.content).detail


def of_kind(events: list[HubEvent], kind: type[HubEvent]) -> list[HubEvent]:
    return [event for event in events if isinstance(event, kind)]


async def test_the_trainers_phone_is_rung_for_the_talk_of_the_agent(centre: Centre) -> None:
    contact, trainer = await centre.talk(), await centre.desk("daniel")
    answer = await asks(trainer, mode="whisper")
    view = ListeningView.model_validate_json(answer.content)
    assert (view.agent, view.contact, view.mode, view.since) == ("yael", contact, "whisper", None)
    (call,) = centre.pbx.trainers.calls.values()
    assert (call.trainer, call.agent, call.contact) == ("1002", "1001", contact)
    assert (call.mode, call.token) == ("whisper", TOKEN)
    assert call.id.removeprefix("listening-") != TOKEN


async def test_of_two_calls_the_one_that_is_not_on_hold_is_heard(centre: Centre) -> None:
    first, trainer = await centre.talk(), await centre.desk("daniel")
    centre.pbx.agent_holds("1001")
    second = centre.pbx.caller_joins("support", "0525550101")
    await centre.settle()
    await centre.handle(AgentConnected("support", second, "1001", 0.0, centre.time()))
    assert (await asks(trainer)).json()["contact"] == second
    await trainer.http.delete("/v1/listening")
    await centre.handle(CallerResumed("support", first, "1001", centre.time()))
    await centre.handle(CallerHeld("support", second, "1001", centre.time()))
    assert (await asks(trainer)).json()["contact"] == first


async def test_trainer_and_agent_are_told_once_it_is_heard_and_once_it_is_over(centre: Centre) -> None:
    contact, trainer, agent = await centre.talk(), await centre.desk("daniel"), await centre.desk("yael")
    await asks(trainer)
    assert not of_kind(await agent.told(), CoachesEvent)
    call = next(iter(centre.pbx.trainers.calls))
    centre.pbx.trainers.answer(call)
    await centre.settle()
    coach = Coach(name="Daniel Katz", contact=contact, mode=ListenMode.LISTEN)
    assert of_kind(await agent.told(), CoachesEvent) == [CoachesEvent(coaches=(coach,))]
    assert (await agent.snapshot()).coaches == (coach,)
    shown = (await trainer.snapshot()).listening
    assert shown is not None
    assert (shown.mode, shown.since) == ("listen", centre.time.moment)
    assert of_kind(await trainer.told(), ListeningEvent)[-1] == ListeningEvent(listening=shown)
    centre.pbx.trainers.end(call)
    await centre.settle()
    assert of_kind(await agent.told(), CoachesEvent) == [CoachesEvent(coaches=())]
    assert of_kind(await trainer.told(), ListeningEvent) == [ListeningEvent(listening=None)]


async def test_a_centre_may_keep_from_agents_who_listens(database: URL) -> None:
    async with opened(database, Listening(shown=False)) as centre:
        await centre.talk()
        agent = await centre.desk("yael")
        await hears(centre, await centre.desk("daniel"), "whisper")
        assert not of_kind(await agent.told(), CoachesEvent)
        assert (await agent.snapshot()).coaches == ()


async def test_the_mode_is_what_the_exchange_tells(centre: Centre) -> None:
    await centre.talk()
    trainer, agent = await centre.desk("daniel"), await centre.desk("yael")
    await hears(centre, trainer)
    answer = await trainer.http.put("/v1/listening", json={"mode": "barge"})
    assert answer.json()["mode"] == "listen"
    await centre.settle()
    shown = (await trainer.snapshot()).listening
    assert shown is not None
    assert shown.mode == "barge"
    assert [one.mode for one in (await agent.snapshot()).coaches] == ["barge"]


async def test_of_two_ways_asked_for_at_once_the_last_one_stands(centre: Centre) -> None:
    """Before the exchange has told of the first."""
    await centre.talk()
    trainer, agent = await centre.desk("daniel"), await centre.desk("yael")
    await hears(centre, trainer)
    for mode in ("barge", "listen"):
        assert (await trainer.http.put("/v1/listening", json={"mode": mode})).status_code == 200
    await centre.settle()
    shown = (await trainer.snapshot()).listening
    assert shown is not None
    assert shown.mode == "listen"
    assert [one.mode for one in (await agent.snapshot()).coaches] == ["listen"]


async def test_a_way_that_did_not_reach_the_exchange_may_be_asked_for_again(centre: Centre) -> None:
    await centre.talk()
    trainer = await centre.desk("daniel")
    await hears(centre, trainer)
    centre.pbx.link_down()
    await centre.settle()
    refused(await trainer.http.put("/v1/listening", json={"mode": "whisper"}), 502, "no line")
    centre.pbx.link_up()
    await centre.settle()
    assert (await trainer.http.put("/v1/listening", json={"mode": "whisper"})).status_code == 200
    await centre.settle()
    shown = (await trainer.snapshot()).listening
    assert shown is not None
    assert shown.mode == "whisper"


async def test_every_act_is_in_the_audit_before_it_is_done(centre: Centre) -> None:
    contact, trainer = await centre.talk(), await centre.desk("daniel")
    await hears(centre, trainer)
    await trainer.http.put("/v1/listening", json={"mode": "whisper"})
    await centre.settle()
    assert await acts(centre) == [
        ("daniel", "whisper", "yael", contact),
        ("daniel", "listen", "yael", contact),
    ]
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")
    refused(await trainer.http.put("/v1/listening", json={"mode": "barge"}), 503, "not done")
    assert (await trainer.http.delete("/v1/listening")).status_code == 204
    refused(await asks(trainer), 503, "not done")
    assert not centre.pbx.trainers.calls


async def test_the_audit_holds_each_end_once_whoever_says_it(centre: Centre) -> None:
    contact, trainer = await centre.talk(), await centre.desk("daniel")
    over = ("daniel", "listening over", "yael", contact)
    call = await hears(centre, trainer)
    centre.time.passes(60)
    await trainer.http.delete("/v1/listening")
    await centre.settle()
    assert await acts(centre) == [over, ("daniel", "listen", "yael", contact)]
    call = await hears(centre, trainer)
    centre.pbx.trainers.end(call)
    await centre.settle()
    assert (await acts(centre))[0] == over
    await asks(trainer)
    await trainer.http.delete("/v1/listening")
    await centre.settle()
    assert (await acts(centre))[0] == ("daniel", "listen", "yael", contact)


async def acts(centre: Centre) -> list[tuple[str, str, str, str]]:
    return [(one.who, one.what, one.whom, one.words) for one in await centre.hub.trainers.orders.acts(None)]


async def test_an_audit_that_is_away_holds_no_end_up(centre: Centre) -> None:
    await centre.talk()
    trainer = await centre.desk("daniel")
    call = await hears(centre, trainer)
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")
    centre.pbx.trainers.end(call)
    await centre.settle()
    assert (await trainer.snapshot()).listening is None


@pytest.mark.parametrize("agent", ["yael", "tal", "daniel"])
async def test_an_agents_token_cannot_listen(centre: Centre, agent: str) -> None:
    """Not even to their own colleague's call, and not by a call that a trainer began."""
    await centre.talk()
    await hears(centre, await centre.desk("daniel"))
    who = centre.hub.roster.agents[agent]
    centre.hub.roster.agents[agent] = who.model_copy(update={"role": "agent"})  # type: ignore[index]  # no mutable map
    desk = await centre.desk(agent)
    refused(await asks(desk), 403, "role")
    refused(await desk.http.put("/v1/listening", json={"mode": "barge"}), 403, "role")
    refused(await desk.http.delete("/v1/listening"), 403, "role")
    assert len(centre.pbx.trainers.calls) == 1


@pytest.mark.parametrize(
    ("agent", "changed", "status"),
    [
        ("nobody", {}, 404),
        ("PJSIP", {}, 404),
        ("1001", {}, 404),
        ("yael&PJSIP", {}, 404),
        ("yael", {"mode": "barge,w"}, 422),
        ("yael", {"mode": "listen&listen"}, 422),
        ("yael", {"mode": ""}, 422),
        ("yael", {"token": "x" * 32}, 422),
        ("yael", {"token": TOKEN + ",__X=1"}, 422),
        ("yael", {"channel": "PJSIP/1001-00000001"}, 422),
    ],
)
async def test_what_is_no_agent_no_mode_and_no_token_is_refused(
    centre: Centre, agent: str, changed: dict[str, str], status: int
) -> None:
    await centre.talk()
    answer = await asks(await centre.desk("daniel"), agent, **changed)
    assert answer.status_code == status, answer.text
    assert not centre.pbx.trainers.calls


async def test_where_there_is_nothing_to_hear_or_nobody_may_it_says_so(centre: Centre, database: URL) -> None:
    trainer = await centre.desk("daniel")
    refused(await asks(trainer), 409, "not in a call")
    await centre.ring()
    refused(await asks(trainer), 409, "not in a call")
    centre.pbx.agent_answers("1001")
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    refused(await asks(trainer), 409, "not in a call")
    refused(await asks(trainer, "daniel"), 409, "This is you")
    refused(await trainer.http.put("/v1/listening", json={"mode": "barge"}), 409, "do not listen")
    assert (await trainer.http.delete("/v1/listening")).status_code == 204


async def test_without_its_section_nobody_listens(database: URL) -> None:
    async with opened(database) as centre:
        await centre.talk()
        refused(await asks(await centre.desk("daniel")), 409, "no listening in")


async def test_so_many_listen_to_a_talk_and_no_more(centre: Centre) -> None:
    await centre.talk()
    first, second, third = [await centre.desk(one) for one in ("daniel", "omri", "tal")]
    await hears(centre, first)
    refused(await asks(first), 409, "already")
    call = await hears(centre, second)
    refused(await asks(third), 409, "no more can")
    centre.pbx.trainers.end(call)
    await centre.settle()
    assert (await asks(third)).status_code == 200


async def test_an_exchange_that_refuses_leaves_nobody_listening(centre: Centre) -> None:
    await centre.talk()
    trainer = await centre.desk("daniel")
    centre.pbx.trainers.refused = True
    refused(await asks(trainer), 502, "refused")
    centre.pbx.trainers.refused = False
    assert (await asks(trainer)).status_code == 200


async def test_a_trainer_whose_desk_is_lost_listens_no_more(centre: Centre) -> None:
    await centre.talk()
    trainer, agent = await centre.desk("daniel"), await centre.desk("yael")
    await listens(trainer)
    await hears(centre, trainer)
    await trainer.leave()
    await centre.hub.pump.listening.look()
    centre.time.passes(9)
    await centre.hub.pump.listening.look()
    assert centre.pbx.trainers.calls
    centre.time.passes(2)
    await centre.hub.pump.listening.look()
    await centre.settle()
    assert not centre.pbx.trainers.calls
    assert (await agent.snapshot()).coaches == ()


async def test_a_desk_that_is_back_in_time_goes_on_listening(centre: Centre) -> None:
    await centre.talk()
    trainer = await centre.desk("daniel")
    await listens(trainer)
    await hears(centre, trainer)
    await trainer.leave()
    await centre.hub.pump.listening.look()
    centre.time.passes(9)
    back = await centre.desk("daniel")
    await listens(back)
    await centre.hub.pump.listening.look()
    centre.time.passes(60)
    await centre.hub.pump.listening.look()
    assert centre.pbx.trainers.calls


async def test_a_phone_that_was_never_reached_keeps_nobody_from_asking_again(centre: Centre) -> None:
    await centre.talk()
    trainer = await centre.desk("daniel")
    await listens(trainer)
    await asks(trainer)
    centre.time.passes(31)
    await centre.hub.pump.listening.look()
    await centre.settle()
    assert (await trainer.snapshot()).listening is None
    assert (await asks(trainer)).status_code == 200


async def test_a_hub_that_starts_ends_what_it_does_not_know(centre: Centre, database: URL) -> None:
    contact = await centre.talk()
    call = await hears(centre, await centre.desk("daniel"))
    centre.hub.trainers.listening.book._sessions.clear()
    centre.pbx.link_down()
    centre.pbx.link_up()
    await centre.settle()
    assert call not in centre.pbx.trainers.calls
    assert contact in await centre.pbx.calls()


async def test_a_call_that_is_heard_without_the_hubs_knowing_is_ended(centre: Centre) -> None:
    contact = await centre.talk()
    await asks(await centre.desk("daniel"))
    (call,) = centre.pbx.trainers.calls
    centre.hub.trainers.listening.book._sessions.clear()
    centre.pbx.trainers.answer(call)
    await centre.settle()
    assert call not in centre.pbx.trainers.calls
    assert contact in await centre.pbx.calls()


async def test_what_ended_while_the_line_was_down_is_over(centre: Centre) -> None:
    await centre.talk()
    trainer = await centre.desk("daniel")
    call = await hears(centre, trainer)
    centre.pbx.link_down()
    await centre.settle()
    refused(await trainer.http.delete("/v1/listening"), 502, "no line")
    centre.pbx.trainers.end(call)
    centre.pbx.link_up()
    await centre.settle()
    assert (await trainer.snapshot()).listening is None
