"""A wrapping agent gets no call, nor does one between an early hang-up and the hub's pause."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import centre.model
from hub.adapters.ami import AmiPbx
from hub.contract import Presence, PresenceChange, WrapUp
from hub.domain.contacts import State
from hub.service.hub import Hub, open_hub
from hub.settings import HubSection, Settings
from pbx.render import render
from tests.e2e.eventually import eventually_async
from tests.pbx.centre import EXPRESS, SALES
from tests.pbx.console import Console
from tests.pbx.parties import account
from tests.pbx.phone import Call, Phone
from tests.pbx.relay import Relay
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

AGENT, EXTENSION = "dana", "1101"
TALKS = 3
ALONE = 3
"""Seconds that Asterisk leaves an agent alone after a talk. It counts whole ones: the least is one less."""
SLOW = 1.5
"""Seconds that an action of the hub takes to the exchange, which tries a waiting caller every second."""


@pytest.fixture
def left_alone(asterisk: Asterisk) -> Iterator[None]:
    """Asterisk leaves an agent alone after a talk, as in a centre's own file; the tests' says 0."""

    def put(*queues: centre.model.Queue) -> None:
        files = render(dataclasses.replace(asterisk.centre, queues=queues))
        (asterisk.directory / "etc" / "queues.conf").write_text(files["queues.conf"])
        asterisk.cli("queue reload all")

    before = asterisk.centre.queues
    put(*(queue.model_copy(update={"wrap_up_seconds": ALONE}) for queue in before))
    yield
    put(*before)


@pytest.fixture
async def relay(asterisk: Asterisk) -> AsyncIterator[Relay]:
    async with Relay(asterisk.centre.ports.ami) as made:
        yield made


@pytest.fixture
async def hub(asterisk: Asterisk, relay: Relay, left_alone: None, tmp_path: Path) -> AsyncIterator[Hub]:
    """A whole hub, its line to the exchange by ``relay``; Dana serves two queues."""
    file = centre.model.load(asterisk.centre_file)
    agents = tuple(
        agent.model_copy(update={"queues": (SALES, EXPRESS)}) for agent in file.agents if agent.id == AGENT
    )
    settings = Settings(
        hub=HubSection(database=f"sqlite+aiosqlite:///{tmp_path}/hub.db"),
        centre=file.model_copy(update={"agents": agents}),
    )
    opened = await open_hub(settings, AmiPbx(account(asterisk, relay.port)))
    running = asyncio.create_task(opened.run())

    async def up() -> bool:
        return opened.floor.link.up

    await eventually_async(up, "the line comes up")
    yield opened
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await opened.close()


async def test_who_hangs_up_at_once_gets_no_call_before_the_wrap_up_is_done(
    hub: Hub, relay: Relay, console: Console, dana: Phone
) -> None:
    for queue in (SALES, EXPRESS) * TALKS:
        await asyncio.to_thread(console.customer, queue)
    await hub.choices.choose(AGENT, PresenceChange(presence=Presence.READY))
    relay.slow = SLOW
    talked: list[Call] = []
    for number in range(TALKS):
        call = await dana.ringing()
        dana.answer(call)
        await asyncio.to_thread(console.wait_bridged, EXTENSION)
        await dana.hang_up(call)
        talked.append(call)
        contact = await _owed(hub)
        await _paused_by_itself(console)
        # whatever Asterisk began to ring before the pause has its channel, and its INVITE has come
        assert not await asyncio.to_thread(_legs, console)
        assert list(dana.calls.values()) == talked
        done = WrapUp(note="", disposition="solved")
        await hub.handling.work.wrap_up(AGENT, contact, done, f"key-{number:08}")


async def _owed(hub: Hub) -> str:
    """The contact that Dana owes a wrap-up for, once she does; it is the only one in her hands."""

    async def found() -> str:
        held = hub.floor.in_hands(AGENT)
        return held[0].id if [one.state for one in held] == [State.WRAP_UP] else ""

    return await eventually_async(found, "one wrap-up owed and nothing else")


async def _paused_by_itself(console: Console) -> None:
    """Wait until Asterisk has Dana paused for her wrap-up in every queue, and her phone free."""

    def look() -> bool:
        rows = console.act("QueueStatus", Member=f"PJSIP/{EXTENSION}")
        seen = {
            (row["Paused"], row.get("PausedReason"), row["Status"])
            for row in rows
            if row.get("Event") == "QueueMember"
        }
        return seen == {("1", "wrap-up", "1")}

    async def so() -> bool:
        return await asyncio.to_thread(look)

    await eventually_async(so, "paused for the wrap-up, and free")


def _legs(console: Console) -> list[str]:
    return [row["Channel"] for row in console.channels() if row["Channel"].startswith(f"PJSIP/{EXTENSION}-")]
