"""What a caller did and heard before any agent, as the agent is shown it with the offer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

import structlog

from centre.entries import Choice, Entry
from centre.texts import Language
from hub.contract import CardField
from hub.db.caller_facts import CallerFactStore
from hub.domain.caller_facts import Facts

log = structlog.get_logger(__name__)

_WORDS: Final = MappingProxyType(
    {
        "chose": {"en": "Chose", "he": "בחירה"},
        "typed": {"en": "Keyed in", "he": "הוקש"},
        "found": {"en": "identified", "he": "זוהה"},
        "not_found": {"en": "nobody's", "he": "לא זוהה"},
        "messages": {"en": "Heard", "he": "הושמע"},
        "heard": {"en": "Was told", "he": "נאמר"},
        "order": {"en": "order status", "he": "מצב ההזמנה"},
        "balance": {"en": "balance", "he": "יתרה"},
        "waiting": {"en": "Told of the wait", "he": "נאמר בהמתנה"},
        "place": {"en": "place {}", "he": "מקום {}"},
        "far": {"en": "place after {}", "he": "מקום אחרי {}"},
        "minutes": {"en": "about {} min", "he": "כ־{} דק׳"},
        "long": {"en": "over {} min", "he": "מעל {} דק׳"},
    }
)

_FAR, _LONG = 20, 30
"""What announcements tell no more in numbers: places and minutes beyond."""

_KEPT = 10_000
"""Callers remembered; who came longest ago is forgotten first."""


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """By contact; the last choice, number and announcement count. ``entries`` name choices and messages.

    Kept in memory, so that nobody waits, and stored for the next hub.
    """

    entries: Sequence[Entry]
    store: CallerFactStore
    now: Callable[[], datetime]
    _known: dict[str, Facts] = field(default_factory=dict)

    async def restore(self) -> None:
        """Take up what the last hub knew. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        self._known.update(await self.store.kept(self.now()))

    def typed(self, contact: str, number: str, *, found: bool, heard: str = "") -> None:
        """The caller typed ``number``; ``heard`` is ``order`` or ``balance`` where they were told it."""
        self._keep(contact, replace(self._of(contact), typed=number, found=found, heard=heard))

    def chose(self, contact: str, key: str) -> None:
        """The caller chose ``key`` (``ENTRY:DIGIT``) in a menu; no choice is passed over."""
        if self._choice(key) is not None:
            self._keep(contact, replace(self._of(contact), chose=key))

    def heard(self, contact: str, messages: Sequence[str]) -> None:
        """The caller was played these recorded messages; what is none of the centre's is passed over."""
        played = tuple(dict.fromkeys(one for one in messages if one in self._messages()))
        if played:
            self._keep(contact, replace(self._of(contact), messages=played))

    def told(self, contact: str, place: int, minutes: int) -> None:
        """The caller was told their ``place``, and about how many ``minutes`` it takes, if not 0."""
        self._keep(contact, replace(self._of(contact), place=place, minutes=minutes))

    def of(self, contact: str, language: Language) -> tuple[CardField, ...]:
        """What is to be shown, in the words of a desk's ``language``."""
        facts = self._of(contact)
        said = {
            "chose": self._title(self._choice(facts.chose), language),
            "typed": _typed(facts, language),
            "messages": ", ".join(self._message(one, language) for one in facts.messages),
            "heard": _WORDS[facts.heard][language] if facts.heard else "",
            "waiting": _waiting(facts, language),
        }
        return tuple(CardField(label=_WORDS[name][language], value=said[name]) for name in said if said[name])

    async def settled(self) -> None:
        """Wait until all of it is stored."""
        await self.store.settled()

    def _choice(self, key: str) -> Choice | None:
        number, _, digit = key.partition(":")
        choices = (one for entry in self.entries if entry.number == number for one in entry.choices)
        return next((one for one in choices if one.digit == digit), None)

    def _title(self, choice: Choice | None, language: Language) -> str:
        if choice is None or not choice.titles:
            return ""
        return choice.titles.get(language) or next(iter(choice.titles.values()))

    def _messages(self) -> dict[str, Choice | None]:
        """The entries' recorded messages by prompt, with the choice that plays one."""
        notices: dict[str, Choice | None] = {entry.notice: None for entry in self.entries if entry.notice}
        chosen = {one.message: one for entry in self.entries for one in entry.choices if one.message}
        return {**notices, **chosen}

    def _message(self, prompt: str, language: Language) -> str:
        return self._title(self._messages().get(prompt), language) or prompt

    def _of(self, contact: str) -> Facts:
        return self._known.get(contact, Facts())

    def _keep(self, contact: str, facts: Facts) -> None:
        if facts == self._known.get(contact):
            return
        self._known[contact] = facts
        if len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]
        self.store.keep(contact, facts, self.now()).add_done_callback(_look)


def _typed(facts: Facts, language: Language) -> str:
    found = _WORDS["found" if facts.found else "not_found"][language]
    return f"{facts.typed} · {found}" if facts.typed else ""


def _waiting(facts: Facts, language: Language) -> str:
    told = []
    if facts.place:
        place = _WORDS["far" if facts.place > _FAR else "place"][language]
        told.append(place.format(min(facts.place, _FAR)))
    if facts.minutes:
        minutes = _WORDS["long" if facts.minutes > _LONG else "minutes"][language]
        told.append(minutes.format(min(facts.minutes, _LONG)))
    return ", ".join(told)


def _look(stored: asyncio.Future[None]) -> None:
    """What is not stored is lost with this hub alone."""
    error = None if stored.cancelled() else stored.exception()
    if error is not None:
        log.warning("facts of a caller not stored", error=type(error).__name__)
