"""Whether the hub serves: for monitors, without a token, so without a name or a number."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response
from pydantic import BaseModel

from hub.auth import HubHere
from hub.contract import Health
from hub.db.engine import answers, has_room
from hub.service.floor import CONNECTING

router = APIRouter()
probes = APIRouter(prefix="/health")


class Live(BaseModel):
    """The process answers."""

    live: bool = True


class Ready(BaseModel):
    """Whether desks can work here: the database answers and its disk has room, and the hub knows whether it
    reaches the exchange.

    An exchange that is known to be down leaves the hub ready: cards and notes go on without it.
    """

    ready: bool
    database: bool
    exchange: bool
    words: str


@router.get("/health")
async def health(hub: HubHere) -> Health:
    """What the hub can reach."""
    link = hub.floor.link
    crm = await hub.crm.healthy()
    words = [link.words] if link.words and not link.up else []
    words += [] if crm else ["the CRM does not answer"]
    words += [f"script {name} is broken, its last good version is served" for name in hub.shelf.broken]
    return Health(ok=crm, pbx=link.up, crm=crm, words="; ".join(words))


@probes.get("/live")
async def live() -> Live:
    """For who starts anew what hangs."""
    return Live()


@probes.get("/ready")
async def ready(hub: HubHere, response: Response) -> Ready:
    """For who sends desks here; 503 when not."""
    link, database = hub.floor.link, await answers(hub.engine)
    room = has_room(hub.engine)
    words = [] if database else ["the database does not answer"]
    if not room:
        words.append("the disk of the database is full; make room on it")
    if link is CONNECTING:
        words.append("the exchange has not been reached yet")
    elif not link.up:
        words.append("there is no line to the exchange")
    able = database and room and link is not CONNECTING
    if not able:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Ready(ready=able, database=database, exchange=link.up, words="; ".join(words))
