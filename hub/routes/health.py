"""Whether the hub serves: for monitors, without a token, so without a name or a number."""

from __future__ import annotations

from fastapi import APIRouter

from hub.auth import HubHere
from hub.contract import Health

router = APIRouter()


@router.get("/health")
async def health(hub: HubHere) -> Health:
    """What the hub can reach."""
    link = hub.floor.link
    crm = await hub.crm.healthy()
    words = [link.words] if link.words and not link.up else []
    words += [] if crm else ["the CRM does not answer"]
    words += [f"script {name} is broken, its last good version is served" for name in hub.shelf.broken]
    return Health(ok=crm, pbx=link.up, crm=crm, words="; ".join(words))
