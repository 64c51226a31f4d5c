"""What a browser may say, and how much: the desk's line takes keys and sizes, and more does not break it."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from tests.browser.world import WITHIN, World, raw

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


_FORM = (
    b"POST /sign-in HTTP/1.1\r\nHost: %%b\r\nOrigin: %%o\r\nContent-Type: application/%b\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n"
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


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: %b\r\nCookie: moked=\xff\xfe\r\nConnection: close\r\n\r\n", b"303"),
        (_FORM % (b"x-www-form-urlencoded; charset=rot13", 18) + b"agent=yael&secret=", b"400"),
        (_FORM % (b"x-www-form-urlencoded; charset=utf-16", 3) + b"a=\xd8", b"400"),
        (_FORM % (b"x-www-form-urlencoded", 16) + b"agent=\xff\xfe&secret=", b"400"),
    ],
    ids=["a key that is no text", "an encoding of nothing", "half a letter", "a name that is no text"],
)
async def test_what_is_no_key_and_no_form_is_refused_as_such(
    world: World, asked: bytes, status: bytes
) -> None:
    """Whoever is not signed in makes no fault of it, which fills the log."""
    answer = await raw(world.origin, asked.replace(b"%o", world.origin.encode()))
    assert answer.split()[1] == status


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
