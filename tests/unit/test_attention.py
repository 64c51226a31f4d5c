"""What calls the agent: by name and queue, silently where they wish, on the desktop when they look away."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.attention import Signals, Told, signals
from sip.events import Party
from tests.stubs import desk


def test_a_ring_names_the_customer_of_the_card_and_the_queue() -> None:
    shown = signals(desk.RINGING, focused=False)
    assert shown.title == "☎ Ruth Ben-Ami – Support – moked"
    assert shown.bell
    assert shown.told == Told("call-1", "☎ Ruth Ben-Ami", "Support", silent=False)


def test_without_a_card_or_a_queue_the_call_itself_is_named() -> None:
    call = replace(desk.RINGING.calls[0], contact="", party=Party("", "+972505550121", ""))
    shown = signals(replace(desk.RINGING, calls=(call,), work=()), focused=False)
    assert shown.title == "☎ +972 50-555-0121 – moked"
    hidden = replace(call, party=Party("", "", ""))
    assert signals(replace(desk.RINGING, calls=(hidden,), work=()), focused=True).title.startswith(
        "☎ private"
    )


def test_who_looks_at_the_desk_is_told_by_it() -> None:
    shown = signals(desk.RINGING, focused=True)
    assert shown.told is None
    assert shown.bell


def test_the_agents_wish_silences_and_hides_nothing() -> None:
    shown = signals(replace(desk.RINGING, rings_silently=True), focused=False)
    assert not shown.bell
    assert shown.title == "☎ Ruth Ben-Ami – Support – moked"
    assert shown.told == Told("call-1", "☎ Ruth Ben-Ami", "Support", silent=True)


def test_a_second_call_is_told_of_in_a_talk() -> None:
    shown = signals(desk.TWO_CALLS, focused=False)
    assert shown.told is not None
    assert shown.told.about == "call-2"


def test_nothing_calls_while_nobody_rings() -> None:
    for moment in (desk.IDLE, desk.TALKING, desk.WRAP_UP, desk.MISSED):
        assert signals(moment, focused=False) == Signals("moked")
