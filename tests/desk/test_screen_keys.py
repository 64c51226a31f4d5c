"""Every key and every button leads to its command, and only while it does something.

Pilot reads composed strings and sends keys within the process; keys typed into a pty are in ``tests/e2e``.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.screens.keys import KEYS, buttons
from agent_tui.screens.number_entry import NumberEntry
from agent_tui.screens.overlay import Overlay
from agent_tui.session.state import Call, Notice, SessionState, Severity
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.key_bar import KeyButton
from agent_tui.widgets.note_pane import NotePane
from agent_tui.widgets.sheet import Sheet
from hub import contract as c
from hub.contract import Presence
from sip import events as ev
from sip.call_state import CallState
from tests.desk.screen import Screen, showing
from tests.desk.test_screen_language import HEBREW
from tests.stubs import customers, desk

SWAPPABLE = replace(
    desk.TALKING,
    calls=(
        *desk.TALKING.calls,
        Call(
            "call-2",
            customers.MICHAL,
            "",
            CallState.HELD,
            desk.NOW - 60,
            outgoing=True,
            answered=desk.NOW - 90,
        ),
    ),
)
AWAY = replace(desk.IDLE, me=desk.ME.model_copy(update={"presence": Presence.AWAY, "reason": "Lunch"}))
NO_REASONS = replace(desk.IDLE, me=desk.ME.model_copy(update={"pause_reasons": ()}))

AT_ONCE: list[tuple[str, SessionState, do.Command]] = [
    ("answer", desk.RINGING, do.Answer()),
    ("hold", desk.TALKING, do.ToggleHold()),
    ("hold", desk.HELD_MUTED, do.ToggleHold()),
    ("mute", desk.TALKING, do.ToggleMute()),
    ("hang_up", desk.RINGING, do.HangUp()),
    ("hang_up", desk.TALKING, do.HangUp()),
    ("presence", AWAY, do.SetPresence(Presence.READY)),
    ("presence", NO_REASONS, do.SetPresence(Presence.AWAY)),
    ("swap", SWAPPABLE, do.Swap()),
    ("finish", desk.WRAP_UP, do.FinishWrapUp("k-1")),
    ("transfer", desk.CONSULTING, do.AttendedTransfer()),
    ("hang_up", desk.CONSULTING, do.HangUp()),
    ("dial", desk.CONSULTING, do.Merge()),
    ("dial", desk.MERGED, do.Part()),
    ("transfer", desk.MISSED, do.CallBack()),
    ("keys", desk.MISSED, do.ClearMissed()),
    ("swap", desk.PORTABLE_CONSULTING, do.Swap()),
    ("hold", desk.PORTABLE_CONSULTING, do.ToggleHold()),
]
BY_NAME = {key.name: key for key in KEYS}


@pytest.mark.parametrize(("name", "state", "command"), AT_ONCE)
async def test_a_key_asks_for_its_command(name: str, state: SessionState, command: do.Command) -> None:
    async with showing(state) as screen:
        await screen.press(BY_NAME[name].key)
        assert screen.asked == [command]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(("name", "state", "command"), AT_ONCE)
async def test_a_button_asks_for_the_same_command(
    name: str, state: SessionState, command: do.Command, size: tuple[int, int]
) -> None:
    async with showing(state, size) as screen:
        assert await screen.pilot.click(f"#key-{name}")
        await screen.pilot.pause()
        assert screen.asked == [command]


@pytest.mark.parametrize("state", desk.MOMENTS.values(), ids=desk.MOMENTS)
async def test_a_key_without_a_visible_button_does_nothing(state: SessionState) -> None:
    async with showing(state) as screen:
        hidden = [
            key for key in KEYS if not screen.app.screen.query_one(f"#key-{key.name}", KeyButton).visible
        ]
        assert hidden, "every state has keys that would do nothing"
        for key in hidden:
            await screen.press(key.key)
        assert screen.asked == []
        assert not isinstance(screen.app.screen, Overlay)


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        (desk.IDLE, {"Dial", "Away"}),
        (AWAY, {"Dial", "Ready"}),
        (desk.RINGING, {"Answer", "Dial", "Decline", "Away"}),
        (desk.TALKING, {"Hold", "Mute", "Transfer", "Keys", "Dial", "Hang up", "Away"}),
        (desk.HELD_MUTED, {"Resume", "Transfer", "Dial", "Hang up", "Away"}),
        (desk.CONSULTING, {"Hold", "Mute", "Connect", "Keys", "Merge", "Back", "Away", "Swap"}),
        (desk.MERGED, {"Hold", "Mute", "Connect", "Keys", "Part", "Hang up", "Away"}),
        (desk.PORTABLE_CONSULTING, {"Hold", "Mute", "Transfer", "Keys", "Back", "Away", "Swap"}),
        (desk.PORTABLE_HEBREW, {"Hold", "Mute", "Transfer", "Keys", "Back", "Away", "Swap"}),
        (desk.MISSED, {"Callback", "Seen", "Dial", "Away"}),
        (desk.WRAP_UP, {"Dial", "Away", "Finish"}),
        (desk.HUB_DOWN, {"Answer", "Dial", "Decline"}),
    ],
)
async def test_buttons_say_what_they_would_do_now(state: SessionState, labels: set[str]) -> None:
    async with showing(state) as screen:
        buttons = [button for button in screen.app.screen.query(KeyButton) if button.visible]
        assert {str(button.label).partition("\n")[0] for button in buttons} == labels


async def test_no_button_moves_under_the_mouse_when_a_call_rings() -> None:
    async with showing(desk.IDLE) as screen:
        before = {button.id: button.region for button in screen.desk.query(KeyButton) if button.visible}
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        after = {button.id: button.region for button in screen.desk.query(KeyButton) if button.visible}
        assert before.items() < after.items()


@pytest.mark.parametrize(
    ("key", "command"), [("f5", do.Transfer("1002")), ("f7", do.Dial("1002"))], ids=["transfer", "dial"]
)
async def test_a_number_is_asked_for_first(key: str, command: do.Command) -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press(key, "1", "0", "0", "2")
        assert screen.asked == []
        await screen.press("enter")
        assert screen.asked == [command]
        assert screen.app.screen is screen.desk


async def test_escape_leaves_the_number_unasked() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f5", "1", "escape")
        assert screen.asked == []
        assert screen.app.screen is screen.desk


async def test_an_empty_number_is_no_answer() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f5", "space", "enter")
        assert screen.asked == []
        assert isinstance(screen.app.screen, NumberEntry)


@pytest.mark.parametrize(("key", "command"), [("f2", do.Answer()), ("f8", do.HangUp())])
async def test_the_phone_is_at_hand_while_a_number_is_asked_for(key: str, command: do.Command) -> None:
    async with showing(desk.TWO_CALLS) as screen:
        await screen.press("f5", "1", key)
        assert screen.asked == [command]


async def test_a_ring_is_seen_in_front_of_a_number_entry() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("f7", "1")
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        assert "RINGING" in screen.app.screen.query_one("#overlay-calls", Sheet).text
        await screen.press("0")
        assert screen.app.screen.query_one("#number", BidiLine).line == "10"


async def test_a_number_meant_for_one_call_never_reaches_another() -> None:
    async with showing(SWAPPABLE) as screen:
        await screen.press("f5", "1", "0")
        await screen.hears(ev.CallClosed("call-1", ev.CloseReason.NORMAL))
        await screen.press("enter")
        assert do.Transfer not in {type(command) for command in screen.asked}


async def test_keypad_sends_each_key_at_once_typed_or_clicked() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f6", "5", "a", "#")
        await screen.pilot.click("#pad-star")
        await screen.press("escape", "7")
        assert screen.asked[:3] == [do.SendKeys("5"), do.SendKeys("#"), do.SendKeys("*")]
        assert not any(isinstance(command, do.SendKeys) for command in screen.asked[3:])


async def test_away_asks_why() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("f9", "down", "down", "enter")
        assert screen.asked == [do.SetPresence(Presence.AWAY, "Break")]


def _presence_key(screen: Screen) -> str:
    """What the button of F9 says."""
    return str(screen.desk.query_one("#key-presence", KeyButton).label).split()[0]


async def test_one_key_mends_what_the_exchange_has_otherwise_also_while_a_wrap_up_is_owed() -> None:
    state = replace(desk.WRAP_UP, presence_since=0.0)
    assert state.me is not None
    free = c.MemberWish(member=True)
    paused = tuple(one.model_copy(update={"paused": True}) for one in state.me.members)
    me = state.me.model_copy(update={"members": paused, "wish": free})
    async with showing(replace(state, me=me)) as screen:
        assert _presence_key(screen) == "Ready"
        await screen.press("f9")
        assert screen.asked == [do.SetPresence(Presence.READY, "")]


async def test_one_key_makes_the_exchange_keep_calls_away_again() -> None:
    assert desk.IDLE.me is not None
    change = {"presence": Presence.AWAY, "reason": "Lunch", "wish": c.MemberWish(member=True, paused=True)}
    state = replace(desk.IDLE, me=desk.IDLE.me.model_copy(update=change), presence_since=0.0)
    async with showing(state) as screen:
        assert _presence_key(screen) == "Away"
        await screen.press("f9")
        assert screen.asked == [do.SetPresence(Presence.AWAY, "Lunch")]


async def test_a_break_after_this_call_is_chosen_in_it_with_its_reason() -> None:
    async with showing(desk.TALKING) as screen:
        assert _presence_key(screen) == "Away"
        await screen.press("f9", "down", "enter")
        assert screen.asked == [do.SetPresence(Presence.AWAY, "Lunch")]


async def test_away_needs_no_reason() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("f9", "enter")
        assert screen.asked == [do.SetPresence(Presence.AWAY, "")]


async def test_other_devices_are_chosen_in_a_call_and_from_the_note() -> None:
    sound = ev.SoundChanged("Headset", ("Headset", "Laptop"))
    async with showing(replace(desk.TALKING, sound=sound)) as screen:
        await screen.press("ctrl+o")
        assert "● Headset" in screen.everything()
        await screen.press("down", "enter")
        assert screen.asked == [do.UseSound("Laptop")]


@pytest.mark.parametrize("sound", [None, ev.SoundChanged("Usual", ("Usual",))])
async def test_where_there_is_nothing_to_choose_nothing_is_asked_or_promised(
    sound: ev.SoundChanged | None,
) -> None:
    async with showing(replace(desk.IDLE, sound=sound)) as screen:
        assert "Ctrl+O" not in screen.sheet("calls")
        await screen.press("ctrl+o")
        assert screen.app.screen is screen.desk
    async with showing(replace(desk.IDLE, sound=ev.SoundChanged("Usual", ("Usual", "Laptop")))) as screen:
        assert "Ctrl+O" in screen.sheet("calls")


async def test_the_next_step_is_ticked_while_typing() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("x", "ctrl+down")
        assert do.TickStep("k-1", "renewal") in screen.asked
        assert screen.app.focused is screen.desk.query_one("#note")


async def test_script_steps_and_answers_are_chosen_by_arrows() -> None:
    async with showing(desk.TALKING) as screen:
        screen.desk.query_one("#script").focus()
        await screen.press("space", "down", "down", "enter", "up", "up", "up", "enter")
        assert screen.asked == [
            do.TickStep("k-1", "renewal"),
            do.AnswerStep("k-1", "renewal", "Later"),
            do.TickStep("k-1", "listen"),
        ]


async def test_a_script_step_is_clicked() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.pilot.click("#script", offset=(10, 2))
        await screen.pilot.pause()
        assert screen.asked == [do.TickStep("k-1", "verify")]


@pytest.mark.parametrize(
    ("part", "row", "asked"),
    [
        ("outcome", 1, do.ChooseDisposition("k-1", "solved")),
        ("script", 2, do.TickStep("k-1", "verify")),
        ("calls", 1, do.SelectCall("call-2")),
    ],
)
async def test_what_is_clicked_is_chosen_and_the_note_is_written_on(
    part: str, row: int, asked: do.Command
) -> None:
    """A list takes no letters, and a space in a list chooses."""
    async with showing(desk.TWO_CALLS if part == "calls" else desk.TALKING) as screen:
        noted = screen.desk.query_one("#note", NotePane)
        await screen.press("h", "i")
        await screen.pilot.click(f"#{part}", offset=(10, row))
        await screen.pilot.pause()
        assert asked in screen.asked
        await screen.press("space", "x")
        assert "hi x" in noted.text
        assert screen.asked.count(asked) == 1


async def test_one_of_several_customers_is_chosen_by_arrows() -> None:
    async with showing(desk.SEVERAL) as screen:
        screen.desk.query_one("#card").focus()
        await screen.press("down", "enter")
        assert screen.asked == [do.ChooseCustomer("k-1", "C-2013")]


async def test_an_outcome_is_chosen_by_tab_arrows_and_enter() -> None:
    async with showing(desk.WRAP_UP) as screen:
        await screen.press("tab", "up", "enter")
        assert screen.asked == [do.ChooseDisposition("k-1", "sold")]


async def test_a_call_is_selected_in_the_list() -> None:
    async with showing(desk.TWO_CALLS) as screen:
        screen.desk.query_one("#calls").focus()
        await screen.press("down", "enter")
        assert screen.asked == [do.SelectCall("call-2")]


async def test_escape_dismisses_the_newest_notice_and_a_click_any() -> None:
    async with showing(desk.HUB_DOWN) as screen:
        await screen.press("escape")
        await screen.pilot.click("#notices", offset=(20, 1))
        await screen.pilot.pause()
        assert screen.asked == [do.DismissNotice("hub"), do.DismissNotice("audio")]


async def test_notices_never_cover_the_call_bar() -> None:
    many = tuple(Notice(f"t{n}", Severity.ERROR, "long words " * 30) for n in range(9))
    async with showing(replace(desk.RINGING, notices=many), (80, 24)) as screen:
        assert screen.desk.query_one("#notices").region.height == 3
        assert "RINGING" in screen.everything()
        assert "Decline" in screen.everything()
        await screen.press("f2")
        assert screen.asked == [do.Answer()]


async def test_leaving_asks_first_while_a_call_is_open() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("ctrl+q")
        assert "goes on in the phone" in screen.everything()
        await screen.press("escape")
        assert screen.app.screen is screen.desk
        await screen.press("ctrl+q")
        screen.passes(1)
        await screen.press("ctrl+q")
        assert screen.app._exit


async def test_leaving_asks_first_while_a_note_is_unsaved() -> None:
    async with showing(desk.WRAP_UP) as screen:
        await screen.press("ctrl+q")
        assert "not saved yet" in screen.everything()
        await screen.press("enter")
        assert screen.app.screen is screen.desk
        assert not screen.app._exit


async def test_leaving_an_idle_desk_asks_nothing() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("ctrl+q")
        assert screen.app._exit


async def test_no_key_takes_what_terminals_take() -> None:
    assert {key.key for key in KEYS}.isdisjoint({"f1", "f11"})


async def test_a_desk_whose_phone_another_took_ends() -> None:
    async with showing(desk.TALKING) as shown:
        shown.store.dispatch(ev.TakenAway())
        assert shown.app._exit


SMALL = [(70, 24), (60, 18), (40, 12)]


@pytest.mark.parametrize("me", [desk.ME, HEBREW], ids=["en", "he"])
@pytest.mark.parametrize("size", SMALL, ids=["70", "60", "40"])
async def test_a_window_that_is_too_small_still_has_the_keys(size: tuple[int, int], me: c.Me) -> None:
    """As beside another program in tmux. What a key does may be cut, with a sign; which key it is may not."""
    async with showing(replace(desk.TALKING, me=me), size) as screen:
        lines = screen.everything().splitlines()[-2:]
        rows = [re.findall(r"F\d+", one)[:: -1 if me is HEBREW else 1] for one in lines]
        assert [key for row in rows for key in row] == ["F3", "F4", "F5", "F6", "F7", "F8", "F9"]
        cut_at = 40 if me is desk.ME else 0  # the Hebrew words are shorter
        assert any("…" in one for one in lines) is (size[0] == cut_at)


@pytest.mark.parametrize("size", [(60, 18), (30, 12)], ids=["60", "30"])
async def test_a_hebrew_word_that_is_cut_keeps_its_first_letters(size: tuple[int, int]) -> None:
    """It is read from the right: there it begins, and at the left stands the sign."""
    async with showing(replace(desk.TALKING, me=HEBREW), size) as screen:
        lines = screen.everything().splitlines()
        cut_words = 0
        for view in buttons(screen.store.state):
            place = screen.desk.query_one(f"#key-{view.name}", KeyButton).region
            drawn, _, _key = lines[place.y][place.x : place.right].strip().rpartition(" ")
            if view.works and drawn[::-1] != view.label:
                cut_words += 1
                assert drawn.startswith("…")
                assert view.label.startswith(drawn[1:][::-1])
        assert bool(cut_words) is (size[0] == 30)
