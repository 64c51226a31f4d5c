"""A caller who waits keeps their place: asked by the exchange when they press a key."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from hub.auth import HubHere
from hub.refusals import Unprocessable
from hub.routes.asked import Asked, asked
from hub.service import kept_places
from hub.service.hub import Hub
from hub.service.identification import spoken_language

_SECONDS = re.compile("[0-9]{1,11}")


def keep_place_router(secret: str) -> APIRouter:
    """The route ``/keep-place`` for whoever sends ``secret``."""
    router = APIRouter()

    @router.post("/keep-place")
    async def keep_place(request: Request, hub: HubHere) -> PlainTextResponse:
        """``kept`` once it is stored, for a form with ``contact``, ``queue``, ``number``, ``language`` and
        ``place``, seconds since 1970.
        """
        await hub.kept_places.keep(caller(await asked(request, secret), hub))
        return PlainTextResponse("kept")

    return router


def caller(form: Asked, hub: Hub) -> kept_places.Asked:
    """Who waits, as the exchange tells it. Raises ``Unprocessable``."""
    queue, place = form["queue"], form["place"]
    if not (queue in hub.roster.queues and _SECONDS.fullmatch(place)):
        raise Unprocessable("queue and place are needed: one of the centre's, and seconds since 1970.")
    language = spoken_language(form["language"])
    return kept_places.Asked(form.contact, queue, form["number"], language, int(place))
