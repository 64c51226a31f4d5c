"""Keys act one after the other, however many come at once, and whatever each moves, opens or closes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.widgets import Input, TextArea

Pressed: TypeAlias = events.Key | events.Paste

MOST: Final = 1_000
"""Keys that wait. More at once are no hand's: all go on as they come."""
LOOK: Final = 0.1
"""Seconds between two looks at whether a key is dealt with."""
LOOKS: Final = 10
"""A part that hangs for longer holds up no other key."""


class KeysInTurn:
    """Has the app ``deal`` with a key when all that the key before it brought about is done.

    In Textual each part has a queue of its own. A key that a part does not take itself goes up to the app,
    part by part; what comes of it (something is chosen, the focus moves, a form closes) goes the same ways.
    Meanwhile the app would hand the next key to whoever still has the focus. Keys come in a burst over a
    slow line, or to a busy desk: of ``ab⌫c`` stayed ``ab``, and letters behind a Tab stood in the field
    before it. So something follows each key through the same queues, and the next one waits for it.
    """

    def __init__(self, app: App[Any], deal: Callable[[Pressed], Awaitable[None]]) -> None:
        self._app = app
        self._deal = deal
        self._waiting: deque[Pressed] = deque()
        self._turn = 0
        self._next_look: asyncio.TimerHandle | None = None
        self.idle = asyncio.Event()
        """No key is dealt with, and none waits."""
        self.idle.set()

    async def take(self, event: Pressed) -> None:
        """Deal with it now, or when it is its turn."""
        self._waiting.append(event)
        if self.idle.is_set():
            await self._next()
        elif len(self._waiting) > MOST:
            await self._all(self._turn)

    async def _next(self) -> None:
        self.idle.clear()
        self._turn += 1
        self._look(self._turn, LOOKS)
        event, focused = self._waiting.popleft(), self._focused
        await self._deal(event)
        while self._waiting and _types(event, focused) and _types(self._waiting[0], self._focused):
            event = self._waiting.popleft()
            await self._deal(event)
        self._follow(focused if event.is_forwarded else self._focused, self._turn, None)

    def _look(self, turn: int, looks: int) -> None:
        """Wait no longer for who hangs. A machine that does nothing at all for a while is one look late."""
        if turn != self._turn:
            return
        if looks:
            self._next_look = asyncio.get_running_loop().call_later(LOOK, self._look, turn, looks - 1)
        elif not self._app.call_later(self._all, turn):  # it ends
            self._stop_waiting()

    @property
    def _focused(self) -> DOMNode:
        return self._app.focused or self._app.screen

    def _follow(self, part: DOMNode | None, turn: int, seen: DOMNode | None) -> None:
        """Behind all that waits at ``part``, and so on up to the app; past who has nothing, or is closing."""
        while part is not None and part is not self._app:
            above = part.parent
            if part.message_queue_size and part.call_later(self._follow, above, turn, seen):
                return
            part = above
        self._app.call_later(self._arrived, turn, seen)

    async def _arrived(self, turn: int, seen: DOMNode | None) -> None:
        """The key is dealt with. What came of it starts where the focus is, and may move that again."""
        if turn != self._turn:
            return
        focused = self._focused
        if focused is not seen:
            self._follow(focused, turn, focused)
        elif self._waiting:
            await self._next()
        else:
            self._stop_waiting()

    async def _all(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._stop_waiting()
        waiting = tuple(self._waiting)
        self._waiting.clear()
        for event in waiting:
            await self._deal(event)

    def _stop_waiting(self) -> None:
        self._turn += 1
        self.idle.set()
        if self._next_look is not None:
            self._next_look.cancel()


def _types(event: Pressed, focused: DOMNode) -> bool:
    """Whether a key only puts a letter into a field, which takes any number of them in their order."""
    return isinstance(event, events.Key) and event.is_printable and isinstance(focused, Input | TextArea)
