"""What the exchange says of a customer's matter or balance: the names of its prompts (``pbx.prompts``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "he"]
Words: TypeAlias = tuple[str, ...]

_AMOUNT = re.compile(r"(₪|\$)? ?([0-9][0-9,]{0,12})(?:\.([0-9]{1,2}))? ?(₪|\$)?")
_MOST = 99_999
_FIRST_TEN, _TWENTY, _TWO = 10, 20, 2


@dataclass(frozen=True, slots=True)
class _Unit:
    """Coins by the name of their prompt, and their gender in Hebrew."""

    name: str
    masculine: bool


_CURRENCIES = {
    "₪": (_Unit("shekels", masculine=True), _Unit("agorot", masculine=False)),
    "$": (_Unit("dollars", masculine=True), _Unit("cents", masculine=True)),
}


def digits(text: str) -> Words:
    """The digits of a reference, one by one; what stands between them is not said."""
    return tuple(f"number-{sign}" for sign in text if sign.isascii() and sign.isdigit())


def amount(text: str, language: Language) -> Words:
    """An amount of shekels or dollars such as ``1,248.90 ₪``; nothing for whatever else, or for too much."""
    found = _AMOUNT.fullmatch(text.strip())
    units = _CURRENCIES.get(found.group(1) or found.group(4) or "") if found else None
    if found is None or units is None or bool(found.group(1)) == bool(found.group(4)):
        return ()
    great = int(found.group(2).replace(",", ""))
    small = int((found.group(3) or "").ljust(2, "0"))
    if great > _MOST:
        return ()
    said = _coins(great, units[0], language) if great or not small else ()
    return (*said, *_coins(small, units[1], language)) if small else said


def counted(number: int, language: Language) -> Words:
    """A number below a hundred as things are counted; in Hebrew in the feminine."""
    return _below_hundred(number, language, masculine=False)


def _coins(count: int, unit: _Unit, language: Language) -> Words:
    if 0 < count <= _TWO:
        return (f"{unit.name}-{count}",)
    return (*_counted(count, language, masculine=unit.masculine), unit.name)


def _counted(number: int, language: Language, *, masculine: bool) -> Words:
    thousands, rest = divmod(number, 1000)
    said = _thousands(thousands, language) if thousands else ()
    return (*said, *_below_thousand(rest, language, masculine)) if rest or not said else said


def _thousands(count: int, language: Language) -> Words:
    """Hebrew has words of its own for the first ten."""
    if language == "he" and count <= _FIRST_TEN:
        return (f"number-{count}000",)
    return (*_below_thousand(count, language, masculine=True), "thousand")


def _below_thousand(number: int, language: Language, masculine: bool) -> Words:
    hundreds, rest = divmod(number, 100)
    said: Words = ()
    if hundreds:
        said = (f"number-{hundreds}00",) if language == "he" else (f"number-{hundreds}", "hundred")
    return (*said, *_below_hundred(rest, language, masculine)) if rest or not said else said


def _below_hundred(number: int, language: Language, masculine: bool) -> Words:
    tens, ones = divmod(number, 10)
    if number >= _TWENTY:
        return (f"number-{tens}0", *(_below_hundred(ones, language, masculine) if ones else ()))
    if language == "he" and masculine and number:
        return (f"masculine-{number}",)
    return (f"number-{number}",)
