"""A callback in words for a CRM, in the language of its readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from centre.texts import Language
from hub.domain.callbacks import Callback, Result


@dataclass(frozen=True, slots=True)
class _Words:
    """Of one language. ``moment`` is for ``strftime``, ``results`` are those of tries that reached nobody."""

    moment: str
    promised: str
    cancelled: str
    title: str
    failed: str
    promised_by: str
    results: Mapping[str, str]


_ENGLISH: Final = _Words(
    moment="%Y-%m-%d %H:%M",
    promised="Callback promised for {moment}, queue {queue}",
    cancelled="Callback taken back that was promised for {moment}, queue {queue}",
    title="Callback failed: {who}",
    failed=(
        "Nobody was reached; please call. Number: {numbers}. Queue: {queue}. Promised for: {moment}."
        " Tries: {tries}, the last one: {result}."
    ),
    promised_by="Promised by: {agent}",
    results={
        Result.BUSY: "busy",
        Result.NO_ANSWER: "no answer",
        Result.NOT_TAKEN: "nobody took it",
        Result.GAVE_UP: "hung up",
        Result.UNREACHABLE: "not reached",
        Result.UNKNOWN: "not known",
    },
)
_HEBREW: Final = _Words(
    moment="%d.%m.%Y %H:%M",
    promised="נקבעה שיחה חוזרת ל־{moment}, תור {queue}",
    cancelled="בוטלה השיחה החוזרת שנקבעה ל־{moment}, תור {queue}",
    title="שיחה חוזרת לא צלחה: {who}",
    failed=(
        "לא הושג מענה; יש להתקשר. מספר: {numbers}. תור: {queue}. נקבעה ל־{moment}."
        " ניסיונות: {tries}, תוצאת האחרון: {result}."
    ),
    promised_by="נקבעה על ידי: {agent}",
    results={
        Result.BUSY: "תפוס",
        Result.NO_ANSWER: "אין מענה",
        Result.NOT_TAKEN: "לא התקבלה",
        Result.GAVE_UP: "ניתקו",
        Result.UNREACHABLE: "לא ניתן להשיג",
        Result.UNKNOWN: "לא ידוע",
    },
)
_WORDS: Final[Mapping[Language, _Words]] = {"en": _ENGLISH, "he": _HEBREW}


@dataclass(frozen=True, slots=True)
class CallbackWords:
    """One callback, for readers of ``language``. ``queue`` and ``agent``, who promised, are told by title and
    name; times are of ``zone``.
    """

    callback: Callback
    language: Language
    queue: str
    agent: str
    zone: ZoneInfo

    @property
    def promised(self) -> str:
        """It is promised: for when, and the words that go with it."""
        return self._with_words(self._said(self._own.promised))

    @property
    def cancelled(self) -> str:
        """It is taken back."""
        return self._said(self._own.cancelled)

    @property
    def title(self) -> str:
        """That it failed, in a line."""
        return self._said(self._own.title)

    @property
    def failed(self) -> str:
        """What whoever is to act has to know."""
        by = self._said(self._own.promised_by) if self.agent else ""
        return " ".join(one for one in (self._said(self._own.failed), self._with_words(by)) if one)

    @property
    def _own(self) -> _Words:
        return _WORDS[self.language]

    def _with_words(self, said: str) -> str:
        return ": ".join(one for one in (said, self.callback.words) if one)

    def _said(self, template: str) -> str:
        return template.format(
            moment=self.callback.promised.astimezone(self.zone).strftime(self._own.moment),
            queue=self.queue,
            who=self.callback.name or self.callback.numbers[0],
            numbers=", ".join(self.callback.numbers),
            tries=self.callback.tries,
            result=self._own.results.get(self.callback.result, self.callback.result),
            agent=self.agent,
        )
