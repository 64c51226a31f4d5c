"""A caller who waits would rather be written to: asked by the exchange when they press a key."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from hub.auth import HubHere
from hub.refusals import Unprocessable
from hub.routes.asked import asked
from hub.service import waiting_messages


def waiting_message_router(secret: str) -> APIRouter:
    """The route ``/waiting-message`` for whoever sends ``secret``."""
    router = APIRouter()

    @router.post("/waiting-message")
    async def waiting_message(request: Request, hub: HubHere) -> PlainTextResponse:
        """``stored`` once it is, for a form with ``contact``, ``queue``, ``number`` and ``language``."""
        form = await asked(request, secret)
        if form["queue"] not in hub.roster.queues:
            raise Unprocessable("queue is needed: one of the centre's.")
        await hub.written.waiting.promise(
            waiting_messages.Asked(
                form.contact, form["queue"], form["number"], "he" if form["language"] == "he" else "en"
            )
        )
        return PlainTextResponse("stored")

    return router
