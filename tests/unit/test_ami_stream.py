"""The manager's stream, cut by the network wherever it likes: the same messages come out."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.ami_client import Link, Signal
from tests.unit.test_ami_client import FarEnd, connected, soon

_MESSAGES = [
    {"Event": "QueueCallerJoin", "Queue": "support", "CallerIDName": "דנה: ב", "Uniqueid": "1.1"},
    {"Event": "NoSuchEventYet", "Key": ""},
    {"Event": "AgentConnect", "Queue": "support", "HoldTime": "4"},
]
_TEXT = "".join(
    "".join(f"{key}: {value}\r\n" for key, value in one.items()) + "\r\n" for one in _MESSAGES
).encode()


async def _heard(cuts: list[int]) -> list[Signal]:
    begin_now, done = asyncio.Event(), asyncio.Event()

    async def play(far: FarEnd) -> None:
        await far.log_in()
        await begin_now.wait()
        for begin, end in zip([0, *cuts], [*cuts, len(_TEXT)], strict=True):
            far.writer.write(_TEXT[begin:end])
            await far.writer.drain()
            await asyncio.sleep(0)  # the reader's turn, with what came so far
        await done.wait()

    async with connected(play) as (_, signals, _outage):
        assert await soon(signals) == Link(up=True)
        begin_now.set()
        heard = [await soon(signals) for _ in _MESSAGES]
        done.set()
        return heard


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.sets(st.integers(1, len(_TEXT) - 1), max_size=12))
def test_any_cuts_give_the_same_messages(cuts: set[int]) -> None:
    assert asyncio.run(_heard(sorted(cuts))) == _MESSAGES


def test_byte_by_byte_too() -> None:
    assert asyncio.run(_heard(list(range(1, len(_TEXT))))) == _MESSAGES
