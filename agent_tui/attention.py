"""What is to call an agent who looks elsewhere while a call rings or somebody writes.

The ring tone is the phone's (``[audio] ringer``); these are the signs that a terminal can give. Of a ring a
bell and a title are given always; the desktop is told only while the terminal has not the focus. What is
written rings no bell, and is told of only where it came while the agent looked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent_tui.screens import words
from agent_tui.screens.views.calls import caller_name
from agent_tui.screens.views.conversations import SIGN, name
from agent_tui.session.reduce_coaching import is_coach_note
from agent_tui.session.state import Call, SessionState
from agent_tui.text.catalogue import _


@dataclass(frozen=True, slots=True)
class Told:
    """What the desktop is told. ``about`` names what rings or came: the same is not told of twice.

    ``silent``: the agent wished for no sound.
    """

    about: str
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


class Attention:
    """The signs of one desk: remembers what came while the agent looked at it."""

    def __init__(self) -> None:
        self._seen: frozenset[str] = frozenset()
        self._unseen: tuple[str, ...] = ()
        """What came since then, the newest last."""

    def signals(self, state: SessionState, *, focused: bool) -> Signals:
        """The signs for ``state``: of the call that rings, else of the newest that was written unseen."""
        news = {one.about: one for one in _written(state)}
        if focused:
            self._seen = frozenset(news)
        kept = tuple(about for about in self._unseen if about in news and not focused)
        self._unseen = (*kept, *(about for about in news if about not in self._seen and about not in kept))
        shown = signals(state, focused=focused)
        if state.ringing is not None or not self._unseen:
            return shown
        told = news[self._unseen[-1]]
        return replace(shown, title=f"{told.heading} – {words.APP_TITLE}", told=told)


def _written(state: SessionState) -> Iterator[Told]:
    """Customers' messages in the agent's own conversations, the newest last, and trainers' lines."""
    me, silent = state.me.agent if state.me is not None else "", state.rings_silently
    for one in reversed(state.writing.conversations):
        if one.unread and one.agent == me:
            about = f"{one.conversation} {one.unread}"
            yield Told(about, f"{SIGN} {name(one)}", _("WhatsApp"), silent)
    for notice in state.notices:
        if is_coach_note(notice.topic):
            yield Told(notice.topic, str(notice.words), words.APP_TITLE, silent)


def _queue(state: SessionState, call: Call) -> str:
    offers = (work.offer for work in state.work if call.contact and work.contact == call.contact)
    return next((offer.queue_title for offer in offers if offer is not None), "")
