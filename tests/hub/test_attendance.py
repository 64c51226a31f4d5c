"""Who is ready and has no desk gets no calls: no figure counts them as ready meanwhile."""

from __future__ import annotations

from sqlalchemy.engine import URL

from hub.contract import Presence
from tests.hub.centre import NOAH, Centre, Desk, Time, open_centre
from tests.stubs.pbx import FakePbx

GRACE = 60
TALK = 300


async def at_work(centre: Centre) -> Desk:
    """Yael is ready, her desk listens, and she has just had a talk of five minutes."""
    desk = await comes(centre)
    await centre.ready("yael")
    contact = centre.pbx.caller_joins("support", NOAH)
    await centre.settle()
    centre.pbx.agent_answers("1001")
    await passes(centre, TALK)
    centre.pbx.caller_hangs_up(contact)
    await centre.settle()
    answer = await desk.http.post(
        f"/v1/contacts/{contact}/wrap-up",
        json={"note": "", "disposition": "solved"},
        headers={"Idempotency-Key": "key-of-this-one"},
    )
    assert answer.status_code == 200, answer.text
    await centre.settle()
    return desk


async def comes(centre: Centre) -> Desk:
    """A desk of Yael's listens."""
    desk = await centre.desk("yael")
    await desk.told()
    await centre.settle()
    return desk


async def leaves(centre: Centre, desk: Desk) -> None:
    """The desk is gone, and the grace over."""
    await desk.leave()
    await passes(centre, GRACE)


async def passes(centre: Centre, seconds: float) -> None:
    centre.time.passes(seconds)
    await centre.settle()


def ready_seconds(centre: Centre) -> float:
    """How long Yael counts as ready, by her occupancy."""
    occupancy = centre.hub.board.own("yael").occupancy
    assert occupancy is not None
    return round(TALK * 100 / occupancy)


async def test_time_without_a_desk_is_no_time_ready(centre: Centre) -> None:
    desk = await at_work(centre)
    assert ready_seconds(centre) == TALK
    await leaves(centre, desk)
    await passes(centre, 1000)
    assert ready_seconds(centre) == TALK + GRACE
    await comes(centre)
    await passes(centre, 100)
    assert ready_seconds(centre) == TALK + GRACE + 100


async def test_who_has_no_desk_is_none_of_the_agents_who_are_ready(centre: Centre) -> None:
    desk = await at_work(centre)
    assert _agents_ready(centre) == 1
    await leaves(centre, desk)
    assert _agents_ready(centre) == 0
    await comes(centre)
    assert _agents_ready(centre) == 1


def _agents_ready(centre: Centre) -> int:
    return next(row.agents_ready for row in centre.hub.board.figures("en") if row.queue == "support")


async def test_who_chooses_anew_without_a_desk_counts_for_the_grace(centre: Centre) -> None:
    desk = await at_work(centre)
    await leaves(centre, desk)
    await passes(centre, 1000)
    await centre.ready("yael")
    await passes(centre, GRACE)
    await passes(centre, 1000)
    assert ready_seconds(centre) == TALK + GRACE + GRACE


async def test_who_goes_away_without_a_desk_is_away_when_it_is_back(centre: Centre) -> None:
    desk = await at_work(centre)
    await leaves(centre, desk)
    await centre.hub.choices.put("yael", Presence.AWAY, "Lunch", by="dana")
    await passes(centre, 1000)
    await comes(centre)
    await passes(centre, 1000)
    assert ready_seconds(centre) == TALK + GRACE


async def test_who_is_made_ready_without_a_desk_does_not_count(centre: Centre) -> None:
    desk = await at_work(centre)
    await centre.hub.choices.put("yael", Presence.AWAY, "Lunch", by="dana")
    await leaves(centre, desk)
    await centre.hub.choices.put("yael", Presence.READY, "", by="dana")
    await centre.settle()
    await passes(centre, 1000)
    assert ready_seconds(centre) == TALK
    await comes(centre)
    await passes(centre, 100)
    assert ready_seconds(centre) == TALK + 100


async def test_the_next_hub_counts_the_same(database: URL) -> None:
    time = Time()
    pbx = FakePbx(now=time)
    async with open_centre(database, pbx=pbx, time=time) as first:
        await leaves(first, await at_work(first))
    time.passes(1000)
    async with open_centre(database, pbx=pbx, time=time) as again:
        await passes(again, 1000)
        assert ready_seconds(again) == TALK + GRACE
        await comes(again)
        await passes(again, 100)
        assert ready_seconds(again) == TALK + GRACE + 100


async def test_a_desk_that_was_lost_yesterday_is_not_ready_since_midnight(database: URL) -> None:
    time = Time()
    pbx = FakePbx(now=time)
    async with open_centre(database, pbx=pbx, time=time) as first:
        await leaves(first, await at_work(first))
    time.passes(24 * 3600)
    async with open_centre(database, pbx=pbx, time=time) as again:
        assert again.hub.board.own("yael").occupancy is None


async def test_the_next_hub_on_an_exchange_that_knows_nobody_gives_the_grace_anew(database: URL) -> None:
    time = Time()
    async with open_centre(database, time=time) as first:
        await leaves(first, await at_work(first))
    time.passes(1000)
    async with open_centre(database, time=time) as again:
        await passes(again, GRACE)
        await passes(again, 1000)
        assert ready_seconds(again) == TALK + GRACE + GRACE
