"""One agent before the team, by calls: the customer's own, who talked with them last, whose number it was."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.contract import Presence
from pbx.render import render
from tests.e2e.eventually import eventually_async
from tests.pbx.centre import SALES, free_port
from tests.pbx.console import Console, Customer
from tests.pbx.parties import WITHIN, from_outside
from tests.pbx.personal import (
    CUSTOMERS,
    DANA,
    FEW,
    LONG,
    NOAM,
    NOAMS,
    NOAMS_NUMBER,
    NOBODYS,
    Floor,
    first,
    floor_of,
)
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk
from tests.pbx.routed import routed

pytestmark = pytest.mark.pbx


@pytest.fixture
async def floor(
    request: pytest.FixtureRequest,
    asterisk: Asterisk,
    console: Console,
    dana: Phone,
    noa: Phone,
    surroundings: Path,
) -> AsyncIterator[Floor]:
    """As the test says (``by``)."""
    with routed(asterisk, surroundings, 0, change=first(*request.param), customers=CUSTOMERS) as made:
        async with floor_of(made, console, dana, noa) as opened:
            yield opened


def by(rule: str, seconds: int, *, second_level: bool = False, away: int = 0) -> pytest.MarkDecorator:
    """What ``first`` is given."""
    made = (rule, seconds, second_level, away)
    return pytest.mark.parametrize("floor", [made], indirect=True, ids=[f"{rule}-{seconds}"])


@by("personal", LONG)
async def test_a_customers_own_agent_is_rung_first_with_the_card(floor: Floor) -> None:
    await floor.dana.be(Presence.READY)
    await floor.noam.be(Presence.READY)
    for _ in range(3):
        customer = await floor.customer()
        await floor.rings_with_card(floor.noam, customer, "Ann Own")
    assert floor.dana.phone.calls == {}
    today = (await floor.dana.figures(SALES)).today
    assert (today.offered, today.answered, today.abandoned) == (3, 3, 0)


@by("personal", FEW)
async def test_who_waits_for_their_own_agent_in_vain_is_one_visit_with_the_whole_wait(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    busy = await floor.customer()
    talk = await floor.talk(floor.noam, busy)
    await floor.dana.be(Presence.READY)
    customer = await floor.customer()
    await floor.waits_in(customer, f"{SALES}.{NOAM}", 1)  # places are of whole seconds
    assert (await floor.dana.figures(SALES)).waiting == 1
    later = await floor.customer(NOBODYS)
    call = await floor.rings(floor.dana, later)
    floor.dana.phone.reject(call)
    await floor.dana.be(Presence.AWAY)
    await floor.waits_in(customer, SALES)
    entries = await asyncio.to_thread(floor.entries, SALES)
    assert [row["Uniqueid"] for row in entries] == [customer.contact, later.contact]
    await floor.dana.be(Presence.READY)
    await floor.whole(floor.dana, customer)
    await floor.whole(floor.dana, later)
    await floor.noam.phone.hang_up(talk)
    figures = await floor.dana.figures(SALES)
    assert (figures.waiting, figures.today.offered, figures.today.answered) == (0, 3, 3)
    assert figures.today.abandoned == 0
    assert (figures.today.average_wait or 0) * 3 >= FEW


@by("personal", LONG)
async def test_an_agent_who_talks_is_waited_for_and_then_goes_to_their_own_customer(floor: Floor) -> None:
    """Also before one of the team's who came earlier: the caller's time is short, the team's is not."""
    await floor.noam.be(Presence.READY)
    talking = await floor.customer()
    talk = await floor.talk(floor.noam, talking)
    earlier = await floor.customer(NOBODYS)
    await floor.waits_in(earlier, SALES)
    customer = await floor.customer()
    await floor.waits_in(customer, f"{SALES}.{NOAM}")
    await floor.noam.phone.hang_up(talk)
    await floor.noam.wrap_up(talking.contact)
    await floor.whole(floor.noam, customer)
    await floor.whole(floor.noam, earlier)


@by("personal", LONG, second_level=True)
async def test_a_customers_own_agent_need_not_be_of_the_first_level(floor: Floor) -> None:
    await floor.dana.be(Presence.READY)
    await floor.noam.be(Presence.READY)
    await floor.whole(floor.noam, await floor.customer())


@by("personal", LONG)
async def test_an_agent_who_declines_is_not_asked_again_before_the_team(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    await floor.dana.be(Presence.READY)
    customer = await floor.customer()
    floor.noam.phone.reject(await floor.rings(floor.noam, customer))
    await floor.waits_in(customer, SALES)


@by("personal", LONG)
async def test_an_agent_who_is_not_there_costs_no_wait(floor: Floor) -> None:
    await floor.dana.be(Presence.READY)
    for presence in (Presence.OFFLINE, Presence.AWAY):
        await floor.noam.be(presence)
        await floor.whole(floor.dana, await floor.customer())
    await floor.noam.be(Presence.READY)
    await floor.noam.phone.register(expires=0)
    await asyncio.to_thread(floor.console.wait_state, NOAM, "UNAVAILABLE")
    await floor.whole(floor.dana, await floor.customer())
    assert ((await floor.dana.figures(SALES)).today.average_wait or 0) < 2


@by("personal", LONG, away=LONG)
async def test_an_agent_who_comes_back_from_a_short_break_has_their_own_customer(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    await floor.noam.be(Presence.AWAY)
    await floor.dana.be(Presence.READY)
    customer = await floor.customer()
    await floor.waits_in(customer, f"{SALES}.{NOAM}", 1)
    assert floor.dana.phone.calls == {}
    await floor.noam.be(Presence.READY)
    await floor.whole(floor.noam, customer)
    assert floor.dana.phone.calls == {}


@by("personal", FEW, away=LONG)
async def test_who_waits_for_an_agent_in_a_long_break_goes_on_to_the_team_with_their_wait(
    floor: Floor,
) -> None:
    await floor.noam.be(Presence.READY)
    await floor.noam.be(Presence.AWAY)
    await floor.dana.be(Presence.READY)
    customer = await floor.customer()
    await floor.waits_in(customer, f"{SALES}.{NOAM}")
    await floor.whole(floor.dana, customer)
    today = (await floor.dana.figures(SALES)).today
    assert (today.offered, today.answered, today.abandoned) == (1, 1, 0)
    assert (today.average_wait or 0) >= FEW


@by("personal", LONG)
async def test_an_agent_who_goes_home_meanwhile_lets_the_caller_go_on_to_the_team(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    talking = await floor.customer()
    talk = await floor.talk(floor.noam, talking)
    customer = await floor.customer()
    await floor.waits_in(customer, f"{SALES}.{NOAM}")
    await floor.noam.be(Presence.OFFLINE)
    await floor.waits_in(customer, SALES)
    await floor.noam.phone.hang_up(talk)


@by("personal", LONG)
async def test_who_hangs_up_while_they_wait_for_one_agent_has_given_up_once(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    customer = await floor.customer()
    call = await floor.rings(floor.noam, customer)
    await asyncio.to_thread(customer.hang_up)
    await asyncio.wait_for(call.ended.wait(), WITHIN)

    async def counted() -> bool:
        figures = await floor.noam.figures(SALES)
        today = figures.today
        return (today.offered, today.answered, today.abandoned, figures.waiting) == (1, 0, 1, 0)

    await eventually_async(counted, "one who gave up")


@by("last", LONG)
async def test_who_talked_with_a_customer_last_is_rung_first(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    await floor.whole(floor.noam, await floor.customer(NOBODYS))
    await floor.dana.be(Presence.READY)
    for _ in range(3):
        await floor.whole(floor.noam, await floor.customer(NOBODYS))
    assert floor.dana.phone.calls == {}


@by("none", LONG)
async def test_an_agents_own_number_rings_them_and_is_a_contact_as_any(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    await floor.dana.be(Presence.READY)
    for _ in range(3):
        customer = await floor.dials_noam()
        await floor.rings_with_card(floor.noam, customer, "Ben Else")
    assert floor.dana.phone.calls == {}
    today = (await floor.noam.figures(SALES)).today
    assert (today.offered, today.answered, today.abandoned) == (3, 3, 0)


@by("none", FEW)
async def test_the_number_of_an_agent_who_does_not_answer_reaches_their_team(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    await floor.dana.be(Presence.READY)
    customer = await floor.dials_noam()
    await asyncio.wait_for((await floor.rings(floor.noam, customer)).ended.wait(), WITHIN)
    await floor.noam.be(Presence.AWAY)
    await floor.whole(floor.dana, customer)
    figures = await floor.dana.figures(SALES)
    assert (figures.today.offered, figures.today.answered, figures.today.abandoned) == (1, 1, 0)
    assert (figures.today.average_wait or 0) >= 3
    customer = await floor.dials_noam()
    await floor.whole(floor.dana, customer)


@by("none", LONG)
async def test_an_agents_own_number_rings_them_while_the_hub_does_not_answer_the_exchange(
    floor: Floor,
) -> None:
    await floor.dana.be(Presence.READY)
    await floor.noam.be(Presence.READY)
    floor.routed.ask(port=free_port())
    for _ in range(2):
        customer = await floor.dials_noam()
        await floor.whole(floor.noam, customer)
    assert floor.dana.phone.calls == {}
    await floor.noam.be(Presence.OFFLINE)
    await floor.whole(floor.dana, await floor.dials_noam())


@by("personal", LONG)
async def test_whatever_the_exchange_is_answered_dials_nobody_who_is_not_written_out(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    with socket.create_server(("127.0.0.1", 0)) as server:
        floor.routed.ask(port=server.getsockname()[1])
        assert await asked_first(floor, server, NOAM) == f"{SALES}.{NOAM}"
        for told in HOSTILE:
            assert await asked_first(floor, server, told) == SALES, told
    assert floor.dana.phone.calls == {}


HOSTILE = [
    "",
    f"{NOAM}&PJSIP/{DANA}",
    "PJSIP/premium",
    "15550100@trunk",
    f"{NOAM}{NOAM}",
    f"{NOAM},1)Dial(PJSIP/{DANA}",
    "${EXTEN}",
    "s",
    "h",
    "_X!",
    "9999",
    "+15550100",
]
"""What a hub may not bring a caller to."""


async def asked_first(floor: Floor, server: socket.socket, told: str) -> str:
    """The queue of the exchange that a customer comes to first, when the hub names ``told`` for them."""
    customer, queue = await asyncio.to_thread(_asked_first, floor.console, server, f"routed:0::{told}")
    call = await floor.rings(floor.noam, customer)
    await asyncio.to_thread(customer.hang_up)
    await asyncio.wait_for(call.ended.wait(), WITHIN)
    return queue


def _asked_first(console: Console, server: socket.socket, answer: str) -> tuple[Customer, str]:
    with console.steps() as steps:
        customer = console.customer(SALES, number=NOAMS)
        line, _ = server.accept()
        with line:
            line.recv(4096)
            line.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n{answer}".encode())
        comes = (step for step in steps if (step.unique, step.application) == (customer.contact, "Queue"))
        return customer, next(comes).data.partition(",")[0]


@by("none", LONG)
@pytest.mark.parametrize("name", ["1&PJSIP/premium", f"{DANA}@trunk", "${UNIQUEID}", "1^x,b(offer^s^1)"])
async def test_a_caller_of_an_agents_number_reaches_nobody_by_what_they_say_of_themselves(
    floor: Floor, name: str
) -> None:
    await floor.noam.be(Presence.READY)
    async with from_outside(floor.routed.asterisk, "0525550101%26PJSIP%2F1101", name=name) as caller:
        call, final = await caller.dial(NOAMS_NUMBER, ("X-Moked-Contact", "forged"))
        assert final.status == 200
        rings = await floor.noam.phone.ringing()
        assert rings.invite is not None
        assert rings.invite.header("From").startswith(f'"{name}" <sip:05255501011101@')
        channels = await asyncio.to_thread(floor.console.channels)
        called = {row["Channel"].rpartition("-")[0] for row in channels}
        assert called == {"PJSIP/trunk", f"PJSIP/{NOAM}"}
        assert floor.dana.phone.calls == {}
        await caller.hang_up(call)
        await asyncio.wait_for(rings.ended.wait(), WITHIN)


@by("personal", LONG)
async def test_a_hub_that_comes_back_has_seen_every_call_and_knows_who_still_waits(floor: Floor) -> None:
    await floor.noam.be(Presence.READY)
    await floor.whole(floor.noam, await floor.customer())
    talking = await floor.customer()
    talk = await floor.talk(floor.noam, talking)
    customer = await floor.customer()
    await floor.waits_in(customer, f"{SALES}.{NOAM}")
    await asyncio.to_thread(floor.routed.centre.stop_hub)
    await asyncio.to_thread(floor.routed.centre.start_hub)
    assert (await floor.noam.figures(SALES)).waiting == 1
    await floor.noam.phone.hang_up(talk)
    await floor.noam.wrap_up(talking.contact)
    await floor.whole(floor.noam, customer)
    today = (await floor.noam.figures(SALES)).today
    assert (today.offered, today.answered, today.abandoned, today.unseen) == (3, 3, 0, 0)


@by("personal", LONG)
async def test_an_own_queue_that_a_reload_took_away_keeps_nobody_from_the_team(floor: Floor) -> None:
    asterisk = floor.routed.asterisk
    plain = render(asterisk.centre)["queues.conf"]
    (asterisk.directory / "etc/queues.conf").write_text(plain)
    await asyncio.to_thread(asterisk.cli, "queue reload all")
    await floor.noam.be(Presence.READY)
    await floor.whole(floor.noam, await floor.customer())
    await floor.noam.be(Presence.OFFLINE)
