"""A centre's hub, served where its settings say."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

from hub import logs
from hub.db.customers import CustomerStore
from hub.db.owner import Owner
from hub.exchange import connect
from hub.seed import seed
from hub.server import HubServer, tcp_listener
from hub.service.hub import open_hub
from hub.settings import Settings, load


async def serve(config: Path) -> None:
    """Serve the centre in ``config`` until told to stop; says on stdout where.

    While another hub serves the same Postgres this one stands by, and says so. Raises ``OwnedElsewhere`` when
    another one took over.
    """
    settings = load(config)
    logs.set_up(settings.hub.log)
    owner = Owner(settings.hub.database_url)
    await owner.take(lambda: _say("standing by: another hub serves this database"))
    try:
        await _serve_as(owner, settings)
    finally:
        await owner.let_go()


async def _serve_as(owner: Owner, settings: Settings) -> None:
    hub = await open_hub(settings, connect(settings.pbx))
    await seed(CustomerStore(hub.engine), settings.crm, settings.centre.country)
    certificate, key = settings.hub.certificate, settings.hub.certificate_key
    server = HubServer(
        hub,
        certificate=str(certificate) if certificate else None,
        certificate_key=str(key) if key else None,
        metrics_token=settings.hub.metrics_token.get_secret_value(),
    )
    with tcp_listener(settings.hub) as listener:
        host, port = listener.getsockname()[:2]
        scheme = "https" if certificate else "http"
        keeping = asyncio.create_task(owner.keep())
        keeping.add_done_callback(lambda _: server.stop())
        try:
            await server.run(listener, lambda: _say(f"serving {scheme}://{host}:{port}/v1"))
        finally:
            keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
