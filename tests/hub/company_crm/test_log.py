"""A hub before a company's own CRM: its cards, and what is written there of wrapped-up contacts."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from hub.adapters.rest_crm import RestCrm
from hub.contract import CardAnswer, CardStatus, HistoryPage
from hub.db.unsent import UnsentStore
from hub.domain.callbacks import CONTACT as CALLED_BACK
from hub.domain.contacts import Contact
from hub.domain.outbox import OLDEST, State
from hub.ports.messages import Template
from hub.service.crm_sender import CrmSender
from tests.hub.centre import NOAH, TWO_PEOPLE, Centre, Desk, open_centre
from tests.hub.company_crm.acts import company, send, talked
from tests.stubs.crm_server import HTML, Answer, CrmApi

EVIL_WORDS = "\x1b[2J\u202eevil"


async def _talk(centre: Centre, number: str = NOAH) -> tuple[Desk, str]:
    desk = await centre.desk("yael")
    contact = await centre.ring(number)
    await centre.cards_arrive()
    centre.pbx.agent_answers("1001")
    centre.time.passes(75)
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    return desk, contact


async def _wrap_up(
    desk: Desk, contact: str, customer: str = "1001", note: str = "wants fibre", key: str = "key-00000001"
) -> httpx.Response:
    asked = {"note": note, "disposition": "solved", "customer": customer}
    headers = {"Idempotency-Key": key}
    return await desk.http.post(f"/v1/contacts/{contact}/wrap-up", json=asked, headers=headers)


async def _stuck(centre: Centre) -> list[tuple[str, State, str]]:
    return [(one.recipient, one.state, one.words) for one in await UnsentStore(centre.hub.engine).all()]


async def _card(centre: Centre, number: str) -> CardAnswer:
    desk = await centre.desk("yael")
    contact = await centre.ring(number)
    await centre.cards_arrive()
    answer = await desk.http.get(f"/v1/contacts/{contact}/card")
    return CardAnswer.model_validate_json(answer.content)


@pytest.mark.parametrize(
    ("number", "status", "customers"),
    [
        ("0505550101", CardStatus.FOUND, ["1001"]),
        (TWO_PEOPLE, CardStatus.SEVERAL, ["1002", "1003"]),
        ("+972505559999", CardStatus.UNKNOWN, []),
        ("*2700", CardStatus.UNKNOWN, []),
    ],
)
async def test_the_card_is_the_companys(
    centre: Centre, number: str, status: CardStatus, customers: list[str]
) -> None:
    answer = await _card(centre, number)
    assert (answer.status, [card.customer for card in answer.cards]) == (status, customers)


async def test_what_is_missing_on_the_card_fills_in_later(
    database: URL, api: CrmApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.service.cards._AGAIN_AFTER", (0.0, 0.1, 0.1))
    api.broken["/tickets"] = Answer(500)
    async with open_centre(database, settings=company(database, api)) as centre:
        desk = await centre.desk("yael")
        contact = await centre.ring(NOAH)
        first = await centre.hub.cards.soon(centre.hub.floor.visits(contact)[0], 10)
        assert (first.status, first.cards[0].matters) == (CardStatus.FOUND, ())
        assert "open matters" in first.cards[0].missing
        api.broken.clear()
        await centre.cards_arrive()
        whole = centre.hub.cards.answer(centre.hub.floor.visits(contact)[0])
        assert (whole.cards[0].missing, len(whole.cards[0].matters)) == ("", 1)
        assert [kind for kind in await desk.kinds() if kind == "card"]


async def test_a_card_that_is_there_is_not_taken_away_again(
    database: URL, api: CrmApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.service.cards._AGAIN_AFTER", (0.0, 0.0, 0.0))
    api.broken["/tickets"] = Answer(500)
    async with open_centre(database, settings=company(database, api)) as centre:
        contact = await centre.ring(NOAH)
        await centre.hub.cards.soon(centre.hub.floor.visits(contact)[0], 10)
        api.broken["/"] = Answer(400)
        await centre.cards_arrive()
        answer = centre.hub.cards.answer(centre.hub.floor.visits(contact)[0])
        assert (answer.status, answer.cards[0].name) == (CardStatus.FOUND, "נועה ברק")


@pytest.mark.parametrize("number", ["anonymous", "", "0"])
async def test_a_withheld_number_is_not_asked_for(centre: Centre, api: CrmApi, number: str) -> None:
    assert (await _card(centre, number)).status is CardStatus.PRIVATE
    assert api.asked == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Answer(200, HTML), "with a page"),
        (Answer(401), "does not let the hub in"),
        (Answer(429, "", {"Retry-After": "3600"}), "no more questions"),
        (Answer(200, "x" * 10_000_000), "more than"),
        (Answer(302, "", {"Location": "https://evil.example/"}), "evil.example"),
        (Answer(400, f'{{"message": "{EVIL_WORDS}"}}'.replace("\x1b", "\\u001b")), "refuses"),
    ],
)
async def test_whatever_the_crm_does_the_phone_rings_and_the_card_says_it(
    database: URL, api: CrmApi, said: Answer, words: str
) -> None:
    api.broken["/"] = said
    async with open_centre(database, settings=company(database, api)) as centre:
        desk = await centre.desk("yael")
        contact = await centre.ring(NOAH)
        assert "offered" in await desk.kinds()
        told = await centre.hub.cards.soon(centre.hub.floor.visits(contact)[0], 10)
        assert (told.contact, told.status) == (contact, CardStatus.CRM_DOWN)
        assert words in told.words
        assert told.words.isprintable()
    api.broken.clear()


async def test_a_wrapped_up_contact_is_written_into_the_crm_once(centre: Centre, api: CrmApi) -> None:
    desk, contact = await _talk(centre)
    stored = await _wrap_up(desk, contact)
    assert stored.status_code == 200, stored.text
    assert (await _wrap_up(desk, contact)).json() == stored.json()
    await send(centre)
    await send(centre)
    (written,) = api.written
    assert (written.kind, written.customer) == ("call", "1001")
    assert "Solved: wants fibre" in written.words
    asked = api.asked[-1].json()
    assert asked["seconds"] == 75
    assert await _stuck(centre) == []


@pytest.mark.parametrize(("contact", "dialled"), [("1700000000.1", ""), (f"{CALLED_BACK}0001", "answered")])
async def test_a_talk_with_a_customer_whom_the_centre_called_is_told_as_such(
    centre: Centre, contact: str, dialled: str
) -> None:
    talk = Contact(contact, "support", centre.time(), number=NOAH, customer="1001")
    told = centre.hub.handling.work.crm_log.of(replace(talk, connected_at=centre.time()))
    assert told is not None
    assert isinstance(told.content, Template)
    assert told.content.parameters[-1] == dialled


async def test_what_an_earlier_release_stored_is_written_too(centre: Centre, api: CrmApi) -> None:
    at = "2026-11-22T09:00:00+00:00"
    contact = (at, NOAH, "Support", "Yael", "75", "Solved", "wants fibre")
    for template, stored in (("log_contact", contact), ("create_task", (at, at, "Callback failed", "busy"))):
        await CrmSender(centre.hub.crm).send("1001", Template(template, "", stored), f"key-of-{template}")
    told = [one.words for one in api.written]
    assert told == [f"Solved: wants fibre {at}", f"Callback failed: busy {at}"]


async def test_a_contact_of_nobody_known_is_written_nowhere(centre: Centre, api: CrmApi) -> None:
    desk, contact = await _talk(centre, "+972505559999")
    assert (await _wrap_up(desk, contact, customer="")).status_code == 200
    await send(centre)
    assert api.written == []
    assert await _stuck(centre) == []


async def test_while_the_crm_is_away_the_wrap_up_is_stored_and_written_later_in_order(
    centre: Centre, api: CrmApi
) -> None:
    api.broken["/notes"] = Answer(503, "", {"Retry-After": "60"})
    for number, note in enumerate(("first", "second", "third")):
        desk, contact = await _talk(centre)
        assert (await _wrap_up(desk, contact, note=note, key=f"key-0000000{number}")).status_code == 200
        await send(centre)
    assert [state for _customer, state, _words in await _stuck(centre)] == [State.WAITING] * 3
    centre.time.passes(5 * OLDEST.total_seconds())
    api.broken.clear()
    assert isinstance(centre.hub.crm, RestCrm)
    centre.hub.crm.http.clock = lambda: time.monotonic() + 3600
    await send(centre, turns=3)
    assert [one.words.partition(": ")[2].partition(" ")[0] for one in api.written] == [
        "first",
        "second",
        "third",
    ]


async def test_what_the_crm_refuses_is_stuck_with_its_words(centre: Centre, api: CrmApi) -> None:
    api.broken["/notes"] = Answer(422, '{"message": "the period is closed"}')
    desk, contact = await _talk(centre)
    assert (await _wrap_up(desk, contact)).status_code == 200
    await send(centre)
    ((customer, state, words),) = await _stuck(centre)
    assert (customer, state) == ("1001", State.GIVEN_UP)
    assert "the period is closed" in words


async def test_without_a_key_of_the_crms_what_got_no_answer_is_not_written_again(
    database: URL, api: CrmApi
) -> None:
    how = {"path": "/v1/customers/{customer}/notes", "body": {"words": "{note}"}}
    async with open_centre(database, settings=company(database, api, log_contact=how)) as centre:
        api.broken["/notes"] = Answer(500, HTML)
        desk, contact = await _talk(centre)
        assert (await _wrap_up(desk, contact)).status_code == 200
        await send(centre)
        await send(centre)
        ((_customer, state, _words),) = await _stuck(centre)
        assert state is State.UNKNOWN
        assert len([one for one in api.asked if one.path.endswith("/notes")]) == 1


async def test_the_wrap_up_and_what_the_crm_is_told_are_stored_together(centre: Centre, api: CrmApi) -> None:
    desk, contact = await _talk(centre)
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    assert (await _wrap_up(desk, contact)).status_code == 503
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO outbox"))
    assert (await _wrap_up(desk, contact)).status_code == 200
    await send(centre)
    assert len(api.written) == 1


async def test_what_was_stored_outlives_the_hub(database: URL, api: CrmApi) -> None:
    settings = company(database, api)
    async with open_centre(database, settings=settings) as centre:
        desk, contact = await _talk(centre)
        assert (await _wrap_up(desk, contact)).status_code == 200
        pbx, clock = centre.pbx, centre.time
    assert api.written == []
    clock.passes(timedelta(hours=10).total_seconds())
    async with open_centre(database, settings=settings, pbx=pbx, time=clock) as centre:
        await send(centre)
    assert len(api.written) == 1


async def test_the_built_in_crm_has_its_contacts_without_being_told(database: URL) -> None:
    async with open_centre(database) as centre:
        desk, contact = await _talk(centre)
        assert (await _wrap_up(desk, contact, customer="C-1001")).status_code == 200
        assert await _stuck(centre) == []


async def _history(desk: Desk) -> list[tuple[str, str]]:
    page = HistoryPage.model_validate_json((await desk.http.post("/v1/history", json={})).content)
    return [(call.crm, call.crm_words) for call in page.calls]


async def test_the_agent_sees_what_has_not_reached_the_crm_and_why(centre: Centre, api: CrmApi) -> None:
    desk, contact = await _talk(centre)
    api.troubles.extend([Answer(503)] * 3)
    assert (await _wrap_up(desk, contact)).status_code == 200
    assert await _history(desk) == [("waiting", "")]
    await send(centre)
    assert await _history(desk) == [("waiting", "The CRM has a fault of its own (503)")]
    api.troubles.clear()
    centre.time.passes(60)
    await send(centre)
    assert await _history(desk) == [("", "")]


async def test_what_the_crm_refuses_is_told_as_given_up(centre: Centre, api: CrmApi) -> None:
    desk, contact = await _talk(centre)
    api.broken["/notes"] = Answer(400, '{"message": "\\u001b[2Jno such field"}')
    assert (await _wrap_up(desk, contact)).status_code == 200
    await send(centre)
    assert await _history(desk) == [("given_up", "The CRM refuses this (400): [2Jno such field")]


async def _noted_in_an_outage(centre: Centre, api: CrmApi, number: str = NOAH) -> None:
    """The CRM has not said whose number it is when the agent is done."""
    api.broken["/v1/"] = Answer(503)
    desk, contact = await talked(centre, number)
    assert (await _wrap_up(desk, contact, customer="")).status_code == 200
    await send(centre)
    assert await _history(desk) == [("waiting", "The CRM has a fault of its own (503)")]
    api.broken.clear()
    centre.time.passes(60)
    await send(centre)


async def test_what_is_noted_while_the_crm_is_down_finds_its_customer_later(
    centre: Centre, api: CrmApi
) -> None:
    await _noted_in_an_outage(centre, api)
    assert [(one.customer, "wants fibre" in one.words) for one in api.written] == [("1001", True)]
    assert await _stuck(centre) == []


@pytest.mark.parametrize("number", [TWO_PEOPLE, "+972505559999"])
async def test_whose_number_has_no_one_customer_is_for_an_administrator(
    centre: Centre, api: CrmApi, number: str
) -> None:
    await _noted_in_an_outage(centre, api, number)
    assert api.written == []
    assert [(state, words) for _, state, words in await _stuck(centre)] == [
        (State.GIVEN_UP, "The CRM has no customer, or several, with the caller's number")
    ]
