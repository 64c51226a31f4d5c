"""``moked hub crm try NUMBER``: what the CRM is asked for a number, what it answers, and the card from it."""

from __future__ import annotations

from pathlib import Path

from centre.toml_file import SettingsError
from edge.text import clean
from hub.adapters.crm_http import Traffic
from hub.command_line import UsageError, database, note, say
from hub.contract import Card, CardField, FieldKind
from hub.crm_settings import BuiltinCrmSettings
from hub.crms import crm_of
from hub.domain.numbers import is_number, normalise
from hub.ports.crm import Crm, CrmError
from hub.remote_crms import remote_crm
from hub.settings import load

_LONGEST_SHOWN = 4000
_WRITE = "write one with its area code, with its country code (+972…), or a short code (*1234)"


async def try_crm(config: Path, number: str) -> None:
    """Look ``number`` up as for a caller.

    Raises ``UsageError`` for what is none, ``SettingsError`` where the CRM does not answer.
    """
    settings = load(config)
    known = _number(number, settings.centre.country)
    note(f"{clean(number)!r} is looked up as {clean(known)!r}")
    if isinstance(settings.crm, BuiltinCrmSettings):
        async with database(settings) as engine:
            await _look_up(crm_of(settings, engine), known)
        return
    crm = remote_crm(settings.crm, settings.centre.country, _show)
    try:
        await _look_up(crm, known)
    finally:
        await crm.close()


def _number(typed: str, country: str) -> str:
    """As it is looked up. Raises ``UsageError``."""
    known = normalise(typed, country)
    if known is None:
        raise UsageError(f"{clean(typed)!r} is a withheld number: the CRM is not asked about it; {_WRITE}")
    if not is_number(known):
        raise UsageError(f"{clean(typed)!r} is no telephone number: {_WRITE}")
    return known


async def _look_up(crm: Crm, number: str) -> None:
    try:
        cards = await crm.find(number)
    except CrmError as error:
        raise SettingsError(f"{type(error).__name__}: {error}") from None
    note(f"customers found: {len(cards)}")
    for card in cards:
        _show_card(card)


def _show(traffic: Traffic) -> None:
    """Secrets are masked already; what the CRM says may be anything."""
    for sign, words in (
        (">", traffic.asked),
        (">", traffic.body),
        ("<", traffic.told),
        ("<", traffic.answer),
    ):
        for line in clean(words, limit=_LONGEST_SHOWN, multiline=True).splitlines():
            say(f"{sign} {line}")
    say("")


def _told(field: CardField) -> str:
    """The value, and what it was read as."""
    if field.kind is FieldKind.TEXT:
        return field.value
    return f"{field.value} ({' '.join(part for part in (field.kind, field.currency) if part)})"


def _show_card(card: Card) -> None:
    say(f"customer {card.customer}: {card.name}")
    parts = {
        **({"missing": card.missing} if card.missing else {}),
        "language": card.language,
        "numbers": ", ".join(card.numbers),
        "segment": card.segment,
        "personal agent": card.personal_agent,
        "city": card.city,
        **{f"field {one.label}": _told(one) for one in card.fields},
        **{f"fact {name}": value for name, value in card.facts.items()},
        **{
            f"matter {one.reference}": f"{one.title} ({one.status}, {one.opened:%Y-%m-%d})"
            for one in card.matters
        },
    }
    for name, value in parts.items():
        say(f"  {name}: {value or '-'}")
    for past in card.history:
        say(f"  {past.at:%Y-%m-%d %H:%M} {past.channel}: {past.summary} ({past.agent or '-'})")
