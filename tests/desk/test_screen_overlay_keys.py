"""What lies over the desk says the keys that act there, and they act: the phone is at hand everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from textual.screen import Screen as AnyScreen

from agent_tui.commands import model as do
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.screens.floor import FloorScreen
from agent_tui.screens.history import HistoryScreen
from agent_tui.screens.number_entry import NumberEntry
from agent_tui.screens.overlay import Overlay
from agent_tui.screens.quit_question import QuitQuestion
from agent_tui.screens.settings import KeyQuestion
from agent_tui.session.state import SessionState
from agent_tui.text import catalogue
from agent_tui.widgets.sheet import Sheet
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.desk.test_hostile_screens import SCREENS
from tests.desk.worst_state import worst
from tests.stubs import customers, desk, past_desk, writing_desk

OVER = [one for one in SCREENS if issubclass(one, Overlay) and one is not KeyQuestion]
"""All that lies over the desk but the question for another key, which takes whatever is pressed."""


def speaking(state: SessionState, language: str) -> SessionState:
    """The same in this language."""
    catalogue.use(language)
    assert state.me is not None
    return replace(state, me=state.me.model_copy(update={"language": language}))


def over(screen: Screen) -> str:
    """What is painted inside the box that lies over the desk."""
    return "\n".join(_lines(screen))


def _lines(screen: Screen) -> Iterator[str]:
    shown = screen.app.screen
    box = next(iter(shown.children)).region.intersection(shown.region)
    for strip in shown._compositor.render_strips()[box.y : box.bottom]:
        yield "".join(segment.text for segment in strip.crop(box.x, box.right))


def opened(kind: type[object], state: SessionState) -> AnyScreen[object]:
    made = SCREENS[kind](state, "Ruth")
    assert isinstance(made, AnyScreen)
    return made


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("kind", OVER, ids=lambda kind: str(kind.__name__))
async def test_the_keys_that_answer_and_end_are_read_while_a_call_rings(
    kind: type[object], language: str
) -> None:
    state = speaking(worst("Ruth"), language)
    async with showing(state, (80, 24)) as screen:
        await screen.app.push_screen(opened(kind, state))
        await screen.pilot.pause()
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        told = over(screen)
        assert "F2" in told
        assert "F8" in told


@pytest.mark.parametrize("kind", [ConversationsScreen, HistoryScreen, FloorScreen])
async def test_nothing_is_said_of_the_phone_without_a_call(kind: type[object]) -> None:
    state = replace(worst("Ruth"), calls=(), active=None, listening=None)
    async with showing(state, (80, 24)) as screen:
        await screen.app.push_screen(opened(kind, state))
        await screen.pilot.pause()
        assert "F2" not in over(screen)
        assert "F8" not in over(screen)


@pytest.mark.parametrize("language", ["en", "he"])
async def test_a_call_is_held_and_muted_beside_a_conversation(language: str) -> None:
    async with showing(speaking(writing_desk.BESIDE_A_CALL, language), (80, 24)) as screen:
        await screen.press("ctrl+t")
        assert isinstance(screen.app.screen, ConversationsScreen)
        assert "F3" in over(screen)
        assert "F4" in over(screen)
        screen.asked.clear()
        await screen.press("f3", "f4")
        assert screen.asked == [do.ToggleHold(), do.ToggleMute()]


async def test_without_a_call_hold_and_mute_are_no_keys_of_a_conversation() -> None:
    async with showing(writing_desk.READING, (80, 24)) as screen:
        await screen.press("ctrl+t")
        assert "F3" not in over(screen)
        assert "F4" not in over(screen)


async def test_the_history_is_forgotten_only_where_it_closes() -> None:
    """A form may lie over it when the desk goes over to another language."""
    async with showing(past_desk.LOOKING) as screen:
        await screen.press("ctrl+f", "down", "down", "down", "ctrl+r")
        form = screen.app.screen
        history = next(one for one in screen.app.screen_stack if isinstance(one, HistoryScreen))
        history.action_leave()
        await screen.pilot.pause()
        assert screen.app.screen is form
        assert do.LeaveHistory() not in screen.asked
        await screen.press("escape", "escape")
        assert screen.asked.count(do.LeaveHistory()) == 1


async def test_a_row_that_has_just_gone_is_not_dialled() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("f7")
        entry = screen.app.screen
        assert isinstance(entry, NumberEntry)
        entry.post_message(Sheet.Chosen(entry.query_one("#directory", Sheet), "nobody is called that"))
        await screen.pilot.pause()
        assert screen.app.screen is entry
        await screen.press(*"1002", "enter")
        assert screen.asked == [do.Dial("1002")]


async def test_what_may_be_ctrl_and_a_slash_never_leaves_unasked() -> None:
    """By the kitty protocol Ctrl+Q of a Hebrew layout comes as Ctrl+/, as it does from another."""
    async with showing(desk.IDLE) as screen:
        await screen.press("ctrl+slash")
        assert isinstance(screen.app.screen, QuitQuestion)
        await screen.press("ctrl+slash")
        assert not screen.app._exit, "a key that is held down"
        screen.passes(2)
        await screen.press("ctrl+slash")
        assert screen.app._exit
