"""How each screen looks, in each language: pictured at each size in the dark, at one size in other colours.

At every size it puts on each theme before its picture: the same letters stand in the same places, and all of
them can be read. So it holds for every screen, language, size and theme, and pictures of colours are few.
After a wanted change look at each picture, then update:

``python -m pytest tests/snapshots --snapshot-update``
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from agent_tui.app import MokedApp
from agent_tui.plain_app import PlainApp
from agent_tui.preferences import Preferences
from agent_tui.screens.early_text import TypesEarly
from agent_tui.screens.fault import FaultScreen
from agent_tui.screens.overlay import LookedUp, Overlay, Typing
from agent_tui.screens.paced import Paced
from agent_tui.screens.styled_once import StyledOnce
from agent_tui.screens.typed_beside import TypedBeside
from agent_tui.session.store import Store
from agent_tui.text.catalogue import LANGUAGES, Phrase, use
from agent_tui.text.others import said
from agent_tui.welcome import WelcomeApp
from tests.desk.legible import holds_in_every_theme
from tests.desk.test_hostile_screens import defined
from tests.snapshots.screens import PICTURED, SIZES, Shown
from tests.stubs import desk
from tests.stubs.doctor import StubDoctor

_USED = "The hub does not take this code: it was used, or its 15 minutes are over."


def app_of(shown: Shown, language: str, theme: str = "") -> App[None]:
    """The desk in this state; its times stand still."""
    if shown.state is None:
        use(language)
        why = Phrase("{why} Ask your administrator for a new code.", why=said(_USED))
        return WelcomeApp(Path("config.toml"), "https://hub.example.com", why)
    app = MokedApp(
        Store(lambda: desk.NOW, shown.state),
        lambda _command: None,
        clock=lambda: desk.CLOCK,
        language=language,
    )
    app.doctor = doctor = StubDoctor()
    doctor.goes_on.set()
    if theme:
        app.prefer(Preferences(language=language, theme=theme))
    return app


def pressing(shown: Shown) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Presses its keys, each when the one before is done with: what was opened has the focus by then."""

    async def press(pilot: Pilot[None]) -> None:
        await pilot.pause()
        for key in shown.keys:
            await pilot.press(key)
            assert isinstance(pilot.app, PlainApp)
            await pilot.app._in_turn.idle.wait()
            await pilot.pause()

    return press


def in_every_theme(shown: Shown) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Presses its keys, and looks at it in each theme; it is pictured in the one that it began with."""

    async def press_and_look(pilot: Pilot[None]) -> None:
        await pressing(shown)(pilot)
        await holds_in_every_theme(pilot)

    return press_and_look


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURED)
def test_each_screen_looks_as_it_did(
    name: str, language: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    shown = PICTURED[name]
    assert snap_compare(app_of(shown, language), run_before=in_every_theme(shown), terminal_size=size)


@pytest.mark.parametrize("theme", ["light", "contrast"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name, shown in PICTURED.items() if shown.state is not None])
def test_each_screen_looks_as_it_did_in_other_colours(
    name: str, language: str, theme: str, snap_compare: Callable[..., bool]
) -> None:
    """A new desk asks who it is for before anybody can choose colours, so that screen has none but these."""
    shown = PICTURED[name]
    app = app_of(shown, language, theme)
    assert snap_compare(app, run_before=pressing(shown), terminal_size=(120, 40))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_takes_the_place_of_a_screen_that_failed_looks_as_it_did(
    language: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    async def put(pilot: Pilot[None]) -> None:
        await pilot.app.push_screen(FaultScreen("K7PX", desk.RINGING, lambda _name: None))
        await pilot.pause()
        await holds_in_every_theme(pilot)

    app = app_of(Shown(FaultScreen, desk.RINGING), language)
    assert snap_compare(app, run_before=put, terminal_size=size)


@pytest.mark.parametrize("name", PICTURED)
async def test_the_keys_bring_up_the_screen_that_is_pictured(name: str) -> None:
    shown = PICTURED[name]
    app = app_of(shown, LANGUAGES[0])
    async with app.run_test(size=(120, 40)) as pilot:
        await pressing(shown)(pilot)
        assert type(app.screen) is shown.screen


def test_every_screen_is_pictured() -> None:
    stood_on = {LookedUp, Overlay, Paced, StyledOnce, Typing, TypedBeside, TypesEarly}
    screens = defined(Screen) - stood_on - {FaultScreen}
    assert screens == {shown.screen for shown in PICTURED.values()}, "give the screen a row in PICTURED"
