"""An open line to one hub: requests, their answers, and the stream of events. What speaks HTTP is here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
from httpx_sse import aconnect_sse
from pydantic import BaseModel, TypeAdapter

from agent_tui.adapters import hub_wire as wire
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.ports import HubUnreachable
from agent_tui.text.catalogue import Phrase
from hub import contract as c

_FILE = "application/octet-stream"


class HubLine:
    """A line to the hub that ``client`` is made for."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @classmethod
    async def open(cls, address: HubAddress) -> HubLine:
        """A line to ``address``; nothing travels yet. Raises ``HubRefused`` where its CA is of no use."""
        return cls(await wire.open_client(address))

    async def close(self) -> None:
        """Give up all connections."""
        await self._client.aclose()

    async def ask(
        self, method: str, path: str, body: BaseModel | None = None, headers: dict[str, str] | None = None
    ) -> bytes:
        """The answer's body, of a request that was done. Raises ``HubError``."""
        content: dict[str, Any] = {"json": body.model_dump(mode="json")} if body is not None else {}
        with wire.failures_told():
            async with asyncio.timeout(wire.REQUEST_WITHIN):
                async with self._client.stream(method, path, headers=headers, **content) as response:
                    return await wire.body_of(response)

    async def send_file(self, model: type[wire.M], path: str, data: bytes, headers: dict[str, str]) -> wire.M:
        """The answer to a file as the contract has it. Raises ``HubError``."""
        return wire.read(model, await self._with_file("POST", path, headers | {"Content-Type": _FILE}, data))

    async def fetch_file(self, path: str) -> bytes:
        """A file. Raises ``HubError``."""
        return await self._with_file("GET", path, {}, None)

    async def _with_file(self, method: str, path: str, headers: dict[str, str], data: bytes | None) -> bytes:
        """The hub answers once WhatsApp has."""
        with wire.failures_told():
            async with asyncio.timeout(wire.FILE_WITHIN):
                asking = self._client.stream(method, path, headers=headers, content=data, timeout=wire.FILE)
                async with asking as response:
                    return await wire.body_of(response, wire.LARGEST_FILE)

    async def read(
        self,
        model: type[wire.M],
        method: str,
        path: str,
        body: BaseModel | None = None,
        headers: dict[str, str] | None = None,
    ) -> wire.M:
        """The answer as the contract has it. Raises ``HubError``."""
        return wire.read(model, await self.ask(method, path, body, headers))

    async def read_as(self, kind: TypeAdapter[wire.T], method: str, path: str) -> wire.T:
        """The same for what is no model of its own."""
        return wire.read_as(kind, await self.ask(method, path))

    async def events(self, cursor: str) -> AsyncIterator[c.HubEvent]:
        """Events after ``cursor``; ends with ``HubUnreachable`` when the line breaks."""
        headers = {"Last-Event-ID": cursor}
        with wire.failures_told():
            async with aconnect_sse(
                self._client, "GET", "/v1/events", headers=headers, timeout=wire.STREAM
            ) as source:
                if not source.response.is_success:
                    await wire.body_of(source.response)
                async for message in source.aiter_sse():
                    # a sign of life: an event without data is none (HTML standard, 9.2.6)
                    if message.data:
                        yield wire.event(message.data)
        raise HubUnreachable(Phrase("The hub ended the line."))
