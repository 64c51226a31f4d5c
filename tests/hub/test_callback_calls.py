"""Customers are called when their turn comes: by whom, in whose place, how often, and never twice at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.engine import URL

from hub.contract import CallbackEvent, CallbackRequest, CallbackView, QueuesEvent
from hub.ports.pbx import RESERVED, CallEnd, CustomerCall, MemberState, PbxRefused
from hub.settings import Settings
from tests.hub.centre import NOAH, Centre, Desk, open_centre, sample_settings

HOME = "+97235550101"


def with_callbacks(database: URL, **changes: Any) -> Settings:
    """The sample centre with other rules."""
    settings = sample_settings(database)
    callbacks = settings.centre.callbacks
    assert callbacks is not None
    file = settings.centre.model_copy(update={"callbacks": callbacks.model_copy(update=changes)})
    return settings.model_copy(update={"centre": file})


async def promise(centre: Centre, agent: str = "yael", **changes: Any) -> CallbackView:
    asked = CallbackRequest(**{"queue": "support", "numbers": (NOAH,), "customer": "C-1001", **changes})
    return await centre.hub.promises.make(agent, asked, f"key-{changes}-{agent}")


async def turn(centre: Centre) -> list[CustomerCall]:
    """One look of the one who dials; the calls that go on after it."""
    await centre.settle()
    await centre.hub.callbacks.turn()
    await centre.settle()
    return list(centre.pbx.customers.dialled.values())


async def member(centre: Centre, agent: str = "1001", queue: str = "support") -> tuple[int, bool, str]:
    """Level, pause and its reason."""
    rows = [row for row in await centre.pbx.queues() if row.name == queue]
    (found,) = [one for one in rows[0].members if one.agent == agent]
    return found.level, found.paused, found.reason


async def standing(centre: Centre, callback: CallbackView) -> CallbackView | None:
    """How it stands; None once it ended."""
    found = [one for one in centre.hub.promises.shown("yael") if one.id == callback.id]
    return found[0] if found else None


def promised_and_done(centre: Centre) -> tuple[int, int]:
    """As support's figures tell it."""
    figures = next(one for one in centre.hub.board.figures("en") if one.queue == "support")
    return figures.callbacks, figures.today.called_back


async def shows(desk: Desk, callbacks: int) -> None:
    """Wait until ``desk`` is told of so many in support."""
    while True:
        told = await desk.next("queues")
        assert isinstance(told, QueuesEvent)
        if next(one for one in told.queues if one.queue == "support").callbacks == callbacks:
            return


async def test_figures_tell_of_a_promise_at_once(centre: Centre) -> None:
    """Also where nobody waits and nothing else happens, and of its end."""
    yael = await centre.desk("yael")
    await yael.told()
    running = asyncio.create_task(centre.hub.board.run(centre.hub.bus))
    callback = await promise(centre)
    await shows(yael, callbacks=1)
    await centre.hub.promises.cancel("yael", callback.id)
    await shows(yael, callbacks=0)
    running.cancel()


async def test_a_free_agent_is_kept_the_customer_dialled_and_they_talk(centre: Centre) -> None:
    yael = await centre.desk("yael")
    await centre.ready("yael")
    callback = await promise(centre, language="he")
    assert promised_and_done(centre) == (1, 0)
    (call,) = await turn(centre)
    assert (call.number, call.queue, call.entry, call.language) == (NOAH, "support", "700", "he")
    assert call.place == int(callback.promised.timestamp()) - 1
    assert await member(centre) == (RESERVED, True, "callback")
    centre.pbx.customers.take(call.contact)
    await centre.settle()
    assert await member(centre) == (RESERVED, False, "")
    assert centre.hub.floor.in_hand("yael", call.contact)
    centre.pbx.agent_answers("1001")
    await centre.settle()
    assert await member(centre) == (1, True, "wrap-up")
    assert await standing(centre, callback) is None
    assert promised_and_done(centre) == (0, 1)
    told = [one.callback.state for one in await yael.told() if isinstance(one, CallbackEvent)]
    assert told == ["open", "dialling", "done"]


async def test_nobody_is_dialled_twice_at_once(centre: Centre) -> None:
    await centre.ready("yael", "daniel")
    await promise(centre)
    (call,) = await turn(centre)
    assert await turn(centre) == [call]
    await centre.ready("tal")
    assert await turn(centre) == [call]


async def test_nobody_is_dialled_while_no_agent_is_free(centre: Centre) -> None:
    await promise(centre)
    assert await turn(centre) == []
    await centre.ready("yael")
    centre.pbx.device("1001", MemberState.BUSY)
    assert await turn(centre) == []
    centre.pbx.device("1001", MemberState.FREE)
    assert len(await turn(centre)) == 1


async def test_a_caller_who_came_first_is_served_first_and_the_next_one_after(centre: Centre) -> None:
    """The promise keeps its place among callers, though the agent is never idle."""
    talk = await centre.talk()
    centre.time.passes(10)
    earlier = centre.pbx.caller_joins("support", "0525550102")
    centre.time.passes(10)
    await promise(centre)
    centre.time.passes(10)
    later = centre.pbx.caller_joins("support", "0525550103")
    await centre.settle()
    yael = await centre.desk("yael")

    async def ends(contact: str, key: str) -> None:
        centre.pbx.agent_hangs_up("1001")
        await centre.settle()
        done = {"note": "", "disposition": "solved"}
        path = f"/v1/contacts/{contact}/wrap-up"
        answer = await yael.http.post(path, json=done, headers={"Idempotency-Key": key})
        assert answer.status_code == 200, answer.text
        await centre.settle()

    await ends(talk, "key-00000001")
    assert centre.hub.floor.in_hand("yael", earlier)
    assert await turn(centre) == []
    centre.pbx.agent_answers("1001")
    await centre.settle()
    await ends(earlier, "key-00000002")
    assert not centre.hub.floor.in_hand("yael", later)
    (call,) = await turn(centre)
    assert call.number == NOAH


async def test_a_head_start_goes_before_a_promise(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = await centre.talk()
    await promise(centre)
    centre.time.passes(10)
    premium = centre.pbx.caller_joins("support")
    await centre.settle()
    reservations = centre.hub.callbacks.reservations
    (callback,) = reservations.book.all()
    assert reservations._is_first(callback)
    starts = {premium: timedelta(seconds=30)}
    monkeypatch.setattr(reservations, "head_start", lambda contact: starts.get(contact, timedelta()))
    assert not reservations._is_first(callback)
    assert centre.hub.floor.in_hand("yael", talk)


async def test_it_is_kept_for_who_promised_it_and_anybody_s_after_the_fallback(centre: Centre) -> None:
    daniel = await centre.desk("daniel")
    await daniel.told()
    await centre.ready("daniel")
    await promise(centre, mine=True)
    assert await turn(centre) == []
    centre.time.passes(599)
    assert await turn(centre) == []
    centre.time.passes(1)
    assert len(await turn(centre)) == 1
    assert await member(centre, "1002") == (RESERVED, True, "callback")


async def test_who_promised_it_is_kept_for_it(centre: Centre) -> None:
    await centre.ready("daniel", "yael")
    await promise(centre, mine=True)
    (call,) = await turn(centre)
    assert await member(centre, "1002") == (1, False, "")
    centre.pbx.customers.take(call.contact)
    await centre.settle()
    assert centre.hub.floor.in_hand("yael", call.contact)


@pytest.mark.parametrize(
    ("end", "result"),
    [
        (CallEnd.BUSY, "busy"),
        (CallEnd.NO_ANSWER, "no_answer"),
        (CallEnd.HUNG_UP, "not_taken"),
        (CallEnd.FAILED, "unreachable"),
    ],
)
async def test_who_is_not_reached_at_home_is_called_on_the_mobile_and_again_later(
    centre: Centre, end: CallEnd, result: str
) -> None:
    await centre.ready("yael")
    callback = await promise(centre, numbers=(NOAH, HOME))
    dialled = []
    for _ in range(2):
        (call,) = await turn(centre)
        dialled.append(call.number)
        centre.pbx.customers.end(call.contact, end)
        await centre.settle()
    assert dialled == [HOME, NOAH]
    after = await standing(centre, callback)
    assert after is not None
    assert (after.state, after.tries, after.result) == ("open", 2, result)
    assert after.at == centre.time() + timedelta(minutes=15)
    assert await member(centre) == (1, False, "")
    assert await turn(centre) == []
    centre.time.passes(15 * 60)
    (call,) = await turn(centre)
    assert call.number == HOME


async def test_tries_end_and_who_promised_is_told(database: URL) -> None:
    async with open_centre(database, settings=with_callbacks(database, most_tries=1)) as centre:
        yael = await centre.desk("yael")
        await centre.ready("yael")
        callback = await promise(centre)
        (call,) = await turn(centre)
        centre.pbx.customers.end(call.contact, CallEnd.BUSY)
        await centre.settle()
        assert await standing(centre, callback) is None
        told = [one.callback for one in await yael.told() if isinstance(one, CallbackEvent)]
        assert (told[-1].state, told[-1].result) == ("failed", "busy")


async def test_who_hangs_up_before_the_agent_is_there_is_called_again(centre: Centre) -> None:
    await centre.ready("yael")
    callback = await promise(centre)
    (call,) = await turn(centre)
    centre.pbx.customers.take(call.contact)
    await centre.settle()
    centre.pbx.caller_hangs_up(call.contact)
    centre.pbx.customers.end(call.contact, CallEnd.HUNG_UP)
    await centre.settle()
    after = await standing(centre, callback)
    assert after is not None
    assert (after.state, after.tries, after.result) == ("open", 1, "gave_up")


async def test_in_quiet_hours_nobody_is_called(centre: Centre) -> None:
    await centre.ready("yael")
    centre.time.passes(10.5 * 3600)  # half past nine in the evening there
    await promise(centre)
    assert await turn(centre) == []
    centre.time.passes(10.5 * 3600)
    assert len(await turn(centre)) == 1


async def test_the_daily_limit_ends_with_the_day(database: URL) -> None:
    async with open_centre(database, settings=with_callbacks(database, daily_limit=1)) as centre:
        await centre.ready("yael", "daniel")
        await promise(centre)
        await promise(centre, customer="C-2")
        (call,) = await turn(centre)
        centre.pbx.customers.end(call.contact, CallEnd.BUSY)
        assert await turn(centre) == []
        centre.time.passes(24 * 3600)
        assert len(await turn(centre)) == 1


async def test_an_agent_who_goes_away_just_then_is_not_dialled_for(centre: Centre) -> None:
    await centre.ready("yael")
    callback = await promise(centre)
    assert centre.hub.callbacks.reservations.take("yael") is not None
    desk = await centre.desk("yael")
    await desk.http.put("/v1/presence", json={"presence": "away"})
    assert await turn(centre) == []
    after = await standing(centre, callback)
    assert after is not None
    assert (after.state, after.tries) == ("open", 0)


async def test_what_the_exchange_refuses_is_a_try(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_call: CustomerCall) -> None:
        raise PbxRefused("Permission denied")

    monkeypatch.setattr(type(centre.pbx), "call_customer", lambda _self, call: refuse(call))
    await centre.ready("yael")
    callback = await promise(centre)
    assert await turn(centre) == []
    after = await standing(centre, callback)
    assert after is not None
    assert (after.state, after.tries, after.result) == ("open", 1, "unreachable")
    assert await member(centre) == (1, False, "")


async def test_a_restart_of_the_hub_neither_dials_twice_nor_loses_the_call(database: URL) -> None:
    async with open_centre(database) as centre:
        await centre.ready("yael")
        callback = await promise(centre)
        (call,) = await turn(centre)
        pbx, time = centre.pbx, centre.time
    time.passes(60)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        assert await turn(centre) == [call]
        centre.pbx.customers.take(call.contact)
        await centre.settle()
        centre.pbx._callers[call.contact].reserved = False  # one ring time is over: anybody is rung
        centre.pbx._offer()
        centre.pbx.agent_answers("1001")
        await centre.settle()
        assert await standing(centre, callback) is None
        assert await centre.hub.callbacks.book.store.running() == ()


async def test_a_claim_whose_call_the_exchange_does_not_know_is_a_missed_try(database: URL) -> None:
    """The hub died between claim and Originate, or the exchange was restarted."""
    async with open_centre(database) as centre:
        await centre.ready("yael")
        callback = await promise(centre, numbers=(HOME, NOAH))
        await turn(centre)
        pbx, time = centre.pbx, centre.time
    pbx.customers.dialled.clear()
    time.passes(9)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        assert await turn(centre) == []
        time.passes(1)
        (call,) = await turn(centre)
        assert call.number == NOAH
        after = await standing(centre, callback)
        assert after is not None
        assert (after.state, after.tries, after.result) == ("dialling", 1, "unknown")


async def test_a_talk_that_began_while_the_hub_was_away_keeps_the_promise(database: URL) -> None:
    async with open_centre(database) as centre:
        await centre.ready("yael")
        callback = await promise(centre)
        (call,) = await turn(centre)
        pbx, time = centre.pbx, centre.time
    pbx.customers.take(call.contact)
    pbx._callers[call.contact].reserved = False
    pbx._queues["support"].members["1001"].paused = False
    pbx._offer()
    pbx.agent_answers("1001")
    time.passes(60)
    async with open_centre(database, pbx=pbx, time=time) as centre:
        await turn(centre)
        assert await standing(centre, callback) is None


async def test_an_end_that_the_database_did_not_take_is_stored_later(centre: Centre) -> None:
    await centre.ready("yael")
    callback = await promise(centre)
    (call,) = await turn(centre)
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE callback_tries RENAME TO elsewhere")
    centre.pbx.customers.end(call.contact, CallEnd.BUSY)
    await centre.settle()
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO callback_tries")
    before = await standing(centre, callback)
    assert before is not None
    assert before.state == "dialling"
    assert await turn(centre) == []
    after = await standing(centre, callback)
    assert after is not None
    assert (after.state, after.tries, after.result) == ("open", 1, "busy")


async def test_one_that_is_dialled_cannot_be_taken_back(centre: Centre) -> None:
    yael = await centre.desk("yael")
    await centre.ready("yael")
    await promise(centre)
    await turn(centre)
    (callback,) = (await yael.snapshot()).callbacks
    answer = await yael.http.delete(f"/v1/callbacks/{callback.id}")
    assert answer.status_code == 409
    assert "being called just now" in answer.text
