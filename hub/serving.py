"""A centre's hub, served where its settings say: as the one that leads, or as one that relays to it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from hub import logs
from hub.db.customers import CustomerStore
from hub.db.owner import Owner
from hub.exchange import connect
from hub.relaying import RelayServer
from hub.seed import seed
from hub.server import Beside, HubServer, tcp_listener
from hub.service.hub import Hub, open_hub
from hub.settings import HubSection, Settings, load
from hub.webhooks.whatsapp import PATH, WebhookSecrets, WhatsAppWebhook

_YOUNG = 20_000
"""New objects after which the young ones are looked through for garbage."""


async def serve(config: Path) -> None:
    """Serve the centre in ``config`` until told to stop; says on stdout where.

    While another hub leads on the same Postgres this one relays to it. Raises ``OwnedElsewhere`` when
    another one took over.
    """
    settings = load(config)
    logs.set_up(settings.hub.log)
    owner = Owner(settings.hub.database_url)
    try:
        leads = await owner.take()
        with tcp_listener(settings.hub) as listener:
            hub = await (_opened(settings) if leads else _relay(owner, settings, listener))
            if hub is not None:
                with _beside(settings, hub) as beside:
                    await _lead(owner, hub, settings.hub, listener, beside)
    finally:
        await owner.let_go()


async def _opened(settings: Settings) -> Hub:
    hub = await open_hub(settings, connect(settings.pbx))
    await seed(CustomerStore(hub.engine), settings.crm, settings.centre.country)
    return hub


async def _relay(owner: Owner, settings: Settings, listener: socket.socket) -> Hub | None:
    server = RelayServer(settings.hub, owner, lambda: _opened(settings))
    where = _where(settings.hub, listener)
    return await server.run(listener, lambda: _say(f"relaying {where}: another hub leads"))


@contextlib.contextmanager
def _beside(settings: Settings, hub: Hub) -> Iterator[Beside | None]:
    """The listener for webhooks, where the settings have one: only the hub that leads takes them."""
    webhook = settings.whatsapp and settings.whatsapp.webhook
    if not webhook or hub.written.inbox is None:
        yield None
        return
    known = WebhookSecrets(webhook.app_secret.get_secret_value(), webhook.verify_token.get_secret_value())
    certificate, key = webhook.certificate, webhook.certificate_key
    with tcp_listener(webhook) as listener:
        yield Beside(
            WhatsAppWebhook(known, hub.written.inbox),
            listener,
            str(certificate) if certificate else None,
            str(key) if key else None,
        )


async def _lead(
    owner: Owner, hub: Hub, section: HubSection, listener: socket.socket, beside: Beside | None
) -> None:
    certificate, key = section.certificate, section.certificate_key
    server = HubServer(
        hub,
        certificate=str(certificate) if certificate else None,
        certificate_key=str(key) if key else None,
        metrics_token=section.metrics_token.get_secret_value(),
        routing_secret=section.routing_secret.get_secret_value(),
        beside=beside,
    )
    _collect_seldom()
    keeping = asyncio.create_task(owner.keep(section.asked_at(listener.getsockname()[1])))
    keeping.add_done_callback(lambda _: server.stop())
    try:
        await server.run(listener, lambda: _say_where(section, listener, beside))
    finally:
        keeping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await keeping


def _say_where(section: HubSection, listener: socket.socket, beside: Beside | None) -> None:
    _say(f"serving {_where(section, listener)}")
    if beside is not None:
        host, port = beside.listener.getsockname()[:2]
        _say(f"webhooks at {'https' if beside.certificate else 'http'}://{host}:{port}{PATH}")


def _where(section: HubSection, listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"{'https' if section.certificate else 'http'}://{host}:{port}/v1"


def _collect_seldom() -> None:
    """What stands by now stands for good: it is not looked through for garbage again and again, which stops
    everybody's events for as long as it takes. Little of what comes later is garbage that refers to itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
