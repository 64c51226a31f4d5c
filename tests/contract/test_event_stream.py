"""The stream as the hub writes it and the desk reads it: a sign of life is no event."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import httpx
import pytest

from agent_tui.adapters import hub_wire
from agent_tui.adapters.http_hub import HttpHub
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.ports import HubUnreachable
from hub.event_stream import EventStream
from hub.events import Sent
from tests.stubs.hub import StubHub

RESYNC = '{"kind": "resync"}'


class Wire:
    """What ``EventStream`` writes, and when it wrote a sign of life."""

    def __init__(self) -> None:
        self.body = b""
        self.sign = asyncio.Event()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """ASGI's ``send``."""
        chunk = message.get("body", b"")
        self.body += chunk
        if chunk.startswith(b":"):
            self.sign.set()

    async def receive(self) -> MutableMapping[str, Any]:
        """ASGI's ``receive``: the far end stays."""
        await asyncio.Event().wait()
        raise AssertionError("never")


async def written() -> bytes:
    """An event with an id, a sign of life, and another event."""
    wire = Wire()

    async def events() -> AsyncIterator[Sent]:
        yield Sent("7-1", "resync", RESYNC)
        wire.sign.clear()
        await wire.sign.wait()
        yield Sent("7-2", "resync", RESYNC)

    async with asyncio.timeout(20):
        await EventStream(events(), ping=0.001)({}, wire.receive, wire.send)
    return wire.body


async def test_a_sign_of_life_after_an_event_with_an_id_is_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    body = await written()
    snapshot = (await StubHub().snapshot()).model_dump_json()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/events":
            return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=body)
        return httpx.Response(200, content=snapshot)

    async def client(_address: HubAddress) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url="http://hub.test", transport=httpx.MockTransport(answer))

    async def located() -> HubAddress:
        return HubAddress("https://hub.test", "t")

    monkeypatch.setattr(hub_wire, "open_client", client)
    hub = HttpHub(located)
    await hub.snapshot()
    stream = hub.events("")
    assert [(await anext(stream)).kind for _ in range(2)] == ["resync", "resync"]
    with pytest.raises(HubUnreachable, match="ended the line"):
        await anext(stream)
    await hub.close()
