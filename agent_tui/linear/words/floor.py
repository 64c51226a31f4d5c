"""Words of trainers and supervisors: the floor, listening in, a line to an agent.

The floor is read out when it comes; the numbers typed next are those that were read out last.
"""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.linear import pages
from agent_tui.linear.hand import Hand
from agent_tui.screens.views import floor as view
from agent_tui.session import select
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, _
from agent_tui.widgets.least_room import Room
from edge.text import clean
from hub.contract import LONGEST_COACH_NOTE, FloorAgent, ListenMode


def floor(hand: Hand, _rest: str) -> None:
    """How every agent stands, and who waits."""
    hand.send(do.WatchFloor())


def listen(hand: Hand, number: str) -> None:
    """Hear an agent's call, unheard."""
    _listen(hand, number, ListenMode.LISTEN)


def whisper(hand: Hand, number: str) -> None:
    """Be heard by the agent alone."""
    _listen(hand, number, ListenMode.WHISPER)


def join(hand: Hand, number: str) -> None:
    """Be heard by both."""
    _listen(hand, number, ListenMode.BARGE)


def write(hand: Hand, rest: str) -> None:
    """A line on the desk of one agent."""
    number, _space, text = rest.partition(" ")
    agent = _agent(hand, number)
    if agent is None:
        return
    if not text.strip():
        hand.say(_("Type tell, the number and the line."))
    elif not view.can_write(hand.state, agent):
        hand.say(str(Phrase("{who} has no desk open, so nobody would read it.", who=agent.name)))
    else:
        hand.send(do.WriteCoachNote(agent.agent, agent.name, clean(text, limit=LONGEST_COACH_NOTE)))


def came(old: SessionState, new: SessionState) -> bool:
    """Whether the floor came that was asked for, or cannot come."""
    return new.floor is not None and new.floor is not old.floor


def tell(hand: Hand) -> None:
    """Read what came."""
    state = hand.state
    if state.floor is not None and state.floor.trouble:
        hand.say(str(state.floor.trouble))
        return
    for page in (view.agents_page(state, Room.ENOUGH), view.waiting_page(state), view.told(state)):
        for line in pages.read(page, numbered=True):
            hand.say(line)


def _listen(hand: Hand, number: str, mode: ListenMode) -> None:
    agent = _agent(hand, number)
    if agent is None:
        return
    if do.Listen in select.possible(hand.state) and not view.can_listen(hand.state, agent):
        hand.say(str(Phrase("{who} is in no call now.", who=agent.name)))
    else:
        hand.send(do.Listen(agent.agent, mode))


def _agent(hand: Hand, number: str) -> FloorAgent | None:
    """The agent who bears the number; where none does, the floor is asked for."""
    state = hand.state
    shown = state.floor.view if state.floor is not None else None
    key = pages.choice(view.agents_page(state, Room.ENOUGH), number)
    found = next((one for one in shown.agents if one.agent == key), None) if shown is not None else None
    if found is None:
        floor(hand, "")
    return found
