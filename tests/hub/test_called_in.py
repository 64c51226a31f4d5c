"""Customers who call by themselves while a call is promised to them: who is answered is called no more."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.engine import URL

from hub.contract import CallbackEvent, CallbackView, Card
from hub.domain.callbacks import State
from hub.ports.crm import Crm
from hub.ports.pbx import CallEnd
from tests.hub.centre import NOAH, TWO_PEOPLE, Centre, open_centre
from tests.hub.test_callback_calls import promise, standing, turn
from tests.hub.test_kept_places import ask, leaves


async def calls_in(centre: Centre, number: str = "0505550101", queue: str = "support") -> str:
    """The customer calls, and an agent who is free answers."""
    contact = centre.pbx.caller_joins(queue, number)
    await centre.settle()
    await centre.cards_arrive()
    await centre.settle()
    return contact


async def is_answered(centre: Centre, extension: str = "1001") -> None:
    centre.pbx.agent_answers(extension)
    await centre.settle()


async def book(centre: Centre, callback: CallbackView) -> tuple[str, str, int]:
    """State, result and tries in the database."""
    stored = await centre.hub.callbacks.book.store.get(callback.id)
    assert stored is not None
    return stored.state.value, stored.result, stored.tries


async def test_who_calls_and_is_answered_is_not_called_any_more(centre: Centre) -> None:
    yael = await centre.desk("yael")
    callback = await promise(centre, minutes=5)
    await centre.ready("yael")
    await calls_in(centre)
    assert await standing(centre, callback) is not None
    await is_answered(centre)
    assert await book(centre, callback) == ("done", "called_in", 0)
    told = [one.callback for one in await yael.told() if isinstance(one, CallbackEvent)]
    assert [(one.state, one.result) for one in told] == [("open", ""), ("done", "called_in")]
    centre.time.passes(5 * 60)
    await centre.ready("daniel")
    assert await turn(centre) == []


async def test_who_gives_up_keeps_it(centre: Centre) -> None:
    callback = await promise(centre, minutes=5)
    contact = await calls_in(centre)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    assert await standing(centre, callback) == callback
    centre.time.passes(5 * 60)
    await centre.ready("yael")
    assert len(await turn(centre)) == 1


async def test_another_queue_and_another_customer_end_nothing(centre: Centre) -> None:
    callback = await promise(centre, customer="C-1001", minutes=5)
    await centre.ready("yael")
    await calls_in(centre, queue="sales")
    await is_answered(centre)
    await centre.ready("daniel")
    await calls_in(centre, number="0525559999")
    await is_answered(centre, "1002")
    assert await standing(centre, callback) == callback


async def test_a_kept_place_ends_when_they_call_again_and_are_answered(centre: Centre) -> None:
    contact = await calls_in(centre)
    await ask(centre, contact)
    await leaves(centre, contact)
    (kept,) = centre.hub.callbacks.book.all()
    await centre.ready("yael", "daniel")
    await calls_in(centre)
    await is_answered(centre, "1002")
    assert await turn(centre) == []
    stored = await centre.hub.callbacks.book.store.get(kept.id)
    assert stored is not None
    assert (stored.state, stored.result) == (State.DONE, "called_in")
    assert centre.hub.callbacks.book.all() == ()


@pytest.mark.parametrize("number", [TWO_PEOPLE, "+972525559999"])
async def test_who_was_promised_a_call_by_number_alone_is_known_by_it(centre: Centre, number: str) -> None:
    callback = await promise(centre, customer="", numbers=(number,), minutes=5)
    await centre.ready("yael")
    await calls_in(centre, number)
    await is_answered(centre)
    assert await book(centre, callback) == ("done", "called_in", 0)


async def test_a_number_that_the_crm_does_not_know_is_theirs_to_whom_it_was_promised(centre: Centre) -> None:
    callback = await promise(centre, numbers=(NOAH, "+972525559999"), minutes=5)
    await centre.ready("yael")
    await calls_in(centre, "0525559999")
    await is_answered(centre)
    assert await book(centre, callback) == ("done", "called_in", 0)


async def test_a_number_of_two_people_ends_neithers(centre: Centre) -> None:
    callback = await promise(centre, customer="C-1001", numbers=(TWO_PEOPLE,), minutes=5)
    await centre.ready("yael")
    await calls_in(centre, TWO_PEOPLE)
    await is_answered(centre)
    assert await standing(centre, callback) == callback


async def test_a_promise_made_in_the_talk_is_not_kept_by_it(centre: Centre) -> None:
    await centre.ready("yael")
    await calls_in(centre)
    await is_answered(centre)
    centre.time.passes(30)
    callback = await promise(centre, minutes=5)
    centre.pbx.link_down()
    centre.pbx.link_up()
    await centre.settle()
    assert await standing(centre, callback) == callback
    async with open_centre(centre.hub.engine.url, pbx=centre.pbx, time=centre.time) as again:
        assert await standing(again, callback) == callback


async def test_an_agent_who_was_kept_for_it_is_free_again(centre: Centre) -> None:
    callback = await promise(centre, mine=True, minutes=0)
    await centre.ready("daniel")
    await calls_in(centre)
    await centre.ready("yael")
    assert centre.hub.callbacks.reservations.held("yael") is not None
    await is_answered(centre, "1002")
    assert await book(centre, callback) == ("done", "called_in", 0)
    assert await turn(centre) == []
    assert centre.hub.callbacks.reservations.held("yael") is None


@pytest.mark.parametrize("end", [CallEnd.BUSY, CallEnd.NO_ANSWER, CallEnd.HUNG_UP])
async def test_who_is_being_called_at_that_moment_is_called_no_more_after_it(
    centre: Centre, end: CallEnd
) -> None:
    await centre.ready("yael")
    callback = await promise(centre)
    (call,) = await turn(centre)
    await centre.ready("daniel")
    await calls_in(centre)
    await is_answered(centre, "1002")
    assert await book(centre, callback) == ("dialling", "", 0)
    assert await turn(centre) == [call]
    centre.pbx.customers.end(call.contact, end)
    await centre.settle()
    assert await book(centre, callback) == ("done", "called_in", 1)
    centre.time.passes(3600)
    assert await turn(centre) == []


async def test_who_takes_the_call_of_ours_as_well_was_called_back(centre: Centre) -> None:
    await centre.ready("yael")
    callback = await promise(centre)
    (call,) = await turn(centre)
    await centre.ready("daniel")
    await calls_in(centre)
    await is_answered(centre, "1002")
    centre.pbx.customers.take(call.contact)
    await centre.settle()
    await is_answered(centre)
    assert await book(centre, callback) == ("done", "answered", 1)


async def test_a_restart_while_it_rings_calls_nobody_who_was_answered_meanwhile(database: URL) -> None:
    async with open_centre(database) as centre:
        await centre.ready("yael")
        callback = await promise(centre)
        (call,) = await turn(centre)
        centre.time.passes(61)
        await centre.ready("daniel")
        await calls_in(centre)
        await is_answered(centre, "1002")
        pbx, time = centre.pbx, centre.time
    async with open_centre(database, pbx=pbx, time=time) as centre:
        assert (await book(centre, callback))[0] == "dialling"
        centre.pbx.customers.end(call.contact, CallEnd.BUSY)
        await centre.settle()
        assert await book(centre, callback) == ("done", "called_in", 1)


async def test_who_was_answered_while_the_hub_was_away_is_not_called(database: URL) -> None:
    async with open_centre(database) as centre:
        callback = await promise(centre, minutes=5)
        await centre.ready("yael")
        pbx, time = centre.pbx, centre.time
    time.passes(61)
    pbx.caller_joins("support", "0505550101")
    pbx.agent_answers("1001")
    async with open_centre(database, pbx=pbx, time=time) as centre:
        await centre.cards_arrive()
        await turn(centre)
        assert await book(centre, callback) == ("done", "called_in", 0)


async def test_a_card_that_comes_late_tells_whose_it_was(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    callback = await promise(centre, minutes=5)
    centre.time.passes(61)
    go, crm = asyncio.Event(), type(centre.hub.crm)
    find = crm.find

    async def slow(self: Crm, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        await go.wait()
        return await find(self, number)

    monkeypatch.setattr(crm, "find", slow)
    await centre.ready("yael")
    centre.pbx.caller_joins("support", "0505550101")
    await centre.settle()
    await is_answered(centre)
    assert await turn(centre) == []
    assert await standing(centre, callback) is not None
    go.set()
    await centre.cards_arrive()
    assert await turn(centre) == []
    assert await book(centre, callback) == ("done", "called_in", 0)


async def test_what_the_database_does_not_take_is_stored_later_and_nobody_dialled(centre: Centre) -> None:
    callback = await promise(centre, minutes=5)
    await centre.ready("yael")
    await calls_in(centre)
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE callbacks RENAME TO elsewhere")
    await is_answered(centre)
    assert await standing(centre, callback) is not None
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO callbacks")
    centre.time.passes(5 * 60)
    await centre.ready("daniel")
    assert await turn(centre) == []
    assert await book(centre, callback) == ("done", "called_in", 0)
    assert await standing(centre, callback) is None
