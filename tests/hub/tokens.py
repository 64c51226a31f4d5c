"""Tokens for a test's desks, as an enrolment leaves them."""

from __future__ import annotations

from hub.db.devices import Device, new_token
from hub.service.hub import Hub, utc_now


async def token_of(hub: Hub, agent: str) -> str:
    """The token of a new device of ``agent``."""
    return (await enrolled(hub, agent))[1]


async def enrolled(hub: Hub, agent: str) -> tuple[Device, str]:
    """A new device of ``agent``, without an account at the exchange, and its token."""
    token = new_token()
    return await hub.access.devices.store.admit(agent, token, utc_now()), token
