"""What a CRM is told of callbacks: a note of each promise, another where it is taken back, and a task where
nobody was reached.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from hub.contract import CallbackEvent, CallbackView
from hub.db.unsent import UnsentStore
from hub.domain.outbox import State
from hub.ports.pbx import CallEnd
from tests.hub.centre import NOAH, TWO_PEOPLE, Centre, Desk, open_centre
from tests.hub.company_crm.acts import company, send
from tests.hub.test_callback_calls import promise, turn, with_callbacks
from tests.hub.test_callbacks import ask, made, words
from tests.hub.test_kept_places import ask as keep_place
from tests.stubs.crm_server import Answer, CrmApi

NOBODY = "+972505559999"
TITLE = "Callback failed: Noah Barak: "


@pytest.fixture
async def yael(centre: Centre) -> Desk:
    return await centre.desk("yael")


async def sent(centre: Centre, api: CrmApi) -> list[tuple[str, str, str]]:
    """What the CRM has once the outbox had its turns: kind, customer and words, without the time."""
    await send(centre, turns=3)
    return [(one.kind, one.customer, one.words.rpartition(" ")[0]) for one in api.written]


async def unsent(centre: Centre) -> list[tuple[str, str, State]]:
    return [(one.template, one.queue, one.state) for one in await UnsentStore(centre.hub.engine).all()]


async def fails(centre: Centre, **changes: Any) -> CallbackView:
    """Yael promises it, and it is tried to the end, in vain."""
    callback = await promise(centre, **changes)
    await centre.ready("yael")
    for _ in range(2):
        (call,) = await turn(centre)
        centre.pbx.customers.end(call.contact, CallEnd.BUSY)
        await centre.settle()
        centre.time.passes(3600)
    return callback


async def test_a_promise_is_a_note_for_whoever_opens_the_customer(
    centre: Centre, yael: Desk, api: CrmApi
) -> None:
    for _ in range(2):
        await made(yael, customer="1001", minutes=60, words="about the bill")
    assert await sent(centre, api) == [
        (
            *("note", "1001"),
            "Yael Amir: Callback promised for 2026-11-22 12:00, queue Support: about the bill",
        )
    ]
    assert await unsent(centre) == []


async def test_it_is_in_the_language_of_who_promised(centre: Centre, api: CrmApi) -> None:
    await made(await centre.desk("tal"), customer="1001", minutes=60)
    assert [words for _, _, words in await sent(centre, api)] == [
        "טל גרין: נקבעה שיחה חוזרת ל־22.11.2026 12:00, תור תמיכה"
    ]


async def test_taken_back_a_second_note_says_so_after_the_first(
    centre: Centre, yael: Desk, api: CrmApi
) -> None:
    api.troubles.extend([Answer(503)] * 3)
    callback = await made(yael, customer="1001", minutes=60, words="about the bill")
    await sent(centre, api)
    assert (await yael.http.delete(f"/v1/callbacks/{callback.id}")).status_code == 204
    assert (await yael.http.delete(f"/v1/callbacks/{callback.id}")).status_code == 404
    api.troubles.clear()
    centre.time.passes(60)
    assert [words for _, _, words in await sent(centre, api)] == [
        "Yael Amir: Callback promised for 2026-11-22 12:00, queue Support: about the bill",
        "Yael Amir: Callback taken back that was promised for 2026-11-22 12:00, queue Support",
    ]


async def test_what_is_refused_is_no_note(centre: Centre, yael: Desk, api: CrmApi) -> None:
    await made(yael, customer="1001")
    words(await ask(yael, "key-00000002", customer="1001"), 409)
    words(await ask(yael, "key-00000003", customer="1002", queue="nowhere"), 422)
    assert len(await sent(centre, api)) == 1


async def test_the_promise_and_its_note_are_stored_together(centre: Centre, yael: Desk, api: CrmApi) -> None:
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    assert "nothing is promised" in words(await ask(yael, customer="1001"), 503)
    assert await centre.hub.callbacks.book.store.open() == ()
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO outbox"))
    callback = await made(yael, customer="1001")
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    assert (await yael.http.delete(f"/v1/callbacks/{callback.id}")).status_code == 503
    assert [one.id for one in await centre.hub.callbacks.book.store.open()] == [callback.id]
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO outbox"))
    assert len(await sent(centre, api)) == 1


@pytest.mark.parametrize(("number", "customers"), [(NOAH, ["1001"]), (TWO_PEOPLE, []), (NOBODY, [])])
async def test_what_is_promised_to_a_number_is_a_note_of_the_one_who_has_it(
    centre: Centre, yael: Desk, api: CrmApi, number: str, customers: list[str]
) -> None:
    """Of whom nobody knows it is written nowhere, as what is wrapped up."""
    await made(yael, customer="", numbers=[number])
    assert [customer for _, customer, _ in await sent(centre, api)] == customers
    assert await unsent(centre) == []


async def test_one_that_failed_is_a_task_for_somebody_to_act(database: URL, api: CrmApi) -> None:
    settings = with_callbacks(database, most_tries=2).model_copy(update={"crm": company(database, api).crm})
    async with open_centre(database, settings=settings) as centre:
        began = centre.time()
        await fails(centre, customer="1001", name="Noah Barak", words="about the bill")
        task = (await sent(centre, api))[-1]
        assert task == (
            *("task", "1001"),
            f"{TITLE}Nobody was reached; please call. Number: {NOAH}. Queue: Support. Promised for:"
            " 2026-11-22 11:00. Tries: 2, the last one: busy. Promised by: Yael Amir: about the bill",
        )
        due = api.written[-1].words.rpartition(" ")[2]
        assert due.startswith(f"{began + timedelta(hours=1):%Y-%m-%dT%H:%M}")
        assert [kind for kind, _, _ in await sent(centre, api)] == ["note", "task"]


async def test_one_that_a_caller_asked_for_is_no_note_and_a_task_where_it_fails(
    database: URL, api: CrmApi
) -> None:
    settings = with_callbacks(database, most_tries=1).model_copy(update={"crm": company(database, api).crm})
    async with open_centre(database, settings=settings) as centre:
        contact = centre.pbx.caller_joins("support", "0505550101")
        await centre.settle()
        assert (await keep_place(centre, contact)).text == "kept"
        centre.pbx.caller_hangs_up(contact)
        await centre.settle()
        assert await sent(centre, api) == []
        await centre.ready("yael")
        (call,) = await turn(centre)
        centre.pbx.customers.end(call.contact, CallEnd.NO_ANSWER)
        await centre.settle()
        ((kind, customer, told),) = await sent(centre, api)
        assert (kind, customer) == ("task", "1001")
        assert "תור: תמיכה." in told
        assert "ניסיונות: 1, תוצאת האחרון: אין מענה" in told


async def test_a_task_that_has_no_place_is_stuck_for_an_administrator(database: URL, api: CrmApi) -> None:
    settings = with_callbacks(database, most_tries=2).model_copy(update={"crm": company(database, api).crm})
    async with open_centre(database, settings=settings) as centre:
        await fails(centre, customer="", numbers=(NOBODY,))
        assert await sent(centre, api) == []
        assert await unsent(centre) == [("create_task", "support", State.GIVEN_UP)]


async def test_one_that_was_kept_is_no_task(centre: Centre, api: CrmApi) -> None:
    await promise(centre, customer="1001")
    await centre.ready("yael")
    (call,) = await turn(centre)
    centre.pbx.customers.take(call.contact)
    await centre.settle()
    centre.pbx.agent_answers("1001")
    await centre.settle()
    assert [kind for kind, _, _ in await sent(centre, api)] == ["note"]


@pytest.mark.parametrize(
    ("lacks", "written"),
    [({"add_note": None}, ["task"]), ({"create_task": None}, ["note"]), ({}, ["note", "task"])],
)
async def test_a_crm_whose_settings_do_not_say_how_is_told_nothing(
    database: URL, api: CrmApi, lacks: dict[str, None], written: list[str]
) -> None:
    crm = company(database, api, **lacks).crm
    settings = with_callbacks(database, most_tries=2).model_copy(update={"crm": crm})
    async with open_centre(database, settings=settings) as centre:
        await fails(centre, customer="1001")
        yael = await centre.desk("yael")
        callback = await made(yael, customer="1002", minutes=60)
        assert (await yael.http.delete(f"/v1/callbacks/{callback.id}")).status_code == 204
        await centre.hub.outbox.look()
        kinds = {"add_note": "note", "create_task": "task"}
        waits = [kinds[one.template] for one in await UnsentStore(centre.hub.engine).all()]
        assert sorted(set(waits)) == written
        await sent(centre, api)
        assert await unsent(centre) == []


async def test_without_both_settings_nothing_is_put_into_the_outbox(database: URL, api: CrmApi) -> None:
    crm = company(database, api, add_note=None, create_task=None, log_contact=None).crm
    settings = with_callbacks(database, most_tries=2).model_copy(update={"crm": crm})
    async with open_centre(database, settings=settings) as centre:
        assert centre.hub.outbox.senders == {}
        await fails(centre, customer="1001")
        assert await unsent(centre) == []


async def test_the_built_in_crm_shows_both_on_the_card(database: URL) -> None:
    async with open_centre(database, settings=with_callbacks(database, most_tries=2)) as centre:
        await fails(centre, words="about the bill")
        assert [one for one, _, _ in await unsent(centre)] == ["add_note", "create_task"]
        await send(centre, turns=3)
        assert await unsent(centre) == []
        card = await centre.hub.crm.card("C-1001")
        assert card is not None
        note = next(one for one in card.history if one.channel == "note")
        assert note.summary == "Callback promised for 2026-11-22 11:00, queue Support: about the bill"
        assert note.agent == "Yael Amir"
        (task,) = [one for one in card.matters if "Callback failed" in one.title]
        assert "the last one: busy" in task.title


async def _talks(centre: Centre, queue: str, number: str = NOAH) -> str:
    """Noah calls by himself, unless it is somebody else, and Yael answers."""
    await centre.ready("yael")
    contact = centre.pbx.caller_joins(queue, number)
    await centre.settle()
    await centre.cards_arrive()
    centre.pbx.agent_answers("1001")
    centre.time.passes(30)
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    return contact


async def _wraps_up(centre: Centre, contact: str, customer: str = "C-1001") -> None:
    desk = await centre.desk("yael")
    asked = {"note": "", "disposition": "solved", "customer": customer}
    headers = {"Idempotency-Key": f"wrap-up-of-{contact}"}
    answer = await desk.http.post(f"/v1/contacts/{contact}/wrap-up", json=asked, headers=headers)
    assert answer.status_code == 200, answer.text


async def _open(centre: Centre) -> tuple[int, int]:
    """Of Noah's open matters in the built-in CRM how many are failed callbacks, and how many are not."""
    card = await centre.hub.crm.card("C-1001")
    assert card is not None
    failed = sum("Callback failed" in one.title for one in card.matters)
    return failed, len(card.matters) - failed


async def test_the_built_in_crms_task_is_done_when_its_queue_has_talked_with_the_customer(
    database: URL,
) -> None:
    async with open_centre(database, settings=with_callbacks(database, most_tries=2)) as centre:
        _, others = await _open(centre)
        await _wraps_up(centre, await _talks(centre, "support"))
        centre.time.passes(60)
        await fails(centre)
        await send(centre, turns=3)
        assert await _open(centre) == (1, others), "they talked before"
        await _wraps_up(centre, await _talks(centre, "sales"))
        assert await _open(centre) == (1, others), "sales knows nothing of it"
        await _wraps_up(centre, await _talks(centre, "support", "+972505550102"), "C-1002")
        assert await _open(centre) == (1, others), "somebody else"
        contact = await _talks(centre, "support")
        assert await _open(centre) == (1, others), "the agent may need it yet"
        await _wraps_up(centre, contact)
        assert (await _open(centre), others > 0) == ((0, others), True)


async def test_what_was_stored_outlives_the_hub(database: URL, api: CrmApi) -> None:
    settings = company(database, api)
    async with open_centre(database, settings=settings) as centre:
        await made(await centre.desk("yael"), customer="1001")
        pbx, clock = centre.pbx, centre.time
    assert api.written == []
    async with open_centre(database, settings=settings, pbx=pbx, time=clock) as centre:
        assert len(await sent(centre, api)) == 1


async def test_a_promise_that_nobody_was_told_of_takes_its_unsent_note_away(
    centre: Centre, yael: Desk, api: CrmApi
) -> None:
    callback = await made(yael, customer="1001")
    book = centre.hub.callbacks.book
    stored = book.get(callback.id)
    assert stored is not None
    await book.withdraw(stored)
    assert await unsent(centre) == []
    assert await sent(centre, api) == []


async def test_whoever_is_no_customer_any_more_is_stuck_with_the_crms_words(
    centre: Centre, yael: Desk, api: CrmApi
) -> None:
    await made(yael, customer="4040")
    await sent(centre, api)
    assert await unsent(centre) == [("add_note", "support", State.GIVEN_UP)]


async def _hindered(desk: Desk) -> list[tuple[str, str]]:
    """As the desk was told since the last time."""
    told = [one.callback for one in await desk.told() if isinstance(one, CallbackEvent)]
    return [(one.crm, one.crm_words) for one in told]


async def test_who_promised_is_told_what_hinders_its_note_also_after_a_restart(
    database: URL, api: CrmApi
) -> None:
    settings, fault = company(database, api), ("waiting", "The CRM has a fault of its own (503)")
    api.broken["/notes"] = Answer(503)
    async with open_centre(database, settings=settings) as centre:
        yael = await centre.desk("yael")
        await made(yael, customer="1001", minutes=60)
        await sent(centre, api)
        assert await _hindered(yael) == [("", ""), fault]
        pbx, clock = centre.pbx, centre.time
    async with open_centre(database, settings=settings, pbx=pbx, time=clock) as centre:
        yael = await centre.desk("yael")
        (shown,) = (await yael.snapshot()).callbacks
        assert (shown.crm, shown.crm_words) == fault
        api.broken.clear()
        clock.passes(60)
        await sent(centre, api)
        assert await _hindered(yael) == [("", "")]
        assert [one.crm for one in (await yael.snapshot()).callbacks] == [""]


async def test_who_promised_is_told_that_its_note_is_given_up(
    centre: Centre, yael: Desk, api: CrmApi
) -> None:
    await made(yael, customer="4040", minutes=60)
    await sent(centre, api)
    assert [crm for crm, _ in await _hindered(yael)] == ["", "given_up"]


async def test_the_words_of_outside_are_words_alone(centre: Centre, yael: Desk, api: CrmApi) -> None:
    await made(yael, customer="1001", words="{moment} {agent.x} [red]")
    ((_, _, told),) = await sent(centre, api)
    assert told.endswith(": {moment} {agent.x} [red]")
