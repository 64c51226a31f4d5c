"""The hub over HTTP: requests and the event stream, by the hub's contract and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias
from urllib.parse import quote

import httpx
from httpx_sse import aconnect_sse
from pydantic import BaseModel

from agent_tui.adapters import hub_wire as wire
from agent_tui.adapters.http_conversations import HttpConversations
from agent_tui.adapters.http_customers import HttpCustomers
from agent_tui.adapters.hub_wire import contact_path as _path
from agent_tui.ports import HubUnreachable
from agent_tui.text.catalogue import Phrase
from hub import contract as c

Locate: TypeAlias = Callable[[], Awaitable[wire.HubAddress]]
"""Finds the hub, starting it where it is ours to start. Raises ``HubError``."""


class HttpHub:
    """``agent_tui.ports.HubPort`` over HTTP. Each snapshot asks ``locate`` anew where the hub is."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._address: wire.HubAddress | None = None
        self._client: httpx.AsyncClient | None = None
        self.customers = HttpCustomers(self.ask)
        self.conversations = HttpConversations(self.ask)

    @property
    def address(self) -> wire.HubAddress | None:
        """Where the hub was found; None before the first snapshot."""
        return self._address

    async def close(self) -> None:
        """Give up all connections."""
        client, self._client, self._address = self._client, None, None
        if client is not None:
            await client.aclose()

    async def snapshot(self) -> c.Snapshot:
        """Everything a desk shows when it comes up."""
        await self._reach()
        return wire.read(c.Snapshot, await self.ask("GET", "/v1/snapshot"))

    async def set_presence(self, presence: c.Presence, reason: str) -> c.Me:
        """Choose a presence."""
        change = c.PresenceChange(presence=presence, reason=reason)
        return wire.read(c.Me, await self.ask("PUT", "/v1/presence", change))

    async def card(self, contact: str) -> c.CardAnswer:
        """The contact's card."""
        return wire.read(c.CardAnswer, await self.ask("GET", _path(contact, "card")))

    async def script(self, contact: str, language: str) -> c.Script:
        """The script for the contact's queue, in ``language`` where the queue has it."""
        path = f"{_path(contact, 'script')}?language={quote(language, safe='')}"
        return wire.read(c.Script, await self.ask("GET", path))

    async def save_progress(self, contact: str, progress: c.ScriptProgress) -> None:
        """Keep what was ticked and answered."""
        await self.ask("PUT", _path(contact, "script-progress"), progress)

    async def save_note(self, contact: str, note: c.NoteDraft) -> None:
        """Keep the note as typed so far."""
        await self.ask("PUT", _path(contact, "note"), note)

    async def wrap_up(self, contact: str, wrap_up: c.WrapUp, key: str) -> c.ContactRecord:
        """Store the wrap-up, once by ``key``."""
        answer = await self.ask("POST", _path(contact, "wrap-up"), wrap_up, {"Idempotency-Key": key})
        return wire.read(c.ContactRecord, answer)

    async def history(self, asked: c.HistoryRequest) -> c.HistoryPage:
        """A page of the agent's own contacts of before."""
        return wire.read(c.HistoryPage, await self.ask("POST", "/v1/history", asked))

    async def floor(self) -> c.FloorView:
        """How all agents stand, and who waits."""
        return wire.read(c.FloorView, await self.ask("GET", "/v1/floor"))

    async def listen(self, agent: str, asked: c.ListenRequest) -> c.ListeningView:
        """Hear an agent's talk on one's own phone."""
        return wire.read(c.ListeningView, await self.ask("POST", _agents(agent, "listening"), asked))

    async def turn_listening(self, mode: c.ListenMode) -> c.ListeningView:
        """Go on in another way."""
        change = c.ListenChange(mode=mode)
        return wire.read(c.ListeningView, await self.ask("PUT", "/v1/listening", change))

    async def write_coach_note(self, agent: str, note: c.CoachNote) -> None:
        """Put a line on an agent's desk."""
        await self.ask("POST", _agents(agent, "coach-notes"), note)

    async def promise_callback(self, asked: c.CallbackRequest, key: str) -> c.CallbackView:
        """Promise a callback, once by ``key``."""
        answer = await self.ask("POST", "/v1/callbacks", asked, {"Idempotency-Key": key})
        return wire.read(c.CallbackView, answer)

    async def cancel_callback(self, callback: str) -> None:
        """Take a callback back."""
        await self.ask("DELETE", f"/v1/callbacks/{quote(callback, safe='')}")

    async def events(self, cursor: str) -> AsyncIterator[c.HubEvent]:
        """Events after ``cursor``; ends with ``HubUnreachable`` when the line breaks."""
        headers = {"Last-Event-ID": cursor}
        with wire.failures_told():
            async with aconnect_sse(
                self._open(), "GET", "/v1/events", headers=headers, timeout=wire.STREAM
            ) as source:
                if not source.response.is_success:
                    await wire.body_of(source.response)
                async for message in source.aiter_sse():
                    # a sign of life: an event without data is none (HTML standard, 9.2.6)
                    if message.data:
                        yield wire.event(message.data)
        raise HubUnreachable(Phrase("The hub ended the line."))

    async def ask(
        self, method: str, path: str, body: BaseModel | None = None, headers: dict[str, str] | None = None
    ) -> bytes:
        """The body of the hub's answer to one request. Raises ``HubError``."""
        content: dict[str, Any] = {"json": body.model_dump(mode="json")} if body is not None else {}
        with wire.failures_told():
            async with asyncio.timeout(wire.REQUEST_WITHIN):
                async with self._open().stream(method, path, headers=headers, **content) as response:
                    return await wire.body_of(response)

    async def _reach(self) -> None:
        address = await self._locate()
        if address != self._address:
            await self.close()
            self._client = await wire.open_client(address)
            self._address = address

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            raise HubUnreachable(Phrase("The hub has not been reached yet."))
        return self._client


def _agents(agent: str, what: str) -> str:
    return f"/v1/agents/{quote(agent, safe='')}/{what}"
