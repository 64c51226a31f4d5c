"""The outbox: notes, ticks and wrap-ups on their way to the hub. Nothing typed is dropped.

A note goes out a moment after the last key, at once when the talk ends, and again for as long as the hub
does not take it. The wrap-up carries note and ticks, so no draft goes beside it: a hub that was just
started may refuse a draft, and take the wrap-up. What is noted of a ring leaves with the talk that follows
it or, of a missed one, when the agent says so.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from agent_tui.ports import HubPort, HubRefused, HubUnreachable
from agent_tui.pumps.reconnect import Pace, Reconnect
from agent_tui.session import work_items as items
from agent_tui.session.clock import Clock
from agent_tui.session.events import NoteNotSaved, NoteSaved, ProgressSaved, WrapUpFailed, WrapUpStored
from agent_tui.session.reduce_edits import taken
from agent_tui.session.state import Link, NoteState, Phase, SessionState, Work
from agent_tui.session.store import Store
from hub.contract import NoteDraft, WrapUp

REST = 0.4
"""Seconds without a key after which a draft leaves."""
LONGEST = 3.0
"""Seconds after which a draft leaves although the agent still types."""

_RETRY = Pace(first=1.0, factor=2.0, most=15.0)


@dataclass(frozen=True, slots=True)
class _Due:
    """When a contact's things leave, on the desk's clock, and since when they have waited."""

    at: float
    since: float


class Outbox:
    """Watches the store for what the hub does not have, and sends it, for as long as ``run`` lives."""

    def __init__(self, store: Store, hub: HubPort, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._retry = Reconnect(clock, _RETRY)
        self._due: dict[str, _Due] = {}
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Send what is due when it is due. Ends only when cancelled, after one last try for all the rest."""
        with self._store.listening(self._look):
            self._send_all_now(self._store.state)
            try:
                await self._keep_sending()
            except asyncio.CancelledError:
                await self._send_the_rest()
                raise

    async def _keep_sending(self) -> None:
        while True:
            await self._clock.wait(self._wake, self._seconds_left())
            self._wake.clear()
            for contact in self._ready():
                await self._send(contact)

    async def _send_the_rest(self) -> None:
        for work in self._store.state.work:
            if work.unsaved:
                await self._send(work.contact)

    def _look(self, old: SessionState, new: SessionState) -> None:
        if new.hub is Link.UP and old.hub is not Link.UP:
            self._send_all_now(new)
        if new.work is old.work:
            return
        for work in new.work:
            before = items.find(old, work.contact)
            if work is not before and work.unsaved:
                self._plan(before, work)

    def _plan(self, before: Work | None, work: Work) -> None:
        """Put a changed contact on the list: at once at a turn of its life, else after a rest."""
        turned = before is None or before.phase is not work.phase or before.finishing is not work.finishing
        if turned:
            self._put_off(work.contact, 0.0)
        elif before is not None and (before.note, before.progress) != (work.note, work.progress):
            self._put_off(work.contact, REST)

    def _send_all_now(self, state: SessionState) -> None:
        for work in state.work:
            if work.unsaved:
                self._put_off(work.contact, 0.0)

    def _put_off(self, contact: str, seconds: float) -> None:
        now = self._clock.now()
        waiting = self._due.get(contact)
        since = waiting.since if waiting is not None else now
        self._due[contact] = _Due(min(now + seconds, max(now, since + LONGEST)), since)
        self._wake.set()

    def _seconds_left(self) -> float | None:
        if not self._due:
            return None
        return max(0.0, min(due.at for due in self._due.values()) - self._clock.now())

    def _ready(self) -> tuple[str, ...]:
        now = self._clock.now()
        return tuple(contact for contact, due in self._due.items() if due.at <= now)

    async def _send(self, contact: str) -> None:
        """Send all that one contact owes; what the hub did not hear is due again after a pause."""
        self._due.pop(contact, None)
        try:
            await self._send_progress(contact)
            await self._send_note(contact)
            await self._send_wrap_up(contact)
        except HubUnreachable as error:
            self._store.dispatch(NoteNotSaved(contact, error.words))
            self._put_off_retry(contact)
        else:
            self._retry.settled()

    def _put_off_retry(self, contact: str) -> None:
        now = self._clock.now()
        self._due[contact] = _Due(now + self._retry.next_pause(), now)
        self._wake.set()

    async def _send_progress(self, contact: str) -> None:
        work = items.find(self._store.state, contact)
        if work is None or not taken(work) or work.progress is None or not work.progress_unsaved:
            return
        try:
            await self._hub.save_progress(contact, work.progress)
        except HubRefused as error:
            self._store.dispatch(NoteNotSaved(contact, error.words))
            return
        self._store.dispatch(ProgressSaved(contact, work.progress))

    async def _send_note(self, contact: str) -> None:
        work = items.find(self._store.state, contact)
        if work is None or not taken(work) or work.note_state not in (NoteState.TYPED, NoteState.UNSAVED):
            return
        try:
            await self._hub.save_note(contact, NoteDraft(text=work.note))
        except HubRefused as error:
            self._store.dispatch(NoteNotSaved(contact, error.words))
            return
        self._store.dispatch(NoteSaved(contact, work.note))

    async def _send_wrap_up(self, contact: str) -> None:
        work = items.find(self._store.state, contact)
        if work is None or not work.finishing or work.phase not in (Phase.WRAP_UP, Phase.MISSED):
            return
        wrap_up = WrapUp(
            note=work.note,
            disposition=work.disposition,
            customer=work.chosen_customer,
            voice=work.voice,
            missed=work.phase is Phase.MISSED,
            script=work.progress,
        )
        try:
            record = await self._hub.wrap_up(contact, wrap_up, work.wrap_up_key)
        except HubRefused as error:
            self._store.dispatch(WrapUpFailed(contact, error.words))
            return
        self._store.dispatch(WrapUpStored(record))
