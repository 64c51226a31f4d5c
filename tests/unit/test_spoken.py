"""What is said of a customer's matter or balance, word by word, and that there is a prompt for each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.spoken import Language, amount, digits
from pbx.prompts import PROMPTS


@pytest.mark.parametrize(
    ("text", "english", "hebrew"),
    [
        (
            "148.90 ₪",
            "number-1 hundred number-40 number-8 shekels number-90 agorot",
            "number-100 number-40 masculine-8 shekels number-90 agorot",
        ),
        ("₪0.00", "number-0 shekels", "number-0 shekels"),
        ("$1.02", "dollars-1 cents-2", "dollars-1 cents-2"),
        ("₪0.05", "number-5 agorot", "number-5 agorot"),
        ("$0.15", "number-15 cents", "masculine-15 cents"),
        ("2,000 ₪", "number-2 thousand shekels", "number-2000 shekels"),
        (
            "12,016.5 ₪",
            "number-12 thousand number-16 shekels number-50 agorot",
            "masculine-12 thousand masculine-16 shekels number-50 agorot",
        ),
        (
            "99,999 ₪",
            "number-90 number-9 thousand number-9 hundred number-90 number-9 shekels",
            "number-90 masculine-9 thousand number-900 number-90 masculine-9 shekels",
        ),
    ],
)
def test_an_amount_is_said_in_words(text: str, english: str, hebrew: str) -> None:
    assert amount(text, "en") == tuple(english.split())
    assert amount(text, "he") == tuple(hebrew.split())


@pytest.mark.parametrize("text", ["", "none", "42", "-5 ₪", "−5 ₪", "100,000 ₪", "5 €", "$5 ₪", "5 ₪ + 3 ₪"])
def test_what_is_no_such_amount_is_not_said(text: str) -> None:
    assert amount(text, "en") == amount(text, "he") == ()


def test_a_reference_is_said_by_its_digits() -> None:
    assert digits("O-48٣190") == tuple(f"number-{digit}" for digit in (4, 8, 1, 9, 0))


@given(
    st.integers(0, 99_999),
    st.integers(0, 99),
    st.sampled_from("₪$"),
    st.sampled_from(("en", "he")),
)
def test_every_word_has_a_prompt(great: int, small: int, sign: str, language: Language) -> None:
    said = amount(f"{sign}{great:,}.{small:02}", language)
    assert said
    assert [word for word in said if language not in PROMPTS[word]] == []
