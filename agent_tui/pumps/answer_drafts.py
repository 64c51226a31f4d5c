"""Answers to customers that are not sent, kept as they are typed, for a desk that is killed.

As with notes (``agent_tui.pumps.drafts``) what is typed is on the machine as soon as the store knows of the
key. It goes when the hub has what was sent, or nothing is left in the box.
"""

from __future__ import annotations

import asyncio

from agent_tui.ports import Drafts, DraftsError
from agent_tui.pumps.left_behind import bring_back
from agent_tui.session.answer_draft import AnswerDraft, answer_drafts
from agent_tui.session.events import DraftNotKept
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from agent_tui.session.writing import Writing
from agent_tui.session.writing_events import AnswerFound


class AnswerDraftPump:
    """Brings back what an earlier desk left, then keeps what this one does, for as long as ``run`` lives."""

    def __init__(self, store: Store, drafts: Drafts[AnswerDraft]) -> None:
        self._store = store
        self._drafts = drafts

    async def run(self) -> None:
        """Everything left is on the desk before the first wait. Ends only when cancelled."""
        bring_back(self._store, self._drafts, AnswerFound)
        with self._store.listening(self._look):
            await asyncio.Event().wait()

    def _look(self, old: SessionState, new: SessionState) -> None:
        if not _typed_or_sent(old.writing, new.writing):
            return
        before, now = answer_drafts(old.writing), answer_drafts(new.writing)
        try:
            for name, draft in now.items():
                if draft != before.get(name):
                    self._drafts.keep(draft)
            for name in before.keys() - now.keys():
                self._drafts.drop(name)
        except DraftsError as error:
            self._store.dispatch(DraftNotKept(str(error)))


def _typed_or_sent(old: Writing, new: Writing) -> bool:
    return old.drafts is not new.drafts or old.early is not new.early or old.sending is not new.sending
