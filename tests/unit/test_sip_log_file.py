"""The phone's log stays small, whoever writes behind descriptor 2, and loses nothing before it is full."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from sip.log_file import LogFile
from tests.e2e.eventually import eventually_async


@pytest.fixture
def descriptor() -> Iterator[int]:
    """One of our own in the place of 2, which belongs to the tests."""
    made = os.open(os.devnull, os.O_WRONLY)
    yield made
    os.close(made)


def test_what_is_written_behind_the_descriptor_is_kept_in_order(tmp_path: Path, descriptor: int) -> None:
    log = LogFile(tmp_path / "log" / "phone.log", largest=1_000, kept=3)
    log.take_descriptor(descriptor)
    for number in range(250):
        os.write(descriptor, f"{number:09}\n".encode())
        log.look(descriptor)
    parts = [tmp_path / "log" / name for name in ("phone.log.2", "phone.log.1", "phone.log")]
    assert sorted(parts) == sorted((tmp_path / "log").iterdir())
    assert b"".join(part.read_bytes() for part in parts) == b"".join(b"%09d\n" % n for n in range(250))
    assert all(stat.S_IMODE(part.stat().st_mode) == 0o600 for part in parts)


def test_the_oldest_goes_and_a_flood_is_cut(tmp_path: Path, descriptor: int) -> None:
    log = LogFile(tmp_path / "phone.log", largest=1_000, kept=3)
    log.take_descriptor(descriptor)
    for _ in range(10):
        os.write(descriptor, b"x" * 50_000)
        log.look(descriptor)
    sizes = {part.name: part.stat().st_size for part in tmp_path.iterdir()}
    assert sizes == {"phone.log": 0, "phone.log.1": 1_000, "phone.log.2": 1_000}


def test_where_an_open_file_cannot_be_moved_it_is_emptied(
    tmp_path: Path, descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("in use")

    log = LogFile(tmp_path / "phone.log", largest=1_000)
    log.take_descriptor(descriptor)
    os.write(descriptor, b"x" * 2_000)
    monkeypatch.setattr(Path, "replace", refused)
    log.look(descriptor)
    os.write(descriptor, b"later")
    assert (tmp_path / "phone.log").read_bytes() == b"later"


async def test_it_looks_by_itself(tmp_path: Path, descriptor: int) -> None:
    log = LogFile(tmp_path / "phone.log", largest=10)
    log.take_descriptor(descriptor)
    os.write(descriptor, b"x" * 20)
    looking = asyncio.create_task(log.keep_small(descriptor))

    async def aside() -> bool:
        return (tmp_path / "phone.log.1").exists()

    await eventually_async(aside, "put aside")
    looking.cancel()
