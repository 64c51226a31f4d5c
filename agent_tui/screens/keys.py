"""The buttons of the call bar: how each key of it reads now.

A button is shown only while its key does something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import key_of, named
from agent_tui.screens import words
from agent_tui.screens.keyboard import meaning
from agent_tui.session import select
from agent_tui.session.odds import at_odds
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, _, pgettext
from agent_tui.widgets.key_bar import ButtonView, Kind
from hub.contract import Presence
from sip.call_state import CallState


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the bar, by its id in the table of keys, and how its button reads now."""

    name: str
    face: Callable[[SessionState], tuple[str, Kind]]

    @property
    def key(self) -> str:
        """The key itself, as it is now."""
        return key_of(self.name)


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
    if do.LogIn in select.possible(state):
        return _("Log in"), Kind.GO
    chosen = select.chosen_presence(state)
    if chosen is not None and at_odds(state):
        return str(words.PRESENCE[chosen]), Kind.GO
    return (_("Away"), Kind.PLAIN) if chosen is Presence.READY else (_("Ready"), Kind.GO)


def _plain(label: Phrase) -> Callable[[SessionState], tuple[str, Kind]]:
    return lambda _state: (str(label), Kind.PLAIN)


KEYS: Final = (
    Key("answer", _answer),
    Key("hold", _hold),
    Key("mute", _mute),
    Key("transfer", _transfer),
    Key("keys", _keys),
    Key("dial", _dial),
    Key("hang_up", _hang_up),
    Key("presence", _presence),
    Key("swap", _plain(Phrase("Swap"))),
    Key("finish", _plain(Phrase("Finish"))),
)


def buttons(state: SessionState) -> tuple[ButtonView, ...]:
    """The button of every key, in the order of the keys."""
    possible = select.possible(state)
    views: list[ButtonView] = []
    for key in KEYS:
        label, kind = key.face(state)
        works = meaning(state, key.name, possible) is not None
        views.append(ButtonView(key.name, label, named(key.name), kind, works))
    return tuple(views)
