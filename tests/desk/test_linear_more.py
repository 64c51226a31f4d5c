"""The linear desk: calls of before, the floor, and the phone's own word, by typed words alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.faults import Faults
from agent_tui.linear import pages
from agent_tui.pumps.listening import ListeningAnswer
from agent_tui.screens.views.queues import queues_page
from agent_tui.session.events import FaultSurvived
from agent_tui.session.floor_events import ListeningAsked
from agent_tui.widgets.cells import Cell, Row
from hub import contract as c
from hub.contract import ListenMode
from sip import events as ev
from tests.commands.test_floor import hears, trains
from tests.desk.running import running
from tests.desk.test_linear import talking
from tests.desk.test_pumps_listening import TOKEN
from tests.stubs.desk import IDLE
from tests.stubs.floor_desk import FLOOR
from tests.stubs.history import a_past_call
from tests.stubs.messages import SUPPORT


async def test_calls_of_before_are_searched_heard_whole_and_called() -> None:
    async with talking() as talk:
        talk.desk.hub.history_of.add(a_past_call("k-1", note="wants fibre\nby Friday"))
        talk.desk.hub.history_of.add(a_past_call("k-2", name="Avi Levi", number="+972541112233"))
        await talk.says("history", "2 calls", "1: ", "Avi Levi", "2: ", "Noa Cohen")
        found = await talk.says("היסטוריה cohen", "1 call", "1: ", "Noa Cohen")
        assert "Avi" not in found
        await talk.says("past 1", "wants fibre by Friday", "talked")
        await talk.says("past 7", "1: ")
        await talk.says("redial 1", "DIALLING: +972 52-123-4567.")
        assert ("dial", "+972521234567") in talk.desk.asked("dial")


async def test_older_ones_follow_and_names_are_forgotten_when_asked() -> None:
    async with talking() as talk:
        for number in range(60):
            talk.desk.hub.history_of.add(a_past_call(f"k-{number}", name=f"Caller {number}"))
        first = await talk.says("history", "Caller 59", 'older: "older"')
        assert "Caller 0," not in first
        await talk.says("older", "Caller 0")
        await talk.says("older", "There is nothing older.")
        await talk.says("forget")
        state = await talk.until(lambda state: state.history is None)
        assert state.history is None


async def test_while_the_hub_is_away_the_phones_own_calls_are_heard() -> None:
    async with talking() as talk:
        talk.desk.hub.goes_down()
        await talk.hears("The hub does not answer")
        await talk.says("history", "The hub is away. Here is what this desk and its phone know")


async def test_a_caller_without_a_number_is_not_called() -> None:
    async with talking() as talk:
        talk.desk.hub.history_of.add(a_past_call(number="", name="Noa"))
        await talk.says("history", "1 call")
        await talk.says("redial 1", "This caller showed no number.")
        assert talk.desk.asked("dial") == []


async def test_a_trainer_hears_the_floor_listens_and_writes() -> None:
    assert FLOOR.floor is not None
    assert FLOOR.floor.view is not None
    view = FLOOR.floor.view
    talker = next(at for at, one in enumerate(view.agents, 1) if one.call is not None and not one.rings)
    agent = view.agents[talker - 1]
    async with talking() as talk:
        await trains(talk.desk)
        talk.desk.hub.floor.now = view
        await talk.says("floor", "1: ", f"{talker}: {agent.name}", "You listen to nobody.", "2 callers wait")
        await talk.says(f"listen {talker}")
        await talk.until(lambda _state: bool(talk.desk.hub.floor.listened))
        assert talk.desk.hub.floor.listened[0][0] == agent.agent
        assert talk.desk.hub.floor.listened[0][1].mode is ListenMode.LISTEN
        await hears(talk.desk)
        await talk.hears("You listen to Omer: nobody hears you.")
        await talk.says(f"tell {talker}", "Type tell, the number and the line.")
        await talk.says(f"tell {talker} well done", "Your line is on the desk of")
        assert talk.desk.hub.floor.coach_notes == [(agent.agent, "well done")]
        await talk.says("forget")
        await talk.until(lambda state: state.floor is None)


@pytest.mark.parametrize(
    ("taken", "listening", "heard"),
    [
        (True, TOKEN, "your phone takes it by itself."),
        (True, "", "Type answer."),
        (False, TOKEN, "Type answer."),
    ],
)
async def test_the_call_that_a_trainer_asked_for_wants_no_answer_where_the_phone_takes_it(
    taken: bool, listening: str, heard: str
) -> None:
    async with talking() as talk:
        answering = ListeningAnswer(talk.desk.store, talk.desk.phone, trusted=taken)
        async with running(answering.run):
            talk.desk.store.dispatch(ListeningAsked(TOKEN))
            talk.desk.phone.rings(listening=listening)
            await talk.hears(heard)
            said = ("Type answer." in talk.heard, "by itself" in talk.heard)
            assert said == (heard == "Type answer.", heard != "Type answer.")


@pytest.mark.parametrize(("word", "mode"), [("whisper", ListenMode.WHISPER), ("הצטרפות", ListenMode.BARGE)])
async def test_each_way_of_listening_has_its_word(word: str, mode: ListenMode) -> None:
    assert FLOOR.floor is not None
    assert FLOOR.floor.view is not None
    view = FLOOR.floor.view
    talker = next(at for at, one in enumerate(view.agents, 1) if one.call is not None and not one.rings)
    async with talking() as talk:
        await trains(talk.desk)
        talk.desk.hub.floor.now = view
        await talk.says("מוקד", "You listen to nobody.")
        await talk.says(f"{word} {talker}")
        await talk.until(lambda _state: bool(talk.desk.hub.floor.listened))
        assert talk.desk.hub.floor.listened[0][1].mode is mode


async def test_the_floor_of_an_agents_desk_says_whose_it_is() -> None:
    async with talking() as talk:
        await talk.says("floor", "The floor is for trainers and supervisors")
        await talk.says("listen 1")
        assert not talk.desk.hub.floor.listened


async def test_what_fails_on_the_floor_is_told() -> None:
    async with talking() as talk:
        await trains(talk.desk)
        talk.desk.hub.refuse["floor"] = "not now"
        await talk.says("floor", "not now")


async def test_the_phones_own_word_is_heard_with_its_cure() -> None:
    async with talking() as talk:
        await talk.says("doctor", "all right: registration: Registered")
        talk.desk.store.dispatch(ev.RegistrationChanged(ev.RegistrationState.REFUSED, 403, "wrong account"))
        await talk.says("f11", "FAILED: registration: Refused by registrar: wrong account", "moked login")


async def test_a_fault_in_what_came_is_told_by_its_reference_and_the_desk_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log: list[str] = []
    faults = Faults(log.append)
    with monkeypatch.context() as broken:
        broken.setattr(pages, "said", lambda _row: 1 / 0)
        async with talking(faults) as talk:
            faults.tell_to(lambda reference: talk.desk.store.dispatch(FaultSurvived(reference)))
            talk.desk.press(do.SearchHistory("", "k"))
            await talk.hears("Something in moked failed. Calls go on.")
            broken.undo()
            await talk.says("history", "calls")
    assert "ZeroDivisionError" in log[0]


@pytest.mark.parametrize(
    ("cells", "heard"),
    [
        (("Balance", "$118.20"), "Balance, $118.20"),
        (("יתרה", "₪0.00"), "יתרה, ₪0.00"),
        (("▶ ", "RINGING", "+972 50-555-0109"), "RINGING, +972 50-555-0109"),
        (("● Registered", "│ ▲ Ready", "exchange:", "ringing"), "Registered, Ready, exchange: ringing"),
    ],
)
def test_a_row_is_heard_without_its_signs_and_with_its_money(cells: tuple[str, ...], heard: str) -> None:
    assert pages.said(Row(tuple(map(Cell, cells)))) == heard


@pytest.mark.parametrize(("number", "acts"), [("+972521234567", "return to call back, "), ("", "")])
async def test_a_missed_call_is_told_once_with_what_can_be_done(number: str, acts: str) -> None:
    async with talking() as talk:
        before = len(talk.heard)
        call = talk.desk.phone.rings(number=number, name="Noa Cohen")
        await talk.hears("RINGING: Noa Cohen", after=before)
        talk.desk.phone.closes(call, ev.CloseReason.CANCELLED)
        await talk.hears(f"Type {acts}missed to hear all.", after=before)
        told = talk.heard[before:].partition("RINGING")[2]
        assert (told.count("Missed: Noa Cohen hung up"), told.count("Noa")) == (1, 2), told
        assert "Call over" not in told


async def test_a_ring_that_the_agent_declined_is_over() -> None:
    async with talking() as talk:
        call = talk.desk.phone.rings(name="Noa Cohen")
        await talk.hears("RINGING: Noa Cohen")
        talk.desk.phone.closes(call, ev.CloseReason.REJECTED)
        await talk.hears("Call over: Noa Cohen")


async def test_who_was_missed_before_the_desk_was_opened_is_named() -> None:
    missed = ev.MissedCall("c-1", "Noa Cohen", "+972521234567", "", "", ev.CloseReason.CANCELLED, 1.0)
    async with talking() as talk:
        talk.desk.store.dispatch(ev.MissedCalls((missed,)))
        await talk.hears("Missed: Noa Cohen.\nType return to call back, missed to hear all.")


def test_a_figure_that_is_not_known_is_said_to_be_so() -> None:
    quiet = SUPPORT.model_copy(update={"today": c.QueueCounts()})
    state = replace(IDLE, queues=(quiet,), own=c.AgentFigures(agent="a-1"))
    heard = "\n".join(pages.read(queues_page(state, roomy=True)))
    assert "unknown, SL 20 s, unknown, mean wait" in heard
    assert "0, answered, unknown, handling" in heard
    assert "occupancy unknown" in heard
