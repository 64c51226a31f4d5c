"""Answers the call that a trainer at this desk asked for, and no other.

A call that answers itself opens a microphone at home. So the INVITE must bear the secret that this desk made
for this one request, in its time, once, while no other call is open; otherwise it rings as every call does.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from agent_tui.ports import PhonePort
from agent_tui.session.state import Call, SessionState
from agent_tui.session.store import Store
from hub.contract import ListenMode
from sip.call_state import CallState
from sip.errors import PhoneError

WITHIN: Final = 10.0
"""Seconds from the request to the INVITE."""


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
        awaited = state.awaited
        if not self._trusted or awaited is None or len(state.calls) != 1:
            return None
        (call,) = state.calls
        fits = call.state is CallState.INCOMING and call.listening == awaited.token != self._used
        return call if fits and state.now - awaited.at <= WITHIN else None
