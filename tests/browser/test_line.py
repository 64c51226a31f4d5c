"""What a browser may say, and how much: the desk's line takes keys and sizes, and more does not break it."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from tests.browser.world import WITHIN, World

NOTHING = (
    "",
    "no json",
    "[" * 100_000,
    '"stdin"',
    "[]",
    '["stdin"]',
    '["stdin", 7]',
    '["stdin", "a", "b"]',
    '["resize", {"width": "80", "height": []}]',
    '["resize", {"width": 1e999, "height": 24}]',
    '["resize", null]',
    '["quit"]',
    '["deliver_file", "/etc/passwd"]',
    '["stdin", "\\ud800"]',
    json.dumps(["resize", {"width": -1, "height": 0}]),
    json.dumps(["resize", {"width": 10**30, "height": 10**30}]),
)


async def _line(world: World, browser: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    async with await world.sign_in(browser):
        pass
    return await browser.ws_connect(f"{world.origin}/socket", headers={"Origin": world.origin})


async def test_what_is_no_key_and_no_size_is_not_heard_and_the_desk_goes_on(world: World) -> None:
    async with world.browser() as browser:
        line = await _line(world, browser)
        await asyncio.wait_for(line.receive_bytes(), WITHIN)
        (desk,) = world.desks()
        for said in NOTHING:
            await line.send_str(said)
        await line.send_bytes(b"\x00\xff")
        await line.send_str(json.dumps(["ping", "still there"]))
        async with asyncio.timeout(WITHIN):
            async for message in line:
                if message.type is aiohttp.WSMsgType.TEXT:
                    break
        assert json.loads(message.data) == ["pong", "still there"]
        assert world.desks() == [desk]
        await line.close()


async def test_a_paste_without_end_closes_the_line_and_the_server_goes_on(world: World) -> None:
    async with world.browser() as browser:
        line = await _line(world, browser)
        await asyncio.wait_for(line.receive_bytes(), WITHIN)
        await line.send_str(json.dumps(["stdin", "x" * 300_000]))
        async with asyncio.timeout(WITHIN):
            async for _ in line:
                pass
        assert line.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
        async with browser.get(world.origin) as answer:
            assert answer.status == 200


async def test_a_form_without_end_is_not_read(world: World) -> None:
    async with world.browser() as browser:
        async with await world.sign_in(browser, secret="x" * 100_000) as answer:
            assert answer.status == 413
        async with await world.sign_in(browser) as answer:
            assert answer.status == 303


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing", "/terminal/js/textual.js", "/open/pages.css"])
async def test_each_answer_keeps_to_this_page_and_in_no_cache_but_what_everybody_may_see(
    world: World, path: str
) -> None:
    async with world.browser() as browser:
        async with await world.sign_in(browser):
            pass
        async with browser.get(world.origin + path) as answer:
            told = answer.headers
    assert told["X-Frame-Options"] == "DENY"
    assert told["Referrer-Policy"] == "same-origin"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "microphone=()" in told["Permissions-Policy"]
    assert "Server" not in told, "whoever looks for an old version is told none"
    assert (told.get("Cache-Control") == "no-store") is (path != "/open/pages.css")
    policy = dict(part.strip().partition(" ")[::2] for part in told["Content-Security-Policy"].split(";"))
    assert (policy["script-src"], policy["font-src"], policy["form-action"]) == ("'self'", "'self'", "'self'")
    assert policy["base-uri"] == "'none'"
    assert "allow-popups" not in policy["sandbox"]
