"""The floor by keys: whom a key acts on, what is offered where, and that nothing else is taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.screens.floor import EVERY, FloorScreen
from agent_tui.screens.line_entry import LineEntry
from agent_tui.session import events as de
from agent_tui.session.floor_events import FloorCame
from agent_tui.session.state import Link
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import LANGUAGES
from agent_tui.widgets.sheet import Sheet
from hub.contract import ListenMode
from tests.desk.screen import Screen, showing
from tests.desk.test_screen_borders import spoken
from tests.stubs import desk, floor_desk
from tests.stubs.floor_desk import FLOOR, LISTENING, a_call, an_agent, looking

SIZES = [(80, 24), (120, 40), (160, 45)]


def part(screen: Screen, name: str) -> str:
    return screen.app.screen.query_one(f"#floor-{name}", Sheet).text


def listens(screen: Screen) -> list[do.Listen]:
    return [command for command in screen.asked if isinstance(command, do.Listen)]


async def opened(screen: Screen) -> None:
    await screen.press("ctrl+l")
    assert isinstance(screen.app.screen, FloorScreen)


async def test_an_agents_desk_has_neither_key_nor_screen() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("ctrl+l")
        assert screen.app.screen is screen.desk
        await screen.press("ctrl+p", *"floor")
        assert "see the floor" not in screen.everything()


@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_how_all_stand_and_who_waits(size: tuple[int, int]) -> None:
    async with showing(FLOOR, size) as screen:
        await opened(screen)
        shown = screen.everything()
        for words in ("Yael Amir", "● in a call", "Ruth Ben-Ami", "01:15", "■ wrap-up", "✖ unreachable"):
            assert words in shown
        for words in ("□ away", "Lunch", "no desk open", "2 callers wait", "01:42", "on hold"):
            assert words in shown
        assert screen.asked[0] == do.WatchFloor()
        await screen.press("escape")
        assert screen.app.screen is screen.desk
        assert screen.asked[-1] == do.LeaveFloor()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_agent_and_all_that_is_known_of_them_is_told_where_room_is_least(language: str) -> None:
    """In two lines at most, so that nobody has to scroll for the next one."""
    async with showing(spoken(FLOOR, language), (60, 20)) as screen:
        await opened(screen)
        lines = part(screen, "list").splitlines()
        assert len(lines) <= 2 * len(floor_desk.AGENTS)
        assert all(line.strip() for line in lines)
        for words in ("Yael Amir", "Ruth Ben-Ami", "Rina Azulay", "Support", "מכירות", "Lunch"):
            assert visual_text(words) in "\n".join(lines)
        assert "Daniel Katz" in screen.everything()


async def test_keys_listen_whisper_and_join_with_the_agent_at_the_cursor() -> None:
    async with showing(FLOOR) as screen:
        await opened(screen)
        await screen.press("f3", "f4", "down", "f5")
        assert listens(screen) == [
            do.Listen("yael", ListenMode.LISTEN),
            do.Listen("yael", ListenMode.WHISPER),
            do.Listen("daniel", ListenMode.BARGE),
        ]


async def test_who_is_in_no_call_cannot_be_heard_and_the_keys_are_not_shown() -> None:
    async with showing(looking((an_agent("omri", "Omri"), an_agent("tal", "Tal", "ringing")))) as screen:
        await opened(screen)
        assert "F3 listen" not in part(screen, "keys")
        assert "F6 write" in part(screen, "keys")
        await screen.press("f3", "f4", "f5")
        assert listens(screen) == []


async def test_a_ring_at_an_agent_is_no_talk() -> None:
    ringing = an_agent("tal", "Tal", "ringing", call=a_call(), rings=True)
    async with showing(looking((ringing,))) as screen:
        await opened(screen)
        await screen.press("f3")
        assert listens(screen) == []


async def test_a_centre_without_listening_offers_only_lines() -> None:
    me = floor_desk.ME.model_copy(update={"listens": False})
    async with showing(replace(FLOOR, me=me)) as screen:
        await opened(screen)
        assert "F3 listen" not in part(screen, "keys")
        await screen.press("f3")
        assert listens(screen) == []


async def test_a_line_is_written_in_a_field_of_its_own_and_goes_to_whom_it_was_begun_for() -> None:
    async with showing(FLOOR) as screen:
        await opened(screen)
        await screen.press("down", "f6")
        assert isinstance(screen.app.screen, LineEntry)
        await screen.press(*"Slower")
        assert FLOOR.floor is not None
        assert FLOOR.floor.view is not None
        fewer = FLOOR.floor.view.model_copy(update={"agents": FLOOR.floor.view.agents[2:]})
        await screen.hears(FloorCame(fewer))
        await screen.press("enter")
        assert do.WriteCoachNote("daniel", "Daniel Katz", "Slower") in screen.asked
        assert isinstance(screen.app.screen, FloorScreen)


async def test_an_empty_line_is_none_and_escape_sends_nothing() -> None:
    async with showing(FLOOR) as screen:
        await opened(screen)
        await screen.press("f6", "enter")
        assert isinstance(screen.app.screen, LineEntry)
        await screen.press("escape")
        assert not [one for one in screen.asked if isinstance(one, do.WriteCoachNote)]


async def test_who_has_no_desk_open_is_not_written_to() -> None:
    async with showing(looking((an_agent("gil", "Gil", desk=False),))) as screen:
        await opened(screen)
        await screen.press("f6")
        assert isinstance(screen.app.screen, FloorScreen)


async def test_it_says_whom_the_trainer_hears_and_the_key_that_ends_it_acts() -> None:
    async with showing(LISTENING) as screen:
        await opened(screen)
        assert "You whisper to Yael Amir: only they hear you." in part(screen, "told")
        assert "F8 ends your own call" in part(screen, "keys")
        screen.passes(5)
        await screen.press("f8")
        assert do.HangUp() in screen.asked


async def test_what_the_hub_refused_is_read_there() -> None:
    async with showing(FLOOR) as screen:
        await opened(screen)
        await screen.hears(de.CommandFailed("This agent is not in a call now."))
        assert "This agent is not in a call now." in part(screen, "told")
        assert "You listen to nobody." in part(screen, "told")


async def test_while_the_hub_is_away_it_says_so_and_asks_nothing() -> None:
    async with showing(FLOOR) as screen:
        await opened(screen)
        await screen.hears(de.HubLinkChanged(Link.DOWN, "no answer"))
        assert "The hub is away" in part(screen, "told")
        assert "Yael Amir" in part(screen, "list")
        before = len(screen.asked)
        await screen.press("f3", "f6")
        assert len(screen.asked) == before


async def test_the_cursor_stays_with_its_agent_when_others_come() -> None:
    async with showing(FLOOR) as screen:
        await opened(screen)
        await screen.press("down")
        assert FLOOR.floor is not None
        assert FLOOR.floor.view is not None
        agents = (an_agent("new", "A new one"), *FLOOR.floor.view.agents)
        await screen.hears(FloorCame(FLOOR.floor.view.model_copy(update={"agents": agents})))
        await screen.press("f3")
        assert listens(screen)[-1].agent == "daniel"


async def test_it_is_asked_for_again_and_again() -> None:
    async with showing(FLOOR) as screen:
        await opened(screen)
        asked = screen.asked.count(do.WatchFloor())
        await screen.pilot.pause(EVERY * 1.5)
        assert screen.asked.count(do.WatchFloor()) > asked
