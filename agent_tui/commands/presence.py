"""The command about presence: what the agent chose, on its way to the hub."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.commands.act import Act, NotNow
from agent_tui.ports import HubPort
from agent_tui.session.events import PresenceWanted
from agent_tui.session.reach import why_not_ready
from agent_tui.session.store import Store
from edge.text import clean
from hub.contract import Me, MeEvent, Presence


class PresenceCommands:
    """Makes an act of the command about presence."""

    def __init__(self, store: Store, hub: HubPort) -> None:
        self._store = store
        self._hub = hub

    def set_presence(self, command: do.SetPresence) -> Act:
        """Show at once what is wanted, and have the hub make it so. What is pressed meanwhile follows it.

        Raises ``NotNow`` for ready while no call could ring here.
        """
        why = why_not_ready(self._store.state) if command.presence is Presence.READY else None
        if why is not None:
            raise NotNow(why)

        async def run() -> None:
            self._store.dispatch(PresenceWanted(command.presence))
            try:
                me = await self._hub.set_presence(command.presence, clean(command.reason, limit=80))
            except BaseException:  # cancelled or refused: either way it is wanted no longer
                self._store.dispatch(PresenceWanted(None))
                raise
            self._store.dispatch(MeEvent(me=self._with_members_of_the_stream(me)))

        return Act(("presence",), run, queues=True)

    def _with_members_of_the_stream(self, me: Me) -> Me:
        """How the exchange sees us is told by the stream, which may be ahead of this answer."""
        known = self._store.state.me
        return me if known is None else me.model_copy(update={"members": known.members})
