"""What the desk says of one callback, wherever it does."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from agent_tui.screens.words import number
from agent_tui.session.agenda import Due
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, _, line, pgettext
from agent_tui.text.local import near_day_time
from agent_tui.text.others import said
from hub.contract import CallbackView

SIGN: Final = "◷"

DUE: Final = {
    Due.SOON: Phrase("SOON", context="callback"),
    Due.NOW: Phrase("DUE", context="callback"),
    Due.DIALLING: Phrase("CALLING", context="callback"),
}
"""Nothing of one that is later."""

_RESULT: Final = {
    "answered": Phrase("answered", context="try"),
    "busy": Phrase("busy", context="try"),
    "no_answer": Phrase("no answer", context="try"),
    "not_taken": Phrase("nobody took it", context="try"),
    "gave_up": Phrase("hung up", context="try"),
    "unreachable": Phrase("not reached", context="try"),
    "unknown": Phrase("not known", context="try"),
}
"""All that there can be."""


_HINDERED: Final = {
    "waiting": Phrase("▲ The CRM has no note of it yet; the hub tries again."),
    "given_up": Phrase("▲ The CRM has NO note of it: the hub has given up. Tell your administrator."),
    "unknown": Phrase("▲ Perhaps the CRM has no note of it: no answer came. Tell your administrator."),
}


def key() -> str:
    """The key for a new one, and what it does."""
    return _("Ctrl+R callback")


def who(callback: CallbackView) -> str:
    """Who will be called: the name, else the number."""
    return callback.name or number(callback.numbers[0])


def whose(callback: CallbackView, state: SessionState) -> str:
    """Who is to call."""
    if not callback.agent:
        return pgettext("callback", "for anyone")
    own = state.me is not None and callback.agent == state.me.agent
    return pgettext("callback", "yours") if own else str(Phrase("for {agent}", agent=callback.agent))


def why(callback: CallbackView, state: SessionState, clock: datetime | None) -> str:
    """Who promised it, for when and about what."""
    when = Phrase("for {when}", when=near_day_time(callback.promised, clock)) if clock is not None else ""
    return line(f"{_by(callback, state)} {when}".rstrip(), callback.words)


def _by(callback: CallbackView, state: SessionState) -> Phrase:
    if not callback.made_by:
        return Phrase("the caller asked for it")
    if state.me is not None and callback.made_by == state.me.agent:
        return Phrase("you promised it")
    return Phrase("promised by {agent}", agent=callback.made_by)


def hindered(callback: CallbackView) -> str:
    """What hinders its note on the way into the CRM, why, and whose turn it is; empty where nothing does."""
    if not callback.crm:
        return ""
    why = f"({said(callback.crm_words)})" if callback.crm_words else ""
    return " ".join(part for part in (str(_HINDERED[callback.crm]), why) if part)


def tried(callback: CallbackView) -> str:
    """How often it was tried and how the last try went; empty before the first."""
    if not callback.tries:
        return ""
    return str(
        Phrase(
            "{count} tried, last: {result}",
            "{count} tried, last: {result}",
            callback.tries,
            result=_RESULT.get(callback.result, callback.result),
        )
    )
