"""The table of keys (``commands.shortcuts``) as Textual's bindings, and what each asks for now."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from textual.binding import Binding

from agent_tui.commands import model as do
from agent_tui.commands.overlay_keys import of_place
from agent_tui.commands.shortcuts import BY_ID, DOUBTFUL, SHORTCUTS, Meaning, Place, sent_as
from agent_tui.commands.why_not import why_not
from agent_tui.session import select
from agent_tui.session.odds import at_odds
from agent_tui.session.reach import why_not_ready
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, Told
from hub.contract import Presence

QUIT: Final = "quit"
"""The one key that the app has, whatever lies over the desk."""
LOOKED_UP: Final = ("palette", "help")
"""Keys by which only something is looked up: nothing below is touched by them."""


def desk_bindings() -> list[Binding]:
    """Every key that acts on the desk."""
    return [_binding(one.id) for one in SHORTCUTS if one.id != QUIT]


def overlay_bindings() -> list[Binding]:
    """The keys that act in what lies over the desk, too: the phone, the help and the palette are at hand."""
    anywhere = [one.id for one in SHORTCUTS if one.place is Place.ANYWHERE and one.id != QUIT]
    return [key_binding(one, f"look_up('{one}')") if one in LOOKED_UP else _binding(one) for one in anywhere]


def place_bindings(place: Place) -> list[Binding]:
    """The keys of the table that mean something of their own in one place over the desk."""
    return [key_binding(one.id, one.action) for one in of_place(place)]


def quit_binding() -> Binding:
    """The key that leaves."""
    return key_binding(QUIT, "quit")


def doubtful_quit_binding() -> Binding:
    """What may be meant for the key that leaves."""
    return Binding(DOUBTFUL, "ask_to_quit", priority=True, show=False)


def key_binding(shortcut: str, action: str) -> Binding:
    """The key of this id for an ``action``. By the id Textual's keymap puts another key in its place."""
    return Binding(sent_as(BY_ID[shortcut].key), action, id=shortcut, priority=True, show=False)


def _binding(shortcut: str) -> Binding:
    return key_binding(shortcut, f"press('{shortcut}')")


def meaning(
    state: SessionState, shortcut: str, possible: Collection[type[do.Command]] | None = None
) -> Meaning | None:
    """What this key asks for now; None when it would do nothing. ``possible``: where it is known already."""
    known = select.possible(state) if possible is None else possible
    return next((one for one in BY_ID[shortcut].meanings if works(state, one.command, known)), None)


def works(
    state: SessionState, command: type[do.Command] | None, possible: Collection[type[do.Command]]
) -> bool:
    """Whether a key may ask for ``command`` now. What is no command is the screen's own and always works."""
    if command is do.SetPresence:
        return command in possible and presence_can_change(state)
    return command is None or command in possible


def reason(state: SessionState, command: type[do.Command]) -> Told:
    """Why ``command`` is not offered now."""
    if state.talks_elsewhere and command in select.OF_THE_PHONE:
        return Phrase("You talk by your telephone: do it there.")
    unreachable = why_not_ready(state) if command is do.SetPresence else None
    return unreachable or why_not(command)


def never(state: SessionState, command: type[do.Command] | None) -> bool:
    """Whether it will never be possible for this agent: nothing is said of it then."""
    if command is do.WatchFloor:
        return not select.trains(state)
    return command in (do.WriteToCaller, do.WatchConversations) and not select.writes(state)


def not_now(words: Phrase, why: Told) -> Phrase:
    """That something cannot be done now, and why."""
    return Phrase("{words} – not now: {why}", words=words, why=why)


def presence_can_change(state: SessionState) -> bool:
    """Ready is offered only while a call could ring here; away, and what was chosen already, always."""
    ready = select.chosen_presence(state) is Presence.READY
    return ready or at_odds(state) or not why_not_ready(state)
