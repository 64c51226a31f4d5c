"""Which agent is kept for which callback: decided when an agent would become free, before the next caller is.

So a callback has its place in the queue although nobody stands there for it: an agent goes to whoever has
waited longest, a caller or a promise.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.contract import Presence
from hub.domain.callbacks import CONTACT, Callback, Rules, is_due, may_take
from hub.domain.contacts import State
from hub.ports.pbx import MemberState
from hub.service.callback_book import CallbackBook
from hub.service.floor import Floor
from hub.service.roster import Roster

REASON = "callback"
"""The named automatic pause of an agent who is kept for one."""


@dataclass(slots=True)
class Call:
    """One try. ``agent`` is who is kept for it, "" for nobody in particular; ``contact`` its channel.

    ``dialled`` when the exchange was asked; ``joined``: the customer waits in the queue.
    """

    contact: str
    callback: Callback
    agent: str
    dialled: datetime | None = None
    joined: bool = False


@dataclass(slots=True)
class Reservations:
    """The calls that go on, or are about to. ``rules`` None: nobody is called back.

    ``head_start`` is how much longer than they have a caller counts as having waited.
    """

    roster: Roster
    floor: Floor
    book: CallbackBook
    rules: Rules | None
    head_start: Callable[[str], timedelta]
    now: Callable[[], datetime]
    left: int = 0
    """Calls that may still be begun today."""
    on_the_line: frozenset[str] = frozenset()
    """Callbacks whose customers talk just now, as whoever dials saw it last: nobody is kept for them."""
    made: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when whoever dials is to look."""
    _calls: dict[str, Call] = field(default_factory=dict)

    def wake(self) -> None:
        """Something may be due: whoever dials is to look."""
        self.made.set()

    def call(self, contact: str) -> Call | None:
        """The try on this channel."""
        return self._calls.get(contact)

    def calls(self) -> tuple[Call, ...]:
        """All tries."""
        return tuple(self._calls.values())

    def put(self, call: Call) -> None:
        """A try of before goes on."""
        self._calls[call.contact] = call

    def release(self, call: Call) -> None:
        """The try is over, or was none."""
        self._calls.pop(call.contact, None)

    def held(self, agent: str) -> Call | None:
        """The call that ``agent`` is kept for."""
        return next((call for call in self._calls.values() if call.agent == agent), None)

    def take(self, agent: str) -> Call | None:
        """The call that ``agent`` is kept for, from now on if one is their turn."""
        held = self.held(agent)
        if held is not None or self.rules is None or not self._is_free(agent):
            return held
        if self.left <= sum(call.dialled is None for call in self._calls.values()):
            return None
        callback = next(self._turns_of(agent, self.rules), None)
        if callback is None:
            return None
        call = Call(f"{CONTACT}{secrets.token_hex(16)}", callback, agent)
        self._calls[call.contact] = call
        self.wake()
        return call

    def due(self) -> tuple[Callback, ...]:
        """The callbacks whose time has come and that are not being tried, the earliest promise first."""
        if self.rules is None:
            return ()
        tried = {call.callback.id for call in self._calls.values()}
        now = self.now()
        return tuple(one for one in self.book.all() if one.id not in tried and is_due(one, now, self.rules))

    def reached(self, agent: str) -> bool | None:
        """Whether their phone is free, None while the exchange has not told of all their queues."""
        members = [self.floor.member(queue, agent) for queue in self.roster.agents[agent].queues]
        if any(one is not None and one.state is not MemberState.FREE for one in members):
            return False
        return True if all(members) else None

    def _turns_of(self, agent: str, rules: Rules) -> Iterator[Callback]:
        for callback in self.due():
            if callback.queue not in self.roster.agents[agent].queues or callback.id in self.on_the_line:
                continue
            if may_take(callback, agent, self.now(), rules) and self._is_first(callback):
                yield callback

    def _is_free(self, agent: str) -> bool:
        """Whether they are ready, and nobody rings or talks there as far as is known."""
        intent = self.floor.intent(agent)
        if intent is None or intent.presence is not Presence.READY or not self.floor.link.up:
            return False
        busy = any(
            contact.ring_at(agent) or contact.state is State.TALKING for contact in self.floor.in_hands(agent)
        )
        return self.reached(agent) is not False and not busy

    def _is_first(self, callback: Callback) -> bool:
        """Whether nobody who waits came before: a caller, or the customer of a callback."""
        return not any(
            contact.joined_at - self.head_start(contact.id) < callback.promised
            for contact in self.floor.contacts()
            if contact.queue == callback.queue
            and contact.state is State.WAITING
            and contact.id not in self._calls
        )
