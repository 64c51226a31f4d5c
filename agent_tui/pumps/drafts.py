"""Drafts: all that the agent did for open contacts, kept as it is done, for a desk that is killed.

The hub gets a note a moment after the last key, and none while it is away. A draft is on the machine as
soon as the store knows of the key, a moment after it is painted, and goes when the contact is wrapped up.
What is typed for the caller's conversation, while the hub looks for it, is kept behind the note.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from agent_tui.ports import Drafts, DraftsError
from agent_tui.pumps.hub import utc_now
from agent_tui.pumps.left_behind import bring_back
from agent_tui.session import work_items as items
from agent_tui.session.draft import Draft, draft_of
from agent_tui.session.events import DraftFound, DraftNotKept
from agent_tui.session.state import SessionState, Work
from agent_tui.session.store import Store


class DraftPump:
    """Brings back what an earlier desk left, then keeps what this one does, for as long as ``run`` lives."""

    def __init__(
        self, store: Store, drafts: Drafts[Draft], wall_clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._store = store
        self._drafts = drafts
        self._wall_clock = wall_clock

    async def run(self) -> None:
        """Everything left is on the desk before the first wait. Ends only when cancelled."""
        bring_back(self._store, self._drafts, lambda draft: DraftFound(draft, self._wall_clock()))
        with self._store.listening(self._look):
            await asyncio.Event().wait()

    def _look(self, old: SessionState, new: SessionState) -> None:
        if new.work is old.work:
            return
        try:
            for work in new.work:
                self._keep(items.find(old, work.contact), work, new.now)
            for work in old.work:
                if items.find(new, work.contact) is None:
                    self._drafts.drop(work.contact)
        except DraftsError as error:
            self._store.dispatch(DraftNotKept(str(error)))

    def _keep(self, before: Work | None, work: Work, now: float) -> None:
        at = self._wall_clock()
        kept = draft_of(before, now, at) if before is not None else None
        draft = draft_of(work, now, at)
        if draft is not None and draft != kept:
            self._drafts.keep(draft)
        elif draft is None and kept is not None:
            self._drafts.drop(work.contact)
