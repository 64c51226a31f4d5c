"""A centre's hub with a CRM that takes its time: ``python -m bench.slow_crm serve --config HUB.toml``."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Final

from hub import logs
from hub.contract import Card
from hub.exchange import connect
from hub.server import HubServer, tcp_listener
from hub.service.hub import open_hub
from hub.settings import load
from tests.stubs.crm import EmptyCrm

TAKES: Final = 0.3
"""Seconds."""


class SlowCrm(EmptyCrm):
    """Fulfils ``hub.ports.crm.Crm``: knows everybody, and finds nobody sooner than a CRM over the network."""

    async def find(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        """One customer, after a while."""
        await asyncio.sleep(TAKES)
        return (Card(customer="C-1", name="Ruth Ben-Ami", numbers=(number,), segment="gold"),)


async def _serve(config: Path) -> None:
    settings = load(config)
    logs.set_up(settings.hub.log)
    hub = await open_hub(settings, connect(settings.pbx), crm=SlowCrm())
    server = HubServer(hub, routing_secret=settings.hub.routing_secret.get_secret_value())
    with tcp_listener(settings.hub) as listener:
        host, port = listener.getsockname()[:2]
        await server.run(listener, lambda: print(f"serving http://{host}:{port}/v1", flush=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--config", type=Path, required=True)
    asyncio.run(_serve(parser.parse_args().config))
