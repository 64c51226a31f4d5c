"""What stands before the desk: nobody is let in by page, WebSocket or file who did not sign in here."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack

import aiohttp
import pytest
from yarl import URL

from edge.enrolment_code import EnrolmentCode
from tests.browser.world import PASSWORD, TRIES, WITHIN, World, surroundings_of
from tests.e2e.eventually import eventually_async


def _origin(world: World) -> dict[str, str]:
    return {"Origin": world.origin}


async def _status(browser: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with browser.get(url, headers=headers, allow_redirects=False) as answer:
        return answer.status


async def _refused(browser: aiohttp.ClientSession, world: World, **headers: str) -> int:
    """The status by which a WebSocket is refused."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.ws_connect(f"{world.origin}/socket", headers=headers)
    return refused.value.status


async def test_without_a_session_there_is_the_form_and_nothing_else(world: World) -> None:
    async with world.browser() as browser:
        async with browser.get(world.origin) as answer:
            assert str(answer.url) == f"{world.origin}/sign-in"
            assert 'name="secret"' in await answer.text()
        for path in ("/terminal/js/textual.js", "/terminal/css/xterm.css", "/download/x", "/nothing"):
            assert await _status(browser, world.origin + path) == 401, path
        assert await _refused(browser, world, **_origin(world)) == 401
        async with browser.post(f"{world.origin}/sign-out", headers=_origin(world)) as answer:
            assert answer.status == 401
        assert await _status(browser, f"{world.origin}/open/fonts/cousine-regular.woff2") == 200
        outside = URL(f"{world.origin}/open/%2e%2e/app.py", encoded=True)
        assert await _status(browser, str(outside)) in (401, 403, 404)
    assert world.desks() == []


async def test_of_browsers_that_sign_in_at_once_one_has_a_desk_and_the_hub_knows_it(world: World) -> None:
    async with AsyncExitStack() as stack:
        browsers = [await stack.enter_async_context(world.browser()) for _ in range(4)]
        answers = await asyncio.gather(*(world.sign_in(browser) for browser in browsers))
        inside = [browser for browser in browsers if await _status(browser, world.origin) == 200]
        assert sorted({answer.status for answer in answers} - {303, 409, 403}) == []
        assert len(inside) == 1
        assert len(await world.devices()) == 1


async def test_a_wrong_password_or_name_leads_nowhere(world: World) -> None:
    async with world.browser() as browser:
        for agent, secret in (
            ("yael", "wrong password"),
            ("daniel", PASSWORD),
            ("../yael", PASSWORD),
            ("", ""),
        ):
            async with await world.sign_in(browser, agent, secret) as answer:
                assert answer.status == 403
                assert "Set-Cookie" not in answer.headers
                assert secret == "" or secret not in await answer.text()
        assert await _refused(browser, world, **_origin(world)) == 401


async def test_a_browser_tries_ten_times(world: World) -> None:
    async with world.browser() as browser:
        for _ in range(TRIES):
            async with await world.sign_in(browser, secret="wrong password") as answer:
                assert answer.status in (403, 429)
        async with await world.sign_in(browser) as answer:
            assert answer.status == 429


async def test_the_cookie_is_for_our_pages_alone(world: World) -> None:
    async with world.browser() as browser, await world.sign_in(browser) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        told = answer.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in told.split(";")}
        assert "Domain" not in told


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "", "http://127.0.0.1:1"])
async def test_a_page_of_somebody_else_opens_no_desk_and_signs_nobody_in_or_out(
    world: World, origin: str
) -> None:
    theirs = {"Origin": origin} if origin else {}
    async with world.browser() as browser:
        async with await world.sign_in(browser):
            pass
        assert await _refused(browser, world, **theirs) == 403
        for path in ("/sign-in", "/sign-out"):
            async with browser.post(world.origin + path, headers=theirs, data={"agent": "tal"}) as answer:
                assert answer.status == 403
        assert await _status(browser, world.origin) == 200, "still signed in"
    assert world.desks() == []


async def test_a_name_that_was_made_to_point_here_is_sent_away(world: World) -> None:
    async with world.browser() as browser:
        assert await _status(browser, f"{world.origin}/sign-in", Host="evil.example.com") == 421


async def test_every_answer_forbids_what_the_page_does_not_need(world: World) -> None:
    async with world.browser() as browser:
        async with await world.sign_in(browser):
            pass
        for path in ("/", "/sign-in", "/nothing", "/open/pages.css"):
            async with browser.get(world.origin + path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "frame-ancestors 'none'" in policy
                assert "script-src 'self';" in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "Strict-Transport-Security" not in answer.headers, "this server has no TLS"


async def test_no_secret_is_in_a_desks_arguments_environment_or_home(world: World) -> None:
    async with world.browser() as browser:
        async with await world.sign_in(browser):
            pass
        async with browser.ws_connect(f"{world.origin}/socket", headers=_origin(world)) as line:
            await asyncio.wait_for(line.receive_bytes(), WITHIN)
            (desk,) = world.desks()
            told = surroundings_of(desk)
            cookies = [cookie.value for cookie in browser.cookie_jar]
            assert cookies
            for secret in (PASSWORD, *cookies):
                assert secret.encode() not in told
            names = {part.partition(b"=")[0].decode() for part in told.split(b"\0")}
            assert not {name for name in names if "TOKEN" in name or "PASSWORD" in name or "SECRET" in name}
            assert world.homes() == {0o700}
            assert not [secret for secret in (PASSWORD, *cookies) if world.is_kept(secret)]


async def test_signing_out_ends_the_desk_the_session_and_the_device(world: World) -> None:
    async with world.browser() as browser:
        async with await world.sign_in(browser):
            pass
        assert await world.devices() == ["browser"]
        async with browser.ws_connect(f"{world.origin}/socket", headers=_origin(world)) as line:
            await asyncio.wait_for(line.receive_bytes(), WITHIN)
            assert len(world.desks()) == 1
            async with browser.post(f"{world.origin}/sign-out", headers=_origin(world)) as answer:
                assert answer.status == 200
                assert "signed out" in await answer.text()
            async with asyncio.timeout(WITHIN):
                async for _ in line:
                    pass
            assert line.closed
        assert world.desks() == []
        assert await world.devices() == []
        assert await _refused(browser, world, **_origin(world)) == 401


async def test_a_device_that_was_revoked_leads_back_to_the_form(world: World) -> None:
    devices = world.hub.access.devices
    async with world.browser() as browser:
        async with await world.sign_in(browser):
            pass
        await devices.store.revoke("yael", devices.now(), name="browser")
        async with browser.get(world.origin) as answer:
            assert answer.url.path == "/sign-in"
            assert "revoked at the hub" in await answer.text()
        assert await _refused(browser, world, **_origin(world)) == 401
        async with await world.sign_in(browser) as answer:
            assert answer.status == 303
        await devices.store.revoke("yael", devices.now(), name="browser")
        async with browser.ws_connect(f"{world.origin}/socket", headers=_origin(world)) as line:
            async with asyncio.timeout(WITHIN):
                assert [message async for message in line] == [], (
                    "a page that stood open opens no desk either"
                )
        assert await _status(browser, world.origin) == 303
    assert world.desks() == []


async def test_a_second_browser_takes_the_agents_place_and_a_second_page_the_desks(world: World) -> None:
    async with world.browser() as first, world.browser() as second:
        async with await world.sign_in(first):
            pass
        async with first.ws_connect(f"{world.origin}/socket", headers=_origin(world)) as old:
            await asyncio.wait_for(old.receive_bytes(), WITHIN)
            async with first.ws_connect(f"{world.origin}/socket", headers=_origin(world)) as new:
                await asyncio.wait_for(new.receive_bytes(), WITHIN)
                async with asyncio.timeout(WITHIN):
                    async for _ in old:
                        pass
                assert len(world.desks()) == 1
                async with await world.sign_in(second):
                    pass
                assert await _status(second, world.origin) == 200
                assert await _status(first, world.origin) == 303

        async def ended() -> bool:
            return not world.desks()

        await eventually_async(ended, "the first browser's desk ends")
        assert await world.devices() == ["browser"]


async def test_who_signs_in_where_somebody_else_was_ends_what_they_left(world: World) -> None:
    """On one thin client: the page that is left cannot sign its agent out, for the cookie is another's."""
    async with world.browser() as browser:
        async with await world.sign_in(browser, "yael"):
            pass
        async with browser.ws_connect(f"{world.origin}/socket", headers=_origin(world)) as left:
            await asyncio.wait_for(left.receive_bytes(), WITHIN)
            async with await world.sign_in(browser, "tal") as answer:
                assert answer.status == 303
            async with asyncio.timeout(WITHIN):
                async for _ in left:
                    pass
        assert await world.devices("yael") == []
        assert await world.devices("tal") == ["browser"]
        assert await _status(browser, world.origin) == 200
    assert world.desks() == []


async def test_a_code_signs_in_its_own_agent_alone(world: World) -> None:
    code = EnrolmentCode.new(bytes(14))
    now = world.hub.access.devices.now()
    async with world.browser() as browser:
        await world.hub.access.devices.codes.keep(code, "tal", now)
        async with await world.sign_in(browser, "yael", code.text()) as answer:
            assert answer.status == 403
        assert await world.devices("tal") == []
        await world.hub.access.devices.codes.keep(code, "tal", now)
        async with await world.sign_in(browser, "tal", code.text()) as answer:
            assert answer.status == 303
        assert await world.devices("tal") == ["browser"]


async def test_a_desk_that_dies_is_told_as_ended_and_opened_again(world: World) -> None:
    async with world.browser() as browser:
        async with await world.sign_in(browser):
            pass
        async with browser.ws_connect(f"{world.origin}/socket", headers=_origin(world)) as line:
            await asyncio.wait_for(line.receive_bytes(), WITHIN)
            (dead,) = world.desks()
            os.kill(dead, signal.SIGKILL)
            async with asyncio.timeout(WITHIN):
                async for _ in line:
                    pass
        async with browser.ws_connect(f"{world.origin}/socket", headers=_origin(world)) as line:
            await asyncio.wait_for(line.receive_bytes(), WITHIN)
            (again,) = world.desks()
            assert again != dead


async def test_desks_end_with_a_server_that_is_killed(world: World) -> None:
    async with world.browser() as browser:
        async with await world.sign_in(browser):
            pass
        line = await browser.ws_connect(f"{world.origin}/socket", headers=_origin(world))
        await asyncio.wait_for(line.receive_bytes(), WITHIN)
        (desk,) = world.desks()
        world.process.kill()
        await world.process.wait()

        async def ended() -> bool:
            return not surroundings_of(desk)

        await eventually_async(ended, "the desk ends by itself")
