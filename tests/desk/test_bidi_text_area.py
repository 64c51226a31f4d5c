"""Writing in two directions. Pilot types and clicks; what is read are the strips that are painted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.document._document import Location
from textual.events import Key, MouseDown, MouseMove, MouseUp
from textual.pilot import Pilot
from textual.widgets.text_area import Selection

from agent_tui.text.bidi import VisualCluster, VisualLine, visual
from agent_tui.widgets.bidi_text_area import BidiTextArea

WIDTH, HEIGHT = 30, 6
"""Of the field's inside."""
LEFT, TOP = 5, 2
"""Of the inside on the screen: the screen's padding 3 and 1, the border 1, the field's padding 1 and 0."""


class Desk(App[None]):
    CSS = f"""
    Screen {{ padding: 1 0 0 3; }}
    BidiTextArea {{
        box-sizing: content-box; width: {WIDTH}; height: {HEIGHT};
        border: round white; padding: 0 1; scrollbar-size: 0 0;
    }}
    """

    def compose(self) -> ComposeResult:
        yield BidiTextArea()


class Hand:
    """One who writes in the field and looks at it."""

    def __init__(self, pilot: Pilot[None], area: BidiTextArea) -> None:
        self.pilot = pilot
        self.area = area

    async def write(self, text: str) -> None:
        self.area.insert(text)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def click(self, x: int, y: int) -> None:
        await self.pilot.click(offset=(LEFT + x, TOP + y))

    async def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        for event, (x, y) in ((MouseDown, start), (MouseMove, end), (MouseUp, end)):
            await self.pilot._post_mouse_events([event], offset=(LEFT + x, TOP + y), button=1)

    def line(self, y: int) -> str:
        return self.area.render_line(y).text

    def place_at(self, x: int, y: int) -> Location:
        """Where a click into this cell would lead."""
        left, top = self.area.gutter.left, self.area.gutter.top
        down = MouseDown(self.area, x + left, y + top, 0, 0, 1, False, False, False)
        return self.area.get_target_document_location(down)

    def selected(self, left: int) -> set[int]:
        """The cells of the first line that are painted as selected, counted from ``left`` on."""
        style = self.area.get_component_rich_style("text-area--selection")
        cells: set[int] = set()
        x = -left
        for segment in self.area.render_line(0):
            if segment.style and segment.style.bgcolor == style.bgcolor:
                cells |= set(range(x, x + segment.cell_length))
            x += segment.cell_length
        return cells

    @property
    def cursor(self) -> tuple[int, int]:
        """Where the cursor is painted, in the field: the cells that look like no other."""
        style = self.area.get_component_rich_style("text-area--cursor")
        for y in range(HEIGHT):
            x = 0
            for segment in self.area.render_line(y):
                if segment.style and segment.style.bgcolor == style.bgcolor:
                    return x, y
                x += segment.cell_length
        raise AssertionError("no cursor is painted")

    @property
    def told_cursor(self) -> tuple[int, int]:
        """Where the terminal is told that the cursor stands, in the field."""
        x, y = self.area.cursor_screen_offset
        return x - LEFT, y - TOP


@asynccontextmanager
async def field(text: str = "") -> AsyncIterator[Hand]:
    app = Desk()
    async with app.run_test(size=(50, 12)) as pilot:
        area = app.query_one(BidiTextArea)
        area.cursor_blink = False
        area.focus()
        hand = Hand(pilot, area)
        await hand.write(text)
        yield hand


async def test_typed_hebrew_stands_at_the_right_edge_with_the_cursor_left_of_it() -> None:
    async with field() as hand:
        await hand.press(*"שלום")
        assert hand.area.text == "שלום"
        assert hand.line(0) == "םולש".rjust(WIDTH)
        assert hand.cursor == hand.told_cursor == (WIDTH - 5, 0)


@pytest.mark.parametrize(
    ("hint", "first", "second", "cursor"),
    [
        (
            "במה עסקה השיחה, מה הובטח ללקוח?",
            "חטבוה המ ,החישה הקסע המב".rjust(WIDTH),
            "?חוקלל".rjust(WIDTH),
            WIDTH - 1,
        ),
        (
            "What was it about, what was promised?",
            "What was it about, what was".ljust(WIDTH),
            "promised?".ljust(WIDTH),
            0,
        ),
    ],
)
async def test_a_placeholder_is_wrapped_as_it_is_read_with_the_cursor_where_writing_begins(
    hint: str, first: str, second: str, cursor: int
) -> None:
    async with field() as hand:
        hand.area.placeholder = hint
        assert [hand.line(y).ljust(WIDTH) for y in (0, 1)] == [first, second]
        assert hand.cursor == (cursor, 0)


async def test_a_placeholder_outlives_a_field_without_room() -> None:
    async with field() as hand:
        hand.area.placeholder = "What was it about?"
        hand.area.styles.width = 0
        await hand.pilot.pause()
        assert hand.area.content_size.width == 0
        hand.area.styles.width = WIDTH
        await hand.pilot.pause()
        assert hand.line(0).startswith("What was it about?")


async def test_english_stays_as_it_is() -> None:
    async with field("call back (2)") as hand:
        assert hand.line(0) == "call back (2)".ljust(WIDTH)
        assert hand.cursor == hand.told_cursor == (13, 0)
        await hand.press("left")
        assert hand.area.cursor_location == (0, 12)
        await hand.press("ctrl+left")
        assert hand.area.cursor_location == (0, 11)


async def test_an_english_word_in_a_hebrew_line() -> None:
    async with field("הלקוח ביקש refund (מלא)") as hand:
        assert hand.line(0) == "(אלמ) refund שקיב חוקלה".rjust(WIDTH)


async def test_left_goes_on_and_right_goes_back_in_a_hebrew_line() -> None:
    async with field("שלום עולם") as hand:
        await hand.press("home")
        assert hand.cursor == hand.told_cursor == (WIDTH - 1, 0)
        await hand.press("left")
        assert hand.area.cursor_location == (0, 1)
        assert hand.cursor == hand.told_cursor == (WIDTH - 2, 0)
        await hand.press("ctrl+left")
        assert hand.area.cursor_location == (0, 4)
        await hand.press("right", "right")
        assert hand.area.cursor_location == (0, 2)
        await hand.press("ctrl+right")
        assert hand.area.cursor_location == (0, 0)


async def test_shift_left_selects_forward_in_a_hebrew_line() -> None:
    async with field("שלום") as hand:
        await hand.press("home", "shift+left", "shift+left")
        assert hand.area.selected_text == "של"
        await hand.press("left")
        assert hand.area.cursor_location == (0, 2)


async def test_a_letter_with_its_marks_is_one_step() -> None:
    async with field("שָׁלוֹם") as hand:
        await hand.press("home", "left")
        assert hand.area.cursor_location == (0, 3)
        assert hand.cursor == (WIDTH - 2, 0)
        await hand.press("right")
        assert hand.area.cursor_location == (0, 0)
        assert hand.cursor == (WIDTH - 1, 0)


async def test_words_are_walked_as_they_are_seen() -> None:
    async with field("שלום עולם abc\nabc שלום") as hand:
        seen: list[tuple[int, int]] = []
        await hand.press("up", "home")
        for _ in range(3):
            await hand.press("ctrl+left")
            seen.append(hand.area.cursor_location)
        assert seen == [(0, 4), (0, 9), (0, 13)]
        await hand.press("ctrl+right", "ctrl+right")
        assert hand.area.cursor_location == (0, 5)
        await hand.press("down", "end", "ctrl+left")
        assert hand.area.cursor_location == (1, 4), "the second line runs from left to right"
        await hand.press("up", "home", "ctrl+shift+left")
        assert hand.area.selected_text == "שלום"


@pytest.mark.parametrize("word", ['בע"מ', "צה״ל", "ג'ירפה", "ז׳בוטינסקי", "שָׁלוֹם"])
async def test_a_word_with_vowels_or_abbreviated_is_one_word(word: str) -> None:
    async with field(f'{word} עולם "אחד"') as hand:
        await hand.press("home", "ctrl+left")
        assert hand.area.cursor_location == (0, len(word))
        await hand.press("ctrl+left", "ctrl+left")
        assert hand.area.text[: hand.area.cursor_location[1]] == f'{word} עולם "', "quoted words stand alone"
        await hand.press("home", "ctrl+left", "ctrl+w")
        assert hand.area.text == ' עולם "אחד"'
        await hand.press("ctrl+z")
        assert hand.area.text == f'{word} עולם "אחד"'


@pytest.mark.parametrize("word", ['בע"מ', "צה״ל", "ג'ירפה", "שָׁלוֹם"])
async def test_words_are_walked_whole_from_within_an_abbreviation_too(word: str) -> None:
    async with field(f"{word} עולם") as hand:
        for column in range(1, len(word)):
            hand.area.move_cursor((0, column))
            assert hand.area.get_cursor_word_right_location() == (0, len(word))
            assert hand.area.get_cursor_word_left_location() == (0, 0)


async def test_a_click_at_the_end_of_a_wrapped_line_goes_to_a_whole_letter() -> None:
    """A word that is longer than the line is broken where the line ends, behind the marks of a letter."""
    async with field("שָׁ" * (WIDTH + 2)) as hand:
        await hand.click(0, 0)
        assert hand.area.cursor_location == (0, 3 * (WIDTH - 2))
        assert hand.cursor == hand.told_cursor == (1, 0), "one cell is the cursor's"


LONG = "הלקוח ביקש שנחזור אליו מחר בשעה 14:30 למספר 052-1234567 abc"


async def test_a_long_line_is_wrapped_first_and_ordered_then() -> None:
    async with field(LONG) as hand:
        assert [hand.line(y).strip() for y in range(3)] == [
            "רחמ וילא רוזחנש שקיב חוקלה",
            "052-1234567 רפסמל 14:30 העשב",
            "abc",
        ]
        assert hand.line(2) == "abc".rjust(WIDTH)


async def test_a_click_puts_the_cursor_where_it_was_clicked() -> None:
    async with field(LONG) as hand:
        line = hand.line(1)
        first, last = len(line) - len(line.lstrip()) - 1, len(line.rstrip()) - 1
        for x in range(WIDTH):
            await hand.click(x, 1)
            assert hand.cursor == hand.told_cursor == (min(max(x, first), last), 1)


async def test_a_click_beside_a_line_goes_to_its_near_end() -> None:
    async with field("שלום\nabc") as hand:
        await hand.click(0, 0)
        assert hand.area.cursor_location == (0, 4)
        await hand.click(WIDTH - 1, 1)
        assert hand.area.cursor_location == (1, 3)
        await hand.click(3, 5)
        assert hand.area.cursor_location[0] == 1


async def test_the_selection_is_painted_where_its_letters_are() -> None:
    async with field("שלום abc") as hand:
        await hand.press("home", "shift+left", "shift+left")
        selection = hand.area.get_component_rich_style("text-area--selection").bgcolor
        marked = [
            segment.text
            for segment in hand.area.render_line(0)
            if segment.style and segment.style.bgcolor == selection
        ]
        assert "".join(marked) == "לש"


MIXED = "שָׁלוֹם (abc 12) ב@c.il 👍"


@pytest.mark.parametrize("start", [0, 3, 7, 9, 12, 17, len(MIXED)])
async def test_a_selection_of_letters_in_two_directions_is_painted_on_these_alone(start: int) -> None:
    line = visual(MIXED)
    ends = sorted({cluster.start for cluster in line.clusters} | {len(MIXED)})
    async with field(MIXED) as hand:
        for end in ends:
            hand.area.selection = Selection((0, start), (0, end))
            under_cursor = [one for one in line.clusters if one.start == end]
            passed = [one for one in line.clusters if min(start, end) <= one.start < max(start, end)]
            cells = cells_of(line, passed) - cells_of(line, under_cursor)
            assert hand.selected(WIDTH - line.width) == cells, MIXED[start:end]


def cells_of(line: VisualLine, clusters: list[VisualCluster]) -> set[int]:
    return {line.column(one.start) + at for one in clusters for at in range(one.width)}


async def test_dragging_selects_the_letters_that_were_passed_over_wrapped_lines_too() -> None:
    async with field(LONG) as hand:
        await hand.drag((WIDTH - 1, 0), (WIDTH - 6, 0))
        assert hand.area.selected_text == "הלקוח"
        await hand.drag((WIDTH - 3, 0), (WIDTH - 5, 1))
        assert hand.area.selected_text == LONG[2 : LONG.index("בשעה") + 4]
        await hand.press("ctrl+x")
        assert hand.area.text == "הל" + LONG[LONG.index("בשעה") + 4 :]
        await hand.press("ctrl+v")
        assert hand.area.text == LONG


async def test_every_painted_line_is_as_wide_as_the_field() -> None:
    async with field(LONG + "\n\nabc\nשלום 漢字") as hand:
        assert {hand.area.render_line(y).cell_length for y in range(HEIGHT)} == {WIDTH}


async def test_an_emoji_that_is_typed_keeps_to_its_cells() -> None:
    app = Desk()
    async with app.run_test(size=(50, 12)) as pilot:
        field = app.query_one(BidiTextArea)
        for char in "☎\ufe0fאa":
            field.post_message(Key("character", char))
        await pilot.pause()
        assert field.text == "☎אa"


LETTERS = [*"אבהש", "שָׁ", "בּ", *"aZ", "é", *"019"]
SIGNS = [*"  .,:/+-()[]#₪$!?\"'@", "👍", "漢", "\n"]
texts = st.lists(st.sampled_from(LETTERS * 3 + SIGNS), min_size=1, max_size=70).map("".join)


@settings(max_examples=5, deadline=None)
@example(["שָׁ" * (WIDTH + 2), "漢👍" * WIDTH, "a\u0301" * WIDTH, "בּ " * WIDTH, f"{'ab' * WIDTH} שלום"])
@given(st.lists(texts, min_size=5, max_size=15))
async def test_every_place_of_any_text_is_painted_told_walked_and_clicked(written: list[str]) -> None:
    """Each has a cell of its own, whatever wraps, and each click leads to the place that is seen there."""
    async with field() as hand:
        for text in written:
            hand.area.text = text
            await hand.pilot.pause()
            if hand.area.wrapped_document.height <= HEIGHT:
                look_at_every_place(hand)


def look_at_every_place(hand: Hand) -> None:
    area = hand.area
    area.move_cursor((0, 0))
    seen: dict[tuple[int, int], Location] = {}
    before = area.cursor_location
    while True:
        assert hand.cursor == hand.told_cursor, area.text
        assert hand.cursor not in seen, area.text
        seen[hand.cursor] = area.cursor_location
        assert hand.place_at(*hand.cursor) == area.cursor_location, area.text
        assert area.get_cursor_left_location() == before, area.text
        before, ahead = area.cursor_location, area.get_cursor_right_location()
        if ahead == before:
            break
        area.move_cursor(ahead)
    assert area.cursor_location == area.document.end
    clicked = {hand.place_at(x, y) for x in range(WIDTH) for y in range(HEIGHT)}
    assert clicked <= set(seen.values()), area.text
