"""The desk's Hebrew speaks to women and men alike: no word of address is of one gender alone.

Hebrew's imperative, its second person and its adjectives have a gender. The desk says *יש ל…*, an infinitive
or a noun of the act instead. Words without points that are of both genders (*שלך*, *אליך*, *ברצונך*) are none
of these, nor is *את*, which is mostly the sign of an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.architecture.test_catalogue import forms, messages

_STEMS_OF_ORDERS = (
    *("הקש", "הקלד", "הזן", "המתן", "הפעל", "הדבק", "הוסף", "הסר", "החזק", "הקשב", "הגדר", "התחבר", "הירשם"),
    *("לחץ", "בחר", "שלח", "כתוב", "רשום", "בדוק", "סגור", "פתח", "מחק", "חפש", "חבר", "נתק", "נסה"),
    *("שאל", "ענה", "קרא", "הודע", "תקן", "ודא", "חזור", "צא", "התקשר", "השתמש", "מסור"),
)
"""Imperatives of one man. Some are a past, an adjective or a noun, too; those stand at no beginning."""

_TO_ONE_WOMAN = (
    *("הקישי", "הקלידי", "הזיני", "המתיני", "הפעילי", "הוסיפי", "הסירי", "הגדירי", "התחברי", "הירשמי"),
    *("לחצי", "בחרי", "שלחי", "כתבי", "רשמי", "בדקי", "סגרי", "פתחי", "שמרי", "מחקי", "חפשי", "נתקי", "נסי"),
    *("התקשרי", "השתמשי", "תוכלי", "תרצי", "עשי"),
)
"""Imperatives and futures that are nothing else."""

_SECOND_PERSON = (
    "אתה",  # thou, a man
    "תרצה",  # thou wilt, of a man; of a woman who is spoken of it does not come here
    "רוצה",  # man or woman by its points alone, but it asks for אתה or את before it
    "בטוח",  # sure, of a man
    "בטוחה",  # sure, of a woman
    "מעוניין",  # interested, of a man
    "מעוניינת",  # interested, of a woman
    "ברוך הבא",  # welcome, of a man
    "ברוכה הבאה",  # welcome, of a woman
)
"""Wherever they stand they speak to somebody of one gender."""

_BEGINNING = r"(?:^|[.;:!?·,]\s+|\bנא |\bאנא )"
_GENDERED = re.compile(
    rf"{_BEGINNING}(?P<order>{'|'.join(_STEMS_OF_ORDERS)})(?![א-ת־])"
    rf"|(?<![א-ת])(?P<word>{'|'.join((*_TO_ONE_WOMAN, *_SECOND_PERSON))})(?![א-ת])"
)


def gendered(text: str) -> Iterator[str]:
    """The words in ``text`` that speak to one gender."""
    return (found["order"] or found["word"] for found in _GENDERED.finditer(text))


def test_no_message_speaks_to_one_gender() -> None:
    texts = [form for message in messages("he") for form in forms(message)]
    assert len(texts) > 1000
    assert {text: found for text in texts if (found := list(gendered(text)))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "לחץ F2",
        "אין מענה. נסה שוב.",
        "נא הקש מספר",
        "בחרי תוצאה",
        "אתה בשיחה",
        "האם אתה בטוח?",
        "ברוך הבא",
        "יש הודעה: כתוב תשובה",
    ],
)
def test_what_speaks_to_one_gender_is_found(text: str) -> None:
    assert list(gendered(text))


@pytest.mark.parametrize(
    "text",
    ["יש לנסות שוב.", "הלקוח שלח הודעה", "השיחות שלך", "הקו סגור", "את השיחה", "לחיצה על F2", "שלח־ם"],
)
def test_what_does_not_is_let_be(text: str) -> None:
    assert list(gendered(text)) == []
