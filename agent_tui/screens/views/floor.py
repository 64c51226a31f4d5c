"""The floor: a line for each agent, a line for each caller who waits, and what the keys do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from agent_tui.commands import model as do
from agent_tui.screens import words
from agent_tui.screens.views.calls import phone_keys
from agent_tui.session import select
from agent_tui.session.pauses import told_to
from agent_tui.session.state import FloorShown, Link, SessionState
from agent_tui.text.catalogue import Phrase, _, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.least_room import Room
from hub.contract import FloorAgent, FloorCall, ListenMode, Me, Presence

_LINES: Final = {
    "free": (Phrase("○ free", context="floor"), Tone.GOOD),
    "ringing": (Phrase("◇ rings", context="floor"), Tone.WARN),
    "busy": (Phrase("● in a call", context="floor"), Tone.STRONG),
    "wrap_up": (Phrase("■ wrap-up", context="floor"), Tone.PLAIN),
    "paused": (Phrase("■ paused", context="floor"), Tone.WARN),
    "unreachable": (Phrase("✖ unreachable", context="floor"), Tone.BAD),
    "unknown": (Phrase("? not known", context="floor"), Tone.DIM),
}
_AWAY: Final = {
    Presence.AWAY: Phrase("□ away", context="floor"),
    Presence.OFFLINE: Phrase("□ offline", context="floor"),
}
_MODES: Final = {
    ListenMode.LISTEN: Phrase("{who} listens", context="floor"),
    ListenMode.WHISPER: Phrase("{who} whispers", context="floor"),
    ListenMode.BARGE: Phrase("{who} has joined", context="floor"),
}
_OWN: Final = {
    ListenMode.LISTEN: Phrase("You listen to {who}: nobody hears you."),
    ListenMode.WHISPER: Phrase("You whisper to {who}: only they hear you."),
    ListenMode.BARGE: Phrase("You have joined {who}: the customer hears you, too."),
}
_NAME, _STATE, _TIMER = (17, 18, 28), 14, 8
_CALLER = (13, 16, 26)
"""Cells, by how much room there is: in the least, what is said of a call has a line of its own."""

_MOST_WAITING = 5


def can_listen(state: SessionState, agent: FloorAgent) -> bool:
    """Whether this agent can be heard now."""
    talks = agent.call is not None and not agent.rings
    return talks and do.Listen in select.possible(state)


def can_write(state: SessionState, agent: FloorAgent) -> bool:
    """Whether a line would be read."""
    return agent.desk and do.WriteCoachNote in select.possible(state)


def agents_page(state: SessionState, room: Room) -> Page:
    """Each agent: how they stand and since when, whose call it is, and who hears it."""
    floor = state.floor
    if floor is None or floor.view is None:
        return Page()
    return Page(tuple(row for one in floor.view.agents for row in _agent(one, floor, state, room)))


def waiting_page(state: SessionState) -> Page:
    """Who waits longest comes first; how many more there are is said."""
    floor = state.floor
    if floor is None or floor.view is None:
        return Page()
    waiting = floor.view.waiting
    count = Phrase("{count} caller waits", "{count} callers wait", len(waiting))
    rows = [_wide(str(count) if waiting else _("Nobody waits."), Tone.WARN if waiting else Tone.DIM)]
    rows += [_caller(one, floor, state.now) for one in waiting[:_MOST_WAITING]]
    more = len(waiting) - _MOST_WAITING
    if more > 0:
        rows.append(_wide(str(Phrase("+{count} more", "+{count} more", more)), Tone.DIM))
    return Page(tuple(rows))


def told(state: SessionState) -> Page:
    """Whom the trainer listens to, below what failed or was just done: neither hides the other."""
    return Page((*_news(state), own_row(state)))


def _news(state: SessionState) -> tuple[Row, ...]:
    floor = state.floor
    if state.hub is not Link.UP:
        return (_wide(_("▲ The hub is away; this is how the floor stood."), Tone.WARN),)
    if floor is not None and floor.trouble:
        return (_wide(f"▲ {floor.trouble}", Tone.WARN),)
    said = (one.words for one in state.notices if one.topic == "command")
    return tuple(_wide(str(one), Tone.WARN) for one in said)


def own_row(state: SessionState) -> Row:
    """Whom the trainer listens to."""
    own = state.listening
    if own is None:
        return _wide(_("You listen to nobody."), Tone.DIM)
    if own.since is None:
        return _wide(str(Phrase("○ Your phone is rung for {who}…", who=own.name)), Tone.WARN)
    return _wide(f"◉ {Phrase.of(_OWN[own.mode], who=own.name)}", Tone.GOOD)


def keys_line(state: SessionState, chosen: FloorAgent | None) -> Row:
    """What the keys do with the chosen agent here and now."""
    listens = chosen is not None and can_listen(state, chosen)
    own = select.listening_call(state)
    return _wide(
        line(
            _("F3 listen · F4 whisper · F5 join") if listens else "",
            _("F6 write") if chosen is not None and can_write(state, chosen) else "",
            *(phone_keys(state) if own is None else (_("F8 ends your own call"),)),
            _("↑ ↓ choose · Esc leaves"),
        ),
        Tone.DIM,
    )


def _agent(agent: FloorAgent, floor: FloorShown, state: SessionState, room: Room) -> Iterator[Row]:
    text, tone = _standing(agent)
    since = agent.owes if agent.owes is not None and agent.call is None else agent.since
    if agent.call is not None:
        since = agent.call.since
    about = () if agent.call is None else (_about(agent, agent.call),)
    below = about if room is Room.LEAST else ()
    yield Row(
        (
            Cell(agent.name, Tone.STRONG, width=_NAME[room]),
            Cell(text, tone, width=_STATE),
            Cell(_spent(since, floor, state.now), Tone.STRONG, width=_TIMER, right=True),
            _whom(agent, state.me, room),
            *(about if not below else ()),
        ),
        key=agent.agent,
    )
    if any(cell.text for cell in below):
        yield Row(below, key=agent.agent, indent=2)


def _standing(agent: FloorAgent) -> tuple[str, Tone]:
    """A call counts before what was chosen: who is away may be in one."""
    if agent.line in ("busy", "ringing") or agent.presence is Presence.READY:
        told, tone = _LINES[agent.line]
        return str(told), tone
    return str(_AWAY[agent.presence]), Tone.DIM


def _whom(agent: FloorAgent, me: Me | None, room: Room) -> Cell:
    """Who the call is with; of who is in none, why."""
    if agent.call is not None:
        return Cell(_who(agent.call), Tone.PLAIN, width=_CALLER[room])
    reason = told_to(me, agent.reason) if agent.presence is Presence.AWAY else ""
    return Cell(line(reason, "" if agent.desk else _("no desk open")), Tone.DIM, grow=True)


def _about(agent: FloorAgent, call: FloorCall) -> Cell:
    """Who hears it, whether it is held, and by which queue it came."""
    coaches = (str(Phrase.of(_MODES[one.mode], who=one.name)) for one in agent.coaches)
    held = _("on hold") if call.held else ""
    return Cell(line(*coaches, held, call.queue_title), Tone.DIM, grow=True, wraps=True)


def _caller(call: FloorCall, floor: FloorShown, now: float) -> Row:
    return Row(
        (
            Cell(" "),
            Cell(_spent(call.since, floor, now), Tone.WARN, width=_TIMER, right=True),
            Cell(_who(call), Tone.STRONG),
            Cell(call.queue_title, Tone.DIM, grow=True),
        )
    )


def _who(call: FloorCall) -> str:
    return call.name or (words.number(call.number) if call.number else _("private number"))


def _spent(since: datetime | None, floor: FloorShown, now: float) -> str:
    """How long it has been so: by the hub's clock up to its word, by the desk's from then on."""
    if since is None or floor.view is None:
        return ""
    return words.timer(max(0.0, (floor.view.at - since).total_seconds() + now - floor.at))


def _wide(text: str, tone: Tone) -> Row:
    return Row((Cell(text, tone, grow=True, wraps=True),))
