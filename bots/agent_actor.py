"""An agent in a scenario: all of the desk but its screen."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from agent_tui.headless.agent import HeadlessAgent
from agent_tui.headless.facts import facts
from agent_tui.headless.rules import Rules
from agent_tui.session.reach import why_not_ready
from agent_tui.session.state import Link, SessionState
from agent_tui.wiring import Core
from bots import scenario as sc
from bots.agent_eyes import AgentEyes
from bots.agent_hand import Acts
from bots.children import end_server
from bots.errors import NotReady, StepFailed
from bots.history import History, Watch
from bots.hub_eyes import HubEyes
from bots.listening import RecordedEar

_STANDS_WITHIN = 40.0
_GOODBYE = 5.0


class AgentActor:
    """One agent at ``desk``, who does ``acts``. Their phone lives in ``runtime`` and writes what is heard to
    ``ear.wav`` there. ``hub`` asks the hub itself, past the desk.
    """

    def __init__(self, cast: sc.AtDesk, desk: Core, acts: Acts, hub: HubEyes, runtime: Path) -> None:
        self.name = cast.name
        self.history = History()
        self._desk = desk
        self._hub = hub
        self._runtime = runtime
        self._robot = HeadlessAgent(desk, Rules(), lambda _fact: None)
        self._services: asyncio.Task[None] | None = None
        self._listening = ExitStack()
        ear = RecordedEar(runtime / "ear.wav")
        self._acts: Acts = {**acts, **AgentEyes(desk.store, self.history, ear, hub).expectations}

    async def open(self) -> None:
        """Come to the desk, with nothing owed from before. Raises ``NotReady``."""
        self._listening.enter_context(self._desk.store.listening(self._changed))
        self._services = asyncio.create_task(self._desk.services.run())
        try:
            await self._desk.store.until(_stands, _STANDS_WITHIN)
            await self._robot.settle()
        except TimeoutError:
            state = self._desk.store.state
            told = " ".join(str(notice.words) for notice in state.notices)
            raise NotReady(
                f"{self.name} does not come to the desk: phone {state.registration.state.value}, "
                f"hub {state.hub.value}. {told}".rstrip()
            ) from None

    async def close(self) -> None:
        """Hang up, store what is owed, be offline, and end the phone."""
        if self._services is not None and not self._services.done():
            await self._robot.leave()
            self._services.cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await asyncio.gather(self._services, return_exceptions=True)
        self._listening.close()
        await self._hub.close()
        for path in self._runtime.glob("*.sock"):
            await end_server(path)

    async def perform(self, step: sc.Step, watch: Watch) -> None:
        """Do it, or wait until it is so. Raises ``StepFailed``."""
        if self._services is None or self._services.done():
            raise StepFailed(f"the desk of {self.name} ended")
        await self._acts[type(step)](step, watch)

    def state(self) -> dict[str, Any]:
        """How the desk stands, as evidence."""
        state = self._desk.store.state
        sound = {
            call: {"microphone": told.microphone, "speaker": told.speaker}
            for call, told in self._desk.store.levels.items()
        }
        return {
            "phone": state.registration.state.value,
            "hub": state.hub.value,
            "exchange": state.pbx.value,
            "presence": state.me.presence.value if state.me is not None else "",
            "listening": state.listening.mode.value if state.listening is not None else "",
            "calls": {call.id: f"{call.state.value} {call.contact}" for call in state.calls},
            "contacts": {work.contact: work.phase.value for work in state.work},
            "notices": [str(notice.words) for notice in state.notices],
            "sound": sound,
        }

    def _changed(self, old: SessionState, new: SessionState) -> None:
        for fact in facts(old, new):
            self.history.add(fact)


def _stands(state: SessionState) -> bool:
    return (
        state.hub is Link.UP
        and state.pbx is Link.UP
        and state.me is not None
        and why_not_ready(state) is None
    )
