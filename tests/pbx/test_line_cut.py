"""The line between hub and Asterisk is cut just while an action is on it: nothing the agent chose is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import centre.model
from hub.adapters.ami import AmiPbx
from hub.adapters.ami_client import AmiAccount, AmiClient
from hub.contract import Presence, PresenceChange
from hub.service.hub import Hub, open_hub
from hub.settings import HubSection, Settings
from tests.e2e.eventually import eventually_async
from tests.pbx.centre import SALES
from tests.pbx.console import Console
from tests.pbx.relay import Fate, Relay
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

AGENT, EXTENSION = "yael", "1001"
_PATIENCE = 0.5
"""Seconds that the hub waits for an answer here: one that is swallowed never comes."""


@asynccontextmanager
async def _hub(asterisk: Asterisk, relay: Relay, directory: Path) -> AsyncIterator[Hub]:
    """A whole hub whose line to this Asterisk goes through ``relay``; Yael serves one queue."""
    file = centre.model.load(asterisk.centre_file)
    agents = tuple(
        agent.model_copy(update={"queues": (SALES,)}) for agent in file.agents if agent.id == AGENT
    )
    settings = Settings(
        hub=HubSection(database=f"sqlite+aiosqlite:///{directory}/hub.db"),
        centre=file.model_copy(update={"agents": agents}),
    )
    account = AmiAccount("127.0.0.1", relay.port, "hub", asterisk.centre.ami_secret)
    client = AmiClient(account, action_timeout=_PATIENCE)
    hub = await open_hub(settings, AmiPbx(account, client=client))
    running = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await hub.close()


@pytest.fixture
async def relay(asterisk: Asterisk) -> AsyncIterator[Relay]:
    async with Relay(asterisk.centre.ports.ami) as made:
        yield made


@pytest.fixture
async def hub(asterisk: Asterisk, relay: Relay, tmp_path: Path) -> AsyncIterator[Hub]:
    async with _hub(asterisk, relay, tmp_path) as opened:
        await _linked(opened)
        yield opened


def _member(console: Console) -> tuple[bool, str] | None:
    """How Asterisk itself has Yael in the queue: paused or not, and why; None when not a member."""
    rows = console.act("QueueStatus", Queue=SALES, Member=f"PJSIP/{EXTENSION}")
    found = [row for row in rows if row.get("Event") == "QueueMember"]
    return (found[0]["Paused"] == "1", found[0].get("PausedReason", "")) if found else None


async def _linked(hub: Hub) -> None:
    async def up() -> bool:
        return hub.floor.link.up

    await eventually_async(up, "the line comes up")


async def _stands(console: Console, wish: tuple[bool, str] | None) -> None:
    """Wait until Asterisk has Yael as ``wish`` says."""

    async def as_wished() -> bool:
        return await asyncio.to_thread(_member, console) == wish

    await eventually_async(as_wished, f"Asterisk has {EXTENSION} as {wish}")


async def _choose(hub: Hub, presence: str, reason: str = "") -> None:
    me = await hub.choices.choose(AGENT, PresenceChange(presence=Presence(presence), reason=reason))
    assert (me.presence, me.reason) == (presence, reason)


@pytest.mark.parametrize("fate", Fate)
async def test_ready_is_brought_to_the_exchange_after_the_line_is_back(
    hub: Hub, relay: Relay, console: Console, fate: Fate
) -> None:
    relay.trap(b"Action: QueueAdd", fate)
    await _choose(hub, "ready")
    assert relay.sprung
    await _stands(console, (False, ""))
    await _linked(hub)


@pytest.mark.parametrize("fate", Fate)
async def test_a_pause_is_brought_to_the_exchange_after_the_line_is_back(
    hub: Hub, relay: Relay, console: Console, fate: Fate
) -> None:
    await _choose(hub, "ready")
    await _stands(console, (False, ""))
    relay.trap(b"Action: QueuePause", fate)
    await _choose(hub, "away", "Lunch")
    assert relay.sprung
    await _stands(console, (True, "Lunch"))
    await _linked(hub)


@pytest.mark.parametrize("fate", Fate)
async def test_who_goes_home_is_taken_out_after_the_line_is_back(
    hub: Hub, relay: Relay, console: Console, fate: Fate
) -> None:
    await _choose(hub, "ready")
    await _stands(console, (False, ""))
    relay.trap(b"Action: QueueRemove", fate)
    await _choose(hub, "offline")
    assert relay.sprung
    await _stands(console, None)
    await _linked(hub)
