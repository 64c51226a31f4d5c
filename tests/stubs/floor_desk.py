"""The floor as a supervisor looks at it: agents in every standing, and callers who wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent_tui.session.reduce import reduce
from agent_tui.session.state import Call, FloorShown, SessionState
from hub import contract as c
from sip.call_state import CallState
from sip.events import Party
from tests.stubs import desk

ME = desk.ME.model_copy(update={"name": "Noam Peretz", "sees_floor": True, "listens": True})


def a_call(contact: str = "k-9", seconds: float = 75, **changed: Any) -> c.FloorCall:
    """A caller, for so long."""
    call = c.FloorCall(
        contact=contact,
        queue_title="Support",
        number="+972505550101",
        name="",
        since=desk.CLOCK - timedelta(seconds=seconds),
    )
    return call.model_copy(update=changed)


def an_agent(agent: str, name: str, line: c.Line = "free", **changed: Any) -> c.FloorAgent:
    """An agent who is ready, with a desk."""
    one = c.FloorAgent(
        agent=agent,
        name=name,
        presence=c.Presence.READY,
        line=line,
        since=desk.CLOCK - timedelta(minutes=12),
        desk=True,
    )
    return one.model_copy(update=changed)


_COACH = c.Coach(name="Rina Azulay", contact="k-9", mode=c.ListenMode.WHISPER)
AGENTS = (
    an_agent("yael", "Yael Amir", "busy", call=a_call(name="Ruth Ben-Ami"), coaches=(_COACH,)),
    an_agent("daniel", "Daniel Katz", "busy", call=a_call("k-10", 12, held=True, queue_title="מכירות")),
    an_agent("tal", "טל גרין", "ringing", call=a_call("k-11", 4), rings=True),
    an_agent("omri", "עמרי נוי"),
    an_agent("maya", "Maya Shalev", "wrap_up", owes=desk.CLOCK - timedelta(seconds=40)),
    an_agent("gil", "Gil Mizrahi", "unreachable", desk=False),
    an_agent("rivka", "Rivka Dahan", presence=c.Presence.AWAY, reason="Lunch"),
    an_agent("eli", "Eli Peled", "unknown", presence=c.Presence.OFFLINE, since=None, desk=False),
)
WAITING = (a_call("w-1", 102, name="מיכל אורן"), a_call("w-2", 20, number="", queue_title="Sales"))


def looking(
    agents: tuple[c.FloorAgent, ...] = AGENTS, waiting: tuple[c.FloorCall, ...] = WAITING
) -> SessionState:
    """The floor lies over the desk."""
    view = c.FloorView(at=desk.CLOCK, agents=agents, waiting=waiting)
    return replace(desk.IDLE, me=ME, floor=FloorShown(view, desk.NOW))


FLOOR = looking()
_HEARD = c.ListeningView(
    agent="yael", name="Yael Amir", contact="k-9", mode=c.ListenMode.WHISPER, since=desk.CLOCK
)
_CALL = Call(
    *("call-1", Party("", "1001", "sip:1001@pbx"), "", CallState.ESTABLISHED, desk.NOW - 30, False),
    answered=desk.NOW - 30,
    listening="f" * 32,
)
LISTENING = reduce(
    replace(FLOOR, calls=(_CALL,), active="call-1"), c.ListeningEvent(listening=_HEARD), desk.NOW
)

MOMENTS = {"floor": FLOOR, "floor_listening": LISTENING}
"""Every moment by name, for pictures and snapshots."""
