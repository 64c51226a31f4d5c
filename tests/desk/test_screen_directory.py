"""Dialling and transferring by name: the directory under the line in which a number is typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.screens.views.directory import MOST_ROWS
from agent_tui.session.events import HubLinkChanged
from agent_tui.session.state import Directory, Link, SessionState
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.sheet import Sheet
from hub.contract import Colleague, DirectoryEvent, Line, PbxLinkEvent
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk
from tests.stubs.directory import DIRECTORY, a_colleague

HEBREW = replace(desk.TALKING, me=desk.ME.model_copy(update={"language": "he"}))
LANGUAGES = pytest.mark.parametrize("state", [desk.TALKING, HEBREW], ids=["en", "he"])
WAYS = pytest.mark.parametrize(("key", "command"), [("f5", do.Transfer), ("f7", do.Dial)])


def part(screen: Screen, name: str) -> str:
    return screen.app.screen.query_one(f"#{name}", Sheet).text


def listed(screen: Screen) -> list[str]:
    return [row for row in part(screen, "directory").splitlines() if row.strip()]


def chosen(screen: Screen) -> list[str]:
    return [row for row in listed(screen) if "▶" in row]


def stands(agent: str, line: Line) -> DirectoryEvent:
    """The hub tells that a colleague stands otherwise now."""
    one = next(one for one in DIRECTORY.colleagues if one.agent == agent)
    return DirectoryEvent(colleagues=(one.model_copy(update={"line": line}),))


async def paint(screen: Screen, *events: DirectoryEvent | PbxLinkEvent | HubLinkChanged) -> None:
    await screen.hears(*events)
    screen.app.painting.now()
    await screen.pilot.pause()


@LANGUAGES
async def test_free_ones_stand_first(state: SessionState) -> None:
    async with showing(state) as screen:
        await screen.press("f5")
        first, second, third, *_others = listed(screen)
        assert "1002" in first
        assert "1006" in second
        assert "702" in third


@WAYS
@pytest.mark.parametrize("typed", ["noam", "katz no"])
async def test_a_name_and_enter_is_enough(key: str, command: type[do.Dial], typed: str) -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press(key, *("space" if letter == " " else letter for letter in typed), "enter")
        assert screen.asked == [command("1002")]
        assert screen.app.screen is screen.desk


@WAYS
@LANGUAGES
async def test_a_hebrew_name_and_enter_is_enough(
    state: SessionState, key: str, command: type[do.Dial]
) -> None:
    async with showing(state) as screen:
        await screen.press(key, *"נועה", "enter")
        assert screen.asked == [command("1005")]


@WAYS
async def test_arrows_choose_from_the_list_and_the_line_keeps_the_keys(
    key: str, command: type[do.Dial]
) -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press(key, "down", "down", "down")
        assert isinstance(screen.app.focused, BidiLine)
        assert "Sales" in chosen(screen)[0]
        await screen.press("up", "enter")
        assert screen.asked == [command("1006")]


@WAYS
async def test_digits_go_as_they_were_typed(key: str, command: type[do.Dial]) -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press(key, *"100")
        assert len(listed(screen)) > 1
        assert chosen(screen) == []
        await screen.press("enter")
        assert screen.asked == [command("100")]


async def test_above_the_first_row_what_was_typed_counts_again() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f7", *"100", "down")
        assert len(chosen(screen)) == 1
        await screen.press("up", "up")
        assert chosen(screen) == []
        await screen.press("enter")
        assert screen.asked == [do.Dial("100")]


async def test_another_digit_lets_go_of_the_chosen_row() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f7", *"10", "down", "0", "enter")
        assert screen.asked == [do.Dial("100")]


@WAYS
async def test_a_row_can_be_clicked(key: str, command: type[do.Dial]) -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press(key)
        await screen.pilot.click("#directory", offset=(5, 2))
        await screen.pilot.pause()
        assert screen.asked == [command("702")]


async def test_no_row_moves_under_the_finger() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f5", "down")
        before = [row[:20] for row in listed(screen)]
        await paint(screen, stands("noam", "busy"), stands("yael", "free"))
        assert [row[:20] for row in listed(screen)] == before
        assert "talking" in chosen(screen)[0]
        assert "Noam Katz" in chosen(screen)[0]
        await screen.press("n", "backspace")
        assert "1003" in listed(screen)[0]


async def test_who_is_chosen_stays_chosen_while_others_come_and_go() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f5", *"katz")
        await paint(screen, DirectoryEvent(colleagues=(a_colleague("new", "Ada Katz", "1099", "free"),)))
        assert len(listed(screen)) == 2
        await screen.press("enter")
        assert screen.asked == [do.Transfer("1002")]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("noam", ""),
        ("sales", ""),
        ("lior", ""),
        ("yael", "▲ They cannot take it now"),
        ("gal", "▲ They cannot take it now"),
        ("tal", "▲ They cannot take it now"),
        ("omer", "▲ They may not answer"),
        ("noa כהן", "▲ They may not answer"),
        ("avi", "▲ They may not answer"),
        ("shira", "▲ They may not answer"),
    ],
)
async def test_before_enter_it_is_said_who_cannot_take_a_transfer(typed: str, told: str) -> None:
    async with showing(desk.TALKING, (80, 24)) as screen:
        await screen.press("f5", *("space" if letter == " " else letter for letter in typed))
        said = part(screen, "number-told")
        assert "Enter transfers to" in said
        assert ("▲" in said) is bool(told)
        assert told in said


async def test_that_a_transfer_would_be_refused_is_said_as_it_comes_to_be_so() -> None:
    async with showing(HEBREW) as screen:
        await screen.press("f5", *"noam")
        assert "▲" not in part(screen, "number-told")
        await paint(screen, stands("noam", "ringing"))
        assert "▲" in part(screen, "number-told")


async def test_asking_a_colleague_who_talks_is_warned_of_by_no_refusal() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f7", *"yael")
        assert "Enter calls" in part(screen, "number-told")
        assert "▲" not in part(screen, "number-told")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("noam", "● free"),
        ("sales", "◆ queue"),
        ("reception", "◆ in the centre"),
        ("שטח", "◆ outside"),
        ("lior", "? not known"),
        ("omer", "■ away 12:24 Lunch"),
        ("avi", "■ paused 1:01:00"),
        ("gal", "☎ ringing"),
        ("yael", "✕ talking 03:12"),
        ("shira", "□ offline"),
        ("tal", "□ no telephone"),
    ],
)
async def test_each_standing_is_a_word_beside_its_sign(typed: str, words: str) -> None:
    async with showing(desk.TALKING, (80, 24)) as screen:
        await screen.press("f5", *typed)
        assert words in listed(screen)[0]


async def test_while_the_hub_is_away_numbers_are_dialled_and_nobody_is_called_free() -> None:
    async with showing(replace(desk.IDLE, directory=DIRECTORY)) as screen:
        await screen.press("f7")
        assert "● free" in part(screen, "directory")
        await paint(screen, HubLinkChanged(Link.DOWN))
        assert "▲ The hub is away" in part(screen, "number-hint")
        assert "free" not in part(screen, "directory")
        await screen.press(*"1002", "enter")
        assert do.Dial("1002") in screen.asked


async def test_while_the_exchange_is_away_it_is_said() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f7")
        await paint(screen, PbxLinkEvent(up=False, words=""))
        assert "▲ The exchange is away" in part(screen, "number-hint")
        assert "free" not in part(screen, "directory")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (replace(desk.TALKING, directory=Directory()), "Nobody is listed here."),
        (
            replace(desk.TALKING, directory=Directory(), hub=Link.DOWN),
            "Nobody can be listed while the hub is away.",
        ),
    ],
)
async def test_an_empty_list_says_why_and_a_number_goes_all_the_same(state: SessionState, words: str) -> None:
    async with showing(state) as screen:
        await screen.press("f5")
        assert words in part(screen, "directory")
        await screen.press("down", *"1002", "enter")
        assert screen.asked == [do.Transfer("1002")]


async def test_who_is_not_listed_can_be_an_extension_in_letters() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f7", *"frontdesk")
        assert "Nobody is called that." in part(screen, "directory")
        await screen.press("enter")
        assert screen.asked == [do.Dial("frontdesk")]


async def test_a_ring_leaves_the_name_that_is_being_typed() -> None:
    async with showing(desk.IDLE) as screen:
        await screen.press("f7", *"no")
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        await screen.press(*"am")
        assert screen.app.screen.query_one("#number", BidiLine).line == "noam"
        assert "Noam Katz" in chosen(screen)[0]


async def test_a_large_centre_says_how_many_more_there_are() -> None:
    crowd: tuple[Colleague, ...] = tuple(
        a_colleague(f"a{number}", f"Agent {number:03}", f"2{number:03}", "free") for number in range(250)
    )
    async with showing(replace(desk.TALKING, directory=Directory(crowd))) as screen:
        await screen.press("f5")
        assert len(listed(screen)) == MOST_ROWS + 1
        assert "150 more" in listed(screen)[-1]
        await screen.press("2", "4", "9", "down", "enter")
        assert screen.asked == [do.Transfer("2249")]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 45)])
@LANGUAGES
async def test_who_is_chosen_is_seen_at_every_size(state: SessionState, size: tuple[int, int]) -> None:
    async with showing(state, size) as screen:
        await screen.press("f5")
        sheet = screen.app.screen.query_one("#directory", Sheet)
        for _row in range(len(DIRECTORY.colleagues) + len(DIRECTORY.entries) - 1):
            await screen.press("down")
            marked = next(y for y, row in enumerate(sheet.text.splitlines()) if "▶" in row or "◀" in row)
            assert sheet.scroll_offset.y <= marked < sheet.scroll_offset.y + sheet.size.height
