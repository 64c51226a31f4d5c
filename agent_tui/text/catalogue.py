"""The desk's words in the agent's language: gettext catalogues (``locale/*/LC_MESSAGES/moked.mo``).

English stands in the code and is the message's id. What is kept until it is painted is a ``Phrase``: the
message and its values, without words, so an open desk can go over to another language wholly. Standard
library alone: it is loaded before the first picture. ``python -m tools.catalogue`` makes the catalogues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import import_module
from pathlib import Path
from typing import Final, TypeAlias

LANGUAGES: Final = ("en", "he")
"""What there is; the first is that of the messages themselves."""

LOCALE: Final = Path(__file__).parent.parent / "locale"

KEY: Final = re.compile(r"Ctrl\+(?:[A-Z]|[↑↓]|PgUp|PgDn)|\bF[1-9]\d?\b")
"""How a message names a key of the desk's."""

_DIGITS: Final = re.compile(r"\.([0-9])f|g")

_RIGHT_TO_LEFT: Final = frozenset({"he"})
_MARK, _ISOLATE, _POP = "\u200f", "\u2068", "\u2069"
"""RLM, FSI and PDI (UAX #9 §2): a line's direction is its language's, each part in it keeps its own."""


@dataclass(slots=True)
class _InUse:
    """The language of this process: a desk has one screen and one agent."""

    language: str = LANGUAGES[0]
    words: NullTranslations = NullTranslations()  # noqa: RUF009 - it has no state
    keys: Mapping[str, str] = field(default_factory=dict)


_now = _InUse()


def use(language: str) -> None:
    """Speak ``language`` from now on; English where there is no catalogue of it."""
    if language == _now.language:
        return
    known = language if language in LANGUAGES else LANGUAGES[0]
    _now.words = NullTranslations() if known == LANGUAGES[0] else _read(known)
    _now.language = known


@cache
def _read(language: str) -> NullTranslations:
    with (LOCALE / language / "LC_MESSAGES" / "moked.mo").open("rb") as file:
        return GNUTranslations(file)


def language() -> str:
    """The language in use: ``en`` or ``he``."""
    return _now.language


def right_to_left() -> bool:
    """Whether the language in use begins at the right."""
    return _now.language in _RIGHT_TO_LEFT


def chosen(settings: str, record: str, environ: Mapping[str, str]) -> str:
    """The one rule for the desk's language: the settings', else the agent's record's in the hub, else the
    system's (POSIX: ``LC_ALL``, ``LC_MESSAGES``, ``LANG``); empty settings and record choose none.
    """
    system = next((found for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (found := environ.get(name))), "")
    return settings or record or ("he" if system.partition("_")[0] in ("he", "iw") else LANGUAGES[0])


def _(text: str) -> str:
    """``text`` in the language in use."""
    return _keyed(_now.words.gettext(text)) if text else ""  # the empty message is the catalogue's own head


def ngettext(one: str, many: str, count: int) -> str:
    """The form for ``count``: Hebrew has one for two as well."""
    return _keyed(_now.words.ngettext(one, many, count))


def pgettext(context: str, text: str) -> str:
    """``text`` where it means what ``context`` says: one English word is often two in Hebrew."""
    return _keyed(_now.words.pgettext(context, text))


def name_keys(names: Mapping[str, str]) -> None:
    """From now on messages say these keys by other names, and so the act of a ``By``. A message itself names
    each key by its usual one.
    """
    _now.keys = dict(names)


def _keyed(message: str) -> str:
    """With its keys as they are now. What others wrote is put in later, and stays as it is.

    Among Hebrew one with an arrow has a direction of its own: the arrow would go to its other side. A word
    that stands in a key's place has that of the line.
    """
    if not _now.keys:
        return message
    return KEY.sub(lambda key: _placed_key(_now.keys[key[0]]) if key[0] in _now.keys else key[0], message)


def _placed_key(name: str) -> str:
    return isolated(name) if right_to_left() and not name.isascii() and KEY.fullmatch(name) else name


@dataclass(frozen=True, slots=True)
class By:
    """How an act is come to, as a value of a message: its ``key``, or the word that is typed for ``act``.

    For what a key does only here, or a key that leads to much: elsewhere the message itself names the key.
    """

    act: str
    key: str

    def __str__(self) -> str:
        """As it is called now."""
        return _placed_key(_now.keys.get(self.act) or _now.keys.get(self.key, self.key))


@dataclass(frozen=True, slots=True, init=False)
class Phrase:
    """A message and its values; ``str()`` puts it into words of the language then in use.

    ``Phrase("{who} is busy.", who=name)``, and with a plural ``Phrase("{count} call", "{count} calls", n)``.
    A text among the values has a direction of its own; a phrase among them is put into words with it.
    """

    text: str
    many: str
    count: int
    context: str
    values: tuple[tuple[str, Value], ...]

    def __init__(
        self, text: str, many: str = "", count: int = 1, /, *, context: str = "", **values: Value
    ) -> None:
        for name, value in (("text", text), ("many", many), ("count", count), ("context", context)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "values", tuple(values.items()))

    @classmethod
    def of(cls, message: Phrase, **values: Value) -> Phrase:
        """``message``, which is in the catalogue already, with these values."""
        return cls(message.text, message.many, message.count, context=message.context, **values)

    @classmethod
    def read(cls, text: str, many: str, count: int, context: str, values: Mapping[str, Value]) -> Phrase:
        """A message that came over a wire from a program of ours."""
        return cls(text, many, count, context=context, **values)

    def __str__(self) -> str:
        """In words, now."""
        told = self._told()
        if not self.values and not self.many:
            return told
        return told.format(count=self.count, **{name: _placed(value) for name, value in self.values})

    def _told(self) -> str:
        if self.many:
            return ngettext(self.text, self.many, self.count)
        return pgettext(self.context, self.text) if self.context else _(self.text)


def in_every_language(phrase: Phrase) -> tuple[str, ...]:
    """A message without values in each language there is, for whoever looks for it by its words."""
    others = (_read(language) for language in LANGUAGES[1:])
    context, text = phrase.context, phrase.text
    return (text, *(one.pgettext(context, text) if context else one.gettext(text) for one in others))


Value: TypeAlias = "str | int | float | Phrase | By"
Told: TypeAlias = "Phrase | str"
"""What is said to the agent: the desk's own words, or somebody else's as they stand."""


def _placed(value: Value) -> str | int | float:
    """A value as it stands in a message; numbers keep their type, for the message may say how many digits."""
    if isinstance(value, Phrase | By):
        return str(value)
    if isinstance(value, str):
        return isolated(value)
    return _Figure(value) if isinstance(value, float) else value


class _Figure(float):
    """Written as the language in use does wherever a message says with how many digits (``.1f``, ``g``)."""

    def __format__(self, how: str) -> str:
        """By Babel; without digits as Python does."""
        found = _DIGITS.fullmatch(how)
        if found is None:
            return super().__format__(how)
        local = import_module("agent_tui.text.local")
        return str(local.decimal(self, int(found[1])) if found[1] else local.plain(self))


def isolated(text: str) -> str:
    """``text`` with a direction of its own that moves nothing around it; plain in a wholly English line."""
    return text if text.isascii() and not right_to_left() else f"{_ISOLATE}{text}{_POP}"


def line(*parts: Told) -> str:
    """The parts that say something, with a dot between, in the order in which the language is read."""
    told = " · ".join(isolated(text) for text in map(str, parts) if text)
    return f"{_MARK}{told}" if right_to_left() and told else told
