"""What is to call an agent who looks elsewhere while a call rings: a pure reading of the state.

The ring tone is the phone's (``[audio] ringer``); these are the signs that a terminal can give. A bell and a
title are given always; the desktop is told only while the terminal has not the focus.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent_tui.screens import words
from agent_tui.screens.views.calls import caller_name
from agent_tui.session.state import Call, SessionState
from sip.events import CallId


@dataclass(frozen=True, slots=True)
class Told:
    """What the desktop is told of a call that rings. ``silent``: the agent wished for no sound."""

    call: CallId
    heading: str
    text: str
    silent: bool


@dataclass(frozen=True, slots=True)
class Signals:
    """What there is to be seen and heard now."""

    title: str
    bell: bool = False
    """The bell is struck, again and again for as long as this is so."""
    told: Told | None = None


def signals(state: SessionState, *, focused: bool) -> Signals:
    """The signs for ``state``. ``focused``: the agent looks at this terminal, as far as is known."""
    call = state.ringing
    if call is None:
        return Signals(words.APP_TITLE)
    heading = f"{words.RINGS} {words.number(caller_name(state, call))}"
    queue = _queue(state, call)
    title = " – ".join(part for part in (heading, queue, words.APP_TITLE) if part)
    told = Told(call.id, heading, queue or words.APP_TITLE, state.rings_silently)
    return Signals(title, bell=not state.rings_silently, told=None if focused else told)


def _queue(state: SessionState, call: Call) -> str:
    offers = (work.offer for work in state.work if call.contact and work.contact == call.contact)
    return next((offer.queue_title for offer in offers if offer is not None), "")
