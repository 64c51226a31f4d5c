"""No key ends a call by accident: not one that is held down, and not one that just came to mean another."""

from __future__ import annotations

import pytest

from agent_tui.commands import model as do
from agent_tui.screens.accidents import HELD, REPEATS, UNREAD
from agent_tui.session.state import SessionState
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk

DELAY, RATE = 0.66, 0.04
"""X.Org's usual seconds before a key that is held down comes again, and between the times it comes."""

ENDED = ev.CallClosed("call-1", ev.CloseReason.NORMAL)


async def hold_down(screen: Screen, key: str, seconds: float) -> None:
    """The key comes again and again, as a terminal sends it."""
    screen.passes(DELAY)
    for _ in range(int((seconds - DELAY) / RATE)):
        await screen.press(key)
        screen.passes(RATE)


async def test_a_key_held_down_ends_one_call_and_no_other() -> None:
    async with showing(desk.TWO_CALLS) as screen:
        await screen.press("f8")
        assert screen.asked == [do.HangUp()]
        await screen.hears(ENDED)
        await hold_down(screen, "f8", 2)
        assert screen.asked == [do.HangUp()]
        assert "Not done: F8" in screen.sheet("notices")


async def test_after_it_was_let_go_the_same_key_ends_the_next() -> None:
    async with showing(desk.TWO_CALLS) as screen:
        await screen.press("f8")
        await screen.hears(ENDED)
        await hold_down(screen, "f8", 1)
        screen.passes(REPEATS)
        await screen.press("f8")
        assert screen.asked == [do.HangUp(), do.HangUp()]


async def test_a_key_pressed_as_its_call_ended_does_not_end_the_next() -> None:
    """The customer hangs up, another call has the keys, and the finger was on its way."""
    async with showing(desk.TWO_CALLS) as screen:
        await screen.hears(ENDED)
        screen.passes(UNREAD / 2)
        await screen.press("f8")
        assert screen.asked == []
        screen.passes(UNREAD)
        await screen.press("f8")
        assert screen.asked == [do.HangUp()]


async def test_a_double_click_ends_one_call() -> None:
    async with showing(desk.TWO_CALLS) as screen:
        await screen.pilot.click("#key-hang_up")
        await screen.hears(ENDED)
        await screen.pilot.click("#key-hang_up")
        await screen.pilot.pause()
        assert screen.asked == [do.HangUp()]


@pytest.mark.parametrize("before", [desk.TALKING, desk.MISSED], ids=["transfer", "callback"])
async def test_a_key_that_asked_for_something_else_gives_no_customer_away(before: SessionState) -> None:
    async with showing(before) as screen:
        await screen.press("f5")
        await screen.press("escape")
        await screen.stands(desk.CONSULTING)
        await hold_down(screen, "f5", 1.5)
        assert do.AttendedTransfer() not in screen.asked


@pytest.mark.parametrize(
    ("state", "keys", "asked"),
    [
        (desk.RINGING, ("f2", "f8"), [do.Answer(), do.HangUp()]),
        (desk.RINGING, ("f8",), [do.HangUp()]),
        (desk.CONSULTING, ("f5",), [do.AttendedTransfer()]),
        (desk.CONSULTING, ("f10", "f8"), [do.Swap(), do.HangUp()]),
        (desk.TALKING, ("f3", "f3"), [do.ToggleHold(), do.ToggleHold()]),
    ],
    ids=["answer_end", "decline", "connect", "swap_end", "hold_twice"],
)
async def test_keys_pressed_quickly_one_after_another_act(
    state: SessionState, keys: tuple[str, ...], asked: list[do.Command]
) -> None:
    async with showing(state) as screen:
        await screen.press(*keys)
        assert screen.asked == asked


async def test_another_key_between_shows_that_it_was_let_go() -> None:
    async with showing(desk.TWO_CALLS) as screen:
        await screen.press("f8")
        await screen.hears(ENDED)
        screen.passes(UNREAD + 0.1)
        await screen.press("f9", "escape", "f8")
        assert screen.asked == [do.HangUp(), do.HangUp()]


async def test_a_call_that_was_dialled_by_mistake_is_cancelled_at_once() -> None:
    """The key came to mean another call a moment ago, and by the agent's own act."""
    async with showing(desk.TALKING) as screen:
        await screen.press("f7", "1", "0", "0", "2", "enter")
        await screen.hears(ev.CallDialling("call-2", customers.MICHAL))
        await screen.press("f8")
        assert screen.asked == [do.Dial("1002"), do.HangUp()]


async def test_leaving_takes_two_presses_and_not_one_long_one() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("ctrl+q")
        screen.passes(HELD - 0.1)
        await screen.press("ctrl+q")
        assert not screen.app._exit
        screen.passes(HELD)
        await screen.press("ctrl+q")
        assert screen.app._exit
