"""What a CRM answers, made into a card: every value may be hostile, of another type, or missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import islice

from edge.text import clean
from hub.contract import Card, CardField, Matter, PastContact
from hub.domain.numbers import normalise

MOST_CUSTOMERS = 20
"""Cards of one look-up: a chooser with more helps nobody."""
MOST_MATTERS = MOST_HISTORY = 20
_MOST_NUMBERS, _MOST_FIELDS, _MOST_PARTS = 10, 30, 10
_LONGEST_ID = 64
_LONGEST_MISSING = 300
_NUMBER = re.compile(r"[+*#]?[0-9*#]{1,20}")
_MILLISECONDS = 100_000_000_000
"""A Unix time beyond this is not in seconds: it would be the year 5138."""


@dataclass(slots=True)
class Draft:
    """A card that is being put together. ``customer`` is an id already; all else is as it came, and
    ``card_of`` cleans it. ``missing`` says in words what the CRM did not tell.
    """

    customer: str
    name: object = None
    numbers: object = None
    language: object = None
    segment: object = None
    personal_agent: object = None
    city: object = None
    fields: tuple[CardField, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)
    matters: list[Matter] = field(default_factory=list)
    history: list[PastContact] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def text(value: object, limit: int = 120) -> str:
    """``value`` as words, cleaned; nothing for what has none."""
    match value:
        case bool():
            return "yes" if value else "no"
        case str() | int() | float():
            return clean(str(value), limit=limit)
        case list():
            parts = (text(one, limit) for one in islice(value, _MOST_PARTS))
            return clean(", ".join(part for part in parts if part), limit=limit)
        case _:
            return ""


def identity(value: object) -> str:
    """An id of the CRM's, just as it is; empty where it is none that can be sent back as it came."""
    written = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return written if written == clean(written, limit=_LONGEST_ID) and written not in {".", ".."} else ""


def moment(value: object) -> datetime | None:
    """A time: ISO 8601, a date alone, or a Unix time in seconds or milliseconds. Without a zone it is UTC."""
    try:
        match value:
            case bool():
                return None
            case int() | float():
                return datetime.fromtimestamp(value / (1000 if abs(value) > _MILLISECONDS else 1), UTC)
            case str() if value.isdecimal() and value.isascii():
                return moment(int(value))
            case str():
                found = datetime.fromisoformat(value.strip())
                return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def plain(html: object) -> str:
    """The words of a piece of HTML, one line a paragraph; no tag, script or style is left."""
    if not isinstance(html, str):
        return ""
    words = _Words()
    words.feed(html[:20_000])
    words.close()
    return "".join(words.parts)


class _Words(HTMLParser):
    """Keeps what a reader would see."""

    _HIDDEN = frozenset({"script", "style", "head", "title"})
    _LINES = frozenset({"p", "br", "div", "li", "tr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Another line, or nothing to see for a while."""
        if tag in self._HIDDEN:
            self._hidden += 1
        elif tag in self._LINES and self.parts:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Something to see again."""
        if tag in self._HIDDEN:
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self._hidden:
            self.parts.append(data)


def several(value: object) -> list[object]:
    """A list as it is, one thing as a list, nothing as none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def numbers_of(value: object, country: str) -> tuple[str, ...]:
    """The telephone numbers among ``value``, each once, as everything else names them."""
    found = (normalise(text(one, 64), country) for one in islice(several(value), 50))
    real = (one for one in found if one is not None and _NUMBER.fullmatch(one))
    return tuple(islice(dict.fromkeys(real), _MOST_NUMBERS))


def matter(reference: object, title: object, opened: object, status: object) -> Matter | None:
    """One open matter; none where it says not what it is or since when."""
    when, name = moment(opened), text(reference, 60)
    if when is None or not name:
        return None
    return Matter(reference=name, title=text(title, 200) or name, opened=when, status=text(status, 60))


def past(at: object, channel: object, summary: object, agent: object = None) -> PastContact | None:
    """One earlier contact; none where nobody says when."""
    when = moment(at)
    if when is None:
        return None
    words = text(summary, 300)
    return PastContact(at=when, channel=text(channel, 40), summary=words, agent=text(agent, 60))


UNREAD_MATTERS = "matters of which the CRM tells no date or reference"
UNREAD_TICKETS = "tickets of which the CRM tells no date or reference"


def known(found: Iterable[Matter | None], unread: str, missing: list[str]) -> list[Matter]:
    """Those that could be read; that others could not is ``missing``, in the words of ``unread``."""
    all_of_them = list(found)
    read = [one for one in all_of_them if one is not None]
    if len(read) < len(all_of_them):
        missing.append(unread)
    return sorted(read, key=lambda one: one.opened, reverse=True)[:MOST_MATTERS]


def newest(found: Iterable[PastContact | None]) -> list[PastContact]:
    """In the order of the card."""
    read = [one for one in found if one is not None]
    return sorted(read, key=lambda one: one.at, reverse=True)[:MOST_HISTORY]


def card_of(draft: Draft, country: str) -> Card:
    """The card, with what is missing on it."""
    name = text(draft.name) or draft.customer
    segment, city = text(draft.segment, 60), text(draft.city, 80)
    facts = {
        "customer": draft.customer,
        "name": name,
        "first_name": name.partition(" ")[0],
        "segment": segment,
        "city": city,
        **_of_matters(draft.matters),
        **{key: text(value) for key, value in draft.facts.items()},
    }
    return Card(
        customer=draft.customer,
        name=name,
        language="he" if text(draft.language, 20).lower().startswith(("he", "iw", "עברית")) else "en",
        numbers=numbers_of(draft.numbers, country),
        segment=segment,
        personal_agent=text(draft.personal_agent, 64),
        city=city,
        fields=tuple([one for one in draft.fields if one.label and one.value][:_MOST_FIELDS]),
        matters=tuple(draft.matters),
        history=tuple(draft.history),
        facts={key: value for key, value in facts.items() if value},
        missing=clean("; ".join(draft.missing), limit=_LONGEST_MISSING),
    )


def _of_matters(matters: Sequence[Matter]) -> dict[str, str]:
    return {"matter": matters[0].reference, "matter_title": matters[0].title} if matters else {}
