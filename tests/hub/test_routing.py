"""What the exchange is told of a caller before their queue: one look-up, for the place and for the card."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.routing import CustomerValue, Segment
from centre.texts import Texts
from hub.app import make_app
from hub.contract import Card, CardStatus, OfferedEvent
from hub.ports.crm import CrmDown
from tests.hub.centre import NOAH, ROUTING_SECRET, WITHIN, Centre, open_centre, sample_settings
from tests.stubs.crm import EmptyCrm

_BEARER = {"Authorization": f"Bearer {ROUTING_SECRET}"}
ANN = Card(customer="C-1", name="Ann", numbers=(NOAH,), segment=" GOLD ", facts={"worth": "₪ 1,250.50"})
PREMIUM = Segment(
    name="premium",
    titles=Texts(en="Premium", he="פרימיום"),
    values=("Gold", "platinum"),
    head_start_seconds=60,
)
WORTH = (
    CustomerValue(fact="worth", at_least=1000, head_start_seconds=30),
    CustomerValue(fact="worth", at_least=500, head_start_seconds=10),
    CustomerValue(fact="worth", at_least=5000, head_start_seconds=900),
)


class CountingCrm(EmptyCrm):
    """Knows who it is told to, and counts how often it is asked; held, it answers when it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.cards: tuple[Card, ...] = (ANN,)
        self.error: Exception | None = None
        self.let_go = asyncio.Event()
        self.let_go.set()

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        self.asked.append(number)
        await self.let_go.wait()
        if self.error:
            raise self.error
        return self.cards


@pytest.fixture
def crm() -> CountingCrm:
    return CountingCrm()


@pytest.fixture
async def placing(database: URL, crm: CountingCrm) -> AsyncIterator[Centre]:
    """A centre with a segment and customers' values."""
    settings = sample_settings(database)
    file = settings.centre.model_copy(update={"segments": (PREMIUM,), "customer_values": WORTH})
    async with open_centre(
        database, crm=crm, settings=settings.model_copy(update={"centre": file})
    ) as centre:
        yield centre


async def ask(centre: Centre, contact: str = "c-1", number: str = NOAH, queue: str = "support") -> str:
    form = {"contact": contact, "queue": queue, "number": number}
    answer = await centre.client(_BEARER).post("/routing", data=form)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_one_look_up_serves_the_place_and_the_card(placing: Centre, crm: CountingCrm) -> None:
    desk = await placing.desk("yael")
    await placing.ready("yael")
    assert await ask(placing, "fake-1", "050-555-0101") == "routed:90:premium"
    assert placing.pbx.caller_joins("support", "0505550101") == "fake-1"
    await placing.settle()
    offered = next(event for event in await desk.told() if isinstance(event, OfferedEvent))
    assert (offered.card.status, offered.card.cards) == (CardStatus.FOUND, (ANN,))
    assert crm.asked == [NOAH]


@pytest.mark.parametrize(
    ("segment", "worth", "answer"),
    [
        ("gold", "", "routed:60:premium"),
        ("Platinum", "none", "routed:60:premium"),
        ("silver", "", "routed:0:"),
        ("", "999.99", "routed:10:"),
        ("", "1000", "routed:30:"),
        ("gold", "$7,000", "routed:960:premium"),
    ],
)
async def test_segment_and_value_add_up(
    placing: Centre, crm: CountingCrm, segment: str, worth: str, answer: str
) -> None:
    crm.cards = (ANN.model_copy(update={"segment": segment, "facts": {"worth": worth}}),)
    assert await ask(placing) == answer


async def test_of_several_who_share_a_number_the_best_place_counts(placing: Centre, crm: CountingCrm) -> None:
    crm.cards = (ANN.model_copy(update={"segment": "silver", "facts": {}}), ANN)
    assert await ask(placing) == "routed:90:premium"


@pytest.mark.parametrize("number", ["", "anonymous"])
async def test_who_withholds_their_number_is_placed_without_a_look_up(
    placing: Centre, crm: CountingCrm, number: str
) -> None:
    assert await ask(placing, number=number) == "routed:0:"
    assert crm.asked == []


async def test_a_crm_that_is_slow_costs_the_place_and_its_card_still_comes(
    placing: Centre, crm: CountingCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.service.routing._WITHIN", 0.001)
    crm.let_go.clear()
    desk = await placing.desk("yael")
    await placing.ready("yael")
    assert await ask(placing, "fake-1") == "routed:0:"
    assert placing.pbx.caller_joins("support", NOAH) == "fake-1"
    await placing.settle()
    crm.let_go.set()
    arrived = await desk.next("card")
    assert arrived.kind == "card"
    assert arrived.card.status is CardStatus.FOUND
    assert crm.asked == [NOAH]


async def test_a_crm_that_is_down_costs_the_place_at_once(
    placing: Centre, crm: CountingCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.service.routing._WITHIN", 10 * WITHIN)
    crm.error = CrmDown("not there")
    async with asyncio.timeout(WITHIN):
        assert await ask(placing) == "routed:0:"


async def test_who_hung_up_before_the_queue_is_forgotten_and_who_waits_is_not(
    placing: Centre, crm: CountingCrm
) -> None:
    await ask(placing, "c-gone")
    await ask(placing, "fake-1")
    assert placing.pbx.caller_joins("support", NOAH) == "fake-1"
    await placing.settle()
    placing.time.passes(61)
    await ask(placing, "c-new")
    assert len(crm.asked) == 3
    await ask(placing, "fake-1")
    assert len(crm.asked) == 3
    await ask(placing, "c-gone")
    assert len(crm.asked) == 4


@pytest.mark.parametrize(
    "form", [{}, {"contact": "c 1", "queue": "support"}, {"contact": "c-1", "queue": "nowhere"}]
)
async def test_what_is_no_question_is_refused(
    placing: Centre, crm: CountingCrm, form: dict[str, str]
) -> None:
    answer = await placing.client(_BEARER).post("/routing", data=form)
    assert answer.status_code == 422
    assert crm.asked == []


@pytest.mark.parametrize(
    "sent", ["", "Bearer x", f"Basic {ROUTING_SECRET}", f"Bearer {ROUTING_SECRET} "[:-2]]
)
async def test_only_the_exchange_may_ask(placing: Centre, crm: CountingCrm, sent: str) -> None:
    http = placing.client({"Authorization": sent} if sent else None)
    answer = await http.post("/routing", data={"contact": "c-1", "queue": "support", "number": NOAH})
    assert answer.status_code == 401
    assert crm.asked == []


async def test_the_secret_opens_nothing_else_and_no_agents_token_opens_this(placing: Centre) -> None:
    assert (await placing.client(_BEARER).get("/v1/snapshot")).status_code == 401
    desk = await placing.desk("yael")
    assert (await desk.http.post("/routing", data={})).status_code == 401


async def test_without_a_secret_nobody_can_ask(placing: Centre) -> None:
    transport = httpx.ASGITransport(make_app(placing.hub))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=_BEARER) as http:
        assert (await http.post("/routing")).status_code == 404


async def test_each_desk_is_told_the_segments_in_its_agents_language(placing: Centre) -> None:
    yael, tal = placing.hub.views.me("yael"), placing.hub.views.me("tal")
    assert {yael.language, tal.language} == {"en", "he"}
    for me in (yael, tal):
        (segment,) = me.segments
        assert segment.title == {"en": "Premium", "he": "פרימיום"}[me.language]
        assert segment.names(ANN.segment)
        assert not segment.names("silver")
