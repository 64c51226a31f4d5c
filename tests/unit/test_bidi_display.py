"""Visual lines: what is shown, and the way from the screen to the text and back."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from agent_tui.text.bidi import (
    VisualLine,
    isolate_ltr,
    left_to_right_only,
    reads_rtl,
    visual,
    visual_line,
    visual_text,
)
from agent_tui.text.bidi.algorithm import line_levels, resolve_levels, visual_order
from agent_tui.text.bidi.characters import bidi_classes, brackets
from agent_tui.text.bidi.neutral import bracket_pairs

LETTERS = "אבגדהשם" + "abcXYZ" + "0123456789"
SIGNS = "  .,:/+-()[]<>{}«»%#₪$!?\"'־–…"
MARKS = "\u05b8\u05bc"
LRM, RLM = "\u200e", "\u200f"
ISOLATES = "\u2066\u2067\u2068\u2069"
EMBEDDINGS = "\u202a\u202b\u202c\u202d\u202e"
ARABIC = "عغ٣٤"
WIDE = "漢👍"

texts = st.text(LETTERS + SIGNS + MARKS + LRM + RLM + ISOLATES + EMBEDDINGS + ARABIC + WIDE, max_size=60)
anything = st.text(max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("שלום", "םולש"),
        ("יוסי כהן (VIP)", "(VIP) ןהכ יסוי"),
        ("Call שלום (דני) now", "Call (ינד) םולש now"),
        ("מחיר ₪1,250.00 (50%)", "(50%) ₪1,250.00 ריחמ"),
        ("הזמנה #A-1234 (דחוף!)", "(!ףוחד) A-1234# הנמזה"),
        ("ב (a) ג [1]", "[1] ג (a) ב"),
        ("טלפון +972 52", "52 972+ ןופלט"),
        ("plain (text) 1", "plain (text) 1"),
    ],
)
def test_what_a_person_reads(text: str, shown: str) -> None:
    assert visual_text(text) == shown


def test_marks_stay_on_their_letters() -> None:
    assert [cluster.text for cluster in visual("שָׁלוֹם").clusters] == ["ם", "וֹ", "ל", "שָׁ"]


def test_an_isolated_number_reads_from_left_to_right_and_is_kept_together() -> None:
    shown = visual_text(f"טלפון {isolate_ltr('+972 52 123 4567')} נייד")
    assert shown == "דיינ +972\u00a052\u00a0123\u00a04567 ןופלט"


def test_the_given_direction_holds_over_the_texts_own() -> None:
    assert visual_text("abc!", rtl=True) == "!abc"
    assert visual_text("שלום abc", rtl=False) == "םולש abc"


def test_a_text_without_letters_has_the_default_direction() -> None:
    assert reads_rtl("12:30", default=True)
    assert not reads_rtl("12:30")
    assert reads_rtl("12 ש", default=False)
    assert not reads_rtl(f"{isolate_ltr('12')} x ש", default=True)


def test_controls_part_two_directions_though_they_are_not_shown() -> None:
    """``3a`` and ``Y`` are two runs: joined, they would read ``3aY``."""
    assert visual_text("ג3a\u2068Y\u2069", rtl=True) == "Y3aג"


def test_a_line_is_ordered_by_the_whole_of_its_paragraph() -> None:
    """The letters of the line above make the number left-to-right text, its sign too (W7, N1)."""
    paragraph = "abc -12 ש"
    assert visual_line(paragraph, 4, 9, rtl=True).text == "ש -12"
    assert visual_text("-12 ש", rtl=True) == "ש 12-"


def test_a_space_at_the_end_of_a_wrapped_line_is_the_paragraphs() -> None:
    """L1: else the space would stand between the line's first cell and the edge it is read from."""
    assert visual_line("abc def", 0, 4, rtl=True).text == " abc"
    assert visual_line("שלום עולם", 0, 5, rtl=False).text == "םולש "


def test_pairs_found_before_the_brackets_overflow_hold() -> None:
    """BD16: nothing is said of them in Unicode's data."""
    text = "(א)" + "[" * 64 + "(א)"
    found = bracket_pairs(list(brackets(text).items()))
    assert found == [(0, 2)]


@given(texts | anything, st.booleans())
def test_each_character_is_in_one_cluster_and_none_is_lost(text: str, rtl: bool) -> None:
    line = visual(text, rtl=rtl)
    places = sorted(place for cluster in line.clusters for place in range(cluster.start, cluster.end))
    assert places == list(range(len(text)))


@given(texts | anything, st.booleans())
def test_reordering_keeps_the_width(text: str, rtl: bool) -> None:
    line = visual(text, rtl=rtl)
    assert line.width == sum(cluster.width for cluster in line.clusters)
    if "\u200d" not in text and "\ufe0f" not in text:
        assert line.width == cell_len(text) == cell_len(line.text)


@given(st.text("abc XYZ012().,漢é", max_size=40))
def test_left_to_right_text_is_left_alone(text: str) -> None:
    line = visual(text, rtl=False)
    assert line.text == text
    assert not any(cluster.rtl for cluster in line.clusters)
    assert left_to_right_only(text)


@given(texts | anything)
@example("٣–٤")
@example("a\u2066b")
def test_the_quick_look_never_overlooks_a_text_to_reorder(text: str) -> None:
    if left_to_right_only(text):
        assert visual_text(text, rtl=False) == text


@given(texts | anything, st.booleans(), st.data())
def test_a_cell_leads_to_its_character_and_back(text: str, rtl: bool, data: st.DataObject) -> None:
    line = visual(text, rtl=rtl)
    for cluster in line.clusters:
        for index in range(cluster.start, cluster.end):
            column = line.column(index)
            if cluster.width:
                assert line.index(column) == line.index(column + cluster.width - 1) == cluster.start
    column = data.draw(st.integers(-3, line.width + 3))
    assert line.start <= line.index(column) <= line.end


def edges(line: VisualLine) -> tuple[int, int, int]:
    return line.index(-1), line.index(line.width), line.column(line.end)


def test_a_cursor_passes_over_marks_and_over_what_is_not_shown() -> None:
    line = visual("\u05e9\u05c1\u05b8\u05dc\u200f1")
    assert [line.beside(place, forward=True) for place in (0, 3, 5)] == [3, 5, 6]
    assert [line.beside(place, forward=False) for place in (6, 5, 3, 0)] == [5, 3, 0, 0]


def test_beyond_the_edges_lie_the_start_and_the_end_of_the_line() -> None:
    assert edges(visual("abc")) == (0, 3, 3)
    assert edges(visual("שלו")) == (3, 0, -1)
    assert edges(visual_line("שלום abc", 5, 8, rtl=True)) == (8, 5, -1)
    with pytest.raises(KeyError):
        visual("abc").column(4)


@given(st.lists(st.integers(0, 126), max_size=30))
def test_visual_order_is_a_bijection_and_turns_pure_levels(levels: list[int]) -> None:
    order = visual_order(levels)
    assert sorted(order) == list(range(len(levels)))
    assert visual_order([0] * len(levels)) == list(range(len(levels)))
    assert visual_order([1] * len(levels)) == list(range(len(levels)))[::-1]


@given(texts | anything, st.sampled_from([0, 1]))
def test_levels_stay_within_their_bounds(text: str, base: int) -> None:
    """BD2: explicit levels reach 125, and I1 and I2 add one more."""
    levels = resolve_levels(bidi_classes(text), base, brackets(text))
    assert len(levels) == len(text)
    assert all(base <= level <= 126 for level in levels)


@pytest.mark.parametrize("opening", ["\u202b", "\u2067", "\u202e", "\u2068", "("])
def test_endless_nesting_is_harmless(opening: str) -> None:
    text = opening * 2000 + "שלום"
    assert max(resolve_levels(bidi_classes(text), 0, brackets(text))) <= 126
    assert visual(text).end == len(text)


def random_lines(pieces: Sequence[str], seed: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311 - the same lines in every run
    drawn = ["".join(chance.choices(pieces, k=chance.randint(1, 60))) for _ in range(4000)]
    return [line for line in drawn if any(map(str.isalnum, line))]


def fribidi(lines: list[str], *options: str) -> list[str]:
    """FriBidi's answer to each line. It comes from Debian's libfribidi-bin (scripts/system-packages.sh)."""
    done = subprocess.run(
        ["fribidi", "--nobreak", "--nopad", *options],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [line for line in done.stdout.split("\n") if line.strip()]


POINTED = [letter + mark for letter in "אבגש" for mark in ("", *MARKS)]
COMPARED = [*LETTERS, *SIGNS, *POINTED, LRM, RLM]
"""FriBidi 1.0.8 differs from Unicode's data at isolates, embeddings and marks on brackets: not those."""


@pytest.mark.parametrize(("option", "rtl"), [("--ltr", False), ("--rtl", True)])
def test_random_lines_look_as_fribidi_makes_them(option: str, rtl: bool) -> None:
    lines = random_lines(COMPARED, seed=9)
    told = fribidi(lines, option, "--clean", "--reordernsm")
    assert [visual_text(line, rtl=rtl) for line in lines] == told


@pytest.mark.parametrize(("option", "rtl"), [("--ltr", False), ("--rtl", True)])
def test_random_lines_have_the_levels_fribidi_gives_them(option: str, rtl: bool) -> None:
    """With Arabic letters too, whose glyphs FriBidi would join in what it shows."""
    lines = random_lines([*COMPARED, *ARABIC], seed=10)
    for line, told in zip(lines, fribidi(lines, option, "--novisual", "--levels"), strict=True):
        classes = bidi_classes(line)
        levels = line_levels(classes, resolve_levels(classes, int(rtl), brackets(line)), int(rtl))
        assert levels == [int(level) for level in told.split()], line
