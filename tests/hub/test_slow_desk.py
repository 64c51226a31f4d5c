"""A desk that holds its stream open and does not read it, over a real socket: cut off, and then resumed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy.engine import URL

import hub.unread
from hub.contract import PbxLinkEvent
from hub.service.hub import Hub, open_hub
from hub.unread import CutWhenUnread
from tests.e2e.eventually import eventually_async
from tests.hub.centre import sample_settings
from tests.hub.served import WITHIN, events, served
from tests.hub.tokens import token_of
from tests.stubs.pbx import FakePbx

_LARGE = PbxLinkEvent(up=True, words="x" * 60_000)
"""Some of them fill every buffer on the way, far fewer than are kept."""
_SMALL = PbxLinkEvent(up=True)
_RING = 200
"""Events kept for an agent."""


class Watched(CutWhenUnread):
    """Tells what becomes of the connection; one at a time."""

    full = asyncio.Event()
    lost = asyncio.Event()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.full.set()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.lost.set()


class SleepyDesk:
    """Asks for its events, and reads not one byte of the answer."""

    def __init__(self, port: int, token: str, cursor: str) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall(
            f"GET /v1/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n"
            f"Last-Event-ID: {cursor}\r\n\r\n".encode()
        )

    def __enter__(self) -> SleepyDesk:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


@asynccontextmanager
async def _serving(database: URL, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Hub, int, str]]:
    """A hub whose agent Yael has a token; what is said of a connection is said of the newest."""
    monkeypatch.setattr(Watched, "full", asyncio.Event())
    monkeypatch.setattr(Watched, "lost", asyncio.Event())
    opened = await open_hub(sample_settings(database), FakePbx())
    token = await token_of(opened, "yael")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        async with served(opened, listener, Watched):
            yield opened, port, token


async def _streams(hub: Hub, count: int) -> None:
    async def so_many() -> bool:
        return hub.bus.streams == count

    await eventually_async(so_many, f"streams open: {count}")


async def _fill(hub: Hub) -> None:
    """One large event after the other to the desk that listens; the hub's other tasks run between two."""
    await _streams(hub, 1)
    async with asyncio.timeout(WITHIN):
        while not Watched.full.is_set():
            hub.bus.publish("yael", _LARGE)
            await asyncio.sleep(0)


async def _cut_off(hub: Hub) -> None:
    async with asyncio.timeout(WITHIN):
        await Watched.lost.wait()
    await _streams(hub, 0)


async def _asleep(opened: Hub, port: int, token: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A desk that reads nothing is cut off while it still holds its end; where its events began."""
    with monkeypatch.context() as impatient:
        impatient.setattr(hub.unread, "LONGEST", 0.05)
        start = opened.bus.cursor("yael")
        with SleepyDesk(port, token, start):
            await _fill(opened)
            await _cut_off(opened)
    return start


def _client(port: int, token: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=WITHIN)


def _numbers(ids: list[str]) -> list[int]:
    return [int(one.rpartition("-")[2]) for one in ids]


async def test_a_desk_that_reads_nothing_is_cut_off_and_comes_back_to_all_it_missed(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _serving(database, monkeypatch) as (opened, port, token):
        start = await _asleep(opened, port, token, monkeypatch)
        missed = opened.bus.cursor("yael")
        ids = [start]
        async with _client(port, token) as http, events(http, start) as stream:
            while ids[-1] != missed:
                event = await anext(stream)
                if event.id != ids[-1]:  # figures bear the id of what came before
                    ids.append(event.id)
    first, last = _numbers([start, missed])
    assert _numbers(ids) == list(range(first, last + 1))
    assert last - first > 1


async def test_a_desk_cut_off_for_longer_than_events_are_kept_is_told_to_resync(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _serving(database, monkeypatch) as (opened, port, token):
        start = await _asleep(opened, port, token, monkeypatch)
        for _ in range(_RING + 1):
            opened.bus.publish("yael", _SMALL)
        async with _client(port, token) as http, events(http, start) as stream:
            resync = await anext(stream)
    assert (resync.event, resync.id) == ("resync", opened.bus.cursor("yael"))


async def test_a_desk_that_reads_slowly_is_not_cut_off(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fills up and is read in time is no reason to."""
    monkeypatch.setattr(hub.unread, "LONGEST", 1.0)
    async with _serving(database, monkeypatch) as (opened, port, token):
        start = opened.bus.cursor("yael")
        async with _client(port, token) as http, events(http, start) as stream:
            await _fill(opened)
            newest, seen = opened.bus.cursor("yael"), start
            while seen != newest:
                seen = (await anext(stream)).id
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(Watched.lost.wait(), 1.5 * hub.unread.LONGEST)
