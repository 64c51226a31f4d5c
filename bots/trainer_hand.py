"""What a trainer in a scenario does beside what agents do: listens in, and writes to who is heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from agent_tui.commands import model as do
from agent_tui.screens.views.floor import can_listen, can_write
from agent_tui.session.state import SessionState
from agent_tui.wiring import Core
from bots import scenario as sc
from bots.agent_hand import FOREVER, Acts
from bots.history import Watch
from hub.contract import FloorAgent, ListenMode

_EVERY = 0.5
"""Seconds between two looks at the floor: nobody tells how it stands."""


class TrainerHand:
    """Acts at ``desk``. ``agent_of`` tells what the hub calls an actor, empty while that is not known."""

    def __init__(self, desk: Core, agent_of: Callable[[str], str]) -> None:
        self._desk = desk
        self._agent_of = agent_of
        self.acts: Acts = {sc.Listen: self._listen, sc.Coach: self._coach}

    async def _listen(self, step: sc.Listen, watch: Watch) -> None:
        """Until the hub says that it is so: the trainer's phone has answered then."""
        mode = ListenMode(step.do)
        watch.saw = f"{step.agent} cannot be listened to now"
        chosen = await self._on_floor(step.agent, can_listen)
        self._desk.commander(do.Listen(chosen.agent, mode))
        watch.saw = f"the hub does not say that {step.agent} is heard by {mode.value}"
        await self._desk.store.until(lambda state: _hears(state, chosen.agent, mode), FOREVER)

    async def _coach(self, step: sc.Coach, watch: Watch) -> None:
        watch.saw = f"nothing can be written to {step.agent} now"
        chosen = await self._on_floor(step.agent, can_write)
        self._desk.commander(do.WriteCoachNote(chosen.agent, chosen.name, step.text))

    async def _on_floor(self, name: str, able: Callable[[SessionState, FloorAgent], bool]) -> FloorAgent:
        """The agent as the floor shows them, once that can be done with them."""
        while True:
            state = self._desk.store.state
            view = state.floor.view if state.floor is not None else None
            for one in view.agents if view is not None else ():
                if one.agent == self._agent_of(name) and able(state, one):
                    return one
            self._desk.commander(do.WatchFloor())
            await asyncio.sleep(_EVERY)


def _hears(state: SessionState, agent: str, mode: ListenMode) -> bool:
    own = state.listening
    return own is not None and (own.agent, own.mode) == (agent, mode) and own.since is not None
