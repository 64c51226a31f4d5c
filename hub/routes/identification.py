"""The exchange asks who a caller is by a number they typed: for whoever has the routing secret."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from edge.text import clean
from hub.auth import HubHere
from hub.ports.crm import CrmError
from hub.refusals import Unprocessable
from hub.routes.asked import asked
from hub.service.identification import Tells, Typed, spoken_language

_TYPED = re.compile(r"[0-9]{1,20}")
_LONGEST_NUMBER = 64


def identification_router(secret: str) -> APIRouter:
    """The route ``/identification`` for whoever sends ``secret``."""
    router = APIRouter()

    @router.post("/identification")
    async def identification(request: Request, hub: HubHere) -> PlainTextResponse:
        """``known:PROMPT:PROMPT…``, ``unknown`` or ``away`` for a form with ``contact``, ``typed``,
        ``number``, ``tell`` (``order``, ``balance`` or nothing) and ``language``.
        """
        form = await asked(request, secret)
        if not (_TYPED.fullmatch(form["typed"]) and form["tell"] in set(Tells)):
            raise Unprocessable("typed and tell are needed: up to 20 digits; order, balance or nothing.")
        typed = Typed(
            contact=form.contact,
            typed=form["typed"],
            number=clean(form["number"], limit=_LONGEST_NUMBER),
            tells=Tells(form["tell"]),
            language=spoken_language(form["language"]),
        )
        try:
            prompts = await hub.callers.identification.identify(typed)
        except CrmError:
            return PlainTextResponse("away")
        return PlainTextResponse("unknown" if prompts is None else ":".join(("known", *prompts)))

    return router
