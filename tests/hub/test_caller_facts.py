"""What the agent is shown of what a caller did and heard before: also messages, the wait, after a restart."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from centre.entries import Choice, Entry
from hub.contract import OfferedEvent
from hub.db.tables import caller_facts
from hub.ports.pbx import CallerTold
from hub.settings import Settings
from tests.databases import Databases
from tests.hub.centre import NOAH, ROUTING_SECRET, Centre, Time, open_centre, sample_settings
from tests.hub.trouble import gone
from tests.stubs.pbx import FakePbx

_BEARER = {"Authorization": f"Bearer {ROUTING_SECRET}"}
DAY = 24 * 3600
CALLER = "fake-1"
ENTRY = Entry(
    number="800",
    queue="support",
    notice="fault",
    choices=(
        Choice(digit="1", queue="support", titles={"en": "A fault", "he": "תקלה"}),
        Choice(digit="5", message="closed", titles={"en": "Opening hours", "he": "שעות הפתיחה"}),
        Choice(digit="6", message="menu"),
    ),
)


def with_messages(database: URL) -> Settings:
    settings = sample_settings(database)
    return settings.model_copy(update={"centre": settings.centre.model_copy(update={"entries": (ENTRY,)})})


async def asks(centre: Centre, contact: str = CALLER, **more: str) -> None:
    """The exchange asks about a caller before their queue."""
    form = {"contact": contact, "queue": "support", "number": NOAH, **more}
    answer = await centre.client(_BEARER).post("/routing", data=form)
    assert answer.status_code == 200, answer.text


async def types(centre: Centre, contact: str = CALLER) -> None:
    form = {"contact": contact, "typed": "48190", "number": NOAH, "tell": "order", "language": "en"}
    answer = await centre.client(_BEARER).post("/identification", data=form)
    assert answer.status_code == 200, answer.text


async def shown(centre: Centre, agent: str = "yael") -> list[tuple[str, str]]:
    """What the agent sees with the offer of the caller, who comes now."""
    desk = await centre.desk(agent)
    await desk.told()
    await centre.ready(agent)
    offered = next(event for event in await desk.told() if isinstance(event, OfferedEvent))
    assert (await desk.snapshot()).contacts[0].offer.facts == offered.offer.facts
    return [(fact.label, fact.value) for fact in offered.offer.facts]


async def comes(centre: Centre) -> None:
    assert centre.pbx.caller_joins("support", NOAH) == CALLER
    await centre.settle()


async def told(centre: Centre, place: int, minutes: int) -> None:
    await centre.handle(CallerTold("support", CALLER, place, minutes, centre.time()))


@pytest.mark.parametrize(
    ("agent", "facts"),
    [("yael", ("Heard", "fault, Opening hours, menu")), ("tal", ("הושמע", "fault, שעות הפתיחה, menu"))],
)
async def test_the_recorded_messages_that_a_caller_heard_are_shown_once_each(
    database: URL, agent: str, facts: tuple[str, str]
) -> None:
    async with open_centre(database, settings=with_messages(database)) as centre:
        await asks(centre, heard=":fault:closed:closed:menu:fault")
        await comes(centre)
        assert await shown(centre, agent) == [facts]


@pytest.mark.parametrize("heard", ["", ":", ":language", "ault:FAULT", "../fault", ":fault closed"])
async def test_what_is_no_message_of_the_centres_was_not_heard(database: URL, heard: str) -> None:
    async with open_centre(database, settings=with_messages(database)) as centre:
        await asks(centre, heard=heard)
        await comes(centre)
        assert await shown(centre) == []


@pytest.mark.parametrize(
    ("place", "minutes", "agent", "fact"),
    [
        (1, 0, "yael", ("Told of the wait", "place 1")),
        (3, 5, "yael", ("Told of the wait", "place 3, about 5 min")),
        (21, 35, "yael", ("Told of the wait", "place after 20, over 30 min")),
        (3, 5, "tal", ("נאמר בהמתנה", "מקום 3, כ־5 דק׳")),
    ],
)
async def test_what_a_caller_was_told_of_the_wait_is_shown(
    database: URL, place: int, minutes: int, agent: str, fact: tuple[str, str]
) -> None:
    async with open_centre(database, settings=with_messages(database)) as centre:
        await comes(centre)
        await told(centre, 9, 9)
        await told(centre, place, minutes)
        assert await shown(centre, agent) == [fact]


async def test_all_of_it_is_known_to_the_next_hub(database: URL) -> None:
    time, settings = Time(), with_messages(database)
    pbx = FakePbx(now=time)
    async with open_centre(database, pbx=pbx, time=time, settings=settings) as first:
        await types(first)
        await asks(first, chose="800:1", heard=":fault:closed")
        await comes(first)
        await told(first, 2, 5)
    async with open_centre(database, pbx=pbx, time=time, settings=settings) as again:
        assert await shown(again) == [
            ("Chose", "A fault"),
            ("Keyed in", "48190 · identified"),
            ("Heard", "fault, Opening hours"),
            ("Was told", "order status"),
            ("Told of the wait", "place 2, about 5 min"),
        ]


async def test_what_callers_typed_is_kept_for_a_day_and_no_longer(database: URL) -> None:
    time, settings = Time(), with_messages(database)
    async with open_centre(database, time=time, settings=settings) as first:
        await types(first, "long-ago")
        time.passes(DAY + 1)
    async with open_centre(database, time=time, settings=settings) as again:
        assert again.hub.callers.facts.of("long-ago", "en") == ()
        await types(again, "now")
        await again.hub.callers.facts.settled()
        async with again.hub.engine.connect() as connection:
            kept = (await connection.execute(select(caller_facts.c.contact))).scalars().all()
        assert list(kept) == ["now"]


async def test_a_database_that_is_gone_costs_no_answer_and_no_offer(
    database: URL, databases: Databases
) -> None:
    async with open_centre(database, settings=with_messages(database)) as centre:
        desk = await centre.desk("yael")
        await centre.ready("yael")
        with gone(centre.hub.engine, databases):
            await centre.hub.engine.dispose()  # who has an SQLite file open does not miss it
            await asks(centre, heard=":fault")
            await centre.hub.callers.facts.settled()
        await comes(centre)
        facts = next(event for event in await desk.told() if isinstance(event, OfferedEvent)).offer.facts
        assert [(fact.label, fact.value) for fact in facts] == [("Heard", "fault")]
