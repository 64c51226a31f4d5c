"""Scripts on their shelf: an edit reaches the desks it serves, a broken one harms nobody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.contract import ScriptChangedEvent
from hub.events import Bus
from hub.service.roster import Roster
from hub.service.shelf import ScriptShelf
from tests.hub.centre import Centre, Listener, sample_settings

_SCRIPT = """
queue = "sales"
language = "{language}"
title = "{title}"
[[steps]]
id = "greet"
title = "Hello"
"""


class _Shelf:
    """A shelf on a directory, and whom it told."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        roster = Roster.of(sample_settings().centre)
        self.bus = Bus(roster.agents, "e")
        self.shelf = ScriptShelf(directory, roster, self.bus)
        self.desks = {agent: Listener(agent, self.bus) for agent in ("yael", "tal")}
        self._moment = 1_000_000_000

    async def write(self, name: str, title: str = "Sales", language: str = "en") -> None:
        await self.put(name, _SCRIPT.format(title=title, language=language))

    async def put(self, name: str, text: str) -> None:
        """Write a file, certainly newer than before, and let the shelf look."""
        path = self.directory / name
        path.write_text(text)
        self._moment += 1
        os.utime(path, (self._moment, self._moment))
        await self.shelf.refresh()

    async def told(self, agent: str) -> list[tuple[str, str]]:
        events = [event for event in await self.desks[agent].told() if isinstance(event, ScriptChangedEvent)]
        return [(event.script, event.language) for event in events]

    def title(self, language: str = "en") -> str | None:
        found = self.shelf.find("sales", "he" if language == "he" else "en")
        return found.title if found else None


@pytest.fixture
def shelf(tmp_path: Path) -> _Shelf:
    return _Shelf(tmp_path)


async def test_an_edit_is_told_to_the_agents_it_serves_alone(shelf: _Shelf) -> None:
    await shelf.write("sales.en.toml", "One")
    await shelf.write("sales.en.toml", "Two")
    assert shelf.title() == "Two"
    assert await shelf.told("yael") == [("sales.en", "en")] * 2
    assert await shelf.told("tal") == []


async def test_a_file_that_did_not_change_tells_nothing(shelf: _Shelf) -> None:
    await shelf.write("sales.en.toml", "One")
    await shelf.told("yael")
    await shelf.shelf.refresh()
    await shelf.write("sales.en.toml", "One")
    assert await shelf.told("yael") == []


async def test_a_broken_edit_keeps_the_last_good_one_until_it_is_mended(shelf: _Shelf) -> None:
    await shelf.write("sales.en.toml", "One")
    await shelf.told("yael")
    await shelf.put("sales.en.toml", "title = ")
    assert shelf.title() == "One"
    assert list(shelf.shelf.broken) == ["sales.en.toml"]
    assert await shelf.told("yael") == []
    await shelf.write("sales.en.toml", "Three")
    assert (shelf.title(), dict(shelf.shelf.broken)) == ("Three", {})
    assert await shelf.told("yael") == [("sales.en", "en")]


async def test_the_other_language_is_better_than_none(shelf: _Shelf) -> None:
    assert shelf.title("he") is None
    await shelf.write("sales.en.toml", "English")
    assert shelf.title("he") == "English"
    await shelf.write("sales.he.toml", "עברית", "he")
    assert (shelf.title("he"), shelf.title("en")) == ("עברית", "English")


async def test_a_file_that_is_gone_serves_nobody(shelf: _Shelf) -> None:
    await shelf.write("sales.en.toml")
    await shelf.told("yael")
    (shelf.directory / "sales.en.toml").unlink()
    await shelf.shelf.refresh()
    assert shelf.title() is None
    assert await shelf.told("yael") == [("sales.en", "en")]


async def test_a_file_too_large_is_not_read(shelf: _Shelf) -> None:
    await shelf.put("sales.en.toml", "#" * 300_000)
    assert "larger than" in shelf.shelf.broken["sales.en.toml"]


async def test_a_broken_script_is_named_to_monitors(centre: Centre) -> None:
    centre.hub.shelf._broken["sales.en.toml"] = "line 3"
    words = (await centre.client().get("/v1/health")).json()["words"]
    assert "script sales.en.toml is broken" in words
