"""Only what the phone's engine can do is possible, whatever the calls would allow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.commands import model as do
from agent_tui.session import events as de
from agent_tui.session.reduce import reduce
from agent_tui.session.select import possible
from agent_tui.session.state import Link, SessionState
from sip import events as ev
from sip.capability import Capability
from tests.stubs import customers, desk

ALL = ~Capability(0)
SWAPPED = replace(desk.CONSULTING, active="call-1")
NEEDS: list[tuple[SessionState, type[do.Command], Capability]] = [
    (desk.TALKING, do.ToggleHold, Capability.HOLD),
    (desk.HELD_MUTED, do.ToggleHold, Capability.HOLD),
    (desk.TALKING, do.Transfer, Capability.BLIND_TRANSFER),
    (desk.TALKING, do.SendKeys, Capability.DTMF),
    (desk.TALKING, do.Dial, Capability.SECOND_CALL),
    (desk.RINGING, do.Dial, Capability.SECOND_CALL),
    (desk.CONSULTING, do.Swap, Capability.HOLD),
    (SWAPPED, do.Swap, Capability.HOLD),
    (desk.CONSULTING, do.AttendedTransfer, Capability.ATTENDED_TRANSFER),
    (desk.CONSULTING, do.Merge, Capability.MERGE),
    (desk.MERGED, do.Part, Capability.MERGE),
]
FIRST_CALL = {do.Answer, do.Dial, do.HangUp, do.ToggleMute, do.SelectCall, do.CallBack, do.ClearMissed}
"""What every engine can do."""


@pytest.mark.parametrize(("state", "command", "needed"), NEEDS)
def test_a_command_is_possible_by_the_capability_that_it_needs(
    state: SessionState, command: type[do.Command], needed: Capability
) -> None:
    assert command in possible(replace(state, capabilities=ALL))
    assert command in possible(replace(state, capabilities=needed))
    assert command not in possible(replace(state, capabilities=ALL & ~needed))


@given(st.sampled_from(list(desk.MOMENTS.values())), st.sampled_from(Capability))
def test_less_is_never_more(state: SessionState, able: Capability) -> None:
    """An engine takes nothing from the desk but what it cannot do, and adds nothing."""
    most, now = possible(replace(state, capabilities=ALL)), possible(replace(state, capabilities=able))
    lost = most - now
    assert now <= most
    needing = {command: needed for _state, command, needed in NEEDS}
    assert all(needing[command] not in able for command in lost)


@pytest.mark.parametrize("state", [desk.IDLE, desk.MISSED])
def test_a_first_call_needs_no_capability(state: SessionState) -> None:
    told = possible(replace(state, capabilities=ALL)) & FIRST_CALL
    assert do.Dial in told
    assert told <= possible(replace(state, capabilities=Capability(0)))


def test_a_call_is_answered_talked_in_and_ended_on_any_phone() -> None:
    for state, able in ((desk.RINGING, {do.Answer, do.HangUp}), (desk.TALKING, {do.ToggleMute, do.HangUp})):
        assert able <= possible(replace(state, capabilities=Capability(0)))


def test_a_phone_that_has_not_told_is_asked_for_nothing_that_it_may_not_do() -> None:
    state = reduce(SessionState(), de.PhoneLinkChanged(Link.UP), 1.0)
    for event in (ev.CallIncoming("call-1", customers.RUTH), ev.CallEstablished("call-1")):
        state = reduce(state, event, 1.0)
    assert possible(state) == {do.SelectCall, do.HangUp, do.ToggleMute, do.ToggleRing}
    state = reduce(state, ev.EngineCapabilities(Capability.HOLD), 2.0)
    assert possible(state) == {do.SelectCall, do.HangUp, do.ToggleMute, do.ToggleRing, do.ToggleHold}


def test_what_a_lost_phone_could_do_is_not_asked_of_the_next() -> None:
    state = reduce(desk.IDLE, de.PhoneLinkChanged(Link.DOWN, "gone"), desk.NOW)
    state = reduce(state, de.PhoneLinkChanged(Link.UP), desk.NOW)
    assert state.capabilities == Capability(0)
