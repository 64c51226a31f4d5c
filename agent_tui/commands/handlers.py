"""The commander: takes commands from the screen, has each carried out once, and tells what went wrong."""

from __future__ import annotations

import asyncio
from collections import Counter

from agent_tui.commands import model as do
from agent_tui.commands.act import Act, Key, NotNow
from agent_tui.commands.makers import makers
from agent_tui.commands.targets import BadTarget
from agent_tui.commands.why_not import why_not
from agent_tui.commands.work import EDITS
from agent_tui.ports import HubError, HubPort, LocalFiles, PhonePort
from agent_tui.session.events import CommandFailed
from agent_tui.session.select import possible
from agent_tui.session.store import Store, Surviving, nothing_survived
from agent_tui.text.catalogue import Phrase
from agent_tui.text.others import said
from sip.errors import PhoneError

_MOST_WAITING = 64

_FAILED = Phrase("It did not work. Try again.")


class Commander:
    """Callable with a command, at any time, from the event loop. ``run`` must live for acts to happen.

    What acts on a call is fixed at the press: a call that ends a moment later is not mistaken for the next.
    """

    def __init__(
        self,
        store: Store,
        phone: PhonePort,
        hub: HubPort,
        *,
        files: LocalFiles | None = None,
        surviving: Surviving = nothing_survived,
    ) -> None:
        """``files`` None: this machine is not the agent's own, and none of its files is read or written."""
        self._store = store
        self._surviving = surviving
        self._makers = makers(store, phone, hub, files)
        self._waiting: asyncio.Queue[Act] = asyncio.Queue(_MOST_WAITING)
        self._under_way: Counter[Key] = Counter()
        self._turns: dict[Key, asyncio.Lock] = {}

    def __call__(self, command: do.Command) -> None:
        """Carry out ``command``, or say in a notice why not. Returns at once."""
        with self._surviving(type(command).__name__):
            try:
                self._take(command)
            except (NotNow, BadTarget) as error:
                self._store.dispatch(CommandFailed(error.words))

    async def run(self) -> None:
        """Carry out acts side by side. Ends only when cancelled, and its acts with it."""
        async with asyncio.TaskGroup() as group:
            while True:
                act = await self._waiting.get()
                group.create_task(self._carry_out(act))

    def _take(self, command: do.Command) -> None:
        kind = type(command)
        state = self._store.state
        if kind in EDITS:
            self._store.dispatch(EDITS[kind](state, command))
        elif self._waiting.full():
            raise NotNow(Phrase("Too much is under way. Wait a moment, then try again."))
        elif kind in possible(state):
            self._queue(self._makers[kind](command))
        else:
            raise NotNow(why_not(kind))

    def _queue(self, act: Act) -> None:
        if self._under_way[act.key] and not act.queues:
            return
        self._under_way[act.key] += 1
        self._waiting.put_nowait(act)

    async def _carry_out(self, act: Act) -> None:
        with self._surviving(f"the act {act.key[0]}"):
            await self._run(act)

    async def _run(self, act: Act) -> None:
        try:
            async with self._turns.setdefault(act.key, asyncio.Lock()), asyncio.timeout(act.within):
                await act.run()
        except HubError as error:
            self._store.dispatch(CommandFailed(error.words or _FAILED))
        except PhoneError as error:
            self._store.dispatch(CommandFailed(said(str(error)) or _FAILED))
        except TimeoutError:
            self._store.dispatch(
                CommandFailed(Phrase("No answer in time. See how things stand and try again."))
            )
        finally:
            self._done(act.key)

    def _done(self, key: Key) -> None:
        self._under_way[key] -= 1
        if not self._under_way[key]:
            del self._under_way[key]
            self._turns.pop(key, None)
