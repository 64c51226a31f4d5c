"""The status bar: can I be reached, what did I choose, how does the exchange see me, who waits."""

from __future__ import annotations

from datetime import datetime

from agent_tui.screens import words
from agent_tui.screens.views.agenda import status_cell
from agent_tui.screens.views.conversations import status_cell as written_cell
from agent_tui.screens.views.queues import live, waiting
from agent_tui.session.odds import differs
from agent_tui.session.pauses import told_to
from agent_tui.session.reach import Reach, reach
from agent_tui.session.state import Link, SessionState
from agent_tui.text.catalogue import Phrase, _, pgettext
from agent_tui.text.local import time
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from hub.contract import Me, MemberView, Presence
from sip.events import RegistrationState

_REGISTRATION = {
    RegistrationState.UNREGISTERED: ("○", Tone.DIM),
    RegistrationState.REGISTERING: ("○", Tone.WARN),
    RegistrationState.REGISTERED: ("●", Tone.GOOD),
    RegistrationState.REFUSED: ("✖", Tone.BAD),
    RegistrationState.UNREACHABLE: ("✖", Tone.BAD),
    RegistrationState.ELSEWHERE: ("○", Tone.PLAIN),
}
_PRESENCE = {
    Presence.READY: ("▲", Tone.GOOD),
    Presence.AWAY: ("■", Tone.WARN),
    Presence.OFFLINE: ("□", Tone.DIM),
}
_SEPARATOR = Cell("│", Tone.DIM, drop=5)


def status_bar(state: SessionState, clock: datetime, lacks_room: Phrase | None = None) -> Page:
    """One row. ``clock`` is the wall clock, aware, in the agent's zone.

    In a window that is too small ``lacks_room`` says so in place of all but whether a call can ring.
    """
    if lacks_room is not None:
        return Page((Row((Cell(f" ▲ {lacks_room} ", Tone.WARN_TAG), _registration(state))),))
    return Page(
        rows=(
            Row(
                (
                    _registration(state),
                    *_lock(state),
                    *_links(state),
                    *_presence(state),
                    *_exchange(state),
                    *_silent(state),
                    Cell("", grow=True),
                    *status_cell(state, clock),
                    *written_cell(state),
                    *_queues(state),
                    *_agent(state),
                    Cell(time(clock, clock), Tone.STRONG, drop=4),
                )
            ),
        )
    )


def _registration(state: SessionState) -> Cell:
    if reach(state) is Reach.UNREACHED:
        return Cell(f" ▲ {_('Registered, not reachable')} ", Tone.BAD_TAG)
    sign, tone = _REGISTRATION[state.registration.state]
    return Cell(f"{sign} {words.REGISTRATION[state.registration.state]}", tone)


def _lock(state: SessionState) -> tuple[Cell, ...]:
    """A lock only when the voice of the active call really is encrypted."""
    call = state.active_call
    if call is None or call.answered is None:
        return ()
    if call.encryption:
        return (Cell(f"▣ {_('encrypted')}", Tone.GOOD, drop=2),)
    return (Cell(f"□ {_('not encrypted')}", Tone.WARN, drop=2),)


def _links(state: SessionState) -> tuple[Cell, ...]:
    links = (("phone", state.phone), ("hub", state.hub), ("exchange", state.pbx))
    cells: list[Cell] = []
    for name, link in links:
        if name == "exchange" and state.hub is not Link.UP:
            continue  # without the hub nobody here knows how the exchange is
        text = words.LINKS.get((name, link))
        if text is not None:
            down = link is Link.DOWN
            cells.append(Cell(f" ▲ {text} " if down else f"○ {text}", Tone.BAD_TAG if down else Tone.WARN))
    return tuple(cells)


def _presence(state: SessionState) -> tuple[Cell, ...]:
    if state.me is None:
        return ()
    if state.wanted is not None and state.wanted is not state.me.presence:
        asked = Phrase("○ {presence} asked", presence=words.PRESENCE[state.wanted])
        return (
            _SEPARATOR,
            Cell(str(asked), Tone.WARN),
        )
    sign, tone = _PRESENCE[state.me.presence]
    reason = str(told_to(state.me, state.me.reason))
    reason = f": {reason}" if reason and state.me.presence is not Presence.READY else ""
    since = words.timer(state.now - state.presence_since)
    return (
        _SEPARATOR,
        Cell(f"{sign} {words.PRESENCE[state.me.presence]}{reason}", tone),
        Cell(since, drop=3),
    )


def _exchange(state: SessionState) -> tuple[Cell, ...]:
    """What the exchange makes of it, told apart only where queues differ; each automatic pause by name."""
    if state.hub is Link.DOWN or state.pbx is Link.DOWN:
        # registered is all that is known then; whether a call really comes through nobody says
        unproven = reach(state) is Reach.UNKNOWN
        return (Cell(_("reach not proven"), Tone.WARN, drop=1),) if unproven else ()
    if state.me is None or state.hub is not Link.UP or state.pbx is not Link.UP:
        return ()
    members = state.me.members
    if not members:
        return (Cell(_("exchange: in no queue"), Tone.WARN if differs(state.me) else Tone.DIM),)
    told = {_member(state.me, member) for member in members}
    if len(told) == 1:
        text = told.pop()
    else:
        text = ", ".join(f"{member.queue} {_member(state.me, member)}" for member in members)
    ready = state.me.presence is Presence.READY
    kept_away = any(
        member.state == "unavailable" or (ready and member.paused and not _in_a_talk(member))
        for member in members
    )
    tone = Tone.WARN if kept_away or differs(state.me) else Tone.PLAIN
    return (Cell(_("exchange:"), Tone.DIM, drop=2), Cell(text, tone))


def _in_a_talk(member: MemberView) -> bool:
    """Whether the pause is the hub's for the wrap-up that is still to come: it begins with the talk."""
    return member.reason == "wrap-up" and member.state in ("busy", "on_hold")


def _member(me: Me, member: MemberView) -> str:
    if not member.paused or _in_a_talk(member):
        return str(words.MEMBER[member.state])
    why = f": {told_to(me, member.reason)}" if member.reason else ""
    return f"{_('paused')}{why}"


def _silent(state: SessionState) -> tuple[Cell, ...]:
    """Said for as long as it is so: a call that nobody hears is missed by who forgot."""
    return (Cell(f"✕ {_('no ring sound')}", Tone.WARN),) if state.rings_silently else ()


def _queues(state: SessionState) -> tuple[Cell, ...]:
    count = sum(queue.waiting for queue in state.queues)
    if not state.queues or not live(state):
        return ()
    told = Cell(str(waiting(count)), Tone.WARN if count else Tone.DIM)
    if not count:
        return (told,)
    longest = max(queue.longest_wait for queue in state.queues)
    return (told, Cell(pgettext("wait", "longest"), Tone.DIM, drop=6), Cell(words.timer(longest), Tone.WARN))


def _agent(state: SessionState) -> tuple[Cell, ...]:
    if state.me is None:
        return ()
    return (
        Cell("│", Tone.DIM, drop=7),
        Cell(state.me.name, Tone.PLAIN, drop=7),
        Cell(state.me.extension, Tone.DIM, drop=7),
    )
