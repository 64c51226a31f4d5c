"""Callbacks that are asked for: what may be promised, to whom, for when."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from centre.callbacks import Callbacks
from centre.model import Centre
from edge.text import clean
from hub.contract import CallbackRequest, CallbackView
from hub.db.callbacks import KeyUsedError, StandingError
from hub.domain.callbacks import (
    Callback,
    Rules,
    State,
    WrongStepError,
    after_quiet,
    cancelled,
    in_order,
)
from hub.domain.numbers import E164, normalise
from hub.refusals import CallbackStands, NoCallback, NotStored, SlotFull, Unprocessable, WrongPhase
from hub.service.callback_book import CallbackBook
from hub.service.roster import Roster
from hub.service.slot_book import SlotBook

_FARTHEST = timedelta(days=90)
_PAST = timedelta(minutes=1)
"""A clock that is a little slow asks for no time of the past."""
_OVERSEES = frozenset({"supervisor", "administrator"})
_NOT_STORED = "The hub could not store it, so nothing is promised; try again."


def rules_of(callbacks: Callbacks, centre: Centre) -> Rules:
    """The centre's rules as the domain reads them."""
    return Rules(
        zone=centre.zone,
        quiet_from=callbacks.quiet_from,
        quiet_until=callbacks.quiet_until,
        most_tries=callbacks.most_tries,
        pause=timedelta(minutes=callbacks.pause_minutes),
        fallback=timedelta(minutes=callbacks.fallback_minutes),
    )


@dataclass(frozen=True, slots=True)
class Promises:
    """Everything raises ``hub.refusals.Refusal``. Nothing is promised that is not stored."""

    centre: Centre
    roster: Roster
    book: CallbackBook
    slots: SlotBook
    changed: Callable[[], None]
    """Told of every new promise: it may be due."""
    now: Callable[[], datetime]

    async def make(self, agent: str, asked: CallbackRequest, key: str) -> CallbackView:
        """What ``agent`` promises a customer, once for ``key``."""
        callbacks = self._callbacks()
        who = self.roster.agents[agent]
        if asked.queue not in self.roster.queues:
            raise Unprocessable("There is no such queue in the centre; choose one of its queues.")
        if asked.mine and asked.queue not in who.queues:
            raise Unprocessable("You do not serve this queue, so it cannot be kept for you: let anyone call.")
        numbers = in_order([self.dialled(number) for number in asked.numbers])
        promised = self._time(asked, callbacks)
        callback = Callback(
            *(secrets.token_hex(16), clean(asked.customer, limit=64) or numbers[0], asked.queue, numbers),
            at=promised,
            promised=promised,
            made_at=self.now(),
            agent=agent if asked.mine else "",
            made_by=agent,
            name=clean(asked.name, limit=200),
            language=asked.language,
            words=clean(asked.words, limit=200),
        )
        digest = hashlib.sha256(asked.model_dump_json().encode()).hexdigest()
        async with self.slots.booking:
            if asked.at is not None:
                await self._check_room(callback, key)
            return self.book.view(await self._keep(callback, key, digest))

    def dialled(self, written: str) -> str:
        """The number as it is dialled. Raises ``Unprocessable`` for one that may not be."""
        number = normalise(clean(written, limit=64), self.centre.country) or ""
        if not E164.fullmatch(number):
            raise Unprocessable("This is no whole telephone number; write it with its area code.")
        if not self._callbacks().reaches(number):
            raise Unprocessable("Callbacks may not go to this number; your administrator decides which may.")
        return number

    def shown(self, agent: str) -> tuple[CallbackView, ...]:
        """What ``agent`` has to do with; supervisors see everything."""
        oversees = self.roster.agents[agent].role in _OVERSEES
        found = self.book.all() if oversees else self.book.of_agent(agent)
        return tuple(self.book.view(one) for one in found)

    async def cancel(self, agent: str, callback: str) -> None:
        """Nobody is called."""
        found = self.book.get(callback)
        oversees = self.roster.agents[agent].role in _OVERSEES
        if found is None or not (oversees or agent in {found.agent, found.made_by}):
            raise NoCallback("There is no such callback of yours, or it has ended.")
        try:
            done = await self.book.change(found, cancelled(found), agent)
        except WrongStepError:
            done = False
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store this, so the callback stands; try again.") from error
        if not done:
            raise WrongPhase("The customer is being called just now; it cannot be taken back.")

    def _callbacks(self) -> Callbacks:
        if self.centre.callbacks is None:
            raise NoCallback("This centre calls nobody back: its file has no [callbacks].")
        return self.centre.callbacks

    def _time(self, asked: CallbackRequest, callbacks: Callbacks) -> datetime:
        now = self.now()
        if asked.at is None:
            return now + timedelta(minutes=asked.minutes)
        if not now - _PAST <= asked.at <= now + _FARTHEST:
            raise Unprocessable("This time is past, or more than 90 days ahead; choose another.")
        if after_quiet(asked.at, rules_of(callbacks, self.centre)) != asked.at:
            raise Unprocessable(
                f"Nobody is called from {callbacks.quiet_from:%H:%M} to {callbacks.quiet_until:%H:%M};"
                " choose another time."
            )
        return asked.at

    async def _check_room(self, callback: Callback, key: str) -> None:
        """Whether the slot of ``callback`` has room; what is asked again has its place already."""
        if self.slots.has_room(callback.queue, callback.promised):
            return
        try:
            known = await self.book.store.knows(callback.made_by, key)
        except SQLAlchemyError as error:
            raise NotStored(_NOT_STORED) from error
        if not known:
            raise SlotFull("As many calls as can be made are booked for this time; choose another.")

    async def _keep(self, callback: Callback, key: str, digest: str) -> Callback:
        try:
            kept = await self.book.promise(callback, key, digest)
        except KeyUsedError:
            raise Unprocessable("This Idempotency-Key was used for another callback.") from None
        except StandingError as standing:
            raise CallbackStands(
                "There is a callback for this customer in this queue already. It stands for "
                f"{_clock(standing.callback.promised, self.centre)}; take it back first, or leave it."
            ) from None
        except SQLAlchemyError as error:
            raise NotStored(_NOT_STORED) from error
        if kept.state is State.OPEN:
            self.changed()
        return kept


def _clock(at: datetime, centre: Centre) -> str:
    """ISO 8601 in the centre's zone; the desk writes it as its language does."""
    return at.astimezone(centre.zone).isoformat(" ", "minutes")
