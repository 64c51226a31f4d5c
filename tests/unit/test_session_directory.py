"""The directory in the desk: what the hub's stream makes of it."""

from __future__ import annotations

from agent_tui.session.reduce import reduce
from agent_tui.session.state import Directory, SessionState
from hub.contract import Colleague, DirectoryEntry, DirectoryEvent, Line, Presence

_SALES = DirectoryEntry(name="Sales", number="701", kind="queue")


def _one(agent: str, presence: Presence = Presence.READY, line: Line = "free") -> Colleague:
    return Colleague(agent=agent, name=agent.title(), number=f"10{agent}", presence=presence, line=line)


def _after(*events: DirectoryEvent) -> Directory:
    state = SessionState()
    for event in events:
        state = reduce(state, event, 1.0)
    return state.directory


def test_who_changed_takes_their_own_place_and_who_is_new_the_last() -> None:
    whole = DirectoryEvent(whole=True, colleagues=(_one("a"), _one("b")), entries=(_SALES,))
    changed = DirectoryEvent(colleagues=(_one("a", Presence.AWAY), _one("c")))
    assert _after(whole, changed) == Directory((_one("a", Presence.AWAY), _one("b"), _one("c")), (_SALES,))


def test_a_stream_that_begins_anew_takes_away_who_is_no_more() -> None:
    old = DirectoryEvent(whole=True, colleagues=(_one("a"), _one("b")), entries=(_SALES,))
    assert _after(old, DirectoryEvent(whole=True, colleagues=(_one("b"),))) == Directory((_one("b"),))
