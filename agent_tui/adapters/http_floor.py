"""The floor over HTTP: the part of the hub's contract by which trainers see and hear the agents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from hub import contract as c

if TYPE_CHECKING:
    from agent_tui.adapters.hub_line import HubLine


@dataclass(frozen=True, slots=True)
class HttpFloor:
    """``agent_tui.ports.FloorPort``, over the line to the hub. ``line`` raises ``HubUnreachable``."""

    line: Callable[[], HubLine]

    async def view(self) -> c.FloorView:
        """How all agents stand, and who waits."""
        return await self.line().read(c.FloorView, "GET", "/v1/floor")

    async def listen(self, agent: str, asked: c.ListenRequest) -> c.ListeningView:
        """Hear an agent's talk on one's own phone."""
        return await self.line().read(c.ListeningView, "POST", _agents(agent, "listening"), asked)

    async def turn_listening(self, mode: c.ListenMode) -> c.ListeningView:
        """Go on in another way."""
        return await self.line().read(c.ListeningView, "PUT", "/v1/listening", c.ListenChange(mode=mode))

    async def write_coach_note(self, agent: str, note: c.CoachNote) -> None:
        """Put a line on an agent's desk."""
        await self.line().ask("POST", _agents(agent, "coach-notes"), note)


def _agents(agent: str, what: str) -> str:
    return f"/v1/agents/{quote(agent, safe='')}/{what}"
