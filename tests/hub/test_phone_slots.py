"""Callers who press a key book a time: what they are told, stored once, and nobody is lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy.engine import URL

from hub.domain.callbacks import Callback
from hub.service.kept_places import kept_id
from tests.hub.between import then
from tests.hub.centre import NOAH, ROUTING_SECRET, TWO_PEOPLE, Centre, open_centre
from tests.hub.test_callback_calls import promise, turn, with_callbacks
from tests.hub.test_kept_places import ask, leaves

_BEARER = {"Authorization": f"Bearer {ROUTING_SECRET}"}
FIRST = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
"""The sample's clock stands at 9:00 UTC, 11 in the morning of a Sunday there."""


async def send(
    centre: Centre, path: str, contact: str, number: str = "0505550101", **changes: str
) -> httpx.Response:
    form = {"contact": contact, "queue": "support", "number": number, "language": "he", "place": "1795338000"}
    return await centre.client(_BEARER).post(path, data={**form, **changes})


async def told(centre: Centre, contact: str = "c-1", **changes: str) -> str:
    """What a caller hears."""
    answer = await send(centre, "/free-slots", contact, **changes)
    assert answer.status_code == 200, answer.text
    return answer.text


async def book(
    centre: Centre, contact: str, at: datetime = FIRST, number: str = "0505550101", **changes: str
) -> httpx.Response:
    return await send(centre, "/book-slot", contact, number, at=str(int(at.timestamp())), **changes)


async def standing(centre: Centre) -> list[Callback]:
    """What is stored, which memory must know as well."""
    stored = await centre.hub.callbacks.book.store.open()
    assert sorted(one.id for one in stored) == sorted(one.id for one in centre.hub.callbacks.book.all())
    return list(stored)


def times(answer: str) -> list[datetime]:
    status, *slots = answer.split(":")
    assert status == "free"
    return [datetime.fromtimestamp(int(slot.partition("_")[0]), UTC) for slot in slots]


@pytest.fixture
async def waiting(centre: Centre) -> str:
    """A caller who waits."""
    contact = centre.pbx.caller_joins("support", "0505550101")
    await centre.settle()
    return contact


async def test_the_next_slots_with_room_are_told_in_the_callers_language(centre: Centre) -> None:
    hebrew, english = await told(centre), await told(centre, language="en")
    assert times(hebrew) == times(english) == [FIRST + timedelta(minutes=15 * n) for n in range(3)]
    assert hebrew.split(":")[1].partition("_")[2] == "day-today_time-at_number-11_number-15_minutes"
    assert english.split(":")[1].partition("_")[2] == "day-today_time-at_number-11_number-15_time-am"


async def test_full_slots_are_not_told_and_those_of_another_queue_are_their_own(centre: Centre) -> None:
    for number in range(3):
        await promise(centre, customer=f"C-{number}", at=FIRST + timedelta(minutes=number))
    assert times(await told(centre))[0] == FIRST + timedelta(minutes=15)
    assert times(await told(centre, queue="sales"))[0] == FIRST


async def test_no_time_is_told_when_the_centre_is_closed_or_calls_nobody(centre: Centre) -> None:
    """Support is reached by an entry that closes at 20; sales, too; on Saturday it is closed."""
    centre.time.passes(8.8 * 3600)  # 19:48 of a Sunday
    monday = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert times(await told(centre)) == [monday + timedelta(minutes=15 * n) for n in range(3)]


async def test_where_none_is_free_none_is_told(database: URL) -> None:
    for changes in ({"slots_told": 0}, {"slot_minutes": 240, "slot_capacity": 1}):
        async with open_centre(database, settings=with_callbacks(database, **changes)) as centre:
            if "slots_told" not in changes:
                for number in range(60):
                    at = datetime(2026, 11, 22, 8, tzinfo=UTC) + timedelta(hours=4 * number + 2)
                    callback = Callback(f"c{number}", f"C-{number}", "support", (TWO_PEOPLE,), at, at)
                    await centre.hub.callbacks.book.promise(callback, callback.id, "")
            assert await told(centre) == "none"


async def test_a_slot_is_stored_with_whose_it_is_before_it_is_confirmed(centre: Centre, waiting: str) -> None:
    answer = await book(centre, waiting)
    assert (answer.status_code, answer.text) == (200, "booked")
    (stored,) = await standing(centre)
    assert (stored.promised, stored.at, stored.language, stored.made_by) == (FIRST, FIRST, "he", "")
    assert (stored.numbers[0], stored.queue) == (NOAH, "support")
    (card,) = await centre.hub.crm.find(NOAH)
    assert (stored.customer, stored.name) == (card.customer, card.name)


async def test_they_are_called_at_that_time_and_not_before(centre: Centre, waiting: str) -> None:
    await book(centre, waiting)
    await leaves(centre, waiting)
    await centre.ready("yael")
    centre.time.passes(15 * 60 - 1)
    assert await turn(centre) == []
    centre.time.passes(1)
    (call,) = await turn(centre)
    assert call.number == NOAH


async def test_of_many_who_choose_the_last_place_at_once_one_has_it(database: URL) -> None:
    async with open_centre(database, settings=with_callbacks(database, slot_capacity=1)) as centre:
        callers = (book(centre, f"c-{n}", number=f"050555020{n}") for n in range(5))
        answers = [answer.text for answer in await asyncio.gather(*callers)]
        assert sorted(answers) == ["booked", *["full"] * 4]
        assert len(await standing(centre)) == 1


async def test_agents_and_callers_share_the_room(centre: Centre) -> None:
    for number in range(2):
        await promise(centre, customer=f"C-{number}", at=FIRST)
    assert (await book(centre, "c-1")).text == "booked"
    assert (await book(centre, "c-2", number="0525559999")).text == "full"


@pytest.mark.parametrize(
    "at",
    [
        FIRST + timedelta(seconds=1),
        FIRST - timedelta(minutes=30),
        FIRST + timedelta(days=8),
        datetime(2026, 11, 22, 20, 0, tzinfo=UTC),
        datetime(2026, 11, 28, 9, 0, tzinfo=UTC),
    ],
)
async def test_a_time_that_nobody_was_told_is_refused(centre: Centre, at: datetime) -> None:
    assert (await book(centre, "c-1", at)).status_code == 422
    assert await standing(centre) == []


@pytest.mark.parametrize(
    "changes",
    [{"contact": "a b"}, {"queue": "nowhere"}, {"place": "x"}, {"at": ""}, {"at": "-1"}, {"at": "9" * 12}],
)
async def test_what_the_exchange_does_not_send_is_refused(centre: Centre, changes: dict[str, str]) -> None:
    asked = {"contact": "c-1", "at": str(int(FIRST.timestamp())), **changes}
    answer = await send(centre, "/book-slot", **asked)
    assert answer.status_code == 422
    far = await send(centre, "/book-slot", "c-1", at="9" * 11)
    assert far.status_code == 422


@pytest.mark.parametrize("path", ["/free-slots", "/book-slot"])
async def test_only_the_exchange_may_ask(centre: Centre, path: str) -> None:
    yael = await centre.desk("yael")
    for headers in ({}, {"Authorization": "Bearer another-secret-altogether"}, dict(yael.http.headers)):
        assert (await centre.client(headers).post(path, data={})).status_code == 401


@pytest.mark.parametrize("number", ["", "anonymous", "+12125550101", "700"])
async def test_who_cannot_be_called_is_told_no_time(centre: Centre, number: str) -> None:
    for path in ("/free-slots", "/book-slot"):
        answer = await send(centre, path, "c-1", number, at=str(int(FIRST.timestamp())))
        assert answer.status_code == 422
    assert await standing(centre) == []


async def test_whose_call_is_booked_hears_so_and_has_no_second_one(centre: Centre) -> None:
    await book(centre, "c-1")
    assert (
        await told(centre, "c-2")
        == f"stands:{int(FIRST.timestamp())}_day-today_time-at_number-11_number-15_minutes"
    )
    assert (await book(centre, "c-2", FIRST + timedelta(minutes=15))).status_code == 409
    assert (await ask(centre, "c-2")).status_code == 409
    (stored,) = await standing(centre)
    assert stored.promised == FIRST


async def test_whose_call_is_due_is_offered_no_other_time(centre: Centre) -> None:
    await ask(centre, "c-1")
    assert await told(centre, "c-2") == "none"
    assert (await ask(centre, "c-2")).text == "kept"


async def test_a_booking_whose_answer_was_lost_becomes_the_place_they_are_told_of(
    centre: Centre, waiting: str
) -> None:
    await book(centre, waiting)
    assert (await ask(centre, waiting)).text == "kept"
    (stored,) = await standing(centre)
    assert (stored.promised, stored.at) == (centre.time(), centre.time())


async def test_a_booking_that_comes_after_the_place_was_kept_changes_nothing(
    centre: Centre, waiting: str
) -> None:
    await ask(centre, waiting)
    assert (await book(centre, waiting)).status_code == 409
    (stored,) = await standing(centre)
    assert stored.promised == centre.time()


async def test_who_waits_again_has_booked_nothing(centre: Centre, waiting: str) -> None:
    await book(centre, waiting)
    await leaves(centre, waiting)
    centre.pbx.caller_joins("support", "0505550101", again=waiting)
    await centre.settle()
    assert await standing(centre) == []


async def test_a_wish_of_before_takes_no_later_one_away(
    centre: Centre, waiting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer came too late; they waited again, and pressed the key once more."""
    store = type(centre.hub.callbacks.book.store)
    stored, go = asyncio.Event(), asyncio.Event()

    async def holds_the_first() -> None:
        if not stored.is_set():
            stored.set()
            await go.wait()

    monkeypatch.setattr(store, "promise", then(store.promise, holds_the_first))
    first = asyncio.create_task(ask(centre, waiting))
    await stored.wait()
    await leaves(centre, waiting)
    centre.pbx.caller_joins("support", "0505550101", again=waiting)
    await centre.settle()
    await leaves(centre, waiting)
    second = asyncio.create_task(ask(centre, waiting))
    await centre.settle()
    go.set()
    assert (await first).status_code == 409
    assert (await second).text == "kept"
    assert [one.id for one in await standing(centre)] == [kept_id(waiting, "support")]


async def test_a_database_that_fails_books_nothing(centre: Centre) -> None:
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE callbacks RENAME TO elsewhere")
    assert (await book(centre, "c-1")).status_code == 503
    async with centre.hub.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO callbacks")
    assert await standing(centre) == []
    assert (await book(centre, "c-1")).text == "booked"


async def test_a_booked_slot_outlives_the_hub(centre: Centre) -> None:
    await book(centre, "c-1")
    async with open_centre(centre.hub.engine.url, pbx=centre.pbx, time=centre.time) as again:
        assert again.hub.callbacks.book.all() == centre.hub.callbacks.book.all()
        assert times(await told(again, "c-2", number="0525559999"))[0] == FIRST
