"""Answers the call that a trainer at this desk asked for, and no other.

A call that answers itself opens a microphone at home. So the INVITE must bear the secret that this desk made
for this one request, in its time, once, while no other call is open; otherwise it rings as every call does.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from agent_tui.ports import PhonePort
from agent_tui.session.floor_events import ListeningTaken
from agent_tui.session.select import taken_by_itself
from agent_tui.session.state import Call, SessionState
from agent_tui.session.store import Store
from hub.contract import ListenMode
from sip.errors import PhoneError


class ListeningAnswer:
    """Watches the store for as long as ``run`` lives. ``trusted``: INVITEs come encrypted, or do not leave
    this machine; elsewhere the secret could be read on the way, and each call rings.
    """

    def __init__(self, store: Store, phone: PhonePort, *, trusted: bool) -> None:
        self._store = store
        self._phone = phone
        self._trusted = trusted
        self._came = asyncio.Event()
        self._used = ""

    async def run(self) -> None:
        """Answer what may be answered. Ends only when cancelled."""
        if self._trusted:
            self._store.dispatch(ListeningTaken())
        with self._store.listening(self._look):
            while True:
                await self._came.wait()
                self._came.clear()
                state = self._store.state
                call = self._awaited(state)
                if call is not None and state.awaited is not None:
                    self._used = call.listening
                    with suppress(PhoneError):  # it was over before
                        await self._answer(call, state.awaited.mode)

    async def _answer(self, call: Call, mode: ListenMode) -> None:
        """Who only listens is muted before anything can be heard; who speaks at once asked for that."""
        if mode is ListenMode.LISTEN:
            await self._phone.calls.mute(call.id, True)
        await self._phone.calls.answer(call.id)

    def _look(self, _old: SessionState, new: SessionState) -> None:
        if self._awaited(new) is not None:
            self._came.set()

    def _awaited(self, state: SessionState) -> Call | None:
        call = taken_by_itself(state)
        return call if call is not None and call.listening != self._used else None
