"""How long and how many: sessions end by themselves, and each takes its device at the hub with it."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp.test_utils import make_mocked_request

from agent_tui.config import HubSection
from hub.contract import Me, Presence
from serve.door import Door, Guest, HubAway
from serve.gate import Gate
from serve.sessions import Full, Overtaken, Session, Sessions
from serve.settings import ServeSection

LIMITS = ServeSection(most_sessions=2, idle_minutes=15, longest_hours=12)


def guest(agent: str, browser: str = "") -> Guest:
    me = Me(agent=agent, name=agent, extension="1001", presence=Presence.AWAY, queues=())
    return Guest(me, f"token-{agent}{browser}")


class Watched:
    """Sessions on a clock that stands still, and the tokens that were ended at the hub."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.ended: list[str] = []
        self.replaced: set[str] = set()
        self.away = False

        async def see_out(_door: Door, token: str) -> None:
            await asyncio.sleep(0)
            if self.away:
                raise HubAway("ConnectError")
            self.ended.append(token)

        async def knows(_door: Door, token: str) -> bool:
            await asyncio.sleep(0)
            return token not in {*self.replaced, *self.ended}

        monkeypatch.setattr(Door, "see_out", see_out)
        monkeypatch.setattr(Door, "knows", knows)
        self.sessions = Sessions(LIMITS, Door(HubSection(url="https://hub.example.com")), lambda: self.now)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


async def test_an_idle_session_ends_and_is_worth_nothing_before_anybody_swept(watched: Watched) -> None:
    key = await watched.sessions.open(guest("yael"))
    watched.now = 15 * 60 - 1
    assert watched.sessions.of(key) is not None
    watched.now += 1
    assert watched.sessions.of(key) is None
    assert watched.ended == []
    await watched.sessions.sweep()
    assert watched.ended == ["token-yael"]
    assert len(watched.sessions) == 0


async def test_a_desk_keeps_a_session_but_not_for_ever(watched: Watched) -> None:
    key = await watched.sessions.open(guest("yael"))
    session = watched.sessions.of(key)
    assert session is not None
    session.seen = None
    watched.now = 12 * 3600 - 1
    assert watched.sessions.of(key) is session
    watched.now += 1
    await watched.sessions.sweep()
    assert watched.ended == ["token-yael"]


async def test_no_more_are_signed_in_than_the_settings_allow(watched: Watched) -> None:
    first = await watched.sessions.open(guest("yael"))
    await watched.sessions.open(guest("tal"))
    with pytest.raises(Full):
        await watched.sessions.open(guest("omri"))
    assert watched.ended == ["token-omri"], "nothing of them stays at the hub"
    again = await watched.sessions.open(guest("yael"))
    assert watched.sessions.of(first) is None
    assert watched.sessions.of(again) is not None


async def test_a_browser_whose_device_was_replaced_meanwhile_takes_nobodys_place(watched: Watched) -> None:
    watched.replaced = {"token-yael-1"}
    second = await watched.sessions.open(guest("yael", "-2"))
    with pytest.raises(Overtaken):
        await watched.sessions.open(guest("yael", "-1"))
    assert watched.sessions.of(second) is not None
    assert watched.ended == []


async def test_of_browsers_at_once_one_session_is_left_and_it_is_the_hubs(watched: Watched) -> None:
    await watched.sessions.open(guest("yael"))
    watched.replaced = {"token-yael", "token-yael-1", "token-yael-2"}
    opened = await asyncio.gather(
        *(watched.sessions.open(guest("yael", f"-{number}")) for number in (1, 3, 2)), return_exceptions=True
    )
    assert [isinstance(one, Overtaken) for one in opened] == [True, False, True]
    assert len(watched.sessions) == 1
    assert "token-yael-3" not in watched.ended


async def test_two_with_devices_that_hold_leave_one_session(watched: Watched) -> None:
    """As the hub may have it between two looks: nobody stays signed in twice."""
    await watched.sessions.open(guest("yael"))
    keys = await asyncio.gather(
        watched.sessions.open(guest("yael", "-1")), watched.sessions.open(guest("yael", "-2"))
    )
    assert [watched.sessions.of(key) is not None for key in keys] == [False, True]
    assert len(watched.sessions) == 1


async def test_a_hub_that_is_away_keeps_nobody_signed_in(watched: Watched) -> None:
    key = await watched.sessions.open(guest("yael"))
    watched.away = True
    await watched.sessions.close()
    assert watched.sessions.of(key) is None


async def test_a_session_that_cannot_be_ended_keeps_no_other_alive(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    for agent in ("yael", "tal"):
        await watched.sessions.open(guest(agent))
    end = watched.sessions.end

    async def breaks(session: Session) -> None:
        if session.agent == "yael":
            raise LookupError
        await end(session)

    monkeypatch.setattr(watched.sessions, "end", breaks)
    watched.now = 15 * 60
    await watched.sessions.sweep()
    assert watched.ended == ["token-tal"]


@pytest.mark.parametrize(("proxied", "expected"), [(True, "203.0.113.9"), (False, "127.0.0.1")])
def test_who_comes_is_told_by_a_proxy_alone(watched: Watched, proxied: bool, expected: str) -> None:
    gate = Gate("https://desk.example.com", watched.sessions, behind_proxy=proxied)
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert gate.came_from(request.clone(remote="127.0.0.1")) == expected
