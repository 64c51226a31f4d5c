"""An agent's own contacts of before."""

from __future__ import annotations

from fastapi import APIRouter

from hub.auth import AgentHere, HubHere
from hub.contract import HistoryPage, HistoryRequest

router = APIRouter()


@router.post("/history")
async def history(asked: HistoryRequest, agent: AgentHere, hub: HubHere) -> HistoryPage:
    """A page of them. By POST, for a search names customers, and proxies log addresses."""
    return await hub.handling.history.page(agent, asked)
