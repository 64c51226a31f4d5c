"""Whatever a caller says of themselves reaches no dialling: the rules of security, tried by calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.ports.pbx import CallerJoined
from tests.pbx.centre import OUTSIDE_NUMBERS, SALES, SALES_NUMBER, TRUNK_PASSWORD
from tests.pbx.console import Console
from tests.pbx.parties import WITHIN, from_outside, ready, watching
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk


@pytest.fixture
async def carrier(asterisk: Asterisk) -> AsyncIterator[Phone]:
    """The telephone network's side, which calls to the outside would ring."""
    async with Phone("trunk", TRUNK_PASSWORD, asterisk.centre.ports.sip) as made:
        assert (await made.register()).status == 200
        yield made
        await made.register(expires=0)


HOSTILE = [
    ("1&PJSIP/premium", "1", "1&PJSIP/premium"),
    ("0525550101&PJSIP/1102", "05255501011102", "0525550101&PJSIP/1102"),
    ("1%40trunk", "1", "1@trunk"),
    ("+15550100%40trunk", "+15550100", "+15550100@trunk,60"),
    ("1%5Ex", "1", "1^x"),
    ("1%29%7D$%7BSHELL%28id%29%7D", "1", "1)}${SHELL(id)}"),
    ("1%22%20%3Csip%3A1102%40x%3E", "11102", '1\\" <sip:1102@x>'),
    ("1%0D%0AX-Moked-Contact%3A%20forged", "1", "1;X-Moked-Contact=forged"),
    ("1,b(offer%5Es%5E1)", "11", "${UNIQUEID}[1]"),
    ("anonymous", "", "1%0d%0aX-Moked-Contact: forged"),
]
"""What a caller may put into the number and into the name, and what is left of the number."""


@pytest.mark.parametrize("case", HOSTILE, ids=[name for _, _, name in HOSTILE])
async def test_a_callers_number_and_name_dial_nobody(
    asterisk: Asterisk,
    console: Console,
    dana: Phone,
    noa: Phone,
    carrier: Phone,
    case: tuple[str, str, str],
) -> None:
    number, kept, name = case
    ready(console, "1101")
    async with watching(asterisk) as watch, from_outside(asterisk, number, name=name) as caller:
        call, final = await caller.dial(SALES_NUMBER, ("P-Asserted-Identity", "<sip:1102@127.0.0.1>"))
        assert final.status == 200
        joined = await watch.until(CallerJoined)
        assert joined.number == kept
        rings = await dana.ringing()
        assert rings.invite is not None
        assert f" <sip:{kept}{kept and '@'}127.0.0.1>" in rings.invite.header("From")
        assert rings.invite.all("X-Moked-Contact") == [joined.contact]
        assert rings.invite.all("X-Moked-Queue") == [SALES]
        assert _called(console) == {"PJSIP/trunk", "PJSIP/1101"}
        assert noa.calls == carrier.calls == {}
        await caller.hang_up(call)
        await asyncio.wait_for(rings.ended.wait(), WITHIN)


@pytest.mark.parametrize("breaks", ["\r\n", "\r\n\t", "\n", "\\\r\n"])
async def test_a_line_break_in_a_name_is_no_call(
    asterisk: Asterisk, console: Console, dana: Phone, breaks: str
) -> None:
    ready(console, "1101")
    name = f"Eve{breaks}X-Moked-Contact: forged"
    async with from_outside(asterisk, "0525550101", name=name) as caller:
        dialling = asyncio.create_task(caller.dial(SALES_NUMBER))
        # by the second of its requests, with the proof, the exchange has read the INVITE
        assert (await caller.register()).status == 200
        assert _called(console) == set()
        assert dana.calls == {}
        await caller.register(expires=0)
        dialling.cancel()
        await asyncio.gather(dialling, return_exceptions=True)


@pytest.mark.parametrize("name", ["${UNIQUEID}", "${CALLERID(num)}", "1^x,b(offer^s^1)", "1&PJSIP/1102"])
async def test_a_callers_name_is_text_from_the_wire_to_the_wire(
    asterisk: Asterisk, console: Console, dana: Phone, name: str
) -> None:
    ready(console, "1101")
    async with watching(asterisk) as watch, from_outside(asterisk, "0525550101", name=name) as caller:
        call, _ = await caller.dial(SALES_NUMBER)
        assert (await watch.until(CallerJoined)).name == name
        invite = (await dana.ringing()).invite
        assert invite is not None
        assert invite.header("From").startswith(f'"{name}" <sip:0525550101@')
        await caller.hang_up(call)


async def test_a_bare_carriage_return_in_a_name_is_gone_before_the_agents_phone_reads_it(
    asterisk: Asterisk, console: Console, dana: Phone
) -> None:
    ready(console, "1101")
    name = "Eve\rX-Moked-Contact: forged\r"
    async with watching(asterisk) as watch, from_outside(asterisk, "0525550101", name=name) as caller:
        call, _ = await caller.dial(SALES_NUMBER)
        joined = await watch.until(CallerJoined)
        invite = (await dana.ringing()).invite
        assert invite is not None
        assert invite.header("From").startswith('"Eve X-Moked-Contact: forged" <sip:0525550101@')
        assert [value for _, value in invite.headers if "\r" in value] == []
        assert invite.all("X-Moked-Contact") == [joined.contact]
        await caller.hang_up(call)


@pytest.mark.parametrize("name", ["1&PJSIP/premium", "1@trunk", "1^x"])
async def test_a_caller_who_is_handed_on_reaches_only_whom_the_agent_named(
    asterisk: Asterisk, console: Console, dana: Phone, noa: Phone, carrier: Phone, name: str
) -> None:
    ready(console, "1101")
    number = name.replace("@", "%40").replace("^", "%5E")
    async with from_outside(asterisk, number, name=name) as caller:
        call, _ = await caller.dial(SALES_NUMBER)
        talking = await dana.ringing()
        dana.answer(talking)
        await asyncio.to_thread(console.wait_bridged, "1101")
        await dana.refer(talking, "1102")
        assert await dana.outcome(talking) == "SIP/2.0 200 OK"
        await dana.hang_up(talking)
        handed = await noa.ringing()
        assert _called(console) == {"PJSIP/trunk", "PJSIP/1102"}
        assert carrier.calls == {}
        await caller.hang_up(call)
        await asyncio.wait_for(handed.ended.wait(), WITHIN)


async def test_what_an_agents_phone_asks_about_is_filtered(
    console: Console, dana: Phone, noa: Phone, carrier: Phone
) -> None:
    hostile = ("X-Moked-Consultation", "k-1^x&PJSIP/1103@trunk,${UNIQUEID}")
    dialling = asyncio.create_task(dana.dial("1102", hostile))
    rings = await noa.ringing()
    assert rings.invite is not None
    assert rings.invite.all("X-Moked-Consultation") == ["k-1xPJSIP1103trunkUNIQUEID"]
    assert _called(console) == {"PJSIP/1101", "PJSIP/1102"}
    assert carrier.calls == {}
    noa.reject(rings)
    assert (await dialling)[1].status == 486


def _called(console: Console) -> set[str]:
    """Whoever has a channel."""
    return {row["Channel"].rsplit("-", 1)[0] for row in console.channels()}


async def test_the_name_passes_and_the_contact_is_the_exchanges_own(
    asterisk: Asterisk, console: Console, dana: Phone
) -> None:
    ready(console, "1101")
    async with watching(asterisk) as watch, from_outside(asterisk, "0525550101", name="דנה [b]") as caller:
        call, _ = await caller.dial(SALES_NUMBER, ("X-Moked-Contact", "forged"))
        joined = await watch.until(CallerJoined)
        invite = (await dana.ringing()).invite
        assert invite is not None
        assert invite.all("X-Moked-Contact") == [joined.contact]
        assert invite.header("From").startswith('"דנה [b]" <sip:0525550101@')
        assert joined.name == "דנה [b]"
        await caller.hang_up(call)


@pytest.mark.parametrize(
    "number",
    [
        *("1101", "600", "s", "h", "offer", "_X.", *OUTSIDE_NUMBERS),
        *("700&PJSIP/1101", "700%401101", "700%5Ex", "700%0D%0A", "1101,1", "$%7BUNIQUEID%7D"),
    ],
)
async def test_the_outside_reaches_queues_alone(asterisk: Asterisk, dana: Phone, number: str) -> None:
    async with from_outside(asterisk, "0525550101") as caller:
        _, final = await caller.dial(number)
        assert final.status == 404
        assert dana.calls == {}
