"""What the hub itself holds of an agent, asked past their desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import quote

import httpx

from agent_tui.adapters import hub_wire as wire
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.ports import HubError
from bots import scenario as sc
from bots.history import Watch
from hub.contract import ContactRecord, Snapshot

_EVERY = 0.2


class HubEyes:
    """Reads as the agent whose token is in ``address``."""

    def __init__(self, address: HubAddress) -> None:
        self._address = address
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Give the connection up."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def until(self, step: sc.HubExpected, watch: Watch, contact: Callable[[], str]) -> None:
        """Ask until it is as expected; ``contact`` is the one that note and outcome are about."""
        while True:
            if await self._right(step, watch, contact()):
                return
            await asyncio.sleep(_EVERY)

    async def _right(self, step: sc.HubExpected, watch: Watch, contact: str) -> bool:
        try:
            seen = await self._seen(contact)
        except HubError as error:
            watch.saw = f"the hub does not answer: {error}"
            return False
        watch.saw = "the hub has " + ", ".join(f"{key} {value!r}" for key, value in seen.items())
        wanted = {key: getattr(step, key) for key in seen}
        return all(value is None or value == seen[key] for key, value in wanted.items())

    async def _seen(self, contact: str) -> dict[str, str]:
        snapshot = wire.read(Snapshot, await self._get("/v1/snapshot"))
        phases = [one.phase for one in snapshot.contacts if not contact or one.offer.contact == contact]
        note = outcome = ""
        if contact:
            record = wire.read(ContactRecord, await self._get(f"/v1/contacts/{quote(contact, safe='')}"))
            note, outcome = record.note, record.disposition
        return {
            "presence": snapshot.me.presence.value,
            "phase": phases[0] if phases else "none",
            "note": note,
            "outcome": outcome,
        }

    async def _get(self, path: str) -> bytes:
        if self._client is None:
            self._client = await wire.open_client(self._address)
        with wire.failures_told():
            async with self._client.stream("GET", path) as response:
                return await wire.body_of(response)
