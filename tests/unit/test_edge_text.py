"""What comes from outside leaves the gate as plain text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from edge.text import clean, steady


@pytest.mark.parametrize(
    ("hostile", "plain"),
    [
        ("\x1b]0;x\x07Dana", "]0;xDana"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x9b31mX\x9d0;t\x9c", "31mX0;t"),
        ("052\u202e7654321", "0527654321"),
        ("a\u200bb\u2060c\ufeff", "abc"),
        ("a\nb\r\nc\td", "a b c d"),
        ("a\x00b\x07c\x08d\re\x7ff", "abcd ef"),
        ("a" + "\u0315" * 30 + "b", "a" + "\u0315" * 3 + "b"),
        ("a" + "\u0315\u0315\u0315\u200b" * 9 + "b", "a" + "\u0315" * 3 + "b"),
        ("a" + "\u0315\u0315\u200c" * 9 + "b", "a" + "\u0315\u0315\u200c\u0315\u200c" + "b"),
        ("ᄀ" + "\u11b0" * 30 + "b", "ᄀ" + "\u11b0" * 6 + "b"),
        ("က" + "\u103b" * 30 + "b", "က" + "\u103b" * 6 + "b"),
        ("ကြို့", "ကြို့"),
        ("\u3164\u115f\u1160\uffa0", ""),
        ("葛\U000e0101\U000e0102", "葛"),
        ("a\u034fb\u180bc", "abc"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("[/red]", "[/red]"),
        ("שָׁלוֹם", unicodedata.normalize("NFC", "שָׁלוֹם")),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("❤\ufe0f\u200d🔥", "❤🔥"),
        ("☎\ufe0f 03", "☎ 03"),
        ("👍🏽", "👍"),
        ("🇮🇱", "IL"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (None, ""),
        ("", ""),
    ],
)
def test_clean(hostile: str | None, plain: str) -> None:
    assert clean(hostile) == plain


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert clean("one\r\ntwo\u2028three\x1b", multiline=True) == "one\ntwo\nthree"


def test_a_cut_is_shown() -> None:
    assert clean("a" * 200, limit=10) == "a" * 9 + "…"


@given(st.text(alphabet=st.characters(codec=None), max_size=400), st.booleans())
def test_nothing_that_acts_on_a_terminal_is_left(text: str, multiline: bool) -> None:
    cleaned = clean(text, limit=100, multiline=multiline)
    assert len(cleaned) <= 100
    for char in cleaned:
        if char == "\n" and multiline:
            continue
        assert unicodedata.category(char) not in {"Cc", "Cs", "Co", "Zl", "Zp"}
        assert unicodedata.category(char) != "Cf" or char == "\u200c"


_PICTURES = st.text(alphabet="a1א漢❤☎⌚👨👩👍🔥🏴🏽🇮🇱\u200c\u200d\ufe0e\ufe0f\u20e3\u0301", max_size=40)


@given(st.one_of(_PICTURES, st.text(max_size=60)), st.integers(0, 60))
def test_a_text_is_as_wide_as_its_pieces_wherever_it_is_cut(text: str, at: int) -> None:
    cleaned = clean(text)
    assert cell_len(cleaned) == sum(map(cell_len, cleaned))
    assert cell_len(cleaned) == cell_len(cleaned[:at]) + cell_len(cleaned[at:])
    assert steady(cleaned) == cleaned


_FLOODS = st.text(
    alphabet="aשᄀက\u0301\u0315\u05bc\u103b\u11b0\u20dd\u200b\u200c\u034f\ue000\x1b", max_size=80
)


@given(st.one_of(_FLOODS, st.text(max_size=80)))
def test_no_letter_bears_a_flood(text: str) -> None:
    longest = longest_run = 0
    for char in clean(text):
        longest_run = longest_run + 1 if cell_len(char) == 0 else 0
        longest = max(longest, longest_run)
    assert longest <= 6


@given(st.text(max_size=200), st.booleans())
def test_cleaning_twice_changes_nothing(text: str, multiline: bool) -> None:
    once = clean(text, multiline=multiline)
    assert clean(once, multiline=multiline) == once
