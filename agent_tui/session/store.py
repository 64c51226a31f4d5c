"""The store: dispatch an event, reduce it, tell who listens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeAlias

from agent_tui.session.events import DeskEvent
from agent_tui.session.reduce import reduce
from agent_tui.session.state import SessionState
from sip.events import AudioLevels, CallId

Surviving: TypeAlias = Callable[[str], AbstractContextManager[None, bool | None]]
"""``agent_tui.faults``: what fails within it, named, ends by itself alone."""

Listener: TypeAlias = Callable[[SessionState, SessionState], None]
"""Called with the state before and after an event, in the order of events."""

_MOST_WAITING = 1_000


def nothing_survived(_where: str) -> AbstractContextManager[None, bool | None]:
    """A fault is seen where it is."""
    return nullcontext()


class Store:
    """The one place where the desk's state lives. Belongs to one thread: the event loop's.

    ``clock`` gives seconds that never go back. Levels of sound come five times a second for each call;
    they wait in ``levels`` for the next painting and pass neither the reducer nor the listeners.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        state: SessionState | None = None,
        *,
        surviving: Surviving = nothing_survived,
    ) -> None:
        self._clock = clock
        self._surviving = surviving
        self._state = state or SessionState(now=clock())
        self._listeners: list[Listener] = []
        self._waiting: deque[DeskEvent] = deque()
        self._busy = False
        self._levels: dict[CallId, AudioLevels] = {}

    @property
    def state(self) -> SessionState:
        """The desk at this moment."""
        return self._state

    def seconds(self) -> float:
        """The desk's clock: seconds that never go back."""
        return self._clock()

    @property
    def levels(self) -> Mapping[CallId, AudioLevels]:
        """The last loudness of each open call."""
        return self._levels

    def dispatch(self, event: DeskEvent) -> None:
        """Reduce ``event`` and tell the listeners before returning.

        A listener may dispatch too: its event waits until all listeners have seen this one.
        """
        if isinstance(event, AudioLevels):
            self._take_levels(event)
            return
        if len(self._waiting) >= _MOST_WAITING:
            raise RuntimeError("the store's listeners feed one another")
        self._waiting.append(event)
        if not self._busy:
            self._drain()

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Have ``listener`` called at each event, for as long as the context lasts."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def until(self, wanted: Callable[[SessionState], bool], seconds: float) -> SessionState:
        """The first state, from this one on, that is as ``wanted``. Raises ``TimeoutError``."""
        found: asyncio.Future[SessionState] = asyncio.get_running_loop().create_future()

        def look(_old: SessionState, new: SessionState) -> None:
            if not found.done() and wanted(new):
                found.set_result(new)

        with self.listening(look):
            look(self._state, self._state)
            async with asyncio.timeout(seconds):
                return await found

    def _drain(self) -> None:
        self._busy = True
        try:
            while self._waiting:
                self._take(self._waiting.popleft())
        finally:
            self._busy = False

    def _take(self, event: DeskEvent) -> None:
        """An event that cannot be reduced changes nothing; a listener that fails keeps it from no other."""
        old = new = self._state
        with self._surviving(f"reducing {type(event).__name__}"):
            self._state = new = reduce(old, event, self._clock())
        if new.calls != old.calls:
            self._forget_levels()
        for listener in tuple(self._listeners):
            with self._surviving("a listener"):
                listener(old, new)

    def _take_levels(self, event: AudioLevels) -> None:
        if any(call.id == event.call for call in self._state.calls):
            self._levels[event.call] = event

    def _forget_levels(self) -> None:
        open_calls = {call.id for call in self._state.calls}
        for call in self._levels.keys() - open_calls:
            del self._levels[call]
