"""An agent's devices, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, status

from hub.auth import DeviceHere, HubHere
from hub.contract import DeviceView

router = APIRouter(prefix="/agents/{agent}/devices")

AgentId = Annotated[str, Path(max_length=80)]
DeviceId = Annotated[str, Path(max_length=32)]


@router.get("")
async def devices(agent: AgentId, asking: DeviceHere, hub: HubHere) -> tuple[DeviceView, ...]:
    """The devices that speak for ``agent``."""
    return await hub.access.devices.shown(agent)


@router.delete("/{device}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke(agent: AgentId, device: DeviceId, asking: DeviceHere, hub: HubHere) -> None:
    """End one of them."""
    await hub.access.devices.revoke(agent, device)
