"""Who rings first by level, and who is reached later, on the real Asterisk."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from hub.ports.pbx import AgentConnected, CallerJoined, MemberChanged
from pbx.render import render
from tests.contract.exchange import Watch
from tests.pbx.centre import EXPRESS, EXPRESS_NUMBER, SALES
from tests.pbx.console import Console
from tests.pbx.parties import watching
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

NEVER = 3600


@pytest.fixture
def widen(asterisk: Asterisk) -> Iterator[Callable[..., None]]:
    """Gives sales its ``widen_seconds``."""

    def put(*seconds: int) -> None:
        queues = tuple(
            queue.model_copy(update={"widen_seconds": seconds if queue.name == SALES else ()})
            for queue in asterisk.centre.queues
        )
        files = render(dataclasses.replace(asterisk.centre, queues=queues))
        for name in ("queues.conf", "queuerules.conf", "extensions.conf"):
            (asterisk.directory / "etc" / name).write_text(files[name])
        asterisk.cli("queue reload all")
        asterisk.cli("dialplan reload")

    yield put
    put()


@pytest.fixture
async def watch(asterisk: Asterisk) -> AsyncIterator[Watch]:
    async with watching(asterisk) as made:
        yield made


async def test_of_two_who_are_free_the_better_one_rings_first(
    console: Console, watch: Watch, dana: Phone, noa: Phone
) -> None:
    await watch.pbx.join(SALES, "1101", paused=False, level=2)
    await watch.pbx.join(SALES, "1102", paused=False, level=1)
    for _ in range(3):
        customer = await asyncio.to_thread(console.customer, SALES)
        call = await noa.ringing()
        assert dana.calls == {}
        await asyncio.to_thread(customer.hang_up)
        await asyncio.wait_for(call.ended.wait(), 20)


async def test_who_is_not_reached_yet_is_free_for_others(
    console: Console, watch: Watch, dana: Phone, widen: Callable[..., None]
) -> None:
    widen(NEVER)
    await watch.pbx.join(SALES, "1101", paused=False, level=2)
    await watch.pbx.join(EXPRESS, "1101", paused=False)
    waits = await asyncio.to_thread(console.customer, SALES)
    await watch.until(CallerJoined, lambda event: event.contact == waits.contact)
    rings = await asyncio.to_thread(console.customer, EXPRESS)
    invite = (await dana.ringing()).invite
    assert invite is not None
    assert invite.all("X-Moked-Contact") == [rings.contact]


async def test_a_caller_who_waits_reaches_the_next_level(
    console: Console, watch: Watch, dana: Phone, widen: Callable[..., None]
) -> None:
    widen(2, NEVER)
    await watch.pbx.join(SALES, "1101", paused=False, level=2)
    customer = await asyncio.to_thread(console.customer, SALES)
    dana.answer(await dana.ringing())
    connected = await watch.until(AgentConnected)
    assert connected.contact == customer.contact
    assert connected.waited >= 2


async def test_without_widening_every_level_is_reached_at_once(
    console: Console, watch: Watch, dana: Phone
) -> None:
    await watch.pbx.join(SALES, "1101", paused=False, level=9)
    await asyncio.to_thread(console.customer, SALES)
    dana.answer(await dana.ringing())
    assert (await watch.until(AgentConnected)).waited < 2


async def test_how_far_one_queue_reaches_is_no_matter_in_the_next(
    console: Console, watch: Watch, dana: Phone, widen: Callable[..., None]
) -> None:
    widen(NEVER)
    await watch.pbx.join(EXPRESS, "1101", paused=False, level=2)
    customer = await asyncio.to_thread(console.customer, SALES)
    await watch.until(CallerJoined)
    channel = await asyncio.to_thread(console.channel, customer.contact)
    await asyncio.to_thread(
        console.act, "Redirect", Channel=channel, Context="queues", Exten=EXPRESS_NUMBER, Priority=1
    )
    assert (await dana.ringing()).invite is not None


async def test_a_member_who_joins_again_has_the_new_level(watch: Watch, dana: Phone) -> None:
    await watch.pbx.join(SALES, "1101", paused=False, level=2)
    await watch.until(MemberChanged, lambda event: event.level == 2)
    await watch.pbx.join(SALES, "1101", paused=True, reason="lunch", level=3)
    changed = await watch.until(MemberChanged, lambda event: event.level == 3)
    assert (changed.paused, changed.reason) == (True, "lunch")
