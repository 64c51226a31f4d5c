"""Help and palette are had from whatever lies over the desk, tell its keys, and leave it as it was."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

import pytest
from textual.binding import Binding

from agent_tui.commands import model as do
from agent_tui.commands.overlay_keys import OVERLAY_KEYS, of_place
from agent_tui.commands.shortcuts import BY_ID, FIXED, Place, label, named, use
from agent_tui.screens.choice import Choice
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.screens.help import Help
from agent_tui.screens.history import HistoryScreen
from agent_tui.screens.number_entry import NumberEntry
from agent_tui.screens.overlay import LookedUp, Overlay
from agent_tui.screens.palette import Palette
from agent_tui.screens.quit_question import QuitQuestion
from agent_tui.screens.settings import KeyQuestion
from agent_tui.text.bidi import visual_text
from agent_tui.widgets.sheet import Sheet
from sip import events as ev
from tests.desk.screen import Screen, showing, text_of
from tests.desk.test_screen_overlay_keys import OVER, opened, over, speaking
from tests.desk.test_screen_palette import found as offered
from tests.desk.test_screen_palette import look_for
from tests.desk.worst_state import worst
from tests.snapshots.screens import PICTURED
from tests.stubs import desk, floor_desk, past_desk, writing_desk

BELOW: Final = [one for one in OVER if not issubclass(one, LookedUp)]
"""All that lies over the desk, and help and palette over that."""
TYPED_IN: Final = ("dial", "callback", "found", "new_customer", "history", "coach_line", "written", "file")
"""Pictures of screens in which something is typed."""


def stack(screen: Screen) -> list[type[object]]:
    return [type(one) for one in screen.app.screen_stack if isinstance(one, Overlay)]


def told(screen: Screen) -> str:
    """What the help says, with its breaks gone."""
    return " ".join(screen.app.screen.query_one("#help", Sheet).text.split())


@pytest.mark.parametrize("kind", BELOW, ids=lambda kind: str(kind.__name__))
async def test_help_and_palette_come_over_it_and_go(kind: type[Overlay[Any]]) -> None:
    state = worst("Ruth")
    async with showing(state, (80, 24)) as screen:
        below = opened(kind, state)
        assert isinstance(below, Overlay)
        below._press = screen.desk.press
        await screen.app.push_screen(below)
        await screen.pilot.pause()
        await screen.press("f1")
        assert stack(screen) == [kind, Help]
        assert told(screen).startswith(str(kind.PLACE.value)), "its own keys are the first"
        for key in of_place(kind.PLACE):
            assert named(key.id) in told(screen)
            assert all(str(one.words) in told(screen) for one in key.meanings)
        await screen.press("ctrl+p")
        assert stack(screen) == [kind, Palette], "one takes the other's place"
        await screen.press("f1", "f1")
        assert stack(screen) == [kind]
        await screen.press("ctrl+p", "x", "escape")
        assert stack(screen) == [kind]


AT_HAND: Final[dict[type[object], dict[str, str]]] = {
    Help: {"en": "Ctrl+P commands · F1 leaves", "he": "פקודות: Ctrl+P · יציאה: F1"},
    Palette: {"en": "Ctrl+P leaves · F1 keys", "he": "יציאה: Ctrl+P · מקשים: F1"},
}
ANYWHERE: Final = {"en": "Ctrl+P commands · F1 keys", "he": "פקודות: Ctrl+P · מקשים: F1"}


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("kind", OVER, ids=lambda kind: str(kind.__name__))
async def test_its_border_says_help_and_palette_and_it_says_how_to_leave(
    kind: type[Overlay[Any]], language: str
) -> None:
    """Where a line of the language ends; not a row of what it shows is taken for them."""
    state = speaking(worst("Ruth"), language)
    async with showing(state, (80, 24)) as screen:
        await screen.app.push_screen(opened(kind, state))
        await screen.pilot.pause()
        box = over(screen)
        keys = re.escape(visual_text(AT_HAND.get(kind, ANYWHERE)[language]))
        ends = {"en": f"─ {keys} ─╯$", "he": f"^╰─ {keys} ─"}[language]
        assert re.search(ends, box.splitlines()[-1])
        assert "Esc" in box


async def test_a_key_that_is_moved_in_the_settings_is_said_there_at_once() -> None:
    async with showing(desk.IDLE, (80, 24)) as screen:
        await screen.press("ctrl+s")
        use({"help": "ctrl+b"})
        await screen.stands(desk.IDLE)
        assert "Ctrl+P commands · Ctrl+B keys" in over(screen).splitlines()[-1]


async def test_the_question_for_a_key_says_none_that_it_would_take() -> None:
    async with showing(desk.IDLE, (80, 24)) as screen:
        await screen.app.push_screen(opened(KeyQuestion, desk.IDLE))
        await screen.pilot.pause()
        assert "F1" not in over(screen)
        assert "Ctrl+P" not in over(screen)
        assert "Esc" in over(screen)


@pytest.mark.parametrize("name", TYPED_IN)
async def test_what_is_typed_stays_and_goes_on(name: str) -> None:
    shown = PICTURED[name]
    assert shown.state is not None
    async with showing(shown.state) as screen:
        for key in shown.keys:
            await screen.press(key)
        form, field = screen.app.screen, screen.app.focused
        before = text_of(field)
        await screen.press("1", "f1", "escape", "2", "ctrl+p", "9", "9", "escape", "3")
        assert screen.app.screen is form
        assert screen.app.focused is field
        assert text_of(field) == f"{before}123"


@pytest.mark.parametrize("kind", OVER, ids=lambda kind: str(kind.__name__))
def test_every_key_of_its_own_is_in_the_table_with_its_place(kind: type[Overlay[Any]]) -> None:
    own = {one.id for one in of_place(kind.PLACE)}
    places = (kind.PLACE, Place.LIST, Place.OVER)
    fixed = {key for one in FIXED if one.place in places for key in one.keys}
    for one in vars(kind).get("BINDINGS", ()):
        assert isinstance(one, Binding)
        if one.id:
            assert one.id in own
        else:
            assert one.key in fixed, f"{kind.__name__}: {label(one.key)} is not told"
    bound = {one.id for one in vars(kind).get("BINDINGS", ()) if isinstance(one, Binding) and one.id}
    assert bound == own


def test_no_key_has_two_lines_in_one_place() -> None:
    lines = [(one.place, one.id) for one in OVERLAY_KEYS]
    assert len(set(lines)) == len(lines)
    assert {one.id for one in OVERLAY_KEYS} <= set(BY_ID)


async def test_the_palette_offers_the_keys_of_what_lies_below_and_does_them() -> None:
    async with showing(past_desk.LOOKING) as screen:
        await screen.press("ctrl+f", "down")
        await look_for(screen, "chosen one back")
        first = offered(screen).splitlines()[0].rstrip()
        assert first.endswith("F7")
        screen.asked.clear()
        await screen.press("enter")
        await screen.pilot.pause()
        assert stack(screen) == []
        assert any(isinstance(one, do.Dial) for one in screen.asked)


async def test_what_cannot_be_done_with_the_chosen_one_is_not_offered() -> None:
    async with showing(past_desk.NOTHING) as screen:
        await screen.press("ctrl+f", "ctrl+p")
        assert "Call the chosen one back" not in offered(screen)


async def test_the_floor_and_conversations_act_by_the_palette_too() -> None:
    async with showing(floor_desk.FLOOR) as screen:
        await screen.press("ctrl+l")
        await look_for(screen, "whisper only")
        await screen.press("enter")
        await screen.pilot.pause()
        assert any(isinstance(one, do.Listen) for one in screen.asked)
    async with showing(writing_desk.NOBODYS) as screen:
        await screen.press("ctrl+t")
        await look_for(screen, "take the conversation that is read")
        await screen.press("enter")
        await screen.pilot.pause()
        assert any(isinstance(one, do.TakeConversation) for one in screen.asked)


async def test_nothing_is_opened_a_second_time_over_itself() -> None:
    async with showing(writing_desk.READING) as screen:
        await screen.press("ctrl+t")
        await look_for(screen, "read and answer")
        assert "It is open already" in " ".join(offered(screen).split())
        await screen.press("enter", "escape")
        assert stack(screen) == [ConversationsScreen]
    async with showing(desk.TALKING) as screen:
        await screen.press("f5")
        await look_for(screen, "transfer the call")
        assert "It is open already" in " ".join(offered(screen).split())


async def test_a_part_of_the_desk_that_is_covered_is_not_gone_to() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("ctrl+f")
        await look_for(screen, "write the note")
        assert "Leave by Esc what lies over the desk" in " ".join(offered(screen).split())
        await screen.press("enter", "escape")
        assert stack(screen) == [HistoryScreen]


async def test_an_act_of_the_desk_is_done_from_there_and_its_key_is_said_only_where_it_acts() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("ctrl+f")
        await look_for(screen, "hold")
        assert not offered(screen).splitlines()[0].rstrip().endswith("F3"), "F3 does nothing there"
        await screen.press("enter")
        await screen.pilot.pause()
        assert do.ToggleHold() in screen.asked
        assert stack(screen) == [HistoryScreen]
    async with showing(writing_desk.BESIDE_A_CALL) as screen:
        await screen.press("ctrl+t")
        await look_for(screen, "on hold")
        assert offered(screen).splitlines()[0].rstrip().endswith("F3")


async def test_a_question_that_has_no_answer_any_more_closes_as_help_or_palette_do() -> None:
    for key in ("f1", "ctrl+p"):
        async with showing(desk.CHOOSING) as screen:
            await screen.press("ctrl+o", key)
            assert stack(screen)[0] is Choice
            await screen.stands(replace(desk.CHOOSING, sound=None))
            await screen.press("escape")
            assert stack(screen) == []


async def test_f1_is_no_act_by_which_a_question_closes() -> None:
    """Whoever looks up a key while a call ends has not turned to anything else."""
    async with showing(desk.TALKING) as screen:
        await screen.press("f5", "f1", "escape")
        entry = screen.app.screen
        assert isinstance(entry, NumberEntry)
        await screen.hears(ev.CallClosed("call-1", ev.CloseReason.NORMAL))
        assert screen.app.screen is entry


async def test_the_question_of_leaving_is_asked_once_however_often_help_lies_over_it() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("ctrl+q", "f1")
        assert stack(screen) == [QuitQuestion, Help]
        await screen.press("ctrl+q")
        assert stack(screen).count(QuitQuestion) == 1


async def test_a_place_to_which_nothing_leads_is_not_told() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f1")
        assert str(Place.HISTORY.value) in told(screen)
        for place in (Place.FLOOR, Place.CONVERSATIONS, Place.FILE):
            assert str(place.value) not in told(screen)
