"""Whether the exchange can ring this phone, and what the desk offers and says for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from agent_tui.screens import keyboard, keys
from agent_tui.session.reach import Reach, reach, why_not_ready
from agent_tui.session.reduce import reduce
from agent_tui.session.state import Link, SessionState
from hub import contract as hub
from sip.events import RegistrationChanged, RegistrationState
from tests.stubs import desk

R = RegistrationState


def me(*states: Literal["free", "busy", "unavailable"], presence: hub.Presence = hub.Presence.AWAY) -> hub.Me:
    members = [
        hub.MemberView(queue=queue, state=state, paused=True)
        for queue, state in zip(("support", "sales"), states, strict=False)
    ]
    return desk.ME.model_copy(update={"members": tuple(members), "presence": presence})


def registered(state: RegistrationState) -> SessionState:
    return replace(desk.IDLE, registration=RegistrationChanged(state), me=me("free"))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (registered(R.REGISTERED), Reach.PROVEN),
        (replace(desk.IDLE, me=me("free", "unavailable")), Reach.UNREACHED),
        (replace(desk.IDLE, me=me("busy")), Reach.PROVEN),
        (replace(desk.IDLE, me=me()), Reach.UNKNOWN),
        (replace(desk.IDLE, me=None), Reach.UNKNOWN),
        (replace(desk.IDLE, me=me("unavailable"), hub=Link.DOWN), Reach.UNKNOWN),
        (replace(desk.IDLE, me=me("unavailable"), pbx=Link.DOWN), Reach.UNKNOWN),
        (registered(R.ELSEWHERE), Reach.PROVEN),
        (replace(registered(R.ELSEWHERE), me=me("unavailable")), Reach.UNREACHED),
        *((registered(state), Reach.UNREGISTERED) for state in R if state not in (R.REGISTERED, R.ELSEWHERE)),
        (replace(registered(R.REGISTERED), phone=Link.DOWN), Reach.UNREGISTERED),
    ],
)
def test_registrar_and_exchange_together_tell(state: SessionState, expected: Reach) -> None:
    assert reach(state) is expected
    ready_possible = expected in (Reach.PROVEN, Reach.UNKNOWN)
    assert (why_not_ready(state) is None) is ready_possible


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (replace(desk.IDLE, me=me("free")), True),
        (replace(desk.IDLE, me=me("unavailable")), False),
        (registered(R.UNREACHABLE), False),
        # away must always be possible
        (replace(desk.IDLE, me=me("unavailable", presence=hub.Presence.READY)), True),
    ],
)
def test_ready_is_offered_only_while_a_call_could_ring_here(state: SessionState, offered: bool) -> None:
    assert (keyboard.meaning(state, "presence") is not None) is offered
    button = next(button for button in keys.buttons(state) if button.name == "presence")
    assert button.works is offered


def test_the_notice_says_what_to_do_and_goes_when_the_exchange_reaches_the_phone() -> None:
    lost = reduce(desk.IDLE, hub.MeEvent(me=me("unavailable")), desk.NOW)
    assert "cannot ring this phone" in str(lost.notices[-1].words)
    assert "VPN" in str(lost.notices[-1].words)
    again = reduce(lost, hub.MeEvent(me=me("free")), desk.NOW)
    assert again.notices == ()


def test_a_phone_that_is_not_registered_is_told_of_as_that() -> None:
    lost = reduce(desk.IDLE, hub.MeEvent(me=me("unavailable")), desk.NOW)
    away = reduce(lost, RegistrationChanged(R.UNREACHABLE, None, "no reply"), desk.NOW)
    assert [notice.topic for notice in away.notices] == ["registration"]
