"""The phone pump: what the phone reports goes to the store, and a lost phone is started anew."""

from __future__ import annotations

from agent_tui.ports import PhonePort
from agent_tui.pumps.reconnect import Reconnect
from agent_tui.session.events import PhoneLinkChanged
from agent_tui.session.state import Link
from agent_tui.session.store import Store
from sip.errors import PhoneError


class PhonePump:
    """Keeps the desk attached to the phone for as long as ``run`` lives."""

    def __init__(self, store: Store, phone: PhonePort, reconnect: Reconnect) -> None:
        self._store = store
        self._phone = phone
        self._reconnect = reconnect

    async def run(self) -> None:
        """Attach, pass on, and begin again whenever the phone is gone.

        Ends when cancelled, or when another desk takes the phone: it is not to be taken back from there.
        """
        while True:
            words = await self._follow()
            if self._store.state.taken_away:
                return
            self._store.dispatch(PhoneLinkChanged(Link.DOWN, words))
            await self._reconnect.pause()

    async def _follow(self) -> str:
        """Serve one attachment; returns why it ended."""
        try:
            await self._phone.attach()
            self._store.dispatch(PhoneLinkChanged(Link.UP))
            async for event in self._phone.events():
                self._reconnect.settled()
                self._store.dispatch(event)
        except PhoneError as error:
            return str(error)
        return ""
