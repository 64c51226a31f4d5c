"""The pauses that the hub makes by itself, by the names under which the exchange has them, for people."""

from __future__ import annotations

_HEBREW = {
    "wrap-up": "סיכום שיחה",
    "missed calls": "שיחות שלא נענו",
    "no desk": "העמדה מנותקת",
    "callback": "שיחה חוזרת",
}


def named(reason: str, language: str) -> str:
    """``reason`` on a desk in ``language``; what people wrote stays as it is."""
    return _HEBREW.get(reason, reason) if language == "he" else reason
