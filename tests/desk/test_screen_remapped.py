"""Other keys in the settings: they act, the old ones do not, and the whole screen says the new ones."""

from __future__ import annotations

import pytest

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import SHORTCUTS, label, use
from agent_tui.screens.keys import KEYS
from agent_tui.session.state import SessionState
from agent_tui.widgets.key_bar import KeyButton
from sip import events as ev
from tests.desk.screen import showing
from tests.desk.test_screen_keys import AT_ONCE
from tests.stubs import customers, desk

FREE = [f"f{number}" for number in range(13, 25)] + [
    "ctrl+b",
    "shift+f1",
    "shift+f2",
    "ctrl+end",
    "ctrl+home",
    "ctrl+pagedown",
    "ctrl+pageup",
    "ctrl+end",
    "ctrl+home",
    "ctrl+up",
    "insert",
]
"""As many as there are acts; the settings offer fewer, for not every terminal tells of all these."""


def remapped(seed: int) -> dict[str, str]:
    """All acts with keys that none of them had before."""
    keys = FREE[seed:] + FREE[:seed]
    return dict(zip((one.id for one in SHORTCUTS), keys, strict=True))


@pytest.mark.parametrize(("name", "state", "command"), AT_ONCE)
async def test_the_new_key_acts_and_the_old_one_does_not(
    name: str, state: SessionState, command: do.Command
) -> None:
    keys = remapped(7)
    use(keys)
    async with showing(state) as screen:
        await screen.press(*(one.key for one in SHORTCUTS))
        assert screen.asked == []
        assert screen.app.screen is screen.desk
        assert not screen.app._exit
        await screen.press(keys[name])
        assert screen.asked == [command]


async def test_acts_may_change_places() -> None:
    use({"answer": "f8", "hang_up": "f2"})
    async with showing(desk.RINGING) as screen:
        await screen.press("f8")
        assert screen.asked == [do.Answer()]


async def test_buttons_and_the_way_to_all_keys_say_the_new_ones() -> None:
    keys = remapped(3)
    use(keys)
    async with showing(desk.TALKING) as screen:
        for button in screen.desk.query(KeyButton):
            assert str(button.label).endswith(f"\n{label(keys[str(button.name)])}")
        assert f"{label(keys['palette'])} commands · {label(keys['help'])} keys" in screen.everything()


@pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=["narrow", "wide"])
async def test_no_screen_says_a_key_that_does_nothing_now(size: tuple[int, int]) -> None:
    use(remapped(3))
    old = {label(one.key) for one in SHORTCUTS}
    async with showing(desk.IDLE, size) as screen:
        for name, state in desk.MOMENTS.items():
            await screen.stands(state)
            assert not old & set(screen.everything().replace(",", " ").split()), name


async def test_the_phone_is_at_hand_by_its_new_keys_over_the_desk() -> None:
    keys = remapped(5)
    use(keys)
    async with showing(desk.TALKING) as screen:
        await screen.press(keys["transfer"])
        assert screen.app.screen is not screen.desk
        await screen.hears(ev.CallIncoming("call-9", customers.MICHAL))
        await screen.press("f2", "f8", keys["answer"], keys["hang_up"])
        assert screen.asked == [do.Answer(), do.HangUp()]


async def test_leaving_has_its_new_key() -> None:
    keys = remapped(2)
    use(keys)
    async with showing(desk.IDLE) as screen:
        await screen.press("ctrl+q")
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
