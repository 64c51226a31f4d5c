"""The floor of a hub in memory: what a trainer sees, asked to hear and wrote."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from hub import contract as c
from tests.stubs.messages import AT


class StubFloor:
    """``agent_tui.ports.FloorPort``. ``now`` is what is seen."""

    def __init__(self, reach: Callable[[str], Awaitable[None]]) -> None:
        self._reach = reach
        self.now = c.FloorView(at=AT, agents=(), waiting=())
        self.listened: list[tuple[str, c.ListenRequest]] = []
        self.coach_notes: list[tuple[str, str]] = []

    async def view(self) -> c.FloorView:
        await self._reach("floor")
        return self.now

    async def listen(self, agent: str, asked: c.ListenRequest) -> c.ListeningView:
        await self._reach("listen")
        self.listened.append((agent, asked))
        return c.ListeningView(agent=agent, name=agent, contact="k-1", mode=asked.mode)

    async def turn_listening(self, mode: c.ListenMode) -> c.ListeningView:
        await self._reach(f"turn_listening {mode}")
        return c.ListeningView(agent="omer", name="omer", contact="k-1", mode=mode, since=AT)

    async def write_coach_note(self, agent: str, note: c.CoachNote) -> None:
        await self._reach("write_coach_note")
        self.coach_notes.append((agent, note.text))
