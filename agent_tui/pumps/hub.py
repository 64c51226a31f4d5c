"""The hub pump: a snapshot, then the hub's events, and over again whenever the line breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from agent_tui.ports import HubError, HubKnowsUsNot, HubPort
from agent_tui.pumps.reconnect import Reconnect
from agent_tui.session.events import HubLinkChanged, SnapshotTaken
from agent_tui.session.state import Link
from agent_tui.session.store import Store
from agent_tui.session.writing_events import ConversationsCame
from hub.contract import ResyncEvent


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class HubPump:
    """Keeps the desk at the hub's word for as long as ``run`` lives."""

    def __init__(
        self,
        store: Store,
        hub: HubPort,
        reconnect: Reconnect,
        wall_clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._hub = hub
        self._reconnect = reconnect
        self._wall_clock = wall_clock

    async def run(self) -> None:
        """Follow the hub, and begin again whenever the line breaks. Ends only when cancelled."""
        while True:
            try:
                await self._follow()
            except HubError as error:
                unknown = isinstance(error, HubKnowsUsNot)
                self._store.dispatch(HubLinkChanged(Link.DOWN, error.words, unknown=unknown))
            await self._reconnect.pause()

    async def _read_conversations(self) -> None:
        """Between the snapshot and its events, which are newer. Without them calls ring all the same."""
        try:
            found = await self._hub.conversations.all()
        except HubError:
            return
        self._store.dispatch(ConversationsCame(found))

    async def _follow(self) -> None:
        """Serve one line; returns when the hub wants the desk to take a new snapshot.

        A line counts as good again with its first event: a hub that breaks right after its snapshot is
        tried at growing pauses.
        """
        snapshot = await self._hub.snapshot()
        self._store.dispatch(SnapshotTaken(snapshot, self._wall_clock()))
        if snapshot.me.writes:
            await self._read_conversations()
        self._store.dispatch(HubLinkChanged(Link.UP))
        async for event in self._hub.events(snapshot.cursor):
            if isinstance(event, ResyncEvent):
                return
            self._reconnect.settled()
            self._store.dispatch(event)
