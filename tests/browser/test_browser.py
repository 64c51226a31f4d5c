"""The desk in a real browser, in both languages: read from its terminal, moved by keys, and left again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from agent_tui.text import bidi
from hub.contract import Presence
from serve.words import WORDS, Language
from tests.browser.chromium import Tab, chromium
from tests.browser.world import PASSWORD, World
from tests.e2e.eventually import eventually_async

WHO: Final[dict[Language, tuple[str, str]]] = {"en": ("yael", "1001"), "he": ("tal", "1003")}
"""The agent who works in each language, and their extension."""
CALLER: Final = "0505550101"
NAME: Final = "נועה ברק"


@pytest.fixture(params=["en", "he"])
def language(request: pytest.FixtureRequest) -> Language:
    return "he" if request.param == "he" else "en"


@pytest.fixture
async def tab(tmp_path: Path, language: Language) -> AsyncIterator[Tab]:
    async with chromium(tmp_path / "profile", language) as opened:
        yield opened


async def sign_in(tab: Tab, world: World, agent: str) -> None:
    """By the form, with its own button."""
    await tab.open(world.origin)
    before = tab.loads
    filled = f"agent.value = '{agent}'; secret.value = '{PASSWORD}'; document.querySelector('button').click()"
    await tab.value(filled)
    await tab.loaded(before)


async def test_the_desk_is_read_used_and_left_in_a_browser(
    world: World, tab: Tab, language: Language
) -> None:
    words, (agent, extension) = WORDS[language], WHO[language]
    await tab.open(world.origin)
    assert await tab.value("document.documentElement.lang") == language
    assert words["sign_in"] in await tab.value("document.body.innerText")
    await sign_in(tab, world, agent)
    rows = await tab.shows(extension)
    assert len(rows) >= 30

    await tab.press("F9")

    async def ready() -> bool:
        return world.hub.views.me(agent).presence is Presence.READY

    await eventually_async(ready, "the key reaches the desk, and the desk the hub")
    world.pbx.caller_joins("support", CALLER)
    await tab.shows(bidi.visual_text(NAME))
    world.pbx.agent_answers(extension)

    loads = tab.loads
    assert await tab.stopped("F5"), "the browser's own reload is not for this key"
    assert tab.loads == loads
    assert not tab.said, "nothing breaks, and no rule of the page's own"

    assert await tab.value("window.open('/open/pages.css') === null", clicked=True), "no link opens anything"

    before = tab.loads
    await tab.value("document.querySelector('header button').click()")
    await tab.loaded(before)
    assert words["over"] in await tab.value("document.body.innerText")
    assert world.desks() == []
    assert await world.devices(agent) == []

    hosts = {urlsplit(url).netloc for url in tab.requests if not url.startswith("data:")}
    assert hosts == {urlsplit(world.origin).netloc}, "nothing is asked of anybody else"
    assert any(url.endswith(".woff2") for url in tab.requests)
