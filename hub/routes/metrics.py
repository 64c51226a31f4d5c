"""The hub's figures for a Prometheus server, which has a token of its own."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from hub.auth import HubHere
from hub.refusals import Unauthorized

_SCHEME = "Bearer "


def metrics_router(token: str) -> APIRouter:
    """The route ``/metrics`` for whoever sends ``token``."""
    router = APIRouter()

    @router.get("/metrics")
    async def metrics(request: Request, hub: HubHere) -> Response:
        """Counts and gauges."""
        sent = request.headers.get("authorization", "")
        if not hmac.compare_digest(sent.encode(), (_SCHEME + token).encode()):
            raise Unauthorized("The figures need the token that the hub was started with.")
        return Response(hub.metrics.page(), media_type=CONTENT_TYPE_LATEST)

    return router
