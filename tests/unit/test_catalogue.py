"""The desk's words: which language, plural forms, and values that turn nothing around them."""

from __future__ import annotations

import pytest

from agent_tui.session.pauses import named
from agent_tui.text import catalogue
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import Phrase, chosen, line, use


@pytest.mark.parametrize(
    ("settings", "record", "environ", "expected"),
    [
        ("en", "he", {"LANG": "he_IL.UTF-8"}, "en"),
        ("he", "en", {}, "he"),
        ("", "he", {"LANG": "en_US.UTF-8"}, "he"),
        ("", "en", {"LANG": "he_IL.UTF-8"}, "en"),
        ("", "", {"LANG": "he_IL.UTF-8"}, "he"),
        ("", "", {"LANG": "iw_IL"}, "he"),
        ("", "", {"LC_ALL": "C", "LANG": "he_IL.UTF-8"}, "en"),
        ("", "", {"LC_ALL": "", "LC_MESSAGES": "he_IL", "LANG": "C"}, "he"),
        ("", "", {}, "en"),
    ],
)
def test_settings_go_before_the_hubs_record_and_that_before_the_system(
    settings: str, record: str, environ: dict[str, str], expected: str
) -> None:
    assert chosen(settings, record, environ) == expected


def test_a_phrase_that_was_kept_is_said_in_the_language_of_the_moment() -> None:
    kept = Phrase("Promised: {who} will be called back.", who="Noa")
    assert str(kept) == "Promised: Noa will be called back."
    use("he")
    assert "נקבעה שיחה חוזרת" in str(kept)
    assert "Noa" in str(kept)
    use("en")
    assert str(kept) == "Promised: Noa will be called back."


@pytest.mark.parametrize(("tries", "hebrew"), [(1, "ניסיון אחד"), (2, "שני ניסיונות"), (3, "3 ניסיונות")])
def test_hebrew_counts_one_two_and_more(tries: int, hebrew: str) -> None:
    told = Phrase(
        "Nobody was reached: {who} was called once. The promise has ended; F7 dials.",
        "Nobody was reached: {who} was called {count} times. The promise has ended; F7 dials.",
        tries,
        who="Noa",
    )
    use("he")
    assert hebrew in str(told)


def test_a_phrase_among_the_values_is_put_into_words_with_it() -> None:
    told = Phrase("No callback is promised: {why}", why=Phrase("wrap-up"))
    use("he")
    assert str(told) == "לא נקבעה שיחה חוזרת: סיכום שיחה"


def test_a_name_in_the_other_direction_moves_nothing_around_it() -> None:
    told = Phrase("Promised: {who} will be called back.", who="נועה (2)")
    assert visual_text(str(told)).startswith("Promised: ")
    assert visual_text(str(told)).endswith(" will be called back.")
    first = Phrase("{told} ({reason})", told="נועה", reason="5")
    assert visual_text(str(first)) == "העונ (5)", "a name at the beginning does not turn the line"
    assert visual_text(line("+972 50", "נועה", "SLA 5")) == "+972 50 · העונ · SLA 5"


def test_what_nobody_translated_stands_in_english_and_no_language_that_is_not_there_is_taken() -> None:
    use("he")
    assert str(Phrase("not in the catalogue")) == "not in the catalogue"
    assert catalogue._("") == ""
    use("fr")
    assert (catalogue.language(), catalogue.right_to_left()) == ("en", False)


def test_what_people_wrote_is_never_taken_for_a_message() -> None:
    use("he")
    assert str(named("Promised: {who} will be called back.")) == "Promised: {who} will be called back."
    odd = Phrase("No callback is promised: {why}", why="{who} %s {0}")
    assert "{who} %s {0}" in str(odd)
