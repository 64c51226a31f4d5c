"""What the pages around the desk say, in both languages; Hebrew speaks to nobody as a man or a woman."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "he"]

WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "title": "moked",
        "sign_in": "Sign in to your desk",
        "agent": "Your name at the hub",
        "secret": "Password, or enrolment code",
        "enter": "Sign in",
        "other_language": "עברית",
        "sign_out": "Sign out",
        "opening": "Your desk is being opened …",
        "ended": "The desk has ended, or the line to it broke. Your notes are kept.",
        "again": "Open the desk again",
        "not_let_in": (
            "The hub does not take this name with this password or code. A code works once and for a quarter "
            "of an hour."
        ),
        "too_many": (
            "Too many tries, or too many devices. Wait a quarter of an hour, or ask your administrator."
        ),
        "hub_away": "The hub does not answer. Try again; if it lasts, tell your team leader.",
        "full": "As many desks are open here as there may be. Tell your administrator.",
        "overtaken": "Somebody signed in under this name at the same moment. Sign in again.",
        "over": "You are signed out.",
        "revoked": "This browser was revoked at the hub. Sign in again, or ask your administrator.",
    },
    "he": {
        "title": "moked",
        "sign_in": "כניסה לעמדה",
        "agent": "השם במוקד",
        "secret": "סיסמה או קוד רישום",
        "enter": "כניסה",
        "other_language": "English",
        "sign_out": "יציאה",
        "opening": "העמדה נפתחת…",
        "ended": "העמדה נסגרה או שהחיבור אליה נותק. ההערות שנכתבו נשמרו.",
        "again": "פתיחת העמדה מחדש",
        "not_let_in": "השם והסיסמה או הקוד אינם מוכרים במוקד. קוד רישום תקף פעם אחת, למשך רבע שעה.",
        "too_many": "יותר מדי ניסיונות או יותר מדי מכשירים. יש להמתין רבע שעה או לפנות למנהל המערכת.",
        "hub_away": "השרת של המוקד אינו עונה. כדאי לנסות שוב; אם זה נמשך, יש לעדכן את ראש הצוות.",
        "full": "נפתחו כאן כל העמדות האפשריות. יש לפנות למנהל המערכת.",
        "overtaken": "באותו רגע בוצעה כניסה נוספת בשם הזה. יש להיכנס שוב.",
        "over": "היציאה הושלמה.",
        "revoked": "הרישום של הדפדפן הזה בוטל במוקד. יש להיכנס שוב או לפנות למנהל המערכת.",
    },
}


def language_of(asked: str, accepted: str) -> Language:
    """The page's language: what was ``asked`` for, else the first of ours that the browser accepts.

    ``accepted`` is the field Accept-Language (RFC 9110 §12.5.4); browsers send it in the order of preference.
    """
    if asked in WORDS:
        return "he" if asked == "he" else "en"
    for one in accepted.split(","):
        tag = one.split(";")[0].strip().lower().split("-")[0]
        if tag in ("he", "iw"):
            return "he"
        if tag == "en":
            return "en"
    return "en"
