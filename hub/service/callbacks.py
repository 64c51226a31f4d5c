"""Calls customers back when their turn comes, each try stored before it is dialled.

A try ends once: by what the exchange tells, or because the exchange has no such call any more. So neither a
restart of the hub nor one of the exchange loses a promise, and none dials it a second time beside the first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from centre.model import Centre
from hub.contract import Presence
from hub.domain.callbacks import (
    Callback,
    Result,
    Rules,
    State,
    called_in,
    dialled,
    is_called_back,
    kept,
    missed,
)
from hub.domain.contacts import State as ContactState
from hub.ports.pbx import (
    AgentConnected,
    CallEnd,
    CallerAbandoned,
    CallerJoined,
    CustomerCall,
    CustomerCallEnded,
    MemberChanged,
    Pbx,
    PbxDown,
    PbxError,
    PbxEvent,
    PbxLink,
)
from hub.service.callback_book import CallbackBook
from hub.service.floor import Floor
from hub.service.kept_places import KeptPlaces
from hub.service.members import MemberKeeper
from hub.service.on_the_line import OnTheLine
from hub.service.reservations import Call, Reservations
from hub.service.roster import Roster
from hub.service.served import Served

log = structlog.get_logger(__name__)

_LOOK_AGAIN = 5.0
"""Seconds between two looks while something is due or dialled, whatever the exchange tells meanwhile."""
_IDLE = 60.0
_LOST = timedelta(seconds=10)
"""A call that the exchange does not know so long after it was asked for is none."""

_RESULTS = {
    CallEnd.BUSY: Result.BUSY,
    CallEnd.NO_ANSWER: Result.NO_ANSWER,
    CallEnd.HUNG_UP: Result.NOT_TAKEN,
    CallEnd.FAILED: Result.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The one who dials. ``rules`` None: nobody is called back."""

    centre: Centre
    roster: Roster
    floor: Floor
    book: CallbackBook
    reservations: Reservations
    places: KeptPlaces
    served: Served
    on_the_line: OnTheLine
    keeper: MemberKeeper
    pbx: Pbx
    rules: Rules | None
    now: Callable[[], datetime]
    _owed: dict[str, Callback] = field(default_factory=dict)
    """Ends of tries that the database did not take yet."""

    async def restore(self) -> None:
        """Take up what the last hub promised and dialled. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        tries = await self.book.store.running()
        called = {one.id for one in self.floor.contacts() if is_called_back(one.id)}
        await self.book.restore(called | {one.id for one in tries})
        for running in tries:
            waits = any(one.state is ContactState.WAITING for one in self.floor.visits(running.id))
            self.reservations.put(Call(running.id, running.callback, "", running.began, waits))
        await self.served.look()
        await self._count()

    async def run(self) -> None:
        """Dial for as long as the task lives."""
        if self.rules is None:
            return
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds()):
                    await self.reservations.made.wait()
            self.reservations.made.clear()
            try:
                await self.turn()
            except (SQLAlchemyError, PbxError) as error:
                # both are tried again at the next look
                log.warning("callbacks not looked at", error=type(error).__name__)

    async def turn(self) -> None:
        """Look what is lost, and dial what is due. Raises ``SQLAlchemyError`` and ``PbxError``."""
        if self.rules is None or not self.floor.link.up:
            return
        await self._look_for_lost()
        await self._pay()
        await self.served.look()
        await self._count()
        await self._look_who_talks()
        if self.reservations.left <= 0 and self.reservations.due():
            log.warning("callbacks wait: the daily limit is reached")
        for queue in {one.queue for one in self.reservations.due()}:
            for agent in self.roster.serving(queue):
                self.reservations.take(agent)
        await self._look_who_talks()
        for call in self.reservations.calls():
            if call.dialled is None:
                await self._dial(call)

    async def take(self, event: PbxEvent) -> None:
        """What the exchange tells, after the floor has heard of it."""
        match event:
            case PbxLink(up=True):
                await self._end_served(self.served.look())
                self.reservations.wake()
            case MemberChanged() if self.reservations.due() or self.reservations.calls():
                self.reservations.wake()
            case CallerJoined():
                self._joined(event.contact)
                await self.places.joined(event.contact, event.queue, event.at)
            case AgentConnected():
                await self._end(event.contact, Result.ANSWERED)
                await self._end_served(self.served.answered(event.contact))
            case CallerAbandoned():
                await self._end(event.contact, Result.GAVE_UP)
            case CustomerCallEnded():
                await self._end(event.contact, _RESULTS[event.end])

    def _joined(self, contact: str) -> None:
        call = self.reservations.call(contact)
        if call is not None:
            call.joined = True
            self.keeper.touch(call.agent)

    async def _end_served(self, ending: Awaitable[None]) -> None:
        try:
            await ending
        except SQLAlchemyError as error:
            # nobody is dialled meanwhile, and the next look stores it
            log.warning("callback not stored", error=type(error).__name__)
        self.reservations.wake()

    async def _count(self) -> None:
        """How many calls may still be made today."""
        if self.centre.callbacks is not None and self.rules is not None:
            made = await self.book.store.tries_since(self._midnight(self.rules))
            self.reservations.left = self.centre.callbacks.daily_limit - made

    async def _dial(self, call: Call) -> None:
        """Keep the agent, store the try, ask the exchange; where one fails nobody is dialled."""
        try:
            await self.keeper.settle(call.agent)
            if self._may_be_dialled(call) is None:
                return
            call.dialled = self.now()
            calling = dialled(call.callback)
            claimed = self._may_be_dialled(call) and await self.book.claim(
                call.callback, calling, call.contact, call.dialled
            )
        except (PbxError, SQLAlchemyError) as error:
            log.warning("callback not dialled", callback=call.callback.id, error=type(error).__name__)
            claimed = False
        if not claimed:
            self._release(call)
            return
        call.callback = calling
        self.reservations.left -= 1
        try:
            await self.pbx.call_customer(self._customer_call(call))
        except PbxDown:
            # it may have been done: the next look asks the exchange for the call
            log.warning("callback perhaps dialled", contact=call.contact)
        except PbxError as error:
            log.warning("callback refused by the exchange", contact=call.contact, error=str(error))
            await self._end(call.contact, Result.UNREACHABLE)
        else:
            log.info("callback dialled", contact=call.contact, callback=calling.id)

    def _may_be_dialled(self, call: Call) -> bool | None:
        """Whether promise and agent are still there; None until the exchange has told of the agent."""
        intent = self.floor.intent(call.agent)
        ready = intent is not None and intent.presence is Presence.READY
        stands = self.book.get(call.callback.id) == call.callback and not self.served.has(call.callback.id)
        if not ready or not stands:
            return False
        return self.reservations.reached(call.agent)

    def _customer_call(self, call: Call) -> CustomerCall:
        callback = call.callback
        return CustomerCall(
            contact=call.contact,
            number=callback.number,
            queue=callback.queue,
            entry=self.roster.queues[callback.queue].number or "",
            language=callback.language,
            # the exchange orders by whole seconds: of those of one second the promise is first
            place=int(callback.promised.timestamp()) - 1,
        )

    async def _look_who_talks(self) -> None:
        """Nobody is kept for a customer who is on the line. The exchange is asked where it matters."""
        kept = [call for call in self.reservations.calls() if call.dialled is None]
        talked = [one for one in self.reservations.due() if one.id in self.reservations.on_the_line]
        talking = await self.on_the_line.of([*talked, *(call.callback for call in kept)])
        self.reservations.on_the_line = talking
        for call in kept:
            if call.callback.id in talking:
                self._release(call)

    async def _look_for_lost(self) -> None:
        """What the exchange does not know any more ended out of sight."""
        before = self.now() - _LOST
        old = [call for call in self.reservations.calls() if call.dialled and call.dialled <= before]
        if not old:
            return
        alive = await self.pbx.calls()
        for call in old:
            visits = self.floor.visits(call.contact)
            if any(one.connected_at for one in visits):
                await self._end(call.contact, Result.ANSWERED)
            elif call.contact not in alive:
                await self._end(call.contact, Result.UNKNOWN)

    async def _end(self, contact: str, result: Result) -> None:
        """The try is over. Only the first word about it counts."""
        call = self.reservations.call(contact)
        if call is None or self.rules is None or call.callback.state is not State.DIALLING:
            return
        after = self._after(call.callback, result, self.rules)
        log.info("callback tried", contact=contact, callback=after.id, result=after.result)
        self._owed[contact] = after
        self._release(call)
        try:
            await self._pay()
        except SQLAlchemyError as error:
            log.warning("callback not stored", callback=after.id, error=type(error).__name__)
        self.reservations.wake()

    def _after(self, callback: Callback, result: Result, rules: Rules) -> Callback:
        if result is Result.ANSWERED:
            return kept(callback)
        if self.served.has(callback.id):
            return called_in(callback)
        return missed(callback, result, self.now(), rules)

    async def _pay(self) -> None:
        """Store the ends that are not yet; until then nobody dials those callbacks again."""
        for contact, after in tuple(self._owed.items()):
            before = self.book.get(after.id)
            if before is not None:
                await self.book.settle(contact, before, after)
            self._owed.pop(contact, None)

    def _release(self, call: Call) -> None:
        self.reservations.release(call)
        self.keeper.touch(call.agent)

    def _seconds(self) -> float:
        """Until the next look."""
        if self.reservations.due() or self.reservations.calls() or self._owed:
            return _LOOK_AGAIN
        nexts = [(one.at - self.now()).total_seconds() for one in self.book.all()]
        return min([_IDLE, *(max(seconds, 0.1) for seconds in nexts if seconds > 0)])

    def _midnight(self, rules: Rules) -> datetime:
        return datetime.combine(self.now().astimezone(rules.zone).date(), time(), rules.zone)
