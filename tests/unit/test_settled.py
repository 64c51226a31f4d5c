"""The desk's tests go on when all is done that there is to do, and not before."""

from __future__ import annotations

import asyncio
import threading

from tests.settled import settled

SOON, LATER = 0.01, 30.0


async def test_one_thing_that_leads_to_another_is_waited_for_to_its_end() -> None:
    done: list[int] = []

    def go_on(left: int) -> None:
        done.append(left)
        if left:
            asyncio.get_running_loop().call_soon(go_on, left - 1)

    go_on(9)
    await settled(most=LATER)
    assert done[-1] == 0


async def test_a_timer_that_is_about_to_come_due_is_waited_for_and_no_other() -> None:
    loop, done = asyncio.get_running_loop(), list[str]()
    loop.call_later(SOON, done.append, "soon")
    later = loop.call_later(LATER, done.append, "later")
    loop.call_later(SOON, done.append, "taken back").cancel()
    await settled(most=LATER)
    assert done == ["soon"]
    later.cancel()


async def test_a_thread_at_work_is_waited_for() -> None:
    go, done = threading.Event(), list[str]()

    def work() -> None:
        go.wait()
        done.append("worked")

    working = asyncio.create_task(asyncio.to_thread(work))
    asyncio.get_running_loop().call_later(10 * SOON, go.set)
    await settled(most=LATER)
    assert done
    assert working.done()


async def test_who_never_rests_is_let_be() -> None:
    loop, turns = asyncio.get_running_loop(), list[None]()

    def again() -> None:
        turns.append(None)
        loop.call_later(SOON, again)

    again()
    async with asyncio.timeout(LATER):
        await settled(most=10 * SOON)
    assert len(turns) > 1
