"""Whom a caller waits for before the team: by the queue's rule, and only who is there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from sqlalchemy.engine import URL

from hub.contract import Card, Presence
from hub.ports.pbx import MemberState
from hub.service.misses import MISSED_CALLS
from hub.settings import Settings
from tests.databases import Databases
from tests.hub.centre import NOAH, ROUTING_SECRET, Centre, open_centre, sample_settings
from tests.hub.trouble import gone
from tests.stubs.crm import EmptyCrm

_BEARER = {"Authorization": f"Bearer {ROUTING_SECRET}"}
OTHER = "+972525550102"
ANN = Card(customer="C-1", name="Ann", numbers=(NOAH,), personal_agent="daniel")
NOBODY, YAEL, DANIEL = "routed:0:", "routed:0::1001", "routed:0::1002"
DAY = 24 * 3600
MOMENT = 60
"""Seconds for which who is away is waited for."""


class OneCrm(EmptyCrm):
    """Knows one customer by any number; of another none."""

    def __init__(self) -> None:
        self.cards: tuple[Card, ...] = (ANN,)

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        return tuple(card for card in self.cards if number in card.numbers)


@pytest.fixture
def crm() -> OneCrm:
    return OneCrm()


def by(rule: str, database: URL, **keys: int) -> Settings:
    """The sample centre; support asks one agent first, by ``rule``."""
    settings = sample_settings(database)
    update = {"first": rule, "last_days": 30, **keys}
    queues = tuple(
        queue.model_copy(update=update) if queue.name == "support" else queue
        for queue in settings.centre.queues
    )
    return settings.model_copy(update={"centre": settings.centre.model_copy(update={"queues": queues})})


Opened = Callable[[str], AbstractAsyncContextManager[Centre]]


@pytest.fixture
def opened(database: URL, crm: OneCrm) -> Opened:
    return lambda rule: open_centre(database, crm=crm, settings=by(rule, database))


@pytest.fixture
async def personal(opened: Opened) -> AsyncIterator[Centre]:
    async with opened("personal") as centre:
        yield centre


@pytest.fixture
async def last(opened: Opened) -> AsyncIterator[Centre]:
    async with opened("last") as centre:
        yield centre


async def ask(
    centre: Centre, contact: str = "c-1", number: str = NOAH, queue: str = "support", dialled: str = ""
) -> str:
    form = {"contact": contact, "queue": queue, "number": number, "dialled": dialled}
    answer = await centre.client(_BEARER).post("/routing", data=form)
    assert answer.status_code == 200, answer.text
    return answer.text


async def be(centre: Centre, agent: str, presence: Presence) -> None:
    desk = await centre.desk(agent)
    answer = await desk.http.put("/v1/presence", json={"presence": presence.value, "reason": "Lunch"})
    assert answer.status_code == 200, answer.text
    await centre.settle()


async def talk(centre: Centre, extension: str, number: str = NOAH, queue: str = "support") -> str:
    """A whole talk of the only agent who is ready; its wrap-up is owed."""
    contact = centre.pbx.caller_joins(queue, number)
    await centre.settle()
    centre.pbx.agent_answers(extension)
    await centre.settle()
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    return contact


async def test_a_customers_own_agent_is_named_while_they_are_ready(personal: Centre) -> None:
    await personal.ready("yael", "daniel")
    assert await ask(personal) == DANIEL
    assert await ask(personal, number=OTHER) == NOBODY
    assert await ask(personal, number="") == NOBODY
    assert await ask(personal, queue="sales") == NOBODY


@pytest.mark.parametrize("presence", [Presence.AWAY, Presence.OFFLINE])
async def test_who_is_not_there_is_not_waited_for(personal: Centre, presence: Presence) -> None:
    assert await ask(personal) == NOBODY
    await personal.ready("daniel")
    await be(personal, "daniel", presence)
    personal.time.passes(MOMENT)
    assert await ask(personal) == NOBODY


async def test_who_has_just_gone_away_is_waited_for(personal: Centre) -> None:
    await personal.ready("daniel")
    await be(personal, "daniel", Presence.AWAY)
    assert await ask(personal) == DANIEL
    personal.time.passes(MOMENT - 1)
    assert await ask(personal) == DANIEL
    personal.time.passes(1)
    assert await ask(personal) == NOBODY
    await be(personal, "daniel", Presence.READY)
    assert await ask(personal) == DANIEL


async def test_a_queue_may_wait_for_nobody_who_is_away(database: URL, crm: OneCrm) -> None:
    settings = by("personal", database, first_away_seconds=0)
    async with open_centre(database, crm=crm, settings=settings) as centre:
        await centre.ready("daniel")
        await be(centre, "daniel", Presence.AWAY)
        assert await ask(centre) == NOBODY


async def test_who_goes_offline_is_not_waited_for_at_all(personal: Centre) -> None:
    await personal.ready("daniel")
    await be(personal, "daniel", Presence.OFFLINE)
    assert await ask(personal) == NOBODY


async def test_who_was_put_away_for_missed_calls_is_not_waited_for(personal: Centre) -> None:
    await personal.ready("daniel")
    await personal.hub.choices.put("daniel", Presence.AWAY, MISSED_CALLS)
    await personal.settle()
    assert await ask(personal) == NOBODY


async def test_whose_desk_is_gone_for_too_long_is_not_waited_for(personal: Centre) -> None:
    await personal.ready("daniel")
    desk = await personal.desk("daniel")
    await desk.told()
    await desk.leave()
    assert await ask(personal) == DANIEL
    personal.time.passes(61)
    await personal.settle()
    assert await ask(personal) == NOBODY


async def test_whose_phone_cannot_be_rung_is_not_waited_for(personal: Centre) -> None:
    await personal.ready("daniel")
    personal.pbx.device("1002", MemberState.UNAVAILABLE)
    await personal.settle()
    assert await ask(personal) == NOBODY
    personal.pbx.device("1002", MemberState.BUSY)
    await personal.settle()
    assert await ask(personal) == DANIEL


async def test_who_talks_or_wraps_up_is_waited_for(personal: Centre) -> None:
    await personal.ready("daniel")
    contact = personal.pbx.caller_joins("support", OTHER)
    await personal.settle()
    personal.pbx.agent_answers("1002")
    await personal.settle()
    assert await ask(personal) == DANIEL
    personal.pbx.caller_hangs_up(contact)
    await personal.settle()
    assert await ask(personal) == DANIEL


async def test_an_agent_of_another_queue_is_not_waited_for(personal: Centre, crm: OneCrm) -> None:
    """Omri sells and gives no support."""
    crm.cards = (ANN.model_copy(update={"personal_agent": "omri"}),)
    await personal.ready("omri")
    assert await ask(personal) == NOBODY


@pytest.mark.parametrize(
    "agent", ["1002", "Daniel Katz", "daniel&PJSIP/premium", "support.1002", "../daniel"]
)
async def test_what_is_no_agents_id_names_nobody(personal: Centre, crm: OneCrm, agent: str) -> None:
    crm.cards = (ANN.model_copy(update={"personal_agent": agent}),)
    await personal.ready("daniel")
    assert await ask(personal) == NOBODY


async def test_of_several_who_share_a_number_the_first_who_has_an_agent_counts(
    personal: Centre, crm: OneCrm
) -> None:
    crm.cards = (ANN.model_copy(update={"personal_agent": ""}), ANN)
    await personal.ready("daniel")
    assert await ask(personal) == DANIEL


async def test_nobody_is_brought_back_to_the_agent_who_sent_them_on(personal: Centre) -> None:
    await personal.ready("daniel")
    contact = personal.pbx.caller_joins("support", NOAH)
    await personal.settle()
    personal.pbx.agent_answers("1002")
    await personal.settle()
    assert await ask(personal, contact) == NOBODY
    assert await ask(personal, "another") == DANIEL


async def test_who_talked_with_a_caller_last_is_named(last: Centre, crm: OneCrm) -> None:
    assert await ask(last) == NOBODY
    await last.ready("yael")
    await talk(last, "1001")
    assert await ask(last) == YAEL
    last.time.passes(60)
    await be(last, "yael", Presence.AWAY)
    await last.ready("daniel")
    await talk(last, "1002")
    await last.ready("yael")
    assert await ask(last) == DANIEL


async def test_an_unknown_caller_is_known_by_number_and_a_customer_by_any_of_theirs(
    last: Centre, crm: OneCrm
) -> None:
    crm.cards = (ANN.model_copy(update={"numbers": (NOAH, "+97235550112")}),)
    await last.ready("yael")
    await talk(last, "1001", OTHER)
    assert await ask(last, number="0525550102") == YAEL
    assert await ask(last) == NOBODY
    await last.cards_arrive()
    await talk_of_a_customer(last)
    assert await ask(last, "c-2", "+97235550112") == YAEL


async def talk_of_a_customer(centre: Centre) -> None:
    """The customer is found before the talk begins."""
    await be(centre, "yael", Presence.AWAY)
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    await centre.cards_arrive()
    await be(centre, "yael", Presence.READY)
    await wrap_up_all(centre)
    centre.pbx.agent_answers("1001")
    await centre.settle()
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()


async def wrap_up_all(centre: Centre) -> None:
    desk = await centre.desk("yael")
    for one in (await desk.snapshot()).contacts:
        if one.phase == "wrap_up":
            answer = await desk.http.post(
                f"/v1/contacts/{one.offer.contact}/wrap-up",
                json={"note": "", "disposition": "solved"},
                headers={"Idempotency-Key": f"key-{one.offer.contact}"},
            )
            assert answer.status_code == 200, answer.text
    await centre.settle()


async def test_only_talks_of_this_queue_within_the_days_count(last: Centre) -> None:
    await last.ready("yael")
    await talk(last, "1001", queue="sales")
    assert await ask(last) == NOBODY
    await wrap_up_all(last)
    await talk(last, "1001")
    last.time.passes(30 * DAY - 1)
    assert await ask(last) == YAEL
    last.time.passes(2)
    assert await ask(last) == NOBODY


async def test_a_talk_of_this_very_call_is_not_the_last_one(last: Centre) -> None:
    await last.ready("yael")
    contact = await talk(last, "1001")
    await wrap_up_all(last)
    assert await ask(last, contact) == NOBODY
    assert await ask(last, "another") == YAEL


async def test_who_was_rung_and_did_not_talk_is_not_the_last_one(last: Centre) -> None:
    await last.ready("yael")
    contact = last.pbx.caller_joins("support", NOAH)
    await last.settle()
    last.pbx.caller_hangs_up(contact)
    await last.settle()
    assert await ask(last) == NOBODY


async def test_the_last_talk_is_remembered_by_the_next_hub(opened: Opened) -> None:
    async with opened("last") as centre:
        await centre.ready("yael")
        await talk(centre, "1001")
    async with opened("last") as again:
        await again.ready("yael")
        assert await ask(again) == YAEL


async def test_whose_number_was_dialled_is_named_whatever_the_rule(opened: Opened) -> None:
    for rule in ("none", "personal", "last"):
        async with opened(rule) as centre:
            await centre.ready("yael", "daniel")
            assert await ask(centre, dialled="1001") == YAEL
            assert await ask(centre, dialled="1004") == NOBODY
            assert await ask(centre, dialled="1001&PJSIP/premium") == NOBODY
            await be(centre, "yael", Presence.AWAY)
            assert await ask(centre, dialled="1001") == YAEL
            centre.time.passes(MOMENT)
            assert await ask(centre, dialled="1001") == NOBODY


async def test_a_database_that_is_gone_or_slow_costs_the_agent_and_not_the_answer(
    last: Centre, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    await last.ready("yael")
    await talk(last, "1001")
    with gone(last.hub.engine, databases):
        await last.hub.engine.dispose()  # who has an SQLite file open does not miss it
        assert await ask(last, "c-2") == NOBODY
    assert await ask(last) == YAEL
    monkeypatch.setattr("hub.service.first_agent._WITHIN", 0.0)
    assert await ask(last, "c-3") == NOBODY
