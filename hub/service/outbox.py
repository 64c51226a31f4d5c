"""Sends what is to leave the hub: each customer's messages in order, each stored before it is asked for.

When the next try is due stands in the table: ``stamina`` keeps its schedule in the stack of one coroutine,
and a restart would forget it. It is used for what is over in seconds and cannot have sent anything: a
connection that is not made at once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import stamina
import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.db.outbox import OutboxStore
from hub.domain.outbox import Message, State, due, missed, outdated, sending, sent, too_old
from hub.ports.messages import MessageError, Messages, NotReached, PerhapsSent

log = structlog.get_logger(__name__)

WHATSAPP = "whatsapp"
_AT_ONCE = 8
"""Customers who are written to at the same time."""
_QUICK_TRIES = 3
_QUICK_SECONDS = 8.0
_LOOK_AGAIN = 5.0
"""Seconds between two looks at what an administrator changed in the database, and what it did not take."""
_GRACE = 15.0
"""Seconds that answers get when the hub stops; what then has none is unknown to the next hub."""


Follower: TypeAlias = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outbox:
    """``senders`` by channel. Messages of a channel that has none wait for one, until they are too old."""

    store: OutboxStore
    senders: Mapping[str, Messages]
    now: Callable[[], datetime]
    repeated: frozenset[tuple[str, str]] = frozenset()
    """Channels and templates of which the same twice is done once: what a killed hub was sending is sent
    again.
    """
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By channel and result what tries came to, since the start."""
    stuck: Counter[State] = field(default_factory=Counter)
    """How many there are that were not sent, or perhaps, and on which nobody has decided."""
    followers: list[Follower] = field(default_factory=list)
    """Told of each message of which it is stored what a try came to."""
    _open: dict[str, Message] = field(default_factory=dict)
    """What has not ended, in its order; as stored, but for what is in ``_owed``."""
    _owed: dict[str, Message] = field(default_factory=dict)
    """What became of messages, as far as the database has not taken it yet."""
    _made: asyncio.Event = field(default_factory=asyncio.Event)
    _turns: set[asyncio.Task[None]] = field(default_factory=set)

    async def restore(self) -> None:
        """Take up what the last hub left. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        lost = await self.store.interrupted(self.repeated)
        if lost:
            log.error("messages perhaps sent as the last hub ended; not sent again", messages=lost)
        self._open.update({one.id: one for one in await self.store.open()})
        self.stuck.update(await self.store.stuck())

    def waiting(self) -> tuple[Message, ...]:
        """What is still to be sent, the oldest first."""
        return tuple(self._open.values())

    async def put(self, message: Message) -> None:
        """Store ``message``, once for its id. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        if await self.store.put(message):
            self._open[message.id] = message
            self._made.set()

    def stored(self) -> None:
        """Something was put into the table in another's transaction: look at it now."""
        self._made.set()

    async def withdraw(self, message: str) -> bool:
        """Let go of one that was not tried yet; False when it is tried by now, or is none.

        Raises ``sqlalchemy.exc.SQLAlchemyError``.
        """
        if message not in self._open or not await self.store.withdraw(message):
            return False
        self._open.pop(message, None)
        return True

    async def run(self) -> None:
        """Send for as long as the task lives. A request that is under way then ends by ``close``."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds()):
                    await self._made.wait()
            self._made.clear()
            try:
                await self.look()
            except SQLAlchemyError as error:
                log.warning("the outbox is not looked at", error=type(error).__name__)
            turn = asyncio.create_task(self.turn())
            self._turns.add(turn)
            turn.add_done_callback(self._turns.discard)
            await asyncio.shield(turn)

    async def look(self) -> None:
        """Learn what was put back or dropped by hand. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        known = frozenset(self._open)
        stored, stuck = await self.store.open_ids(), await self.store.stuck()
        self.stuck.clear()
        self.stuck.update(stuck)
        for name in known.difference(stored):
            self._open.pop(name, None)
        back = [name for name in stored if name not in known and name not in self._open]
        for name in back:
            found = await self.store.get(name)
            if found is not None and found.state is State.WAITING:
                self._open.setdefault(name, found)
        if back:
            self._put_in_order(stored)

    def _put_in_order(self, stored: Sequence[str]) -> None:
        """As they are ``stored``; what was put meanwhile comes last."""
        places = {name: place for place, name in enumerate(stored)}
        ordered = sorted(self._open.items(), key=lambda one: places.get(one[0], len(places)))
        self._open.clear()
        self._open.update(ordered)

    async def turn(self) -> None:
        """Send what is due."""
        await self._pay()
        now = self.now()
        ready = [one for one in due(self.waiting(), now) if one.channel in self.senders or too_old(one, now)]
        await asyncio.gather(*(self._send(one) for one in ready[:_AT_ONCE]))
        if len(ready) > _AT_ONCE:
            self._made.set()

    async def close(self) -> None:
        """Wait for the answers to what was asked, and let the senders go."""
        if self._turns:
            _, late = await asyncio.wait(self._turns, timeout=_GRACE)
            for turn in late:
                turn.cancel()
        for sender in self.senders.values():
            await sender.close()

    async def _send(self, message: Message) -> None:
        if too_old(message, self.now()):
            await self._end(outdated(message))
            return
        asking = sending(message)
        try:
            claimed = await self.store.change(asking)
        except SQLAlchemyError as error:
            # perhaps it is stored, and surely nothing was asked: the next look stores it again
            log.warning(
                "message not sent: its claim is not stored", id=message.id, error=type(error).__name__
            )
            return
        if not claimed:
            self._open.pop(message.id, None)
            return
        self._open[message.id] = asking
        try:
            provider_id = await self._asked(asking)
        except MessageError as error:
            await self._end(missed(asking, error, self.now()))
        except Exception as error:  # a sender's own fault: nobody knows how far it came
            log.exception("a sender failed", id=message.id)
            await self._end(missed(asking, PerhapsSent(type(error).__name__), self.now()))
        else:
            await self._end(sent(asking, provider_id))

    async def _asked(self, message: Message) -> str:
        """The provider's id. Raises ``MessageError``; where nothing was asked it is tried anew at once."""
        sender = self.senders[message.channel]
        async for attempt in stamina.retry_context(
            on=NotReached, attempts=_QUICK_TRIES, timeout=_QUICK_SECONDS, wait_initial=0.5, wait_jitter=0.5
        ):
            with attempt:
                return await sender.send(message.recipient, message.content, message.id)
        raise AssertionError("the last try returns or raises")

    async def _end(self, message: Message) -> None:
        """Keep what a try came to."""
        result = "later" if message.state is State.WAITING else message.state.value
        self.counts[message.channel, result] += 1
        tell = log.info if message.state in {State.WAITING, State.SENT} else log.error
        tell("message", id=message.id, result=result, tries=message.tries, code=message.code)
        self._owed[message.id] = message
        await self._pay()

    async def _pay(self) -> None:
        """Store what messages came to. What is not stored stays *sending*, and nobody asks for it again."""
        for name, message in tuple(self._owed.items()):
            try:
                await self.store.change(message)
            except SQLAlchemyError as error:
                log.warning("what became of a message is not stored", id=name, error=type(error).__name__)
                return
            self._owed.pop(name, None)
            if message.ended:
                self._open.pop(name, None)
            else:
                self._open[name] = message
            for follower in self.followers:
                await follower(message)

    def _seconds(self) -> float:
        """Until the next look."""
        if self._owed or due(self.waiting(), self.now()):
            return _LOOK_AGAIN
        nexts = [(one.at - self.now()).total_seconds() for one in self._open.values()]
        return min([_LOOK_AGAIN, *(max(seconds, 0.1) for seconds in nexts if seconds > 0)])
