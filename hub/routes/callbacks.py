"""Callbacks: promised, shown, taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, status

from hub.auth import AgentHere, HubHere
from hub.contract import CallbackRequest, CallbackView
from hub.routes.contacts import Key

router = APIRouter(prefix="/callbacks")


@router.get("")
async def callbacks(agent: AgentHere, hub: HubHere) -> tuple[CallbackView, ...]:
    """Those that have not ended, the earliest promise first."""
    return hub.promises.shown(agent)


@router.post("")
async def promise(asked: CallbackRequest, agent: AgentHere, hub: HubHere, key: Key) -> CallbackView:
    """Promise one, once for each ``Idempotency-Key``."""
    return await hub.promises.make(agent, asked, key)


@router.delete("/{callback}", status_code=status.HTTP_204_NO_CONTENT)
async def cancel(callback: Annotated[str, Path(max_length=32)], agent: AgentHere, hub: HubHere) -> None:
    """Take one back."""
    await hub.promises.cancel(agent, callback)
