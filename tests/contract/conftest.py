"""One suite for every engine, each test once for each that declares what it needs; one for every exchange."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import reduce
from operator import or_
from pathlib import Path

import pytest

from hub.ports.pbx import PbxLink
from sip.capability import Capability
from tests.contract.ami_exchange import ami_exchange
from tests.contract.crms import REMOTE, Remote, World, builtin, remote
from tests.contract.engines import able
from tests.contract.exchange import Exchange, Watch
from tests.contract.fake_exchange import fake_exchange
from tests.contract.lab_exchange import lab_exchange
from tests.contract.phones import Phones
from tests.pbx.rig import Asterisk


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives ``kind`` its values, where a test has not named them itself."""
    named = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "kind" in metafunc.fixturenames and not any("kind" in names for names in named):
        needed = reduce(
            or_, (mark.args[0] for mark in metafunc.definition.iter_markers("needs")), Capability(0)
        )
        metafunc.parametrize("kind", able(needed))


@pytest.fixture
async def phones(asterisk: Asterisk, kind: str) -> AsyncIterator[Phones]:
    """Phones of one kind of engine on the run's Asterisk."""
    async with AsyncExitStack() as stack:
        yield Phones(asterisk, stack, kind)


@pytest.fixture(params=[pytest.param("ami", marks=pytest.mark.pbx), "lab", "fake"])
async def exchange(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Exchange]:
    if request.param == "ami":
        async with ami_exchange(request.getfixturevalue("asterisk")) as ami:
            yield ami
    elif request.param == "lab":
        async with lab_exchange(tmp_path) as lab:
            yield lab
    else:
        async with fake_exchange() as fake:
            yield fake


@pytest.fixture
async def watch(exchange: Exchange) -> AsyncIterator[Watch]:
    """The exchange's events, with the line up."""
    watching = Watch(exchange.pbx)
    tasks = [asyncio.create_task(watching.run()), asyncio.create_task(exchange.pbx.run())]
    await watching.until(PbxLink, lambda link: link.up)
    yield watching
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [error for error in ended if not isinstance(error, asyncio.CancelledError)] == []


@pytest.fixture(params=["builtin", *REMOTE])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Each CRM, the hub's own among them."""
    if request.param == "builtin":
        async with builtin(tmp_path) as opened:
            yield opened
    else:
        async with remote(request.param) as asked:
            yield asked


@pytest.fixture(params=REMOTE)
async def far(request: pytest.FixtureRequest) -> AsyncIterator[Remote]:
    """Each CRM of somebody else."""
    async with remote(request.param) as opened:
        yield opened
