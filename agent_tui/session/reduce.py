"""The reducer: the state after an event. Pure: no clock, no I/O, the same answer every time."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session import (
    odds,
    reach,
    reduce_callbacks,
    reduce_calls,
    reduce_coaching,
    reduce_customers,
    reduce_directory,
    reduce_floor,
    reduce_history,
    reduce_links,
    reduce_notices,
    reduce_quality,
    reduce_work,
    reduce_writing,
)
from agent_tui.session.events import DeskEvent
from agent_tui.session.state import SessionState
from agent_tui.session.table import Table
from sip.events import Retold

_SUBJECTS: tuple[Table, ...] = (
    # Notices and work look up the call an event tells of, so calls come after them.
    reduce_notices.TABLE,
    reduce_work.TABLE,
    reduce_quality.TABLE,
    reduce_calls.TABLE,
    reduce_links.TABLE,
    reduce_directory.TABLE,
    # In the language of whom the hub has just told.
    reduce_callbacks.TABLE,
    reduce_history.TABLE,
    reduce_customers.TABLE,
    reduce_coaching.TABLE,
    reduce_floor.TABLE,
    reduce_writing.TABLE,
    # What these look at is what links have just become.
    reach.TABLE,
    odds.TABLE,
)


def reduce(state: SessionState, event: DeskEvent, now: float) -> SessionState:
    """The state after ``event``, seen at ``now`` (seconds of the desk's clock).

    An event that does not fit the state (of a call that is over, of a contact nobody knows) changes nothing.
    What the phone tells again is seen at the moment when it happened, so that no timer starts anew.
    """
    if isinstance(event, Retold):
        return replace(reduce(state, event.event, now - event.age), now=now)
    state = replace(state, now=now)
    for table in _SUBJECTS:
        step = table.get(type(event))
        if step is not None:
            state = step(state, event)
    return state
