"""A number that a caller typed: whose it is, what is said of it, and the card that follows from it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.routing import Segment
from hub.app import make_app
from hub.contract import Card, CardStatus, OfferedEvent
from hub.ports.crm import CrmDown
from tests.hub.centre import NOAH, ROUTING_SECRET, TWO_PEOPLE, WITHIN, Centre, open_centre, sample_settings
from tests.stubs.crm import EmptyCrm

_BEARER = {"Authorization": f"Bearer {ROUTING_SECRET}"}
STRANGER = "+972525559999"
GOLD = Segment(name="premium", values=("gold",), head_start_seconds=60)


@pytest.fixture
async def placing(database: URL) -> AsyncIterator[Centre]:
    """The sample centre with a segment."""
    settings = sample_settings(database)
    file = settings.centre.model_copy(update={"segments": (GOLD,)})
    async with open_centre(database, settings=settings.model_copy(update={"centre": file})) as centre:
        yield centre


async def ask(
    centre: Centre,
    typed: str,
    *,
    tell: str = "",
    number: str = STRANGER,
    language: str = "en",
    contact: str = "fake-1",
) -> str:
    form = {"contact": contact, "typed": typed, "number": number, "tell": tell, "language": language}
    answer = await centre.client(_BEARER).post("/identification", data=form)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("typed", ["1003", "48190", "0505550103"], ids=["customer", "matter", "telephone"])
@pytest.mark.parametrize("number", [STRANGER, NOAH, ""], ids=["unknown", "another's", "withheld"])
async def test_card_and_segment_are_of_who_was_identified(placing: Centre, typed: str, number: str) -> None:
    desk = await placing.desk("yael")
    await placing.ready("yael")
    assert await ask(placing, typed, number=number) == "known"
    form = {"contact": "fake-1", "queue": "support", "number": number}
    answer = await placing.client(_BEARER).post("/routing", data=form)
    assert answer.text == "routed:60:premium"
    assert placing.pbx.caller_joins("support", number) == "fake-1"
    await placing.settle()
    offered = next(event for event in await desk.told() if isinstance(event, OfferedEvent))
    assert offered.card.status is CardStatus.FOUND
    assert [card.customer for card in offered.card.cards] == ["C-1003"]
    (visit,) = await placing.hub.handling.work.contacts.visits("fake-1")
    assert visit.customer == "C-1003"


@pytest.mark.parametrize("typed", ["9", "100", "10033", "4819", "0525559999", TWO_PEOPLE[1:], "00000000"])
async def test_a_number_of_nobody_or_of_several_identifies_nobody(centre: Centre, typed: str) -> None:
    assert await ask(centre, typed) == "unknown"
    assert centre.pbx.caller_joins("support", NOAH) == "fake-1"
    await centre.settle()
    (visit,) = centre.hub.floor.visits("fake-1")
    answer = await centre.hub.cards.soon(visit, WITHIN)
    assert [card.customer for card in answer.cards] == ["C-1001"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("48190", "known:matter:number-4:number-8:number-1:number-9:number-0:status-shipped"),
        ("1004", "known:matter:number-4:number-8:number-1:number-0:number-1:status-waiting"),
        ("1002", "known:matter:number-4:number-8:number-1:number-7:number-7:status-open"),
        ("1006", "known:matter-none"),
    ],
    ids=["the one typed", "of the customer", "a status without a prompt", "none"],
)
async def test_the_status_of_the_matter_is_said(centre: Centre, typed: str, said: str) -> None:
    assert await ask(centre, typed, tell="order") == said


async def test_a_balance_is_said_in_the_callers_language(centre: Centre) -> None:
    own = "0505550102"
    assert await ask(centre, "1002", tell="balance", number=own) == (
        "known:balance:number-1:hundred:number-40:number-8:shekels:number-90:agorot"
    )
    assert await ask(centre, "1002", tell="balance", number=own, language="he") == (
        "known:balance:number-100:number-40:masculine-8:shekels:number-90:agorot"
    )


@pytest.mark.parametrize("number", [STRANGER, NOAH, ""])
async def test_a_balance_is_told_to_nobody_who_calls_from_elsewhere(centre: Centre, number: str) -> None:
    assert await ask(centre, "1002", tell="balance", number=number) == "known:balance-agent"


@pytest.mark.parametrize(
    ("agent", "facts"),
    [
        ("yael", [("Chose", "A fault"), ("Keyed in", "48190 · identified"), ("Was told", "order status")]),
        ("tal", [("בחירה", "תקלה"), ("הוקש", "48190 · זוהה"), ("נאמר", "מצב ההזמנה")]),
    ],
)
async def test_the_agent_sees_what_the_caller_chose_typed_and_was_told(
    centre: Centre, agent: str, facts: list[tuple[str, str]]
) -> None:
    desk = await centre.desk(agent)
    await centre.ready(agent)
    await ask(centre, "48190", tell="order")
    form = {"contact": "fake-1", "queue": "support", "number": STRANGER, "chose": "800:1"}
    await centre.client(_BEARER).post("/routing", data=form)
    assert centre.pbx.caller_joins("support", STRANGER) == "fake-1"
    await centre.settle()
    offered = next(event for event in await desk.told() if isinstance(event, OfferedEvent))
    assert [(fact.label, fact.value) for fact in offered.offer.facts] == facts
    assert (await desk.snapshot()).contacts[0].offer.facts == offered.offer.facts


@pytest.mark.parametrize("chose", ["", "800", "800:", "800:7", "801:1", "800:1:x", ":"])
async def test_what_was_not_chosen_or_not_told_is_not_shown(centre: Centre, chose: str) -> None:
    desk = await centre.desk("yael")
    await centre.ready("yael")
    await ask(centre, "77777", tell="order")
    form = {"contact": "fake-1", "queue": "support", "number": STRANGER, "chose": chose}
    await centre.client(_BEARER).post("/routing", data=form)
    assert centre.pbx.caller_joins("support", STRANGER) == "fake-1"
    await centre.settle()
    offered = next(event for event in await desk.told() if isinstance(event, OfferedEvent))
    assert [(fact.label, fact.value) for fact in offered.offer.facts] == [("Keyed in", "77777 · nobody's")]


async def test_customers_numbers_are_not_found_out_by_trying(centre: Centre) -> None:
    for typed in ("1", "2", "3", "4", "5"):
        assert await ask(centre, typed) == "unknown"
    assert await ask(centre, "1003") == "unknown"
    assert await ask(centre, "1003", contact="fake-2") == "known"


async def test_who_is_gone_long_ago_is_forgotten_and_who_waits_is_not(centre: Centre) -> None:
    await ask(centre, "1003")
    await ask(centre, "1003", contact="gone")
    assert centre.pbx.caller_joins("support", STRANGER) == "fake-1"
    await centre.settle()
    centre.time.passes(3 * 3600)
    await ask(centre, "1003", contact="new")
    assert set(centre.hub.cards._identified) == {"fake-1", "new"}


class DownCrm(EmptyCrm):
    """Answers nobody."""

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        raise CrmDown("not there")

    async def named(self, typed: str, *, whole: bool = True) -> tuple[Card, ...]:
        raise CrmDown("not there")

    async def healthy(self) -> bool:
        return False


async def test_a_crm_that_is_down_is_told_apart_from_a_wrong_number(database: URL) -> None:
    async with open_centre(database, crm=DownCrm(), settings=sample_settings(database)) as centre:
        assert await ask(centre, "1003", tell="order") == "away"


@pytest.mark.parametrize(
    "changed",
    [
        {"typed": ""},
        {"typed": "1" * 21},
        {"typed": "12a"},
        {"typed": "٣"},
        {"contact": "c 1"},
        {"tell": "all"},
    ],
)
async def test_what_is_no_question_is_refused(centre: Centre, changed: dict[str, str]) -> None:
    form = {"contact": "c-1", "typed": "1003", **changed}
    assert (await centre.client(_BEARER).post("/identification", data=form)).status_code == 422


@pytest.mark.parametrize("sent", ["", "Bearer x", f"Basic {ROUTING_SECRET}"])
async def test_only_the_exchange_may_ask(centre: Centre, sent: str) -> None:
    http = centre.client({"Authorization": sent} if sent else None)
    answer = await http.post("/identification", data={"contact": "c-1", "typed": "1003"})
    assert answer.status_code == 401


async def test_without_a_secret_nobody_can_ask(centre: Centre) -> None:
    transport = httpx.ASGITransport(make_app(centre.hub))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=_BEARER) as http:
        assert (await http.post("/identification")).status_code == 404
