"""A caller's number as everything else names it: E.164, a short code, or withheld."""

from __future__ import annotations

import re

import phonenumbers

_WITHHELD = frozenset({"", "0", "anonymous", "private", "restricted", "unavailable", "unknown", "withheld"})
"""What carriers and SIP (RFC 3323 §4.1.1.3: ``anonymous``) put where a number is not told."""

_SHORT = re.compile(r"[*#][0-9*#]{1,15}|[0-9]{1,6}")
"""Star codes, extensions and service numbers: they belong to one network and have no country code."""

_GROUPING = re.compile(r"[\s().\-/\u2010-\u2015]")


def normalise(raw: str, country: str) -> str | None:
    """``raw`` as E.164 (``+972521234567``), a short code as it is, or None when the caller withheld it.

    ``country`` (ISO 3166, ``IL``) reads numbers without a country code. Numbers are kept by possible length,
    not by a table of ranges in use, which ages. What is no number at all comes back unchanged.
    """
    text = raw.strip()
    if text.lower() in _WITHHELD:
        return None
    digits = _GROUPING.sub("", text)
    if _SHORT.fullmatch(digits):
        return digits
    return _e164(digits, country) or _e164("+" + digits, country) or text


def _e164(digits: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
