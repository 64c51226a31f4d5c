"""The linear desk: tells what happens, does what is typed, and keeps the services running meanwhile."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, TextIO, TypeAlias

from agent_tui.commands import model as do
from agent_tui.config import ConfigError
from agent_tui.faults import Faults
from agent_tui.linear import pasted
from agent_tui.linear.acts import name_acts
from agent_tui.linear.console import Console
from agent_tui.linear.hand import Hand
from agent_tui.linear.pages import spoken
from agent_tui.linear.telling import rings_now, told
from agent_tui.linear.vocabulary import obey
from agent_tui.linear.words import floor, past
from agent_tui.preferences import Change
from agent_tui.screens.views.settings import HOLDS_HERE, kept, not_kept
from agent_tui.session.events import Tick
from agent_tui.session.select import possible
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from agent_tui.text import catalogue
from agent_tui.text.catalogue import Told, _
from agent_tui.zone import ThisMachine
from edge.lifetime import stop_event

Service: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

_GOODBYE = 5.0
"""Seconds the services get to end in, a last note to save among it."""
_SECOND = 1.0


class LinearDesk:
    """The desk of one agent, in lines. ``language`` is that of the settings, or none; ``bell``: whether the
    terminal rings.
    """

    def __init__(
        self,
        store: Store,
        commands: Callable[[do.Command], None],
        service: Service,
        *,
        language: str = "",
        bell: bool = True,
        faults: Faults | None = None,
    ) -> None:
        self._store = store
        self._service = service
        self._language = language
        self._bell = bell
        self._faults = faults or Faults()
        self._left = asyncio.Event()
        self.keep: Callable[[Change], None] | None = None
        """Puts a change into the settings, and may raise ``ConfigError``."""
        self._hand = Hand(lambda: store.state, commands, self._say, _clock, self._left.set, self._change)
        self._console: Console | None = None

    def run(self) -> None:
        """Be the desk until the agent leaves, input ends or a signal comes."""
        asyncio.run(self.serve(sys.stdin.fileno(), sys.stdout))

    async def serve(self, reading: int, out: TextIO, environ: Mapping[str, str] = os.environ) -> None:
        """The same over another terminal, which ``environ`` describes."""
        stop = stop_event()
        self._speak()
        self._console = Console(reading, out, self._take, self._hand.begin, pasted.told(reading, environ))
        with self._console.open(), self._store.listening(self._changed):
            self._say(_("moked, line by line. Type help for all words."))
            tasks = [asyncio.create_task(one()) for one in (self._service, self._tick)]
            ends = [asyncio.create_task(one.wait()) for one in (stop, self._left, self._console.ended)]
            done, _running = await asyncio.wait([*tasks, *ends], return_when=asyncio.FIRST_COMPLETED)
            for task in (*tasks, *ends):
                task.cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await asyncio.gather(*tasks, *ends, return_exceptions=True)
            self._console.flush()
        for task in done:
            task.result()

    async def _tick(self) -> None:
        """Timers stand right when they are asked for, and what is due by time is reduced."""
        while True:
            await asyncio.sleep(_SECOND)
            self._store.dispatch(Tick())

    def _take(self, line: str) -> None:
        self._store.dispatch(Tick())
        with self._faults.surviving("a typed line"):
            obey(self._hand, line)

    def _changed(self, old: SessionState, new: SessionState) -> None:
        if new.me is not old.me:
            self._speak()
        lines = tuple(told(old, new, self._hand.dismissed))
        if self._hand.dismissed not in {notice.topic for notice in new.notices}:
            self._hand.dismissed = ""
        ring = self._bell and rings_now(old, new)
        if (lines or ring) and self._console is not None:
            self._console.say(*lines, bell=ring)
        for part in (past, floor):
            with self._faults.surviving("what came"):
                if part.came(old, new):
                    part.tell(self._hand)
        if new.taken_away and not old.taken_away:
            self._say(_("Another desk of yours was opened, so this one ends. Calls and notes are there."))
            self._left.set()

    def _change(self, change: Change) -> None:
        """It holds at once; that it is kept, or why not, is said in the language that was chosen."""
        if (change.table, change.name) == ("desk", "language"):
            self._language = str(change.value or "")
            self._speak()
        took = do.SetRingVolume in possible(self._store.state)
        told: Told = HOLDS_HERE
        if self.keep is not None:
            try:
                self.keep(change)
                told = kept(change, phone_took_it=took)
            except ConfigError as error:
                told = not_kept(str(error))
        self._say(spoken(str(told)))

    def _say(self, line: str) -> None:
        if self._console is not None:
            self._console.say(line)

    def _speak(self) -> None:
        """In the language of settings, hub or system."""
        me = self._store.state.me
        catalogue.use(catalogue.chosen(self._language, me.language if me is not None else "", os.environ))
        name_acts()


def _clock() -> datetime:
    return datetime.now(ThisMachine())
