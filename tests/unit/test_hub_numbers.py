"""Callers' numbers: one form for what is the same number, and nothing made of what is none."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.numbers import normalise


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("+972505550101", "+972505550101"),
        ("050-555-0101", "+972505550101"),
        ("0505550101", "+972505550101"),
        ("972505550101", "+972505550101"),
        ("00972505550101", "+972505550101"),
        ("+972 (50) 555‑0101", "+972505550101"),
        ("03-555-0101", "+97235550101"),
        ("+12125550101", "+12125550101"),
        ("12125550101", "+12125550101"),
        ("442079460000", "+442079460000"),
        ("+44 20 7946 0000", "+442079460000"),
        ("*2700", "*2700"),
        ("#31#", "#31#"),
        ("1001", "1001"),
        ("10 01", "1001"),
        ("100", "100"),
        ("alice", "alice"),
        ("+", "+"),
        ("99999999999999999999", "99999999999999999999"),
    ],
)
def test_numbers(raw: str, number: str) -> None:
    assert normalise(raw, "IL") == number


@pytest.mark.parametrize("raw", ["", " ", "0", "anonymous", "Anonymous", "Unavailable", "private"])
def test_a_withheld_number_is_none(raw: str) -> None:
    assert normalise(raw, "IL") is None


@pytest.mark.parametrize(
    ("raw", "number"), [("057-000-1122", "+972570001122"), ("0800001122", "+972800001122")]
)
def test_a_number_of_a_range_that_no_table_knows_is_a_number(raw: str, number: str) -> None:
    assert not phonenumbers.is_valid_number(phonenumbers.parse(number))
    assert normalise(raw, "IL") == number


def test_the_country_reads_what_has_no_country_code() -> None:
    assert normalise("(212) 555-0101", "US") == "+12125550101"
    assert normalise("20 12 34", "FO") == "+298201234"


@pytest.mark.parametrize("country", ["IL", "US", "DE", "AT", "IT", "SE", "LU"])
@pytest.mark.parametrize("code", ["*1234", "#31#", "100", "1001", "2001", "49200"])
def test_a_short_code_is_one_wherever_numbers_may_be_as_short(code: str, country: str) -> None:
    """In Germany and Austria four digits are a possible number, with or without a country's code before."""
    assert normalise(code, country) == code


@pytest.mark.parametrize("extension", ["492001", "442001", "972001", "100001"])
def test_an_extension_of_six_digits_is_no_number_of_another_country(extension: str) -> None:
    assert normalise(extension, "IL") == extension
    assert normalise(extension, "US") == extension


@given(st.text(max_size=40))
def test_any_text_is_read_and_reading_twice_changes_nothing(raw: str) -> None:
    number = normalise(raw, "IL")
    if number is not None:
        assert normalise(number, "IL") == number
