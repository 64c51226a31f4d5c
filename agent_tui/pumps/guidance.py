"""Guidance: fetches the script of each contact on the desk, and a card the hub did not push."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import StrEnum

from agent_tui.ports import HubPort, HubRefused, HubUnreachable
from agent_tui.pumps.reconnect import Pace, Reconnect
from agent_tui.session.clock import Clock
from agent_tui.session.events import CardArrived, ScriptArrived
from agent_tui.session.state import Link, Phase, SessionState, Work
from agent_tui.session.store import Store
from hub.contract import Script

_RETRY = Pace(first=1.0, factor=2.0, most=15.0)


class ScriptLanguage(StrEnum):
    """Which language's script guides: the customer's own where the card tells it, or always one."""

    CUSTOMER = "customer"
    ENGLISH = "en"
    HEBREW = "he"


class Guidance:
    """Watches the store for contacts without guidance and fetches it, for as long as ``run`` lives."""

    def __init__(self, store: Store, hub: HubPort, clock: Clock, language: ScriptLanguage) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._language = language
        self._retry = Reconnect(clock, _RETRY)
        self._wake = asyncio.Event()
        self._fetched: dict[str, str] = {}
        """Contact → language its script was asked in."""
        self._card_asked: set[str] = set()

    async def run(self) -> None:
        """Fetch what is wanting whenever the state changes. Ends only when cancelled."""
        with self._store.listening(self._look):
            while True:
                self._wake.clear()
                if await self._fetch_all():
                    await self._wake.wait()
                else:
                    await self._retry.pause()

    def _look(self, old: SessionState, new: SessionState) -> None:
        if new.work is not old.work:
            self._forget(new)
            self._wake.set()
        if new.hub is Link.UP and old.hub is not Link.UP:
            self._wake.set()
            self._retry.hurry()

    def _forget(self, state: SessionState) -> None:
        here = {work.contact for work in state.work}
        self._card_asked &= here
        for contact in self._fetched.keys() - here:
            del self._fetched[contact]

    async def _fetch_all(self) -> bool:
        """Fetch what every contact wants; whether the hub answered."""
        state = self._store.state
        if state.hub is not Link.UP:
            return True
        try:
            for work in state.work:
                await self._fetch_script(state, work)
                await self._fetch_card(work)
        except HubUnreachable:
            return False
        self._retry.settled()
        return True

    async def _fetch_script(self, state: SessionState, work: Work) -> None:
        """The script is fetched again when it was edited, or when the card tells another language."""
        language = self._wanted_language(state, work)
        if work.offer is None or not (work.script_due or self._fetched.get(work.contact) != language):
            return
        script: Script | None = None
        with suppress(HubRefused):
            script = await self._hub.script(work.contact, language)
        self._fetched[work.contact] = language
        self._store.dispatch(ScriptArrived(work.contact, script))

    async def _fetch_card(self, work: Work) -> None:
        if work.card is not None or work.phase is not Phase.TALKING or work.contact in self._card_asked:
            return
        self._card_asked.add(work.contact)
        try:
            card = await self._hub.card(work.contact)
        except HubRefused:
            return
        self._store.dispatch(CardArrived(card))

    def _wanted_language(self, state: SessionState, work: Work) -> str:
        if self._language is not ScriptLanguage.CUSTOMER:
            return self._language.value
        card = work.customer_card
        if card is not None:
            return card.language
        return state.me.language if state.me is not None else "en"
