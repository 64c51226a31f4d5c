"""Rows on the terminal's grid: each line is exactly as wide as asked, and nothing is lost silently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from agent_tui.text.bidi import visual_text
from agent_tui.text.bidi.display import reads_rtl, visual_line
from agent_tui.widgets.cells import Cell, Row, Tone, cut, lay_out, wrap
from edge.text import clean

texts = st.text(max_size=60).map(clean) | st.sampled_from(
    ["", "Ruth Ben-Ami", "מיכל אורן (50%)", "漢字 漢字", "a" * 50, "👨\u200d👩\u200d👧", "שָׁלוֹם"]
)
cells = st.builds(
    Cell,
    texts,
    st.sampled_from(Tone),
    width=st.none() | st.integers(0, 20),
    grow=st.booleans(),
    wraps=st.booleans(),
    right=st.booleans(),
    drop=st.integers(0, 3),
)
rows = st.builds(Row, st.lists(cells, max_size=6).map(tuple), indent=st.integers(0, 4))


@given(rows, st.integers(12, 90), st.booleans())
def test_every_line_is_as_wide_as_asked(row: Row, width: int, mirrored: bool) -> None:
    lines = lay_out(row, width, mirrored=mirrored)
    assert lines
    for line in lines:
        assert sum(cell_len(text) for text, _ in line) == width


@given(texts, st.integers(2, 40))
def test_wrapping_keeps_every_word_within_the_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    if text.isascii():
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(texts, st.integers(1, 40))
def test_a_cut_is_seen_and_only_where_there_is_one(text: str, width: int) -> None:
    shown = cut(text, width)
    assert cell_len(shown) <= width
    assert ("…" in shown) >= (cell_len(text) > width)
    if cell_len(text) <= width and text.isascii():
        assert shown == text


def drawn(row: Row, width: int, *, mirrored: bool = False) -> list[str]:
    return ["".join(text for text, _ in line) for line in lay_out(row, width, mirrored=mirrored)]


def test_the_growing_cell_takes_what_is_left() -> None:
    row = Row((Cell("Plan", width=6), Cell("Fibre 1000", grow=True), Cell("ok")))
    assert drawn(row, 24) == ["Plan   Fibre 1000     ok"]


def test_what_is_mirrored_begins_at_the_right_also_where_nothing_grows() -> None:
    row = Row((Cell("1"), Cell("Fibre")), indent=2)
    assert drawn(row, 14) == ["  1 Fibre     "]
    assert drawn(row, 14, mirrored=True) == ["     Fibre 1  "]


def test_a_wrapped_value_hangs_under_itself() -> None:
    row = Row((Cell("Plan", width=6), Cell("Fibre 1000 and television", grow=True, wraps=True)), indent=1)
    assert drawn(row, 20) == [" Plan   Fibre 1000  ", "        and         ", "        television  "]


def test_what_may_be_dropped_goes_first_and_the_highest_first() -> None:
    row = Row((Cell("Registered"), Cell("clock", drop=2), Cell("since", drop=1)))
    assert drawn(row, 24) == ["Registered clock since  "]
    assert drawn(row, 19) == ["Registered since … "]
    assert drawn(row, 17) == ["Registered …     "], "the sign is not left out"
    assert drawn(row, 6) == ["Regis…"]


def test_a_sign_at_the_end_stands_for_what_is_left_out() -> None:
    row = Row((Cell("Ready"), Cell("", grow=True), Cell("4 waiting"), Cell("14:32", drop=1)))
    assert drawn(row, 20) == ["Ready    4 waiting …"]
    assert drawn(row, 20, mirrored=True) == ["… 4 waiting    Ready"]
    assert lay_out(row, 20)[0][-1] == ("…", Tone.DIM)


def test_the_sign_takes_no_place_of_what_stays() -> None:
    assert drawn(Row((Cell("Registered"), Cell("since", drop=1))), 11) == ["Registered "]
    assert drawn(Row((Cell("Ruth Ben-Ami", grow=True), Cell("calling", drop=1))), 11) == ["Ruth Ben-A…"]


def test_a_cell_with_nothing_in_it_is_not_missed() -> None:
    row = Row((Cell("Ready"), Cell("", drop=1), Cell("busy")))
    assert drawn(row, 10) == ["Ready busy"]
    assert drawn(Row((Cell("Ready"), Cell("", width=9, drop=1))), 10) == ["Ready     "]


def test_figures_stand_at_the_right() -> None:
    assert drawn(Row((Cell("7", width=4, right=True), Cell("free"))), 12) == ["   7 free   "]


def test_a_hebrew_value_is_in_visual_order_and_leaves_its_label_alone() -> None:
    assert drawn(Row((Cell("Name"), Cell("מיכל אורן"))), 16) == [f"Name {visual_text('מיכל אורן')}  "]


def test_hebrew_lines_begin_at_one_right_edge() -> None:
    first, second = wrap("לחזור אליה מחר", 11)
    assert first == visual_text("לחזור אליה")
    assert second == visual_text("מחר").rjust(len(first))


def test_two_keys_that_do_one_thing_stand_in_one_line_at_any_width() -> None:
    for hint in ("↑ ↓ choose · ← → change · PgUp PgDn scroll", "בחירה: ↑ ↓ · שינוי: ← → · גלילה: PgUp PgDn"):
        for width in range(10, 60):
            for line in wrap(hint, width):
                for one, other in (("↑", "↓"), ("←", "→"), ("PgUp", "PgDn")):
                    assert (one in line) is (other in line), (width, line)


KEPT = {
    "↑ ↓ choose · Enter goes on · Esc leaves · F2 answers, F8 hangs up": (
        "↑ ↓ choose",
        "Enter goes on",
        "Esc leaves",
        "F2 answers,",
        "F8 hangs up",
    ),
    "Enter: it is them · Ctrl+Q leaves · F11 looks at it": (
        "Enter: it",
        "Ctrl+Q leaves",
        "F11 looks",
    ),
    "בחירה: ↑ ↓ · המשך: Enter · יציאה: Esc · מענה: F2 · לצאת: Ctrl+Q שוב": (
        "בחירה: ↑ ↓",
        "המשך: Enter",
        "יציאה: Esc",
        "מענה: F2",
        "לצאת: Ctrl+Q",
        "Ctrl+Q שוב",
    ),
    "לקבל: \u2068Ctrl+↑\u2069 ואז לענות": ("\u2068Ctrl+↑\u2069 ואז",),
    "האזנה F3 · לחישה F4 · הצטרפות F5.": ("האזנה F3", "לחישה F4", "הצטרפות F5"),
    "\u200f\u2068Ctrl+P commands\u2069 · \u2068בוצע, הבא: \u2068Ctrl+↓\u2069\u2069": (
        "Ctrl+P commands",
        "הבא: \u2068Ctrl+↓\u2069",
    ),
}
"""Hints, and what belongs together in them."""


@pytest.mark.parametrize("told", KEPT)
def test_a_key_keeps_the_word_that_says_what_it_does(told: str) -> None:
    rtl = reads_rtl(told)
    for width in range(16, 70):
        lines = wrap(told, width)
        for together in KEPT[told]:
            shown = visual_line(together, 0, len(together), rtl=rtl).text.strip()
            assert any(shown in line for line in lines), (width, lines, shown)


def test_where_there_is_no_room_a_key_and_its_word_part_at_the_space() -> None:
    assert wrap("Ctrl+P commands", 10) == ["Ctrl+P", "commands"]
    assert wrap("F2 answers, F8 hangs up", 9) == ["F2", "answers,", "F8 hangs", "up"]
