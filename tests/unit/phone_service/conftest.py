"""A phone that is served at each kind of place, and a desk that has it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from edge.runtime import runtime_directory
from sip.client import PhoneClient, attach
from sip.place import LoopbackPlace, Place, UnixPlace
from tests.unit.phone_service.served import Served


@pytest.fixture(params=["socket", "loopback"])
async def phone(request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    directory = runtime_directory()
    places: dict[str, Place] = {
        "socket": UnixPlace(directory / "phone.sock"),
        "loopback": LoopbackPlace(directory / "phone.port"),
    }
    made = Served(places[request.param])
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def desk(phone: Served) -> AsyncIterator[PhoneClient]:
    client = await attach(phone.place)
    yield client
    await client.close()
