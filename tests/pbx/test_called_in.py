"""Customers with a promise call by themselves, on the real exchange: nobody is called who was served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.pbx.called_back import MOBILE, CalledBack, called_back, carrier
from tests.pbx.centre import SALES
from tests.pbx.console import Console
from tests.pbx.parties import WITHIN
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk
from tests.pbx.test_kept_places import until

pytestmark = pytest.mark.pbx


@pytest.fixture
def calling(asterisk: Asterisk, surroundings: Path) -> Iterator[CalledBack]:
    with called_back(asterisk, surroundings) as made:
        yield made


@pytest.fixture
async def outside(calling: CalledBack) -> AsyncIterator[Phone]:
    async with carrier(calling.asterisk) as made:
        yield made


async def test_who_calls_and_is_answered_is_not_called(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone
) -> None:
    await asyncio.to_thread(calling.promise, "1102", minutes=60)
    await asyncio.to_thread(calling.ready, "1101")
    caller = await asyncio.to_thread(console.customer, SALES, number=MOBILE)
    offered = await dana.ringing()
    assert len(calling.standing()) == 1
    dana.answer(offered)
    await calling.kept("1102")
    caller.hang_up()
    await asyncio.wait_for(offered.ended.wait(), WITHIN)
    assert not outside.calls


async def test_who_calls_and_gives_up_is_called(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone
) -> None:
    await asyncio.to_thread(calling.promise, "1102")
    caller = await asyncio.to_thread(console.customer, SALES, number=MOBILE)
    await until(lambda: caller.where.endswith(" Queue"), "the caller waits")
    caller.hang_up()
    await until(lambda: not caller.present, "the caller is gone")
    await asyncio.to_thread(calling.ready, "1101")
    call = await outside.ringing()
    assert call.invite is not None
    assert call.invite.start.startswith(f"INVITE sip:{MOBILE}@")
    outside.reject(call, "486 Busy Here")


async def test_who_calls_while_we_call_them_is_not_called_again(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone, noa: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101", mine=True)
    ours = await outside.ringing()
    await asyncio.to_thread(calling.ready, "1102")
    caller = await asyncio.to_thread(console.customer, SALES, number=MOBILE)
    offered = await noa.ringing()
    noa.answer(offered)
    await asyncio.to_thread(console.wait_bridged, "1102")
    outside.reject(ours, "486 Busy Here")
    await calling.kept("1101")
    assert list(outside.calls) == [ours.id]
    assert not dana.calls
    caller.hang_up()
    await asyncio.wait_for(offered.ended.wait(), WITHIN)
