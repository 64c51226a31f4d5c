"""A Textual app that survives faults of its own, where its ``Faults`` are survived."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from rich.segment import Segments
from textual.actions import ActionParseResult
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from agent_tui.faults import Faults
from agent_tui.plain_app import PlainApp
from agent_tui.screens.fault import FaultScreen, failed_part, screen_of
from agent_tui.screens.overlay import Overlay


class SurvivingApp(PlainApp):
    """``fault_screen`` makes the screen that tells of a reference: it is to be given before the app runs."""

    fault_screen: Callable[[str], FaultScreen]

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self.faults = faults
        self.broken = False
        """Whether it ended by a fault that its screen did not survive: to be opened anew."""

    def on_mount(self) -> None:
        """From now on survive also what fails in tasks that nobody waits for."""
        if self.faults.survives:
            asyncio.get_running_loop().set_exception_handler(self._note_stray)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """An act that fails is left out; what lies over the desk makes room: nobody would read of it."""
        with self.faults.surviving("an action"):
            return await super().run_action(action, default_namespace, namespaces)
        failed = screen_of(default_namespace) if isinstance(default_namespace, Widget) else None
        if self._may_go(failed):
            self.call_later(self._put_away, failed, self.faults.last)
        return True

    def _may_go(self, failed: Screen[object] | None) -> TypeGuard[Overlay[Any]]:
        """Whether it lies over the desk, and is not what tells of a fault."""
        over = isinstance(failed, Overlay) and not isinstance(failed, FaultScreen)
        return over and failed in self.screen_stack

    def _handle_exception(self, error: Exception) -> None:
        """What reaches Textual may have stopped a part of the screen for good.

        What lay over the desk makes room for words, and the desk goes on; a part that has left the screen
        hurts nothing there. A desk that failed itself is left, to be opened anew: services end in good order
        meanwhile, and the calls are the phone's.
        """
        if not self.faults.survives:
            super()._handle_exception(error)
            return
        reference = self.faults.note(error, "the screen")
        part = failed_part()
        failed = screen_of(part)
        if part is not None and self._has_left(part):
            return
        if self._may_go(failed):
            self.call_later(self._put_away, failed, reference)
        elif not self.broken:
            self.broken = True
            self.faults.tell_next()
            with self.faults.surviving("the note"):
                self.before_end()
            self._close_messages_no_wait()

    def _has_left(self, part: Widget) -> bool:
        """Whether it is on no screen any more. What is put away keeps its place until all of it has gone."""
        screen = screen_of(part)
        return not part.is_attached or (isinstance(screen, Overlay) and screen not in self.screen_stack)

    async def _put_away(self, failed: Screen[object], reference: str) -> None:
        """Close ``failed`` with what lies over it; it may have failed more than once meanwhile."""
        if failed not in self.screen_stack:
            return
        while failed in self.screen_stack:
            await self.pop_screen()
        await self.push_screen(self.fault_screen(reference))

    def _note_stray(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A task or callback failed that nobody waits for; asyncio would print the words of its exception."""
        error = context.get("exception")
        if isinstance(error, Exception):
            self.faults.note(error, "a task")

    def _fatal_error(self) -> None:
        """Tell where it broke, without the values of variables that Textual would list: customers' data."""
        super()._fatal_error()
        from rich.traceback import Traceback  # noqa: PLC0415 - only a desk that fails needs what colours code

        told = Traceback(width=None, show_locals=False)
        self._exit_renderables[-1] = Segments(self.console.render(told, self.console.options))
