"""Callbacks over HTTP: the part of the hub's contract by which customers are promised calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from hub import contract as c

if TYPE_CHECKING:
    from agent_tui.adapters.hub_line import HubLine


@dataclass(frozen=True, slots=True)
class HttpCallbacks:
    """``agent_tui.ports.CallbacksPort``, over the line to the hub. ``line`` raises ``HubUnreachable``."""

    line: Callable[[], HubLine]

    async def promise(self, asked: c.CallbackRequest, key: str) -> c.CallbackView:
        """Promise a callback, once by ``key``."""
        headers = {"Idempotency-Key": key}
        return await self.line().read(c.CallbackView, "POST", "/v1/callbacks", asked, headers)

    async def cancel(self, callback: str) -> None:
        """Take a callback back."""
        await self.line().ask("DELETE", f"/v1/callbacks/{quote(callback, safe='')}")
