"""The desk on a terminal of a given size, without a terminal: what it shows, and what it asks for.

Pilot reads what Textual composed, strings with styles. What is painted, byte by byte, is read from a pty
in ``tests/e2e``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from textual.events import Key
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, TextArea

from agent_tui.app import MokedApp
from agent_tui.commands.model import Command
from agent_tui.screens.desk import DeskScreen
from agent_tui.session.events import DeskEvent
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from agent_tui.widgets.sheet import Sheet
from tests.stubs import desk


def text_of(field: Widget | None) -> str:
    """What stands in a field, of one line or several."""
    assert isinstance(field, Input | TextArea)
    return field.value if isinstance(field, Input) else field.text


@dataclass
class Screen:
    """A desk under test."""

    app: MokedApp
    pilot: Pilot[None]
    store: Store
    asked: list[Command]
    time: list[float] = field(default_factory=lambda: [desk.NOW])
    """The desk's clock, one figure: seconds that stand still until they are let pass."""

    @property
    def desk(self) -> DeskScreen:
        """The desk itself, whatever lies over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, DeskScreen))

    def sheet(self, name: str) -> str:
        """What one part shows, as composed."""
        return self.desk.query_one(f"#{name}", Sheet).text

    def everything(self) -> str:
        """The whole screen as composed, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def hears(self, *events: DeskEvent) -> None:
        """Let something happen, and have it painted."""
        for event in events:
            self.store.dispatch(event)
        await self.pilot.pause()
        if self.app.painting._stale:
            self.app.painting.now()
            await self.pilot.pause()

    async def stands(self, state: SessionState) -> None:
        """Let everything be so, and have it painted."""
        self.store._state = state
        self.app.painting.now()
        await self.pilot.pause()

    def passes(self, seconds: float) -> None:
        """Let so much time go by between two keys."""
        self.time[0] += seconds

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        await self.pilot.press(*keys)
        await self.dealt_with()

    async def at_once(self, *keys: str) -> None:
        """All of them before any is dealt with, as a terminal hands over what was typed in the meantime."""
        for key in keys:
            self.app.post_message(Key(key, " " if key == "space" else key if len(key) == 1 else None))
        await self.dealt_with()

    async def dealt_with(self) -> None:
        """Each key that was pressed has done what it does."""
        await self.pilot.pause()
        if not self.app._in_turn.idle.is_set():
            await self.app._in_turn.idle.wait()
            await self.pilot.pause()


@asynccontextmanager
async def showing(
    state: SessionState, size: tuple[int, int] = (120, 40), *, app: type[MokedApp] = MokedApp
) -> AsyncIterator[Screen]:
    """The desk in this state; ``asked`` collects its commands, which nobody carries out."""
    asked: list[Command] = []
    time = [desk.NOW]
    store = Store(lambda: time[0], state)
    shown = app(store, asked.append, clock=lambda: desk.CLOCK)
    async with shown.run_test(size=size) as pilot:
        await pilot.pause()
        yield Screen(shown, pilot, store, asked, time)
