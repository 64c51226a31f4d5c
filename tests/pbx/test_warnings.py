"""A call by the rendered profile is nothing that Asterisk warns of."""

from __future__ import annotations

import asyncio

from tests.pbx.console import Console
from tests.pbx.parties import WITHIN, ready, talk
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk


async def test_a_call_of_a_queue_leaves_no_warning(asterisk: Asterisk, console: Console, dana: Phone) -> None:
    before = len(asterisk.log())
    ready(console, "1101")
    customer, call = await talk(console, dana)
    await asyncio.to_thread(customer.hang_up)
    await asyncio.wait_for(call.ended.wait(), WITHIN)
    told = asterisk.log()[before:].splitlines()
    assert [line for line in told if "WARNING" in line or "ERROR" in line] == []
