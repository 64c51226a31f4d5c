"""A caller's number as everything else names it: E.164, a short code, or withheld."""

from __future__ import annotations

import re

import phonenumbers

_WITHHELD = frozenset({"", "0", "anonymous", "private", "restricted", "unavailable", "unknown", "withheld"})
"""What carriers and SIP (RFC 3323 §4.1.1.3: ``anonymous``) put where a number is not told."""

_SHORT = re.compile(r"[*#][0-9*#]{1,15}|[0-9]{1,5}")
"""Star codes, extensions, service numbers: they belong to one network and have no country code."""

_SIX = re.compile(r"[0-9]{6}")
"""An extension too, but where the country has whole numbers so short, as the Faroe Islands have."""

_GROUPING = re.compile(r"[\s().\-/\u2010-\u2015]")


def normalise(raw: str, country: str) -> str | None:
    """``raw`` as E.164 (``+972521234567``), a short code as it is, or None when the caller withheld it.

    ``country`` (ISO 3166, ``IL``) reads numbers without a country code; some carriers leave out the plus.
    A possible length is enough, since tables of ranges in use age; they only decide between two readings.
    Short codes are told apart before: by its length alone 492001 would be a number in Germany. What is no
    number at all comes back unchanged.
    """
    text = raw.strip()
    if text.lower() in _WITHHELD:
        return None
    digits = _GROUPING.sub("", text)
    if _short(digits, country):
        return digits
    readings = [found for one in (digits, "+" + digits) if (found := _possible(one, country))]
    if not readings:
        return text
    best = next((one for one in readings if phonenumbers.is_valid_number(one)), readings[0])
    return phonenumbers.format_number(best, phonenumbers.PhoneNumberFormat.E164)


E164 = re.compile(r"\+[1-9][0-9]{6,14}")
"""A whole number, dialled and written to from anywhere (ITU-T E.164)."""


def is_number(number: str) -> bool:
    """Whether ``number``, a normalised one, is a telephone's at all: a whole one, or a short code."""
    return bool(E164.fullmatch(number) or _SHORT.fullmatch(number))


def reached_by_text(number: str) -> bool:
    """Whether messages may reach ``number``, a normalised one: not if it is withheld, short or no mobile."""
    return bool(E164.fullmatch(number)) and not takes_no_text(number)


def _short(digits: str, country: str) -> bool:
    if not _SIX.fullmatch(digits):
        return _SHORT.fullmatch(digits) is not None
    whole = _possible(digits, country)
    return whole is None or not phonenumbers.is_valid_number(whole)


def _possible(digits: str, country: str) -> phonenumbers.PhoneNumber | None:
    """A whole number, dialled from anywhere: not one that lacks its area code."""
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    whole = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return number if whole else None


_NO_TEXT = frozenset(
    {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PAGER,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.VOICEMAIL,
    }
)


def takes_no_text(number: str) -> bool:
    """Whether ``number`` (E.164) is known to be no one's mobile: a landline, or a service's.

    Not where a country's mobile numbers look like its landlines (+1), nor for ranges that no table knows.
    """
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) in _NO_TEXT
    except phonenumbers.NumberParseException:
        return True
