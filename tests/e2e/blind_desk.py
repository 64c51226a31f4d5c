"""A desk without its screen, in a process of its own that can be killed: all else is as in ``moked``.

Screens cost most of a desk's start. The fork server has the desk's modules loaded, so that a test can kill
a desk hundreds of times. Each change of the state is sent over a pipe, when a screen would be painted.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from agent_tui import wiring
from agent_tui.commands.model import Command
from agent_tui.config import load
from agent_tui.session.state import SessionState
from tests.e2e.centre import Home

_SERVER: Final = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__])


def be_a_desk(pipe: Connection, config: Path, env: Mapping[str, str]) -> None:
    """The process: a desk in the surroundings ``env`` until it is killed."""
    os.environ.clear()
    os.environ.update(env)
    os.setsid()
    asyncio.run(_work(pipe, config))


async def _work(pipe: Connection, path: Path) -> None:
    desk = wiring.core_with_secrets(load(path))
    loop = asyncio.get_running_loop()
    loop.add_reader(pipe.fileno(), lambda: _take(pipe, desk.commander))
    with desk.store.listening(lambda _old, new: _tell(loop, pipe, new)):
        pipe.send(desk.store.state)
        await desk.services.run()


def _take(pipe: Connection, do: Callable[[Command], None]) -> None:
    """Do what the test asks; a desk whose test has gone ends."""
    try:
        do(pipe.recv())
    except EOFError:
        sys.exit()


def _tell(loop: asyncio.AbstractEventLoop, pipe: Connection, state: SessionState) -> None:
    """Tell as a screen paints: once all who listen have seen it."""
    loop.call_soon(pipe.send, state)


class BlindDesk:
    """One desk; ``state`` is the last that it told."""

    def __init__(self, home: Home) -> None:
        self._pipe, theirs = _SERVER.Pipe()
        self._process = _SERVER.Process(target=be_a_desk, args=(theirs, home.config, home.env), daemon=True)
        self._process.start()
        theirs.close()
        self._changed = threading.Condition()
        self._state = SessionState()
        self._first: float | None = None
        self._learnt: dict[tuple[str, float], float] = {}
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while not self._ended:
            try:
                state = self._pipe.recv()
            except (EOFError, OSError):
                state = None
            with self._changed:
                if state is None:
                    self._ended = True
                else:
                    self._note_moments(state)
                    self._state = state
                self._changed.notify_all()

    def _note_moments(self, state: SessionState) -> None:
        self._first = state.now if self._first is None else self._first
        for call in state.calls:
            self._learnt.setdefault((call.id, call.since), state.now)
        for one in state.work:
            self._learnt.setdefault((one.contact, one.since), state.now)

    def late_by(self, of: str, since: float) -> float:
        """Seconds that this desk may have read ``since`` of a call or a contact too late, which it was told
        of as it came: it asked no sooner than it was there, and knew at the latest as it told of it.
        """
        with self._changed:
            assert self._first is not None
            return self._learnt[of, since] - self._first

    @property
    def state(self) -> SessionState:
        """The desk as it told last."""
        with self._changed:
            return self._state

    def ask(self, command: Command) -> None:
        """What a key would ask for."""
        self._pipe.send(command)

    def until(
        self, wanted: Callable[[SessionState], object], what: str, within: float = 30.0
    ) -> SessionState:
        """The first state from now on that is as wanted."""
        deadline = time.monotonic() + within
        with self._changed:
            while not wanted(self._state):
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    ended = "the desk ended" if self._ended else f"not within {within:g} s"
                    raise AssertionError(f"{what}: {ended}. The desk: {told(self._state)}")
                self._changed.wait(left)
            return self._state

    def kill(self) -> SessionState:
        """Kill it (SIGKILL); the last state that it told. Safe to call twice."""
        if self._pipe.closed:
            return self._state
        self._process.kill()
        self._process.join()
        self._reader.join()
        self._pipe.close()
        self._process.close()
        return self._state


def told(state: SessionState) -> str:
    """What a failed test wants to know of a desk."""
    calls = [f"{call.id} {call.contact} {call.state} {call.since:.2f}" for call in state.calls]
    work = [
        f"{one.contact} {one.phase} {one.note!r} {one.note_state} {one.disposition} finishing={one.finishing}"
        for one in state.work
    ]
    return f"{state.now:.2f} {calls} {work} {state.notices} phone {state.phone} hub {state.hub}"
