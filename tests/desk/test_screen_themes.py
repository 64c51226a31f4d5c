"""Every theme can be read: each text on its ground, as painted; and colour is never the only sign."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from rich.segment import Segment

from agent_tui.config import ConfigError, ThemeName, load
from agent_tui.preferences import Change, Preferences
from agent_tui.screens.theme import THEMES
from agent_tui.screens.words import THEMES as TOLD
from agent_tui.wiring import keep
from tests.desk.legible import strips, too_faint, uppermost
from tests.desk.screen import Screen, showing
from tests.stubs import callback_desk, desk

STATES = {**desk.MOMENTS, **callback_desk.MOMENTS}
OVER = {
    "palette": ("talking", ("ctrl+p", "a")),
    "palette_none": ("talking", ("ctrl+p", "x", "y", "z")),
    "help": ("talking", ("f1",)),
    "transfer": ("talking", ("f5", "1")),
    "keypad": ("talking", ("f6",)),
    "away": ("idle", ("f9",)),
    "quit": ("talking", ("ctrl+q",)),
    "form": ("callback_stands", ("ctrl+r", "1")),
}


def seen(screen: Screen) -> list[Segment]:
    """All that is read now."""
    top = screen.app.screen
    return list(uppermost(top, strips(top)))


@pytest.mark.parametrize("theme", THEMES)
async def test_each_text_of_the_desk_can_be_read_on_its_ground(theme: str) -> None:
    async with showing(desk.IDLE) as screen:
        screen.app.prefer(Preferences(theme=theme))
        for name, state in STATES.items():
            await screen.stands(state)
            assert too_faint(seen(screen), theme) == set(), name
            for part in ("card", "script", "outcome", "calls", "agenda"):
                screen.desk.query_one(f"#{part}").focus()
                await screen.pilot.pause()
                assert too_faint(seen(screen), theme) == set(), (name, part)


@pytest.mark.parametrize("theme", THEMES)
async def test_each_text_over_the_desk_can_be_read_on_its_ground(theme: str) -> None:
    async with showing(desk.IDLE) as screen:
        screen.app.prefer(Preferences(theme=theme))
        for name, (moment, keys) in OVER.items():
            await screen.stands(STATES[moment])
            await screen.press(*keys)
            assert screen.app.screen is not screen.desk
            assert too_faint(seen(screen), theme) == set(), name
            await screen.press("escape")


@pytest.mark.parametrize("theme", THEMES)
async def test_what_has_the_focus_is_told_by_its_border_and_not_by_colour_alone(theme: str) -> None:
    async with showing(desk.TALKING) as screen:
        screen.app.prefer(Preferences(theme=theme))
        borders = {
            part: screen.desk.query_one(f"#{part}").styles.border_top[0]
            for part in ("note", "card", "script")
        }
        assert borders["note"] not in (borders["card"], borders["script"])


async def test_the_row_under_the_cursor_is_told_by_a_line_and_not_by_colour_alone() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("f9")
        lined = [one.text.strip() for one in seen(screen) if one.style and one.style.underline]
        assert lined == ["without a reason"]


def test_settings_words_and_themes_are_of_one_list() -> None:
    assert list(THEMES) == list(TOLD) == [name.value for name in ThemeName]


async def test_a_theme_chosen_in_the_palette_is_worn_at_once_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[sip]\nuser = "1"\ndomain = "x"\n[desk]\n# mine\nscript_language = "he"\n', encoding="utf-8"
    )
    async with showing(desk.TALKING) as screen:
        screen.app.prefer(Preferences(), partial(keep, file))
        await screen.press("ctrl+p", *"light", "enter")
        assert screen.app.theme == "light"
    assert load(file).desk.theme is ThemeName.LIGHT
    assert "# mine" in file.read_text(encoding="utf-8")
    assert load(file).desk.script_language == "he"


async def test_a_theme_that_cannot_be_kept_is_worn_and_told() -> None:
    def refused(_change: Change) -> None:
        raise ConfigError("config.toml cannot be written: read-only")

    async with showing(desk.TALKING) as screen:
        screen.app.prefer(Preferences(), refused)
        await screen.press("ctrl+p", *"contrast", "enter")
        assert screen.app.theme == "contrast"
        assert "This is not kept: config.toml cannot be written" in screen.sheet("notices")
