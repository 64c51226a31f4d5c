"""The exchange asks about a caller: text that a dialplan can read, for whoever has the routing secret."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from edge.text import clean
from hub.auth import HubHere
from hub.refusals import Unprocessable
from hub.routes.asked import asked

_LONGEST_NUMBER = 64


def routing_router(secret: str) -> APIRouter:
    """The route ``/routing`` for whoever sends ``secret``."""
    router = APIRouter()

    @router.post("/routing")
    async def routing(request: Request, hub: HubHere) -> PlainTextResponse:
        """``routed:HEAD START:SEGMENT`` for a form with ``contact``, ``queue`` and ``number``, and
        ``:EXTENSION`` where the caller is to wait for one agent first. ``dialled`` is whose number it was,
        ``chose`` (``ENTRY:DIGIT``) what they pressed in a menu, ``heard`` (``PROMPT:PROMPT…``) which recorded
        messages they were played.
        """
        form = await asked(request, secret)
        queue = form["queue"]
        if queue not in hub.roster.queues:
            raise Unprocessable("queue is needed: one of the centre.")
        number = clean(form["number"], limit=_LONGEST_NUMBER)
        hub.callers.facts.chose(form.contact, form["chose"])
        hub.callers.facts.heard(form.contact, form["heard"].split(":"))
        place = await hub.callers.routing.place(form.contact, queue, number, form["dialled"])
        first = f":{place.first}" if place.first else ""
        return PlainTextResponse(f"routed:{place.head_start_seconds}:{place.segment}{first}")

    return router
