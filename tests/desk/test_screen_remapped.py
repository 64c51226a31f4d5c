"""Other keys in the settings: they act, the old ones do not, and the whole screen says the new ones."""

from __future__ import annotations

import pytest

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import BY_ID, SHORTCUTS, label, named, use
from agent_tui.config_keys import read_key
from agent_tui.screens.keys import KEYS
from agent_tui.screens.overlay import Overlay
from agent_tui.session.state import SessionState
from agent_tui.widgets.key_bar import KeyButton
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.desk.test_hostile_screens import SCREENS
from tests.desk.test_screen_keys import AT_ONCE
from tests.desk.test_screen_overlay_keys import OVER, speaking
from tests.desk.worst_state import worst
from tests.stubs import customers, desk, floor_desk, writing_desk

MOMENTS = {**desk.MOMENTS, **writing_desk.DESK_MOMENTS, "floor": floor_desk.FLOOR}

FREE = ("ctrl+b", "ctrl+up", "insert")
"""Keys that the settings take and that no act has usually."""


def moved(*ids: str) -> dict[str, str]:
    """These acts with free keys, all others with their usual ones."""
    return dict(zip(ids, FREE, strict=False))


MOVES = [
    moved(*(one.id for one in SHORTCUTS[at : at + len(FREE)])) for at in range(0, len(SHORTCUTS), len(FREE))
]
"""Every act has another key in one of these."""


def test_the_free_keys_can_be_set_and_are_nobodys() -> None:
    assert [read_key(label(key)) for key in FREE] == list(FREE)
    assert not set(FREE) & {one.key for one in SHORTCUTS}
    assert {name for move in MOVES for name in move} == set(BY_ID)


@pytest.mark.parametrize(("name", "state", "command"), AT_ONCE)
async def test_the_new_key_acts_and_the_old_one_does_not(
    name: str, state: SessionState, command: do.Command
) -> None:
    keys = moved(name)
    use(keys)
    async with showing(state) as screen:
        await screen.press(BY_ID[name].key)
        assert screen.asked == []
        assert screen.app.screen is screen.desk
        await screen.press(keys[name])
        assert screen.asked == [command]


async def test_acts_may_change_places() -> None:
    use({"answer": "f8", "hang_up": "f2"})
    async with showing(desk.RINGING) as screen:
        await screen.press("f8")
        assert screen.asked == [do.Answer()]


async def test_buttons_and_the_way_to_all_keys_say_the_new_ones() -> None:
    async with showing(desk.TALKING) as screen:
        for keys in MOVES:
            use(keys)
            await screen.stands(desk.TALKING)
            for button in screen.desk.query(KeyButton):
                assert str(button.label).endswith(f"\n{named(str(button.name))}")
            assert f"{named('palette')} commands · {named('help')} keys" in screen.everything()


def told_of(screen: Screen) -> set[str]:
    """The words of the whole picture, keys among them."""
    return set(screen.everything().replace(",", " ").replace(":", " ").split())


def usual(keys: dict[str, str]) -> set[str]:
    """What the screens called these keys before."""
    return {label(BY_ID[name].key) for name in keys}


@pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=["narrow", "wide"])
async def test_the_desk_says_no_key_that_does_nothing_now(size: tuple[int, int]) -> None:
    async with showing(desk.IDLE, size) as screen:
        for keys in MOVES:
            use(keys)
            for name, state in MOMENTS.items():
                await screen.stands(state)
                assert not usual(keys) & told_of(screen), name


@pytest.mark.parametrize("kind", OVER, ids=lambda kind: str(kind.__name__))
async def test_what_lies_over_it_says_none_either(kind: type[object]) -> None:
    full = worst("Ruth")
    async with showing(desk.IDLE, (80, 24)) as screen:
        for keys in MOVES:
            use(keys)
            await screen.stands(full)
            over = SCREENS[kind](full, "Ruth")
            assert isinstance(over, Overlay)
            await screen.app.push_screen(over)
            await screen.pilot.pause()
            assert not usual(keys) & told_of(screen), keys
            assert {named("help"), named("palette")} <= told_of(screen)
            screen.app.pop_screen()
            await screen.pilot.pause()


async def test_a_key_with_an_arrow_is_read_in_its_order_in_hebrew_too() -> None:
    """At a line's end, or before a word of Hebrew, the sign and the arrow would go to its other side."""
    state = speaking(desk.TALKING, "he")
    use({"help": "ctrl+up", "answer": "ctrl+down"})
    async with showing(state, (80, 24)) as screen:
        await screen.press("f5")
        shown = screen.everything()
        assert "Ctrl+↑" in shown
        assert "Ctrl+↓" in shown
        assert "+Ctrl" not in shown


async def test_the_phone_is_at_hand_by_its_new_keys_over_the_desk() -> None:
    keys = moved("transfer", "answer", "hang_up")
    use(keys)
    async with showing(desk.TALKING) as screen:
        await screen.press("f5")
        assert screen.app.screen is screen.desk
        await screen.press(keys["transfer"])
        assert screen.app.screen is not screen.desk
        await screen.hears(ev.CallIncoming("call-9", customers.MICHAL))
        await screen.press("f2", "f8", keys["answer"], keys["hang_up"])
        assert screen.asked == [do.Answer(), do.HangUp()]


async def test_leaving_has_its_new_key() -> None:
    keys = moved("quit")
    use(keys)
    async with showing(desk.IDLE) as screen:
        await screen.press("ctrl+q", "ctrl+slash")
        assert screen.app.screen is screen.desk
        assert not screen.app._exit
        await screen.press(keys["quit"])
        assert screen.app._exit


async def test_a_key_of_the_hebrew_layout_acts_like_its_latin_letter() -> None:
    """A terminal with the kitty protocol names the letter of the layout."""
    async with showing(desk.TALKING) as screen:
        await screen.press("ctrl+פ")
        assert screen.app.screen is not screen.desk


def test_the_bar_has_keys_of_the_table_alone() -> None:
    assert {key.name for key in KEYS} <= {one.id for one in SHORTCUTS}
