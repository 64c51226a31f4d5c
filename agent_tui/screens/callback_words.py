"""Every word the desk says of callbacks, in the agent's language, and how their times are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from agent_tui.screens.words import number
from agent_tui.session.agenda import Due
from agent_tui.session.state import SessionState
from hub.contract import CallbackView

SIGN: Final = "◷"
KEY: Final = "Ctrl+R"

_RIGHT_TO_LEFT, _ISOLATE, _POP = "\u200f", "\u2068", "\u2069"
"""RLM, FSI and PDI (UAX #9 §2): a line's direction is its language's, each part in it keeps its own."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language. ``rtl``: its rows begin at the right. In ``due`` and ``result`` all that there can be."""

    rtl: bool
    callback: str
    agenda: str
    new: str
    key: str
    due: Mapping[Due, str]
    mine: str
    kept_for: str
    anyone: str
    by_you: str
    by: str
    by_caller: str
    promised_for: str
    stands: str
    tries: str
    result: Mapping[str, str]
    numbers: str
    when: str
    whose: str
    for_me: str
    for_anyone: str
    queue: str
    about: str
    promise: str
    when_hint: str
    unread: str
    no_number: str
    too_many: str
    sending: str
    keys: str
    choose_keys: str
    take_back: str
    leave: str
    today: str
    tomorrow: str
    days: tuple[str, ...]
    day: str
    """A day: its name and number, the number of its month and, where it is another, the year."""


_EN: Final = Words(
    rtl=False,
    callback="Callback",
    agenda="Callbacks",
    new="Call a customer back",
    key=f"{KEY} callback",
    due={
        Due.LATER: "",
        Due.SOON: "SOON",
        Due.NOW: "DUE",
        Due.DIALLING: "CALLING",
    },
    mine="yours",
    kept_for="for {agent}",
    anyone="for anyone",
    by_you="you promised it",
    by="promised by {agent}",
    by_caller="the caller asked for it",
    promised_for="for {when}",
    stands="Callback stands",
    tries="{count} tried, last: {result}",
    result={
        "answered": "answered",
        "busy": "busy",
        "no_answer": "no answer",
        "not_taken": "nobody took it",
        "gave_up": "hung up",
        "unreachable": "not reached",
        "unknown": "not known",
    },
    numbers="Numbers",
    when="When",
    whose="Who calls",
    for_me="I do",
    for_anyone="whoever is free",
    queue="Queue",
    about="About",
    promise="Promise",
    when_hint="20 · 15:00 · 29.5 10:00",
    unread="No time reads like this: 20 (minutes), 15:00, tomorrow 9:30, 29.5 10:00.",
    no_number="Type the number to call, with its area code; several with commas.",
    too_many="Four numbers at most, of 64 characters each.",
    sending="○ asking the hub…",
    keys="Enter promises · Tab next · Esc leaves · F2 answers, F8 hangs up",
    choose_keys="Enter chooses",
    take_back="Take it back: nobody is called",
    leave="Leave it as it stands",
    today="today",
    tomorrow="tomorrow",
    days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    day="{name} {day}.{month}",
)

_HE: Final = Words(
    rtl=True,
    callback="שיחה חוזרת",
    agenda="שיחות חוזרות",
    new="שיחה חוזרת ללקוח",
    key=f"שיחה חוזרת: {KEY}",
    due={
        Due.LATER: "",
        Due.SOON: "בקרוב",
        Due.NOW: "לביצוע",
        Due.DIALLING: "בחיוג",
    },
    mine="שלך",
    kept_for="עבור {agent}",
    anyone="לכל נציג",
    by_you="הבטחת",
    by="הבטחה של {agent}",
    by_caller="לבקשת המתקשר",
    promised_for="ל{when}",
    stands="נקבעה שיחה חוזרת",
    tries="ניסיונות: {count}, האחרון: {result}",
    result={
        "answered": "נענה",
        "busy": "תפוס",
        "no_answer": "אין מענה",
        "not_taken": "לא התקבלה",
        "gave_up": "ניתקו",
        "unreachable": "לא ניתן להשיג",
        "unknown": "לא ידוע",
    },
    numbers="מספרים",
    when="מתי",
    whose="מי יתקשר",
    for_me="אני",
    for_anyone="מי שפנוי",
    queue="תור",
    about="בנושא",
    promise="קביעה",
    when_hint=f"20 · 15:00 · {_ISOLATE}29.5 10:00{_POP}",
    unread=f"לא זוהה זמן. אפשר: 20 (דקות), 15:00, מחר 9:30, {_ISOLATE}29.5 10:00{_POP}.",
    no_number="יש להקליד מספר לחיוג עם קידומת; כמה מספרים בפסיקים.",
    too_many="ארבעה מספרים לכל היותר, עד 64 תווים כל אחד.",
    sending="○ הבקשה נשלחה…",
    keys="קביעה: Enter · לשדה הבא: Tab · יציאה: Esc · מענה: F2 · ניתוק: F8",
    choose_keys="בחירה: Enter",
    take_back="ביטול: לא יתקשרו ללקוח",
    leave="להשאיר כמו שהיא",
    today="היום",
    tomorrow="מחר",
    days=("ב׳", "ג׳", "ד׳", "ה׳", "ו׳", "שבת", "א׳"),
    day="{name} {day}.{month}",
)

_LANGUAGES: Final = MappingProxyType({"en": _EN, "he": _HE})


def of(state: SessionState) -> Words:
    """The words of this agent's language."""
    return _LANGUAGES[state.me.language if state.me is not None else "en"]


def line(words: Words, *parts: str) -> str:
    """The parts that say something, with a dot between, in the order in which the language is read."""
    told = " · ".join(f"{_ISOLATE}{part}{_POP}" for part in parts if part)
    return f"{_RIGHT_TO_LEFT}{told}" if words.rtl else told


def time_of(moment: datetime, clock: datetime, words: Words) -> str:
    """``today 15:00``, ``Fri 29.5 10:00``: a moment in the agent's own zone."""
    local = moment.astimezone(clock.tzinfo)
    ahead = local.date() - clock.date()
    if not ahead:
        day = words.today
    elif ahead == timedelta(days=1):
        day = words.tomorrow
    else:
        day = words.day.format(name=words.days[local.weekday()], day=local.day, month=local.month)
        day += "" if local.year == clock.year else f".{local.year}"
    return f"{day} {local:%H:%M}"


def who(callback: CallbackView) -> str:
    """Who will be called: the name, else the number."""
    return callback.name or number(callback.numbers[0])


def whose(callback: CallbackView, state: SessionState, words: Words) -> str:
    """Who is to call."""
    if not callback.agent:
        return words.anyone
    own = state.me is not None and callback.agent == state.me.agent
    return words.mine if own else words.kept_for.format(agent=callback.agent)


def why(callback: CallbackView, state: SessionState, clock: datetime | None, words: Words) -> str:
    """Who promised it, for when and about what."""
    if not callback.made_by:
        by = words.by_caller
    elif state.me is not None and callback.made_by == state.me.agent:
        by = words.by_you
    else:
        by = words.by.format(agent=callback.made_by)
    at = ""
    if clock is not None:
        at = words.promised_for.format(when=time_of(callback.promised, clock, words))
    return line(words, f"{by} {at}".rstrip(), callback.words)


def tried(callback: CallbackView, words: Words) -> str:
    """How often it was tried and how the last try went; empty before the first."""
    if not callback.tries:
        return ""
    result = words.result.get(callback.result, callback.result)
    return words.tries.format(count=callback.tries, result=result)
