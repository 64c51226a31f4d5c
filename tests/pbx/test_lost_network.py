"""A desk whose network is gone says nothing: the hub finds out by itself that its stream is over."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

import hub.server
from hub.contract import PbxLinkEvent
from hub.db.engine import sqlite_url
from hub.server import tcp_listener
from hub.service.hub import open_hub
from hub.settings import HubSection
from tests.e2e.eventually import eventually_async
from tests.hub.centre import sample_settings
from tests.hub.served import served
from tests.hub.tokens import token_of
from tests.pbx.namespaces import CENTRE, HomeNetwork
from tests.stubs.pbx import FakePbx

pytestmark = pytest.mark.pbx


@pytest.fixture
def network() -> Iterator[HomeNetwork]:
    with HomeNetwork() as made:
        yield made


async def test_a_stream_into_a_dead_network_ends_when_what_was_sent_is_not_acknowledged(
    network: HomeNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.server, "_UNACKNOWLEDGED", 1_000)
    opened = await open_hub(sample_settings(sqlite_url(tmp_path / "hub.db")), FakePbx())
    where = HubSection(host=CENTRE, port=0, behind_proxy=True)
    with network.centre.call(tcp_listener, where) as listener:
        token, port = await token_of(opened, "yael"), listener.getsockname()[1]
        async with served(opened, listener):
            with network.home.call(socket.create_connection, (CENTRE, port), 10) as desk:
                desk.sendall(
                    f"GET /v1/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
                )

                async def streams(count: int) -> None:
                    async def so_many() -> bool:
                        return opened.bus.streams == count

                    await eventually_async(so_many, f"streams open: {count}")

                await streams(1)
                network.router.run("ip", "link", "set", "lan", "down")
                opened.bus.publish("yael", PbxLinkEvent(up=True))
                await streams(0)
