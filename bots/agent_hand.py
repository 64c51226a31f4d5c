"""What an agent in a scenario does: the commands that keys would give, each once it is possible."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from agent_tui.commands import model as do
from agent_tui.linear.hand import Hand
from agent_tui.linear.words import promises
from agent_tui.session.reach import why_not_ready
from agent_tui.session.script import StepStanding
from agent_tui.session.select import possible, script_steps
from agent_tui.session.state import Link, Phase, SessionState, Work
from agent_tui.wiring import Core
from agent_tui.zone import ThisMachine
from bots import scenario as sc
from bots.errors import StepFailed
from bots.history import Watch
from hub.contract import Presence

Acts: TypeAlias = Mapping[type[sc.Step], Callable[[Any, Watch], Awaitable[None]]]
"""What is done, or waited for, by the kind of step."""

FOREVER = 3600.0
"""Above any step's own limit, which is what ends a wait."""

_KEYS: dict[str, do.Command] = {
    "answer": do.Answer(),
    "hang_up": do.HangUp(),
    "hold": do.ToggleHold(),
    "resume": do.ToggleHold(),
    "connect": do.AttendedTransfer(),
}


class AgentHand:
    """Acts at ``desk``."""

    def __init__(self, desk: Core) -> None:
        self._desk = desk
        self.acts: Acts = {
            sc.Call: lambda step, watch: self._give(do.Dial(step.number), watch),
            sc.Press: lambda step, watch: self._give(do.SendKeys(step.keys), watch),
            sc.Transfer: lambda step, watch: self._give(do.Transfer(step.number), watch),
            sc.Plain: self._plain,
            sc.Note: self._note,
            sc.Outcome: self._outcome,
            sc.Promise: self._promise,
        }
        self._plain_acts: dict[str, Callable[[Watch], Awaitable[None]]] = {
            "ready": lambda watch: self._be(Presence.READY, watch),
            "away": lambda watch: self._be(Presence.AWAY, watch),
            "tick": self._tick,
            "wrap_up": self._wrap_up,
        }

    async def _plain(self, step: sc.Plain, watch: Watch) -> None:
        if step.do in _KEYS:
            await self._give(_KEYS[step.do], watch)
        else:
            await self._plain_acts[step.do](watch)

    async def _give(self, command: do.Command, watch: Watch) -> None:
        kind = type(command)
        watch.saw = f"{kind.__name__} is not possible"
        await self._until(lambda state: kind in possible(state))
        self._desk.commander(command)

    async def _be(self, presence: Presence, watch: Watch) -> None:
        """Until the hub says so."""
        watch.saw = f"the hub does not take {presence.value}"
        await self._until(lambda state: state.hub is Link.UP and why_not_ready(state) is None)
        self._desk.commander(do.SetPresence(presence))
        await self._until(lambda state: state.me is not None and state.me.presence is presence)

    async def _note(self, step: sc.Note, watch: Watch) -> None:
        work = await self._written(watch, do.EditNote)
        self._desk.commander(do.EditNote(work.contact, step.text))

    async def _outcome(self, step: sc.Outcome, watch: Watch) -> None:
        work = await self._written(watch, do.ChooseDisposition)
        self._desk.commander(do.ChooseDisposition(work.contact, step.code))

    async def _wrap_up(self, watch: Watch) -> None:
        """Until the hub has it."""
        work = await self._written(watch, do.FinishWrapUp)
        self._desk.commander(do.FinishWrapUp(work.contact))
        watch.saw = "the wrap-up is not stored"
        await self._until(lambda state: all(one.contact != work.contact for one in state.work))

    async def _tick(self, watch: Watch) -> None:
        watch.saw = "no script is open"
        state = await self._until(lambda state: do.TickStep in possible(state))
        work = state.shown
        steps = script_steps(work) if work is not None else ()
        step = next((one for one in steps if one.standing is StepStanding.CURRENT), None)
        if work is None or step is None:
            raise StepFailed("the script has no step left to tick")
        self._desk.commander(do.TickStep(work.contact, step.id))

    async def _promise(self, step: sc.Promise, watch: Watch) -> None:
        """Until the hub has it, or has said no."""
        watch.saw = "a callback cannot be promised here"
        state = await self._until(lambda state: do.PromiseCallback in possible(state))
        before = state.promise
        said: list[str] = []
        hand = Hand(self._state, self._desk.commander, said.append, _clock, lambda: None)
        (promises.mine if step.mine else promises.callback)(hand, f"{step.when};{step.about}")
        if said:
            raise StepFailed(" ".join(said))
        watch.saw = "the hub does not answer"
        done = await self._until(lambda state: state.promise != before and _settled(state))
        if done.promise is not None and not done.promise.made:
            raise StepFailed(str(done.promise.words))

    async def _written(self, watch: Watch, kind: type[do.Command]) -> Work:
        """The contact under the agent's hands, once the command is possible for it."""
        watch.saw = f"{kind.__name__} is not possible"
        state = await self._until(lambda state: kind in possible(state))
        work = state.written
        if work is None or (kind is do.FinishWrapUp and work.phase not in (Phase.WRAP_UP, Phase.MISSED)):
            raise StepFailed("there is no contact")
        return work

    async def _until(self, wanted: Callable[[SessionState], bool]) -> SessionState:
        return await self._desk.store.until(wanted, FOREVER)

    def _state(self) -> SessionState:
        return self._desk.store.state


def _settled(state: SessionState) -> bool:
    return state.promise is not None and bool(state.promise.made or state.promise.words)


def _clock() -> datetime:
    return datetime.now(ThisMachine())
