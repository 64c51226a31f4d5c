"""Commands that look through the agent's own contacts of before."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.commands.act import Act
from agent_tui.ports import HubError, HubPort
from agent_tui.session.events import HistoryAsked, HistoryCame, HistoryFailed
from agent_tui.session.store import Store
from agent_tui.text.catalogue import Phrase
from edge.text import clean
from hub.contract import HistoryRequest

LONGEST_SEARCH = 100
"""Characters, as the hub's contract has it."""


class HistoryCommands:
    """Makes acts of them. Searches are under way side by side: a slow one keeps no newer one waiting."""

    def __init__(self, store: Store, hub: HubPort) -> None:
        self._store = store
        self._hub = hub

    def search(self, command: do.SearchHistory) -> Act:
        """Ask for the newest that fit; from the press on no earlier search counts."""
        words = clean(command.words, limit=LONGEST_SEARCH)
        self._store.dispatch(HistoryAsked(command.key, words))
        return self._asking(command.key, HistoryRequest(words=words))

    def older(self, _command: do.OlderHistory) -> Act:
        """Ask for the page after the last one."""
        history = self._store.state.history
        if history is None:
            raise AssertionError("possible only while it is looked through")
        self._store.dispatch(HistoryAsked(history.key, history.words, older=True))
        return self._asking(history.key, HistoryRequest(words=history.words, before=history.next))

    def _asking(self, key: str, asked: HistoryRequest) -> Act:
        async def run() -> None:
            try:
                page = await self._hub.history(asked)
            except HubError as error:
                self._store.dispatch(HistoryFailed(key, str(error)))
            except BaseException:  # cancelled as well: nobody is to wait for ever
                self._store.dispatch(HistoryFailed(key, Phrase("The hub did not answer in time.")))
                raise
            else:
                self._store.dispatch(HistoryCame(key, page))

        return Act(("history", key, asked.before), run)
