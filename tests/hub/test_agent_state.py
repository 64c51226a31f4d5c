"""Presence that becomes another without the agent: calls missed in a row, and acts of supervisors."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from hub.contract import AuditEntry, Me, MeEvent, MemberWish, PresenceSetEvent, WrapUpOverEvent
from hub.ports.pbx import AgentOffered, CallerJoined, CallerLeft, OfferEnded
from tests.hub.centre import NOAH, Centre, Desk, open_centre

WORDS = "Please come to my desk"


async def _me(desk: Desk) -> Me:
    return Me.model_validate_json((await desk.http.get("/v1/me")).content)


async def _sets(desk: Desk) -> list[tuple[str, str, str]]:
    """How the desk was told of acts: by whom, what, and the words."""
    told = await desk.told()
    return [(one.by, one.presence.value, one.words) for one in told if isinstance(one, PresenceSetEvent)]


async def _paused(centre: Centre, extension: str) -> set[tuple[bool, str]]:
    rows = await centre.pbx.queues()
    return {(one.paused, one.reason) for row in rows for one in row.members if one.agent == extension}


async def _wrap_up(desk: Desk, contact: str) -> None:
    answer = await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up",
        json={"note": "", "disposition": "solved"},
        headers={"Idempotency-Key": "key-00000001"},
    )
    assert answer.status_code == 200, answer.text


async def _wrapping(centre: Centre, desk: Desk) -> str:
    """Yael, whose desk is there, owes the wrap-up of a contact whose talk ended just now."""
    await desk.told()
    contact = await centre.talk(NOAH)
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    return contact


async def _misses(centre: Centre, times: int) -> None:
    """Yael declines the caller who waits, who is offered to her again each time."""
    for _ in range(times):
        centre.pbx.agent_rejects("1001")
        await centre.settle()


def _supervise(centre: Centre, agent: str = "daniel") -> None:
    """Give ``agent`` the role, as ``centre.toml`` would."""
    who = centre.hub.roster.agents[agent]
    centre.hub.roster.agents[agent] = who.model_copy(update={"role": "supervisor"})  # type: ignore[index]


async def _order(centre: Centre, presence: str, words: str = WORDS, whom: str = "yael") -> httpx.Response:
    boss = await centre.desk("daniel")
    answer = await boss.http.put(f"/v1/agents/{whom}/presence", json={"presence": presence, "words": words})
    await centre.settle()
    return answer


async def _audit(centre: Centre, query: str = "") -> list[AuditEntry]:
    boss = await centre.desk("daniel")
    answer = await boss.http.get(f"/v1/audit{query}")
    assert answer.status_code == 200, answer.text
    return [AuditEntry.model_validate(one) for one in answer.json()]


async def test_the_third_call_missed_in_a_row_sets_away_with_words(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ring()
    await _misses(centre, 2)
    assert (await _me(desk)).presence == "ready"
    await _misses(centre, 1)
    me = await _me(desk)
    assert (me.presence, me.reason) == ("away", "missed calls")
    assert await _paused(centre, "1001") == {(True, "missed calls")}
    assert await _sets(desk) == [("", "away", "missed calls")]


async def test_a_talk_and_a_pause_begin_the_count_anew(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ring()
    await _misses(centre, 2)
    centre.pbx.agent_answers("1001")
    await centre.settle()
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    contact = (await desk.snapshot()).contacts[0].offer.contact
    await _wrap_up(desk, contact)
    await centre.settle()
    centre.pbx.caller_joins("support")
    await centre.settle()
    await _misses(centre, 2)
    assert (await _me(desk)).presence == "ready"
    await _misses(centre, 1)
    await centre.ready("yael")
    await _misses(centre, 2)
    assert (await _me(desk)).presence == "ready"


async def test_who_takes_longer_for_a_wrap_up_than_its_queue_allows_gets_calls_again(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await _wrapping(centre, desk)
    limit = centre.hub.roster.queues["support"].wrap_up_limit_seconds
    centre.time.passes(limit - 1)
    await centre.settle()
    assert await _paused(centre, "1001") == {(True, "wrap-up")}
    assert centre.hub.keeper.seconds_left() == 1
    assert not [one for one in await desk.told() if isinstance(one, WrapUpOverEvent)]
    centre.time.passes(1)
    await centre.settle()
    assert await _paused(centre, "1001") == {(False, "")}
    await centre.settle()
    assert [one.contact for one in await desk.told() if isinstance(one, WrapUpOverEvent)] == [contact]
    assert centre.hub.keeper.seconds_left() is None
    assert (await desk.snapshot()).contacts[0].phase == "wrap_up", "it is still owed"
    await _wrap_up(desk, contact)
    assert await _paused(centre, "1001") == {(False, "")}


async def test_the_time_of_a_wrap_up_ends_where_the_script_was_followed(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await _wrapping(centre, desk)
    progress = {"script": "support", "revision": "1", "done": ["greet"], "answers": {"greet": "yes"}}
    assert (await desk.http.put(f"/v1/contacts/{contact}/script-progress", json=progress)).status_code == 204
    centre.time.passes(centre.hub.roster.queues["support"].wrap_up_limit_seconds)
    await centre.settle()
    assert await _paused(centre, "1001") == {(False, "")}
    assert [one.contact for one in await desk.told() if isinstance(one, WrapUpOverEvent)] == [contact]


async def test_the_time_of_a_wrap_up_ends_though_nothing_else_happens(centre: Centre) -> None:
    desk = await centre.desk("yael")
    contact = await _wrapping(centre, desk)
    centre.time.passes(centre.hub.roster.queues["support"].wrap_up_limit_seconds - 0.01)
    running = asyncio.create_task(centre.hub.keeper.run())
    try:
        await asyncio.sleep(0)
        centre.time.passes(0.01)
        told = await desk.next("wrap_up_over")
    finally:
        running.cancel()
    assert told == WrapUpOverEvent(contact=contact)


async def test_who_is_away_stays_so_when_the_time_is_over(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await _wrapping(centre, desk)
    change = {"presence": "away", "reason": "Break"}
    assert (await desk.http.put("/v1/presence", json=change)).status_code == 200
    centre.time.passes(3600)
    await centre.settle()
    assert await _paused(centre, "1001") == {(True, "Break")}
    assert not [one for one in await desk.told() if isinstance(one, WrapUpOverEvent)]


async def test_a_talk_has_no_limit_and_nor_has_a_wrap_up_where_none_is_set(centre: Centre) -> None:
    queues, desk = centre.hub.roster.queues, await centre.desk("yael")
    await desk.told()
    await centre.talk(NOAH)
    centre.time.passes(3600)
    await centre.settle()
    assert await _paused(centre, "1001") == {(True, "wrap-up")}
    queues["support"] = queues["support"].model_copy(update={"wrap_up_limit_seconds": 0})  # type: ignore[index]
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    centre.time.passes(3600)
    await centre.settle()
    assert await _paused(centre, "1001") == {(True, "wrap-up")}


async def test_each_queue_has_a_limit_of_its_own(centre: Centre) -> None:
    queues, desk = centre.hub.roster.queues, await centre.desk("yael")
    queues["sales"] = queues["sales"].model_copy(update={"wrap_up_limit_seconds": 30})  # type: ignore[index]  # a mapping to all others
    await desk.told()
    await centre.ready("yael")
    for queue, limit in (("sales", 30), ("support", queues["support"].wrap_up_limit_seconds)):
        contact = centre.pbx.caller_joins(queue, NOAH)
        await centre.settle()
        centre.pbx.agent_answers("1001")
        await centre.settle()
        centre.pbx.caller_hangs_up(contact)
        await centre.settle()
        centre.time.passes(limit - 1)
        await centre.settle()
        assert await _paused(centre, "1001") == {(True, "wrap-up")}, queue
        centre.time.passes(1)
        await centre.settle()
        assert await _paused(centre, "1001") == {(False, "")}, queue


async def test_the_desk_hears_what_is_wanted_of_an_exchange_that_refuses_it(
    centre: Centre,
) -> None:
    desk = await centre.desk("yael")
    await _wrapping(centre, desk)
    await desk.told()
    centre.pbx.refuse_pauses = True
    centre.time.passes(centre.hub.roster.queues["support"].wrap_up_limit_seconds)
    await centre.settle()
    me = [one.me for one in await desk.told() if isinstance(one, MeEvent)][-1]
    assert me.wish == MemberWish(member=True, paused=False)
    assert {one.paused for one in me.members} == {True}
    answer = await desk.http.put("/v1/presence", json={"presence": "ready"})
    assert answer.status_code == 502, answer.text
    assert any(isinstance(one, MeEvent) for one in await desk.told()), "what was chosen holds"
    centre.pbx.refuse_pauses = False
    assert (await desk.http.put("/v1/presence", json={"presence": "ready"})).status_code == 200
    assert await _paused(centre, "1001") == {(False, "")}


async def test_a_caller_who_gave_up_is_no_miss(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ready("yael")
    for _ in range(4):
        contact = centre.pbx.caller_joins("support")
        await centre.settle()
        centre.pbx.caller_hangs_up(contact)
        await centre.settle()
    assert (await _me(desk)).presence == "ready"
    assert await _sets(desk) == []


async def test_a_ring_that_ends_after_the_caller_left_is_no_miss(centre: Centre) -> None:
    desk = await centre.desk("yael")
    await centre.ready("yael")
    at = centre.time()
    for contact in ("a.1", "a.2", "a.3", "a.4"):
        await centre.handle(
            CallerJoined("support", contact, NOAH, "", 1, at),
            AgentOffered("support", contact, "1001", at),
            CallerLeft("support", contact, at),
            OfferEnded("support", contact, "1001", 3.0, at),
        )
    assert (await _me(desk)).presence == "ready"


@pytest.mark.parametrize(
    ("presence", "members"), [("away", {(True, f"Daniel Katz: {WORDS}")}), ("offline", set())]
)
async def test_a_supervisor_sets_an_agent_away_or_offline_and_the_agent_reads_why(
    centre: Centre, presence: str, members: set[tuple[bool, str]]
) -> None:
    _supervise(centre)
    desk = await centre.desk("yael")
    await centre.ready("yael")
    assert (await _order(centre, presence)).status_code == 204
    me = await _me(desk)
    assert (me.presence, me.reason) == (presence, f"Daniel Katz: {WORDS}")
    assert await _paused(centre, "1001") == members
    assert await _sets(desk) == [("Daniel Katz", presence, WORDS)]
    await centre.ready("yael")
    assert await _paused(centre, "1001") == {(False, "")}


async def test_every_act_is_in_the_audit_and_outlasts_the_hub(database: URL) -> None:
    async with open_centre(database) as centre:
        _supervise(centre)
        await _order(centre, "away", "one\x1b[2J")
        centre.time.passes(5)
        await _order(centre, "offline", "two")
        at = centre.time()
    async with open_centre(database) as centre:
        _supervise(centre)
        new, old = await _audit(centre)
        assert (new.who, new.what, new.whom, new.words, new.at) == ("daniel", "offline", "yael", "two", at)
        assert (old.what, "\x1b" in old.words) == ("away", False)
        assert await _audit(centre, f"?before={new.serial}") == [old]
        boss = await centre.desk("daniel")
        assert (await boss.http.get("/v1/audit?before=99999999999999")).status_code == 422


@pytest.mark.parametrize(
    ("presence", "words", "whom", "status"),
    [
        ("ready", WORDS, "yael", 422),
        ("away", "", "yael", 422),
        ("away", "\x1b", "yael", 422),
        ("away", WORDS, "nobody", 404),
        ("away", WORDS, "yael\x00", 404),
    ],
)
async def test_what_cannot_be_is_neither_done_nor_in_the_audit(
    centre: Centre, presence: str, words: str, whom: str, status: int
) -> None:
    _supervise(centre)
    await centre.ready("yael")
    answer = await _order(centre, presence, words, whom.replace("\x00", "%00"))
    assert answer.status_code == status, answer.text
    assert await _audit(centre) == []
    assert await _paused(centre, "1001") == {(False, "")}


async def test_what_the_audit_cannot_keep_is_not_done(centre: Centre) -> None:
    _supervise(centre)
    await centre.ready("yael")
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("DROP TABLE audit"))
    assert (await _order(centre, "offline")).status_code == 503
    assert await _paused(centre, "1001") == {(False, "")}
