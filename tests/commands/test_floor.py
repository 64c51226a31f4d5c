"""A trainer's commands: the floor, agents listened to by a secret of this desk's own, lines sent."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.session.select import possible
from agent_tui.session.state import SessionState
from hub import contract as c
from tests.commands.desk import Desk
from tests.stubs.clock import settle
from tests.stubs.floor_desk import FLOOR
from tests.stubs.messages import AT


async def trains(desk: Desk, **may: bool) -> None:
    """The hub says that this is a trainer's desk."""
    changed = {"sees_floor": True, "listens": True, **may}
    desk.hub.tell(c.MeEvent(me=desk.hub.me.model_copy(update=changed)))
    await desk.until(lambda state: state.me is not None and state.me.sees_floor)


async def hears(desk: Desk, mode: c.ListenMode = c.ListenMode.LISTEN) -> None:
    """The hub says that the trainer hears Omer."""
    view = c.ListeningView(agent="omer", name="Omer", contact="k-1", mode=mode, since=AT)
    desk.hub.tell(c.ListeningEvent(listening=view))
    await desk.until(lambda state: state.listening == view)


async def test_an_agents_desk_has_none_of_it(desk: Desk) -> None:
    assert not {do.WatchFloor, do.Listen, do.WriteCoachNote} & possible(desk.state)
    desk.press(do.Listen("omer", c.ListenMode.BARGE))
    assert "role" in desk.notice()
    assert not desk.hub.floor.listened


async def test_a_trainer_of_a_centre_without_listening_sees_the_floor(desk: Desk) -> None:
    await trains(desk, listens=False)
    assert {do.WatchFloor, do.Listen, do.WriteCoachNote} & possible(desk.state) == {
        do.WatchFloor,
        do.WriteCoachNote,
    }


async def test_the_floor_comes_and_is_forgotten(desk: Desk) -> None:
    await trains(desk)
    assert FLOOR.floor is not None
    assert FLOOR.floor.view is not None
    desk.hub.floor.now = FLOOR.floor.view
    desk.press(do.WatchFloor())
    state = await desk.until(lambda state: state.floor is not None)
    assert state.floor is not None
    assert state.floor.view == desk.hub.floor.now
    desk.press(do.LeaveFloor())
    assert desk.state.floor is None


async def test_what_fails_is_said_and_what_was_shown_stays(desk: Desk) -> None:
    await trains(desk)
    desk.press(do.WatchFloor())
    await desk.until(lambda state: state.floor is not None)
    desk.hub.refuse["floor"] = "not now"
    desk.press(do.WatchFloor())
    state = await desk.until(_troubled)
    assert state.floor is not None
    assert state.floor.view is not None


def _troubled(state: SessionState) -> bool:
    return state.floor is not None and bool(state.floor.trouble)


async def test_each_request_has_a_secret_of_its_own(desk: Desk) -> None:
    await trains(desk)
    secrets = set()
    for mode in (c.ListenMode.LISTEN, c.ListenMode.WHISPER):
        desk.press(do.Listen("omer", mode))
        await settle()
        awaited = desk.state.awaited
        agent, asked = desk.hub.floor.listened[-1]
        assert awaited is not None
        assert (agent, asked.mode, asked.token, awaited.mode) == ("omer", mode, awaited.token, mode)
        secrets.add(asked.token)
    assert len(secrets) == len(desk.hub.floor.listened) == 2


async def test_where_the_hub_refuses_no_call_is_awaited(desk: Desk) -> None:
    await trains(desk)
    desk.hub.refuse["listen"] = "This agent is not in a call now."
    desk.press(do.Listen("omer", c.ListenMode.LISTEN))
    await desk.until(lambda _state: bool(desk.notice()))
    assert "not in a call" in desk.notice()
    assert desk.state.awaited is None


async def test_who_is_heard_is_heard_otherwise_and_the_microphone_follows(desk: Desk) -> None:
    await trains(desk)
    call = desk.phone.rings(listening="f" * 32)
    await desk.until(lambda state: bool(state.calls))
    await hears(desk)
    desk.press(do.Listen("omer", c.ListenMode.WHISPER))
    await desk.until(lambda _state: ("mute", call, "False") in desk.asked("mute"))
    await hears(desk, c.ListenMode.WHISPER)
    desk.press(do.Listen("omer", c.ListenMode.LISTEN))
    await desk.until(lambda _state: ("mute", call, "True") in desk.asked("mute"))
    assert not desk.hub.floor.listened
    assert [one for one in desk.hub.asked if "listen" in one] == [
        "turn_listening whisper",
        "turn_listening listen",
    ]


async def test_of_two_ways_pressed_while_the_hub_is_slow_the_last_one_stands(desk: Desk) -> None:
    """Whoever joins by a slip of the finger is silent again by the next key."""
    await trains(desk)
    call = desk.phone.rings(listening="f" * 32)
    await desk.until(lambda state: bool(state.calls))
    await hears(desk)
    desk.hub.stalls()
    desk.press(do.Listen("omer", c.ListenMode.BARGE))
    await settle()
    desk.press(do.Listen("omer", c.ListenMode.LISTEN))
    desk.hub.flows()
    await desk.until(lambda _state: len(desk.asked("mute")) == 2)
    assert desk.asked("mute") == [("mute", call, "False"), ("mute", call, "True")]
    asked = [one for one in desk.hub.asked if "listen" in one]
    assert asked == ["turn_listening barge", "turn_listening listen"]


async def test_a_line_is_sent_and_its_arrival_said(desk: Desk) -> None:
    await trains(desk)
    desk.press(do.WriteCoachNote("omer", "Omer Bar", "Slower, \x1bplease."))
    await desk.until(lambda _state: bool(desk.notice()))
    assert desk.hub.floor.coach_notes == [("omer", "Slower, please.")]
    assert "Omer Bar" in desk.notice()
    desk.press(do.WriteCoachNote("omer", "Omer Bar", " \x07 "))
    assert "nothing to read" in desk.notice()
