"""What is asked of any CRM, as the settings write it: templates, filled in as data.

In a path every value is percent-encoded whole, in a body it is a string of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import phonenumbers

from hub.crm_settings import PLACE


def path_of(template: str, values: Mapping[str, Any]) -> str:
    """``template`` with its places filled in."""
    return PLACE.sub(lambda place: quote(str(values[place[1]]), safe=""), template)


def filled(template: object, values: Mapping[str, Any]) -> Any:
    """``template`` with what belongs in its places; nothing but a place keeps the value's type."""
    match template:
        case str():
            whole = PLACE.fullmatch(template)
            if whole:
                return values[whole[1]]
            return PLACE.sub(lambda place: str(values[place[1]]), template)
        case dict():
            return {name: filled(one, values) for name, one in template.items()}
        case list():
            return [filled(one, values) for one in template]
    return template


def spelt(number: str) -> dict[str, str]:
    """As E.164 or a short code, in digits alone, and as it is dialled in its own country."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return {"number": number, "digits": number, "national": number}
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return {
        "number": number,
        "digits": number.removeprefix("+"),
        "national": "".join(sign for sign in national if sign.isdecimal()),
    }


def iso(moment: datetime) -> str:
    """ISO 8601, to the second."""
    return moment.isoformat(timespec="seconds")
