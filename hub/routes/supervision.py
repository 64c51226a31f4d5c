"""Acts on another agent's presence, and the audit of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, status

from hub.auth import AgentHere, HubHere
from hub.contract import AgentStanding, AuditEntry, PresenceOrder

router = APIRouter()

_LARGEST_SERIAL = 2**31 - 1
"""What Postgres's integer holds."""


@router.put("/agents/{agent}/presence", status_code=status.HTTP_204_NO_CONTENT)
async def presence(
    agent: Annotated[str, Path(max_length=80)], order: PresenceOrder, asking: AgentHere, hub: HubHere
) -> None:
    """Pause ``agent`` or log them out, with words that they read."""
    await hub.trainers.orders.presence(asking, agent, order)


@router.get("/agents")
async def agents(_asking: AgentHere, hub: HubHere) -> tuple[AgentStanding, ...]:
    """How all agents stand."""
    return hub.views.standing()


@router.get("/audit")
async def audit(
    asking: AgentHere, hub: HubHere, before: Annotated[int | None, Query(ge=1, le=_LARGEST_SERIAL)] = None
) -> tuple[AuditEntry, ...]:
    """Who did what to whom, the newest first; ``before`` turns the page."""
    return await hub.trainers.orders.acts(before)
