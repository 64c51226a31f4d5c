"""SQLite on a disk that fills up: told in words, to the desk and to monitors, and over when there is room."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from hub.contract import Problem
from hub.db.engine import sqlite_url
from tests.hub.centre import NOAH, open_centre

_SIZE = 8 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    if os.geteuid() != 0:
        if os.environ.get("CI"):
            pytest.fail("only root can make a disk")
        pytest.skip("only root can make a disk")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "none", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_full_disk_is_told_and_work_goes_on_when_there_is_room(database: URL, disk: Path) -> None:
    file = disk / "hub.db"
    shutil.copy(str(database.database), file)
    long = random.Random(1).randbytes(4_500).hex()  # noqa: S311 - a text larger than a page
    async with open_centre(sqlite_url(file)) as centre:
        desk, contact = await centre.desk("yael"), await centre.talk(NOAH)
        await centre.cards_arrive()
        note, monitor = f"/v1/contacts/{contact}/note", centre.client()
        assert (await monitor.get("/health/ready")).status_code == 200
        filler = disk / "filler"
        filler.write_bytes(bytes(shutil.disk_usage(disk).free))
        refused = await desk.http.put(note, json={"text": long})
        assert refused.status_code == 503
        assert "it is kept here and sent again" in Problem.model_validate_json(refused.content).detail
        told = await monitor.get("/health/ready")
        assert (told.status_code, told.json()["database"]) == (503, True)
        assert told.json()["words"] == "the disk of the database is full; make room on it"
        assert (await desk.http.get("/v1/me")).status_code == 200, "reading needs no room"
        filler.unlink()
        assert (await desk.http.put(note, json={"text": long})).status_code == 204
        assert (await monitor.get("/health/ready")).status_code == 200
        (stored,) = await centre.hub.handling.work.contacts.visits(contact)
        assert stored.note == long
