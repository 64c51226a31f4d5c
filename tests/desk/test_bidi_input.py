"""One line in two directions. Pilot types and clicks; what is read are the cells that are painted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.events import Key, MouseDown, MouseMove, MouseUp, Paste
from textual.pilot import Pilot
from textual.widgets.input import Selection

from agent_tui.text.bidi import visual
from agent_tui.widgets.bidi_input import BidiInput

WIDTH = 20
LEFT, TOP = 4, 1
"""Of the field's inside on the screen: the screen's padding 3 and 1, the field's 1 and 0."""

LETTERS = [*"אבגדהש", "שָׁ", "בּ", *"abcXYZ", "é", *"0123456789"]
SIGNS = [*"  .,:/+-()[]#₪$!?\"'@", "👍", "漢"]
texts = st.lists(st.sampled_from(LETTERS * 2 + SIGNS), min_size=1, max_size=WIDTH - 1).map("".join)


class Desk(App[None]):
    CSS = f"""
    Screen {{ padding: 1 0 0 3; }}
    BidiInput {{ box-sizing: content-box; width: {WIDTH}; height: 1; border: none; padding: 0 1; }}
    """

    def compose(self) -> ComposeResult:
        yield BidiInput(id="line", max_length=80)


class Hand:
    """One who writes in the line and looks at it."""

    def __init__(self, pilot: Pilot[None], line: BidiInput) -> None:
        self.pilot = pilot
        self.line = line

    async def write(self, text: str) -> None:
        self.line.value = text
        self.line.cursor_position = len(text)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def click(self, x: int) -> None:
        await self.pilot.click(offset=(LEFT + x, TOP))

    async def drag(self, start: int, end: int) -> None:
        for event, x in ((MouseDown, start), (MouseMove, end), (MouseUp, end)):
            await self.pilot._post_mouse_events([event], offset=(LEFT + x, TOP), button=1)

    @property
    def shown(self) -> str:
        return self.line.render_line(0).crop(0, WIDTH).text

    def painted(self, component: str) -> list[int]:
        """The cells that are painted so."""
        style = self.line.get_component_rich_style(component)
        cells: list[int] = []
        x = 0
        for segment in self.line.render_line(0):
            if segment.style and segment.style.bgcolor == style.bgcolor:
                cells += range(x, x + segment.cell_length)
            x += segment.cell_length
        return cells

    @property
    def cursor(self) -> int:
        """Where the cursor is painted: in just one place, which is where the terminal is told that it is."""
        cells = self.painted("input--cursor")
        x, y = self.line.cursor_screen_offset
        assert cells, "no cursor is painted"
        assert (x - LEFT, y) == (cells[0], TOP)
        return cells[0]


@asynccontextmanager
async def field(text: str = "") -> AsyncIterator[Hand]:
    app = Desk()
    async with app.run_test(size=(40, 4)) as pilot:
        line = app.query_one(BidiInput)
        line.focus()
        await pilot.pause()
        hand = Hand(pilot, line)
        await hand.write(text)
        yield hand


async def test_hebrew_is_typed_at_the_right_edge_with_the_cursor_left_of_it() -> None:
    async with field() as hand:
        for typed, shown in (("ש", "ש"), ("ל", "לש"), ("ו", "ולש"), ("ם", "םולש")):
            await hand.press(typed)
            assert hand.shown == shown.rjust(WIDTH)
            assert hand.cursor == WIDTH - len(shown) - 1
        assert hand.line.value == "שלום"


async def test_a_number_stays_as_it_is() -> None:
    async with field("+972 52-123 4567") as hand:
        assert hand.shown == "+972 52-123 4567".ljust(WIDTH)
        assert hand.cursor == 16
        await hand.press("left")
        assert (hand.line.cursor_position, hand.cursor) == (15, 15)


async def test_left_goes_on_through_hebrew_a_number_and_an_english_word() -> None:
    text = "דנה 12 Bob"
    async with field(text) as hand:
        await hand.press("home")
        seen = [hand.cursor]
        for _ in text:
            await hand.press("left")
            seen.append(hand.cursor)
        assert hand.shown == "Bob 12 הנד".rjust(WIDTH)
        # each character's own cell, then the one left of the line
        assert seen == [19, 18, 17, 16, 14, 15, 13, 10, 11, 12, 9]
        await hand.press("right")
        assert hand.line.cursor_position == len(text) - 1


async def test_words_are_walked_by_the_same_rule() -> None:
    async with field("שלום עולם abc") as hand:
        await hand.press("home", "ctrl+left")
        assert hand.line.cursor_position == 5
        await hand.press("ctrl+left")
        assert hand.line.cursor_position == 10
        await hand.press("ctrl+right", "ctrl+right")
        assert hand.line.cursor_position == 0


async def test_a_word_with_its_vowels_is_one_word_and_a_letter_with_its_marks_one_step() -> None:
    async with field("שָׁלוֹם עולם") as hand:
        await hand.press("home", "left")
        assert (hand.line.cursor_position, hand.cursor) == (3, WIDTH - 2)
        await hand.press("ctrl+left")
        assert hand.line.value[hand.line.cursor_position :] == "עולם"
        await hand.press("home", "delete")
        assert hand.line.value == "לוֹם עולם"
        await hand.press("left", "left", "backspace")
        assert hand.line.value == "לם עולם"


@pytest.mark.parametrize("word", ['בע"מ', "צה״ל", "ג'ירפה", "ז׳בוטינסקי", "שָׁלוֹם"])
async def test_a_word_with_what_hebrew_abbreviates_with_is_one_word(word: str) -> None:
    async with field(f'{word} עולם "אחד"') as hand:
        await hand.press("home", "ctrl+left")
        assert hand.line.cursor_position == len(word) + 1
        await hand.press("ctrl+left")
        assert hand.line.value[hand.line.cursor_position :] == 'אחד"', (
            "quotation marks around a word are none of it"
        )
        await hand.press("ctrl+right", "ctrl+w")
        assert hand.line.value == 'עולם "אחד"'


@pytest.mark.parametrize("word", ['בע"מ', "צה״ל", "ג'ירפה", "שָׁלוֹם"])
async def test_words_are_walked_whole_from_within_an_abbreviation_too(word: str) -> None:
    async with field(f"{word} עולם") as hand:
        for place in range(1, len(word)):
            hand.line.cursor_position = place
            hand.line.action_cursor_left_word()
            assert hand.line.cursor_position == len(word) + 1
            hand.line.cursor_position = place
            hand.line.action_cursor_right_word(select=True)
            assert hand.line.selection == (place, 0)


async def test_the_selection_is_painted_where_its_letters_are() -> None:
    async with field("שלום abc") as hand:
        await hand.press("home", *["shift+left"] * 6)
        assert hand.line.selected_text == "שלום a"
        # the a stands left of the b, where the cursor is
        assert hand.painted("input--selection") == [12, 15, 16, 17, 18, 19]
        await hand.press("right")
        assert hand.line.cursor_position == 0


@pytest.mark.parametrize(("start", "end"), [(2, 8), (8, 2), (5, 6), (4, 5)])
async def test_a_selection_from_the_middle_is_painted_on_its_letters_alone(start: int, end: int) -> None:
    async with field("שלום abc 1") as hand:
        line = visual(hand.line.value)
        hand.line.selection = Selection(start, end)
        cells = {WIDTH - line.width + line.column(place) for place in range(*sorted((start, end)))}
        assert set(hand.painted("input--selection")) == cells - {hand.cursor}


async def test_a_selection_is_replaced_by_what_is_typed() -> None:
    async with field("שלום") as hand:
        await hand.press("home", "shift+left", "shift+left", "x")
        assert hand.line.value == "xום"


async def test_dragging_selects_the_letters_that_were_passed() -> None:
    async with field("שלום") as hand:
        await hand.drag(WIDTH - 1, WIDTH - 3)
        assert hand.line.selected_text == "של"


async def test_a_click_beside_the_line_goes_to_its_near_end() -> None:
    async with field("שלום") as hand:
        await hand.click(0)
        assert hand.line.cursor_position == 4
        await hand.write("abc")
        await hand.click(WIDTH - 1)
        assert hand.line.cursor_position == 3


LONG = "הלקוח ביקש שנחזור אליו מחר בשעה 14:30 abc"


async def test_a_long_line_scrolls_with_the_cursor() -> None:
    whole = visual(LONG).text
    async with field(LONG) as hand:
        assert hand.shown == " " + whole[: WIDTH - 1]
        assert hand.cursor == 0
        await hand.press("home")
        assert hand.shown == whole[-WIDTH:]
        assert hand.cursor == WIDTH - 1
        for _ in LONG:
            await hand.press("left")
            assert 0 <= hand.cursor < WIDTH
        await hand.press("right", "ק")
        assert hand.line.value == LONG[:-1] + "קc"


@pytest.mark.parametrize("text", [LONG, "call back tomorrow at 14:30 שלום or later"])
async def test_a_click_in_a_scrolled_line_goes_to_what_is_seen_there(text: str) -> None:
    async with field(text) as hand:
        for key in ("home", "end"):
            for x in (3, 11):
                await hand.press(key)
                seen = hand.shown[x]
                await hand.click(x)
                assert text[hand.line.cursor_position] == seen
                assert hand.cursor == x


async def test_pasted_text_is_made_one_clean_line_as_long_as_there_is_room() -> None:
    async with field("ab") as hand:
        hand.line.post_message(Paste("\n05\u202e2\x1b[2J\n-123"))
        await hand.pilot.pause()
        assert hand.line.value == "ab052[2J -123"
        hand.line.post_message(Paste("x" * 200))
        await hand.pilot.pause()
        assert len(hand.line.value) == 80
        hand.line.post_message(Paste("y"))
        await hand.pilot.pause()
        assert "y" not in hand.line.value


async def test_what_was_copied_from_a_note_comes_in_as_one_line() -> None:
    async with field("") as hand:
        hand.pilot.app.copy_to_clipboard("שלום\nעולם")
        await hand.press("ctrl+v")
        assert hand.line.value == "שלום עולם"


@settings(max_examples=5, deadline=None)
@given(st.lists(texts.filter(lambda text: visual(text).width < WIDTH), min_size=1, max_size=25))
async def test_every_place_of_any_text_is_painted_reached_and_clicked_where_bidi_says(
    written: list[str],
) -> None:
    """The index map of ``text.bidi`` is the judge: which cell a character has, which character a cell."""
    async with field() as hand:
        for text in written:
            line = visual(text)
            left = WIDTH - line.width if line.rtl else 0
            await hand.write(text)
            assert hand.shown == " " * left + line.text + " " * (WIDTH - left - line.width)
            forward = hand.line.action_cursor_left if line.rtl else hand.line.action_cursor_right
            hand.line.action_home()
            for place in sorted(cluster.start for cluster in line.clusters):
                assert hand.line.cursor_position == place
                assert hand.cursor == left + line.column(place), text
                forward()
            assert hand.cursor == left + line.column(len(text))
            for x in range(WIDTH):
                assert hand.line._cell_offset_to_index(x) == line.index(x - left), text


@pytest.mark.parametrize("text", ["שלום abc 12", "abc שלום"])
async def test_each_click_puts_the_cursor_where_it_was_clicked(text: str) -> None:
    line = visual(text)
    async with field(text) as hand:
        for x in range(WIDTH):
            await hand.click(x)
            first = WIDTH - line.width - 1 if line.rtl else 0
            last = WIDTH - 1 if line.rtl else line.width
            assert hand.cursor == min(max(x, first), last)


async def test_without_the_focus_no_cursor_is_painted() -> None:
    async with field("שלום") as hand:
        hand.line.blur()
        await hand.pilot.pause()
        assert hand.painted("input--cursor") == []
        assert hand.shown == "םולש".rjust(WIDTH)


async def test_an_emoji_that_is_typed_keeps_to_its_cells() -> None:
    app = Desk()
    async with app.run_test(size=(40, 5)) as pilot:
        field = app.query_one(BidiInput)
        for char in "☎\ufe0fאa":
            field.post_message(Key("character", char))
        await pilot.pause()
        assert field.value == "☎אa"
