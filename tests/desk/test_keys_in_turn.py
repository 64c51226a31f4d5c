"""Keys that come in a burst do what the same keys do one after the other, in every screen of the desk.

Over a slow line, or on a machine that is busy, an agent's keys reach the desk together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pytest
from textual.widgets import Input, TextArea

from agent_tui.commands import model as do
from agent_tui.session.state import SessionState
from agent_tui.widgets.sheet import Sheet
from tests.desk.screen import Screen, showing
from tests.snapshots.screens import PICTURED

SCREENS: Final = {
    name: shown
    for name, shown in PICTURED.items()
    if name == next(one for one, other in PICTURED.items() if other.screen is shown.screen)
    and shown.state is not None
}
"""Each screen of the desk, once."""

KEYS: Final = (
    "a tab b backspace c tab 5 left d shift+tab e tab f",
    "1 0 down tab a up enter 2 tab escape b",
)
"""Fields are left, rows chosen and forms sent, with letters between that each stand where they are meant."""

BURSTS: Final = tuple(
    (name, keys)
    for name in SCREENS
    for keys in KEYS
    if (name, keys) not in (("quit", KEYS[1]), ("written", KEYS[1]))
)
"""The second ends the desk there; and a conversation's box comes with what the hub tells meanwhile."""

_BY_THE_CLOCK: Final = (do.WatchFloor, do.SearchHistory)

_KEY: Final = re.compile(r"[0-9a-f]{32}")
"""What makes a command act once is another one each time."""


@dataclass(frozen=True)
class Done:
    """What came of some keys, but for what is asked by the clock."""

    screens: tuple[str, ...]
    focused: str | None
    texts: tuple[tuple[str, str | None, str], ...]
    asked: tuple[str, ...]


def done(screen: Screen) -> Done:
    stack = screen.app.screen_stack
    texts: list[tuple[str, str | None, str]] = []
    for one in stack:
        for part in one.query("*"):
            if isinstance(part, Input):
                texts.append((type(one).__name__, part.id, part.value))
            elif isinstance(part, TextArea):
                texts.append((type(one).__name__, part.id, part.text))
            elif isinstance(part, Sheet):
                texts.append((type(one).__name__, part.id, part.cursor))
    focused = screen.app.focused
    return Done(
        tuple(type(one).__name__ for one in stack),
        focused.id if focused is not None else None,
        tuple(texts),
        tuple(_KEY.sub("key", repr(one)) for one in screen.asked if not isinstance(one, _BY_THE_CLOCK)),
    )


@pytest.mark.parametrize(("name", "keys"), BURSTS)
async def test_a_burst_does_what_the_keys_do_one_by_one(name: str, keys: str) -> None:
    shown, came = SCREENS[name], []
    for burst in (False, True):
        assert isinstance(shown.state, SessionState)
        async with showing(shown.state) as screen:
            await screen.press(*shown.keys)
            if burst:
                await screen.at_once(*keys.split())
            else:
                for key in keys.split():
                    await screen.press(key)
            came.append(done(screen))
    assert came[1] == came[0]
