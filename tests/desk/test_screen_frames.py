"""When a screen is drawn: at once after a while of quiet, then in frames, and all that changed in one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from agent_tui.screens.desk import DeskScreen
from agent_tui.screens.enrolment import EnrolmentScreen
from agent_tui.screens.overlay import Overlay
from agent_tui.screens.paced import Paced
from tests.settled import settled

NEVER = 1_000.0
"""Seconds. No frame comes as long as a test lasts."""


class Words(Paced[None]):
    """Two words, and what each drawing showed of them."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[set[str]] = []

    def compose(self) -> ComposeResult:
        yield Static("quiet", id="one")
        yield Static("quiet", id="two")

    def say(self, words: str) -> None:
        for part in self.query(Static):
            part.update(words)

    def _compositor_refresh(self) -> None:
        super()._compositor_refresh()
        self.drawn.append({str(part.content) for part in self.query(Static)})


@asynccontextmanager
async def words(monkeypatch: pytest.MonkeyPatch, frame: float) -> AsyncIterator[Words]:
    """Its first frames are drawn; from now on there are ``frame`` seconds between two.

    Textual's pilot draws, too, whenever it pauses: here nobody does but the screen.
    """
    app: App[None] = App()
    async with app.run_test() as pilot:
        screen = Words()
        await app.push_screen(screen)
        await pilot.pause()
        monkeypatch.setattr("agent_tui.screens.paced.FRAME", frame)
        screen.drawn.clear()
        yield screen


async def test_what_changes_after_a_quiet_while_is_drawn_at_once_and_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with words(monkeypatch, NEVER) as screen:
        screen.say("loud")
        await settled()
        assert screen.drawn == [{"loud"}]


async def test_what_changes_right_after_waits_for_the_next_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    async with words(monkeypatch, NEVER) as screen:
        screen.say("loud")
        await settled()
        screen.say("louder")
        await settled()
        assert len(screen.drawn) == 1


async def test_frames_keep_their_distance_and_the_last_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with words(monkeypatch, 0.01) as screen:
        began = time.monotonic()
        for turn in range(30):
            screen.say(f"loud {turn}")
            await asyncio.sleep(0)
        while {"loud 29"} not in screen.drawn:
            await settled()
        assert len(screen.drawn) <= 1 + (time.monotonic() - began) / 0.01


def test_every_screen_of_ours_is_drawn_so() -> None:
    assert all(issubclass(screen, Paced) for screen in (DeskScreen, EnrolmentScreen, Overlay))


async def fails(monkeypatch: pytest.MonkeyPatch) -> None:
    async with words(monkeypatch, 0.001) as screen:
        monkeypatch.setattr(screen, "_compositor_refresh", lambda: 1 / 0)
        screen.say("loud")
        await settled()


async def test_what_fails_in_drawing_is_the_apps_to_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        await fails(monkeypatch)
