"""The callbacks that have not ended, in memory as in the database: read without waiting, changed in both."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from hub.contract import CallbackEvent, CallbackView
from hub.db.callbacks import CallbackStore
from hub.domain.callbacks import Callback, State
from hub.domain.outbox import Message
from hub.domain.outbox import State as OutboxState
from hub.events import Bus
from hub.service.crm_callbacks import CrmCallbacks, key_of_promise

_STATES: dict[State, Literal["open", "dialling", "done", "failed", "cancelled"]] = {
    State.OPEN: "open",
    State.DIALLING: "dialling",
    State.DONE: "done",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
}

_LACKS: dict[OutboxState, Literal["waiting", "given_up", "unknown"]] = {
    OutboxState.WAITING: "waiting",
    OutboxState.SENDING: "waiting",
    OutboxState.GIVEN_UP: "given_up",
    OutboxState.UNKNOWN: "unknown",
}

_DIALLED = 10_000
"""Calls whose promise is remembered; the oldest is forgotten first."""


def view(callback: Callback, hindered: Message | None = None) -> CallbackView:
    """One callback as desks are shown it, with what hinders its note on the way into the CRM."""
    return CallbackView(
        id=callback.id,
        queue=callback.queue,
        customer=callback.customer,
        name=callback.name,
        numbers=callback.numbers,
        language="he" if callback.language == "he" else "en",
        promised=callback.promised,
        at=callback.at,
        agent=callback.agent,
        made_by=callback.made_by,
        words=callback.words,
        state=_STATES[callback.state],
        tries=callback.tries,
        result=callback.result,
        crm=_LACKS[hindered.state] if hindered else "",
        crm_words=hindered.words if hindered else "",
    )


@dataclass(frozen=True, slots=True)
class CallbackBook:
    """Changes are stored first, then told to who promised it and for whom it is kept.

    Everything that changes raises ``sqlalchemy.exc.SQLAlchemyError``.
    """

    store: CallbackStore
    bus: Bus
    crm: CrmCallbacks
    _open: dict[str, Callback] = field(default_factory=dict)
    _watchers: list[Callable[[], None]] = field(default_factory=list)
    _dialled: dict[str, Callback] = field(default_factory=dict)
    """By the customer's call, also while the talk goes on and its wrap-up is owed."""

    def watch(self, changed: Callable[[], None]) -> None:
        """Call ``changed`` after each change."""
        self._watchers.append(changed)

    async def restore(self, contacts: Collection[str]) -> None:
        """Take up what the last hub promised, and what those ``contacts`` keep that it dialled."""
        self._open.update({one.id: one for one in await self.store.open()})
        await self.crm.restore(self._open)
        self._dialled.update(await self.store.tried(contacts))

    def view(self, callback: Callback) -> CallbackView:
        """``callback`` as desks are shown it."""
        return view(callback, self.crm.hindered(callback.id))

    def dialled(self, contact: str) -> Callback | None:
        """The promise that the call ``contact`` keeps."""
        return self._dialled.get(contact)

    def get(self, callback: str) -> Callback | None:
        """One that has not ended."""
        return self._open.get(callback)

    def all(self) -> tuple[Callback, ...]:
        """All, the earliest promise first."""
        return tuple(sorted(self._open.values(), key=lambda one: (one.promised, one.id)))

    def of_agent(self, agent: str) -> tuple[Callback, ...]:
        """Those that ``agent`` promised, or that are kept for them."""
        return tuple(one for one in self.all() if agent in {one.agent, one.made_by})

    def of_queue(self, queue: str) -> int:
        """How many ``queue`` still has to do."""
        return sum(one.queue == queue for one in self._open.values())

    def standing(self, customer: str, queue: str) -> Callback | None:
        """The one of ``customer`` in ``queue``."""
        theirs = (one for one in self._open.values() if (one.customer, one.queue) == (customer, queue))
        return next(theirs, None)

    async def promise(self, callback: Callback, key: str, digest: str) -> Callback:
        """Keep a new one, once for ``key``. Raises ``KeyUsedError`` and ``StandingError``, too."""
        message = self.crm.of_promise(callback)
        stored = await self.store.promise(callback, key, digest, message)
        if stored == callback:
            self._put(stored, message)
        return stored

    async def change(self, before: Callback, after: Callback, by: str = "") -> bool:
        """Keep ``after``, as the agent ``by`` has it, if any; False when it was another by then."""
        message = self.crm.of_end(after, by)
        if not await self.store.change(before, after, message):
            return False
        self._put(after, message)
        return True

    async def claim(self, before: Callback, after: Callback, channel: str, now: datetime) -> bool:
        """Keep that it is dialled on ``channel``; False when it was another by then."""
        if not await self.store.claim(before, after, channel, now):
            return False
        self._dialled[channel] = after
        if len(self._dialled) > _DIALLED:
            del self._dialled[next(iter(self._dialled))]
        self._put(after)
        return True

    async def settle(self, channel: str, before: Callback, after: Callback) -> bool:
        """Keep how the call on ``channel`` ended; False when that is known already."""
        message = self.crm.of_end(after)
        if not await self.store.settle(channel, before, after, message):
            return False
        self._put(after, message)
        return True

    async def follow(self, message: Message) -> None:
        """The outbox has stored what a try came to: whom it concerns is told what hinders a note."""
        callback = self._open.get(message.contact)
        if callback is not None and self.crm.follow(message):
            self._publish(callback)

    async def withdraw(self, callback: Callback) -> None:
        """One of which nobody was told was never made; what is dialled by now stays."""
        if await self.store.withdraw(callback, key_of_promise(callback.id)):
            self._open.pop(callback.id, None)
            self._changed()

    def _put(self, callback: Callback, message: Message | None = None) -> None:
        if callback.ended:
            self._open.pop(callback.id, None)
            self.crm.forget(callback.id)
        else:
            self._open[callback.id] = callback
        self._changed()
        if message is not None:
            self.crm.stored()
        self._publish(callback)

    def _publish(self, callback: Callback) -> None:
        for agent in {callback.agent, callback.made_by} - {""}:
            self.bus.publish(agent, CallbackEvent(callback=self.view(callback)))

    def _changed(self) -> None:
        for changed in self._watchers:
            changed()
