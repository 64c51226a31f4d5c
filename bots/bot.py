"""One bot on the telephone: a customer who calls a queue, or a colleague who only answers.

Everything that happens to it (an order of the exchange, an event of its phone) lands in one inbox and is
taken one by one; what it waits for has one deadline. So it is in one phase at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TypeAlias

from bots.people import Person, Stories, Visit
from bots.voices import Recording
from pbx.lab.client import ControlClient, ControlGone, ControlRefused
from pbx.lab.wire import JsonObject
from sip import events as ev
from sip.account import Account
from sip.engine import SipEngine
from sip.errors import PhoneError

_ANSWERED_CALL = 25.0
"""Seconds a bot stays in a call that it answered."""
_BUSY_QUEUE = 10.0
"""Seconds until a customer tries again after the exchange turned it away."""


class Phase(Enum):
    """What a bot is about."""

    IDLE = auto()
    WAITING = auto()
    TALKING = auto()


@dataclass(frozen=True, slots=True)
class _LineBroke:
    """The queue's line ended by itself: the exchange is gone."""


_Item: TypeAlias = ev.PhoneEvent | JsonObject | _LineBroke


class Bot:
    """A person with a registered phone. ``speak`` chooses what the phone says in the calls that follow.

    ``stories`` is None for a colleague. ``domain`` is the exchange's SIP address, ``control`` its socket.
    """

    def __init__(
        self,
        person: Person,
        engine: SipEngine,
        speak: Callable[[Recording], None],
        exchange: tuple[str, Path],
        stories: Stories | None = None,
    ) -> None:
        self.person = person
        self.phase = Phase.IDLE
        self.registered = asyncio.Event()
        """Set once the phone can be rung; the first story begins then."""
        self._engine = engine
        self._speak = speak
        self._domain, self._control = exchange
        self._stories = stories
        self._visit: Visit | None = None
        self._deadline: float | None = None
        self._calls: set[ev.CallId] = set()
        self._line: ControlClient | None = None
        self._listening: asyncio.Task[None] | None = None
        self._inbox: asyncio.Queue[_Item] = asyncio.Queue(1000)

    async def live(self, account: Account) -> None:
        """Register as ``account`` and be this person until cancelled. Raises ``PhoneError``."""
        events = self._engine.events()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear_phone(events))
            await self._engine.register(account)
            try:
                while True:
                    await self._step()
            finally:
                await self._leave_queue()

    async def _step(self) -> None:
        try:
            async with asyncio.timeout_at(self._deadline):
                item = await self._inbox.get()
        except TimeoutError:
            await self._time_is_up()
            return
        # A call can end while a command for it is under way; its CallClosed comes and says so.
        with contextlib.suppress(PhoneError):
            await self._take(item)

    async def _take(self, item: _Item) -> None:
        match item:
            case ev.RegistrationChanged(state=ev.RegistrationState.REGISTERED):
                if not self.registered.is_set():
                    self.registered.set()
                    self._rest()
            case {"order": "Dial", "agent": str(agent)} if self.phase is Phase.WAITING:
                await self._engine.dial(f"sip:{agent}@{self._domain}")
            case {"order": "Stop"} if self.phase is Phase.WAITING:
                await self._hang_up()
            case _LineBroke() if self.phase is Phase.WAITING:
                await self._go_home()
            case ev.CallIncoming():
                await self._rung(item)
            case ev.CallDialling():
                self._calls.add(item.call)
            case ev.CallEstablished():
                self._talk()
            case ev.CallClosed():
                self._calls.discard(item.call)
                if self.phase is Phase.TALKING and not self._calls:
                    await self._go_home()

    async def _rung(self, call: ev.CallIncoming) -> None:
        """Somebody calls: answered when there is nothing else to do."""
        if self.phase is Phase.IDLE and not self._calls:
            self._calls.add(call.call)
            self._talk()
            await self._engine.answer(call.call)
        else:
            await self._engine.reject(call.call)

    def _talk(self) -> None:
        self.phase = Phase.TALKING
        self._in(self._visit.talk if self._visit else _ANSWERED_CALL)

    async def _time_is_up(self) -> None:
        if self.phase is Phase.IDLE:
            await self._call_the_queue()
        else:
            await self._go_home()

    async def _call_the_queue(self) -> None:
        visit = self._visit
        if visit is None:
            return
        self._speak(visit.recording)
        try:
            self._line = await ControlClient.connect(self._control)
            self._listening = asyncio.create_task(self._hear_orders(self._line))
            await self._line.ask("enter", queue=visit.queue, number=self.person.number, name=self.person.name)
        except (ControlGone, ControlRefused):
            await self._leave_queue()
            self._in(_BUSY_QUEUE)
            return
        self.phase = Phase.WAITING
        self._in(visit.patience)

    async def _go_home(self) -> None:
        # The queue first: a ring that ends while the caller still waits would be the agent's refusal.
        await self._leave_queue()
        with contextlib.suppress(PhoneError):
            await self._hang_up()
        self._rest()

    def _rest(self) -> None:
        self.phase = Phase.IDLE
        self._visit = self._stories.next() if self._stories else None
        if self._visit is None:
            self._deadline = None
        else:
            self._in(self._visit.after)

    async def _hang_up(self) -> None:
        for call in tuple(self._calls):
            await self._engine.hangup(call)

    async def _leave_queue(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None
        if self._line is not None:
            await self._line.close()
            self._line = None

    def _in(self, seconds: float) -> None:
        self._deadline = asyncio.get_running_loop().time() + seconds

    async def _hear_phone(self, events: AsyncIterator[ev.PhoneEvent]) -> None:
        async for event in events:
            if not isinstance(event, ev.AudioLevels | ev.AudioFault):
                self._inbox.put_nowait(event)

    async def _hear_orders(self, line: ControlClient) -> None:
        try:
            while True:
                self._inbox.put_nowait(await line.hear())
        except ControlGone:
            self._inbox.put_nowait(_LineBroke())
