"""Whether the exchange has the agent as the hub wants it, and what is said while it does not. Pure."""

from __future__ import annotations

from typing import Final

from agent_tui.session.events import NotMended, PresenceWanted, SnapshotTaken
from agent_tui.session.reduce_notices import clear, put
from agent_tui.session.state import Link, SessionState, Severity
from agent_tui.session.table import Table
from agent_tui.text.catalogue import Phrase
from hub.contract import Me, MeEvent, Presence

FOLLOWS: Final = 2.0
"""Seconds that the exchange gets to follow a choice before the two count as different."""

_KEPT_AWAY = Phrase(
    "The exchange was asked once more and still keeps calls away from you. Choose Away and then Ready by "
    "F9; if this stays, tell your team leader."
)
_LET_THROUGH = Phrase(
    "The exchange was asked once more and may still send you calls, though you are not ready. Decline by "
    "F8 what rings, and tell your team leader."
)


def differs(me: Me) -> bool:
    """Whether the exchange has the agent in other queues than the hub wants, or paused where it wants them
    free, or the other way round. A pause that the hub made by itself is one that it wants.
    """
    if me.wish is None:
        return False
    wish = dict.fromkeys(me.queues, me.wish.paused) if me.wish.member else {}
    return {member.queue: member.paused for member in me.members} != wish


def at_odds(state: SessionState) -> bool:
    """Whether the same choice once more should be offered: the hub then brings the exchange to it anew.

    Where that did not help it is not offered again: the agent must be able to choose something else. In a
    call the key is for what comes after it.
    """
    if state.calls or state.now - state.presence_since < FOLLOWS:
        return False
    return _differ(state) and not unmended(state)


def unmended(state: SessionState) -> bool:
    """Whether the exchange was asked once more, and still has the agent as it had them then."""
    return _differ(state) and state.me is not None and state.me.members == state.mended


def _differ(state: SessionState) -> bool:
    """Whether the two differ as far as anybody knows, and nothing is on its way that could change it."""
    if state.me is None or state.wanted is not None:
        return False
    return state.hub is Link.UP and state.pbx is Link.UP and differs(state.me)


def _not_mended(state: SessionState, _event: NotMended) -> SessionState:
    me = state.me
    if me is None:
        return state
    words = _KEPT_AWAY if me.presence is Presence.READY else _LET_THROUGH
    return put(state, "exchange", Severity.WARNING, words)


def _told(state: SessionState, _event: MeEvent | SnapshotTaken) -> SessionState:
    return clear(state, "exchange") if state.me is not None and not differs(state.me) else state


def _chosen(state: SessionState, _event: PresenceWanted) -> SessionState:
    return clear(state, "exchange")


TABLE: Table = {NotMended: _not_mended, MeEvent: _told, SnapshotTaken: _told, PresenceWanted: _chosen}
