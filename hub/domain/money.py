"""Amounts of money as CRMs write them: ``148.90 ILS``, ``EUR 12``, ``1,248.90 ₪``."""

from __future__ import annotations

import re
from typing import Final

_CODES: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD
    HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
    PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND
    TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
ISO_4217: Final = frozenset(_CODES.split())
"""Currencies in use (ISO 4217 list one); precious metals and units of account are left out."""

_SIGNS: Final = {"₪": "ILS", "€": "EUR", "£": "GBP"}
"""``$`` is the sign of many currencies, so an amount with it stays as it is written."""
_AMOUNT: Final = re.compile(
    r"(?P<before>[A-Z]{3}|[₪€£])? ?"
    r"(?P<amount>[-−]?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.[0-9]{1,4})?)"
    r" ?(?P<after>[A-Z]{3}|[₪€£])?"
)


def money(text: str) -> tuple[str, str] | None:
    """The amount, as ``-1248.90``, and its currency; nothing for what is no amount with one currency."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or bool(found["before"]) == bool(found["after"]):
        return None
    told = found["before"] or found["after"]
    currency = _SIGNS.get(told, told)
    if currency not in ISO_4217:
        return None
    return found["amount"].replace(",", "").replace("−", "-"), currency
