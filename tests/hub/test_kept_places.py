"""Callers who press a key keep their place: stored before they are told, once, and only if they are told."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from hub.contract import Card
from hub.domain.callbacks import State
from hub.ports.pbx import CallerJoined
from hub.service.kept_places import kept_id
from tests.hub.between import first
from tests.hub.centre import NOAH, ROUTING_SECRET, TWO_PEOPLE, Centre, open_centre
from tests.hub.test_callback_calls import turn

_BEARER = {"Authorization": f"Bearer {ROUTING_SECRET}"}


async def ask(centre: Centre, contact: str, number: str = "0505550101", **changes: str) -> httpx.Response:
    place = str(int(centre.time().timestamp()))
    form = {"contact": contact, "queue": "support", "number": number, "language": "he", "place": place}
    return await centre.client(_BEARER).post("/keep-place", data={**form, **changes})


async def leaves(centre: Centre, contact: str) -> None:
    """The caller leaves the queue by the key."""
    caller = centre.pbx._callers.pop(contact)
    centre.pbx._leave_waiting(caller)
    await centre.settle()


@pytest.fixture
async def waiting(centre: Centre) -> str:
    """A caller who waits for nobody in particular."""
    contact = centre.pbx.caller_joins("support", "0505550101")
    await centre.settle()
    return contact


async def test_the_place_is_stored_with_whose_it_is_before_anybody_is_told(
    centre: Centre, waiting: str
) -> None:
    came = centre.time()
    centre.time.passes(90)
    answer = await ask(centre, waiting, place=str(int(came.timestamp()) - 30))
    assert (answer.status_code, answer.text) == (200, "kept")
    (kept,) = await centre.hub.callbacks.book.store.open()
    assert kept.promised == came - timedelta(seconds=30)
    assert (kept.at, kept.numbers[0], kept.language, kept.made_by) == (centre.time(), NOAH, "he", "")
    (card,) = await centre.hub.crm.find(NOAH)
    assert isinstance(card, Card)
    assert (kept.customer, kept.name) == (card.customer, card.name)


async def test_they_are_called_when_their_turn_comes(centre: Centre, waiting: str) -> None:
    await ask(centre, waiting)
    await leaves(centre, waiting)
    later = centre.pbx.caller_joins("support", "0525550102")
    await centre.ready("yael")
    (call,) = await turn(centre)
    assert call.number == NOAH
    assert not centre.hub.floor.in_hand("yael", later)


async def test_the_number_they_call_from_is_called_whosever_it_is(centre: Centre) -> None:
    for contact, number in (("c-1", TWO_PEOPLE), ("c-2", "+972525559999")):
        assert (await ask(centre, contact, number)).text == "kept"
        kept = centre.hub.callbacks.book.get(kept_id(contact, "support"))
        assert kept is not None
        assert (kept.customer, kept.numbers) == (number, (number,))


async def test_a_second_press_and_a_second_call_keep_one(centre: Centre, waiting: str) -> None:
    for contact in (waiting, waiting, "another-call"):
        assert (await ask(centre, contact)).text == "kept"
    assert len(await centre.hub.callbacks.book.store.open()) == 1


@pytest.mark.parametrize("within", [(0.0, 30.0), (30.0, 0.0)])
async def test_a_second_call_keeps_one_whether_or_not_the_card_is_there_in_time(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, within: tuple[float, float]
) -> None:
    for number, seconds in enumerate(within):
        monkeypatch.setattr("hub.service.kept_places._WITHIN", seconds)
        assert (await ask(centre, f"c-{number}")).text == "kept"
    (kept,) = await centre.hub.callbacks.book.store.open()
    assert kept.numbers[0] == NOAH


@pytest.mark.parametrize("number", ["", "anonymous", "+12125550101", "700", "0505550101&PJSIP/premium"])
async def test_who_cannot_be_called_is_told_so(centre: Centre, waiting: str, number: str) -> None:
    answer = await ask(centre, waiting, number)
    assert answer.status_code == 422
    assert "kept" not in answer.text
    assert await centre.hub.callbacks.book.store.open() == ()


@pytest.mark.parametrize(
    "changes", [{"contact": "a b"}, {"queue": "nowhere"}, {"place": "-1"}, {"place": "9" * 12}, {"place": ""}]
)
async def test_what_the_exchange_does_not_send_is_refused(centre: Centre, changes: dict[str, str]) -> None:
    assert (await ask(centre, **{"contact": "c-1", **changes})).status_code == 422


async def test_only_the_exchange_may_ask(centre: Centre) -> None:
    yael = await centre.desk("yael")
    for headers in ({}, {"Authorization": "Bearer another-secret-altogether"}, dict(yael.http.headers)):
        answer = await centre.client(headers).post("/keep-place", data={})
        assert answer.status_code == 401


async def test_a_database_that_fails_keeps_nothing(centre: Centre, waiting: str) -> None:
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE callbacks RENAME TO elsewhere")
    assert (await ask(centre, waiting)).status_code == 503
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO callbacks")


async def test_who_was_not_told_and_waits_again_is_not_called_beside(centre: Centre, waiting: str) -> None:
    """The answer was lost on its way, so the exchange told them that nothing was kept."""
    await ask(centre, waiting)
    await leaves(centre, waiting)
    centre.pbx.caller_joins("support", "0505550101", again=waiting)
    await centre.settle()
    assert await centre.hub.callbacks.book.store.open() == ()
    assert centre.hub.callbacks.book.all() == ()
    assert (await ask(centre, waiting)).text == "kept"


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_being_told_late_that_they_joined_takes_nothing_back(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, meanwhile: bool
) -> None:
    """The exchange's event reaches a busy hub after its question about the same caller."""
    joined = CallerJoined("support", "c-1", "0505550101", "", 1, centre.time())
    centre.time.passes(5)
    store = centre.hub.callbacks.book.store

    async def told() -> None:
        if meanwhile:
            await centre.hub.callbacks.take(joined)

    monkeypatch.setattr(type(store), "promise", first(told, type(store).promise))
    assert (await ask(centre, "c-1")).text == "kept"
    await centre.hub.callbacks.take(joined)
    (kept,) = await store.open()
    assert kept.id == kept_id("c-1", "support")


async def test_an_answer_that_comes_too_late_keeps_nothing(
    centre: Centre, waiting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait again by the time that it is stored."""
    store = centre.hub.callbacks.book.store

    async def waits_again() -> None:
        await leaves(centre, waiting)
        centre.pbx.caller_joins("support", "0505550101", again=waiting)
        await centre.settle()

    monkeypatch.setattr(type(store), "promise", first(waits_again, type(store).promise))
    assert (await ask(centre, waiting)).status_code == 409
    assert await store.open() == ()


async def test_who_is_called_by_then_stays_called(centre: Centre, waiting: str) -> None:
    await ask(centre, waiting)
    await leaves(centre, waiting)
    await centre.ready("yael")
    (call,) = await turn(centre)
    centre.pbx.caller_joins("support", "0505550101", again=waiting)
    await centre.settle()
    (kept,) = centre.hub.callbacks.book.all()
    assert kept.state is State.DIALLING
    assert await turn(centre) == [call]


async def test_a_kept_place_outlives_the_hub(centre: Centre, waiting: str) -> None:
    await ask(centre, waiting)
    async with open_centre(centre.hub.engine.url, pbx=centre.pbx, time=centre.time) as again:
        assert again.hub.callbacks.book.all() == centre.hub.callbacks.book.all()
