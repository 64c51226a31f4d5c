"""The keys of the call bar: one table for F-keys, buttons and what they ask for.

A button is shown only while its key does something. F1 and F11 are left to the terminals, which take
them; letters are left to the note, and arrive as other letters under a Hebrew layout.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from agent_tui.commands import model as do
from agent_tui.screens import words
from agent_tui.session import select
from agent_tui.session.odds import at_odds
from agent_tui.session.reach import why_not_ready
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, _, pgettext
from agent_tui.widgets.key_bar import ButtonView, Kind
from hub.contract import Presence
from sip.call_state import CallState


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the commands it leads to, the first that is possible, and how its button reads now."""

    name: str
    key: str
    commands: tuple[type[do.Command], ...]
    face: Callable[[SessionState], tuple[str, Kind]]
    when: Callable[[SessionState], bool] = lambda _state: True


def _answer(_state: SessionState) -> tuple[str, Kind]:
    return _("Answer"), Kind.GO


def _hold(state: SessionState) -> tuple[str, Kind]:
    call = state.active_call
    held = call is not None and call.state is CallState.HELD
    return (_("Resume"), Kind.ON) if held else (_("Hold"), Kind.PLAIN)


def _mute(state: SessionState) -> tuple[str, Kind]:
    call = state.active_call
    return (_("Unmute"), Kind.ON) if call is not None and call.muted else (_("Mute"), Kind.PLAIN)


def _hang_up(state: SessionState) -> tuple[str, Kind]:
    call = state.active_call
    if call is not None and call.state is CallState.INCOMING:
        return _("Decline"), Kind.STOP
    if call is not None and select.asked_about(state, call) is not None and not call.merged:
        return pgettext("key", "Back"), Kind.STOP
    if call is not None and call.answered is None:
        return _("Cancel"), Kind.STOP
    return _("Hang up"), Kind.STOP


def _transfer(state: SessionState) -> tuple[str, Kind]:
    if state.missed and not state.calls:
        return pgettext("key", "Callback"), Kind.PLAIN
    joins = do.AttendedTransfer in select.possible(state)
    return (_("Connect"), Kind.GO) if joins else (_("Transfer"), Kind.PLAIN)


def _keys(state: SessionState) -> tuple[str, Kind]:
    return (pgettext("key", "Seen") if state.missed and not state.calls else _("Keys")), Kind.PLAIN


def _dial(state: SessionState) -> tuple[str, Kind]:
    if select.other_call(state) is None:
        return _("Dial"), Kind.PLAIN
    call = state.active_call
    return (
        (pgettext("key", "Part"), Kind.ON) if call is not None and call.merged else (_("Merge"), Kind.PLAIN)
    )


def _presence(state: SessionState) -> tuple[str, Kind]:
    chosen = select.chosen_presence(state)
    if chosen is not None and at_odds(state):
        return str(words.PRESENCE[chosen]), Kind.GO
    return (_("Away"), Kind.PLAIN) if chosen is Presence.READY else (_("Ready"), Kind.GO)


def _presence_can_change(state: SessionState) -> bool:
    """Ready is offered only while a call could ring here; away, and what was chosen already, always."""
    ready = select.chosen_presence(state) is Presence.READY
    return ready or at_odds(state) or not why_not_ready(state)


def _plain(label: Phrase) -> Callable[[SessionState], tuple[str, Kind]]:
    return lambda _state: (str(label), Kind.PLAIN)


KEYS: Final = (
    Key("answer", "f2", (do.Answer,), _answer),
    Key("hold", "f3", (do.ToggleHold,), _hold),
    Key("mute", "f4", (do.ToggleMute,), _mute),
    Key("transfer", "f5", (do.AttendedTransfer, do.Transfer, do.CallBack), _transfer),
    Key("keys", "f6", (do.SendKeys, do.ClearMissed), _keys),
    Key("dial", "f7", (do.Part, do.Merge, do.Dial), _dial),
    Key("hang_up", "f8", (do.HangUp,), _hang_up),
    Key("presence", "f9", (do.SetPresence,), _presence, _presence_can_change),
    Key("swap", "f10", (do.Swap,), _plain(Phrase("Swap"))),
    Key("finish", "f12", (do.FinishWrapUp,), _plain(Phrase("Finish"))),
)

BY_NAME: Final = {key.name: key for key in KEYS}


def meant(state: SessionState, name: str) -> type[do.Command] | None:
    """What the key of this name asks for now; None when it would do nothing."""
    return _first(BY_NAME[name], state, select.possible(state))


def buttons(state: SessionState) -> tuple[ButtonView, ...]:
    """The button of every key, in the order of the keys."""
    possible = select.possible(state)
    views: list[ButtonView] = []
    for key in KEYS:
        label, kind = key.face(state)
        works = _first(key, state, possible) is not None
        views.append(ButtonView(key.name, label, key.key.upper(), kind, works))
    return tuple(views)


def _first(key: Key, state: SessionState, possible: Collection[type[do.Command]]) -> type[do.Command] | None:
    if not key.when(state):
        return None
    return next((command for command in key.commands if command in possible), None)
