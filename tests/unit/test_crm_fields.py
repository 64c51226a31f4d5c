"""Fields of the card: what an amount, a figure or a date is, and what only looks like one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from hub.adapters.crm_fields import field_of, fields_of, names_of
from hub.contract import FieldKind
from hub.crm_settings import FieldExpression, NamedField


@pytest.mark.parametrize(
    ("written", "value", "currency"),
    [
        ("148.90 ₪", "148.90", "ILS"),
        ("₪1,248.90", "1248.90", "ILS"),
        ("−5 €", "-5", "EUR"),
        ("USD 1234.5", "1234.5", "USD"),
        ("100 CHF", "100", "CHF"),
    ],
)
def test_an_amount_with_its_currency_is_money(written: str, value: str, currency: str) -> None:
    found = field_of("Balance", written)
    assert (found.value, found.kind, found.currency) == (value, FieldKind.MONEY, currency)


@pytest.mark.parametrize(
    "written", ["600 KWH", "$5", "₪5 ILS", "1,23 EUR", "2026-02-30", "20261128", "1234.5", "₪", "5 ils"]
)
def test_what_only_looks_like_one_is_text(written: str) -> None:
    found = field_of("Plan", written)
    assert (found.value, found.kind, found.currency) == (written, FieldKind.TEXT, "")


def test_a_number_is_a_figure_only_where_the_settings_say_so() -> None:
    told = {"a": 4711, "b": 4711, "c": "many", "d": True}
    places = {
        "Reference": NamedField(at="a"),
        "Orders": NamedField(at="b", kind=FieldKind.NUMBER),
        "More": NamedField(at="c", kind=FieldKind.NUMBER),
        "Is": NamedField(at="d", kind=FieldKind.NUMBER),
    }
    kinds = [(one.value, one.kind.value) for one in fields_of(places, told.get)]
    assert kinds == [("4711", "text"), ("4711", "number"), ("many", "text"), ("yes", "text")]


def test_money_has_the_settings_currency_or_the_records() -> None:
    told = {"owes": "12.50", "in": "eur", "nothing": None}
    places = {
        "Fixed": NamedField(at="owes", kind=FieldKind.MONEY, currency="ILS"),
        "Told": NamedField(at="owes", kind=FieldKind.MONEY, currency_at="in"),
        "Untold": NamedField(at="owes", kind=FieldKind.MONEY, currency_at="nothing"),
    }
    found = fields_of(places, told.get)
    assert [one.currency for one in found] == ["ILS", "EUR", ""]
    assert found[2].kind is FieldKind.TEXT
    assert list(names_of(places)) == ["owes", "owes", "in", "owes", "nothing"]


def test_a_date_of_the_settings_is_read_as_times_are() -> None:
    told = {"ms": 1795824000000, "words": "soon", "text": "2026-11-28"}
    places = {
        "Since": NamedField(at="ms", kind=FieldKind.DATE),
        "Next": NamedField(at="words", kind=FieldKind.DATE),
        "Plain": NamedField(at="text", kind=FieldKind.TEXT),
    }
    found = [(one.value, one.kind.value) for one in fields_of(places, told.get)]
    assert found == [("2026-11-28", "date"), ("soon", "text"), ("2026-11-28", "text")]


@pytest.mark.parametrize(
    "given",
    [
        {"at": "a", "kind": "money"},
        {"at": "a", "kind": "money", "currency": "ILS", "currency_at": "b"},
        {"at": "a", "kind": "number", "currency": "ILS"},
        {"at": "a", "currency_at": "b"},
        {"at": "a", "kind": "money", "currency": "₪"},
        {"at": "a b", "kind": "date"},
        "a b",
    ],
)
def test_a_place_that_says_too_little_or_too_much_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        NamedField.model_validate(given)


def test_a_string_is_the_place_alone() -> None:
    assert FieldExpression.model_validate("a.b") == FieldExpression(at="a.b")
