"""A caller who waits books a call for a time: asked by the exchange as they press keys."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from centre.texts import Language
from hub.auth import HubHere
from hub.domain.spoken_time import moment
from hub.refusals import SlotFull, Unprocessable
from hub.routes.asked import asked
from hub.routes.keep_place import caller
from hub.service.hub import Hub

_SECONDS = re.compile("[0-9]{1,11}")


def phone_slots_router(secret: str) -> APIRouter:
    """The routes ``/free-slots`` and ``/book-slot`` for whoever sends ``secret``, with the form of
    ``/keep-place``.
    """
    router = APIRouter()

    @router.post("/free-slots")
    async def free_slots(request: Request, hub: HubHere) -> PlainTextResponse:
        """``free:SLOT:SLOT…``, or ``stands:SLOT`` where the caller will be called already, or ``none``. A
        slot is ``SECONDS_PROMPT_PROMPT…``: when it begins (since 1970), and how that is said.
        """
        who = caller(await asked(request, secret), hub)
        told = await hub.phone_slots.told(who)
        if told.stands is not None:
            return PlainTextResponse(f"stands:{_slot(told.stands, who.language, hub)}")
        slots = [_slot(at, who.language, hub) for at in told.free]
        return PlainTextResponse(":".join(("free", *slots)) if slots else "none")

    @router.post("/book-slot")
    async def book_slot(request: Request, hub: HubHere) -> PlainTextResponse:
        """``booked`` once it is stored, for a form with ``at``, seconds since 1970, too; ``full`` where
        others have booked it meanwhile.
        """
        form = await asked(request, secret)
        if not _SECONDS.fullmatch(form["at"]):
            raise Unprocessable("at is needed: seconds since 1970.")
        try:
            await hub.phone_slots.book(caller(form, hub), datetime.fromtimestamp(int(form["at"]), UTC))
        except SlotFull:
            return PlainTextResponse("full")
        return PlainTextResponse("booked")

    return router


def _slot(at: datetime, language: Language, hub: Hub) -> str:
    zone = hub.phone_slots.slots.centre.zone
    today = hub.phone_slots.now().astimezone(zone).date()
    words = moment(at.astimezone(zone), today, language)
    return "_".join((str(int(at.timestamp())), *words))
