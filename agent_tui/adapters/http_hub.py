"""The hub over HTTP: requests and the event stream, by the hub's contract and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from agent_tui.adapters.http_callbacks import HttpCallbacks
from agent_tui.adapters.http_conversations import HttpConversations
from agent_tui.adapters.http_customers import HttpCustomers
from agent_tui.adapters.http_floor import HttpFloor
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.adapters.hub_address import contact_path as _path
from agent_tui.ports import HubUnreachable
from agent_tui.text.catalogue import Phrase
from hub import contract as c

if TYPE_CHECKING:
    from agent_tui.adapters.hub_line import HubLine

Locate: TypeAlias = Callable[[], Awaitable[HubAddress]]
"""Finds the hub, starting it where it is ours to start. Raises ``HubError``."""


class HttpHub:
    """``agent_tui.ports.HubPort`` over HTTP. Each snapshot asks ``locate`` anew where the hub is."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._address: HubAddress | None = None
        self._line: HubLine | None = None
        self.customers = HttpCustomers(self._open)
        self.conversations = HttpConversations(self._open)
        self.callbacks = HttpCallbacks(self._open)
        self.floor = HttpFloor(self._open)

    @property
    def address(self) -> HubAddress | None:
        """Where the hub was found; None before the first snapshot."""
        return self._address

    async def close(self) -> None:
        """Give up all connections."""
        line, self._line, self._address = self._line, None, None
        if line is not None:
            await line.close()

    async def snapshot(self) -> c.Snapshot:
        """Everything a desk shows when it comes up."""
        await self._reach()
        return await self._open().read(c.Snapshot, "GET", "/v1/snapshot")

    async def set_presence(self, presence: c.Presence, reason: str) -> c.Me:
        """Choose a presence."""
        change = c.PresenceChange(presence=presence, reason=reason)
        return await self._open().read(c.Me, "PUT", "/v1/presence", change)

    async def card(self, contact: str) -> c.CardAnswer:
        """The contact's card."""
        return await self._open().read(c.CardAnswer, "GET", _path(contact, "card"))

    async def script(self, contact: str, language: str) -> c.Script:
        """The script for the contact's queue, in ``language`` where the queue has it."""
        path = f"{_path(contact, 'script')}?language={quote(language, safe='')}"
        return await self._open().read(c.Script, "GET", path)

    async def save_progress(self, contact: str, progress: c.ScriptProgress) -> None:
        """Keep what was ticked and answered."""
        await self._open().ask("PUT", _path(contact, "script-progress"), progress)

    async def save_note(self, contact: str, note: c.NoteDraft) -> None:
        """Keep the note as typed so far."""
        await self._open().ask("PUT", _path(contact, "note"), note)

    async def wrap_up(self, contact: str, wrap_up: c.WrapUp, key: str) -> c.ContactRecord:
        """Store the wrap-up, once by ``key``."""
        return await self._open().read(
            c.ContactRecord, "POST", _path(contact, "wrap-up"), wrap_up, {"Idempotency-Key": key}
        )

    async def history(self, asked: c.HistoryRequest) -> c.HistoryPage:
        """A page of the agent's own contacts of before."""
        return await self._open().read(c.HistoryPage, "POST", "/v1/history", asked)

    async def events(self, cursor: str) -> AsyncIterator[c.HubEvent]:
        """Events after ``cursor``; ends with ``HubUnreachable`` when the line breaks."""
        async for event in self._open().events(cursor):
            yield event

    async def _reach(self) -> None:
        address = await self._locate()
        if address != self._address:
            await self.close()
            lines = await asyncio.to_thread(_lines)
            self._line = await lines.open(address)
            self._address = address

    def _open(self) -> HubLine:
        if self._line is None:
            raise HubUnreachable(Phrase("The hub has not been reached yet."))
        return self._line


def _lines() -> type[HubLine]:
    """What speaks HTTP is loaded when the hub was found: neither the first picture nor a key waits for it."""
    from agent_tui.adapters.hub_line import HubLine  # noqa: PLC0415 - httpx: 0.1 s

    return HubLine
