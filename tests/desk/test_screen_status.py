"""What the status bar says in each state, and what of it is left where there is little room."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest

from agent_tui.screens.views.calls import calls_page
from agent_tui.screens.views.floor import agents_page
from agent_tui.screens.views.queues import queues_page
from agent_tui.screens.views.status import status_bar
from agent_tui.screens.words import MEMBER
from agent_tui.session.directory import contacts
from agent_tui.session.state import Directory, Link, SessionState
from agent_tui.widgets.cells import Tone, lay_out
from agent_tui.widgets.least_room import Room
from hub import contract as hub
from sip.events import AudioLevels, RegistrationChanged, RegistrationState
from tests.desk.test_screen_views import said
from tests.stubs import desk
from tests.stubs.directory import a_colleague
from tests.stubs.floor_desk import an_agent, looking


def status(state: SessionState, width: int = 200) -> str:
    return said(status_bar(state, desk.CLOCK), width)


def with_members(*members: hub.MemberView) -> SessionState:
    return replace(desk.IDLE, me=desk.ME.model_copy(update={"members": members}))


def member(
    queue: str,
    state: Literal["free", "busy", "unavailable"] = "free",
    reason: str | None = None,
) -> hub.MemberView:
    return hub.MemberView(queue=queue, state=state, paused=reason is not None, reason=reason or "")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (RegistrationState.REGISTERED, "● Registered"),
        (RegistrationState.REGISTERING, "○ Registering"),
        (RegistrationState.UNREGISTERED, "○ Not registered"),
        (RegistrationState.REFUSED, "✖ Refused by registrar"),
        (RegistrationState.UNREACHABLE, "✖ No registrar"),
    ],
)
def test_registration_is_a_sign_and_a_word(state: RegistrationState, words: str) -> None:
    assert words in status(replace(desk.IDLE, registration=RegistrationChanged(state)))


def test_a_lock_is_shown_only_when_the_voice_is_encrypted() -> None:
    plain = replace(desk.TALKING, calls=(replace(desk.TALKING.calls[0], encryption=""),))
    assert "▣ encrypted" in status(desk.TALKING)
    assert "□ not encrypted" in status(plain)
    assert "encrypted" not in status(desk.RINGING)
    assert "encrypted" not in status(desk.IDLE)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (replace(desk.IDLE, phone=Link.DOWN), "PHONE DOWN"),
        (replace(desk.IDLE, hub=Link.DOWN), "HUB DOWN"),
        (replace(desk.IDLE, pbx=Link.DOWN), "EXCHANGE DOWN"),
        (replace(desk.IDLE, hub=Link.CONNECTING), "hub connecting"),
    ],
)
def test_a_broken_link_is_named(state: SessionState, words: str) -> None:
    assert words in status(state)
    assert words in status(state, 78)
    assert words not in status(desk.IDLE)


@pytest.mark.parametrize("unknown", [replace(desk.IDLE, hub=Link.DOWN), replace(desk.IDLE, pbx=Link.DOWN)])
def test_without_a_word_of_the_exchange_it_says_that_nothing_is_proven(unknown: SessionState) -> None:
    assert "reach not proven" in status(unknown)
    away = replace(unknown, registration=RegistrationChanged(RegistrationState.UNREACHABLE))
    assert "reach not proven" not in status(away)
    assert "reach not proven" not in status(desk.IDLE)


def test_presence_tells_reason_and_since_when() -> None:
    away = desk.ME.model_copy(update={"presence": hub.Presence.AWAY, "reason": "Lunch"})
    assert "■ Away: Lunch 12:04" in status(replace(desk.IDLE, me=away))
    assert "▲ Ready 12:04" in status(desk.IDLE)


def test_a_reason_chosen_in_hebrew_is_read_in_english_wherever_somebody_is_away() -> None:
    reader = desk.ME.model_copy(update={"pause_titles": (hub.PauseTitle(said="צהריים", title="Lunch"),)})
    away: dict[str, Any] = {"presence": hub.Presence.AWAY, "reason": "צהריים"}
    own = reader.model_copy(update={**away, "members": (member("support", reason="צהריים"),)})
    assert "■ Away: Lunch" in status(replace(desk.IDLE, me=own))
    assert "paused: Lunch" in status(replace(desk.IDLE, me=own))
    watched = looking((an_agent("tal", "Tal", **away), an_agent("gil", "Gil", **{**away, "reason": "רופא"})))
    rows = agents_page(replace(watched, me=reader), Room.ENOUGH).rows
    told = [cell.text for row in rows for cell in row.cells]
    assert "Lunch" in told
    assert any("רופא" in one for one in told), "what is none of the centre's stays as it was written"
    listed = Directory((a_colleague("tal", "Tal", "1003", "free", **away),))
    (tal,) = contacts(replace(desk.IDLE, me=reader, directory=listed))
    assert str(tal.reason) == "Lunch"


def test_what_was_chosen_is_told_apart_from_what_the_hub_has() -> None:
    assert "Away asked" in status(replace(desk.IDLE, wanted=hub.Presence.AWAY))


@pytest.mark.parametrize("line", ["busy", "on_hold"])
def test_a_talk_is_no_wrap_up_though_the_hub_keeps_calls_away_from_its_first_moment(line: str) -> None:
    assert desk.TALKING.me is not None
    members = tuple(
        one.model_copy(update={"state": line, "paused": True, "reason": "wrap-up"})
        for one in desk.TALKING.me.members
    )
    me = desk.TALKING.me.model_copy(update={"members": members, "wish": None})
    told = status_bar(replace(desk.TALKING, me=me), desk.CLOCK).rows[0].cells
    said = next(cell for cell in told if cell.text == str(MEMBER[line]))
    assert said.tone is Tone.PLAIN
    assert not any("wrap-up" in cell.text for cell in told)


def test_the_exchange_is_shown_beside_the_choice_and_pauses_by_name() -> None:
    assert "exchange: free" in status(desk.IDLE)
    assert "paused: wrap-up" in status(desk.WRAP_UP)
    lost = status(with_members(member("support", "unavailable")))
    assert "▲ Registered, not reachable" in lost
    assert "● Registered" not in lost
    assert "cannot reach you" in lost
    mixed = status(with_members(member("support"), member("sales", reason="wrap-up")))
    assert "support free, sales paused: wrap-up" in mixed


def test_queues_are_summed_up_only_while_the_figures_are_live() -> None:
    assert "4 waiting longest 01:42" in status(desk.IDLE)
    assert "waiting" not in status(replace(desk.IDLE, pbx=Link.DOWN))
    assert "NOT LIVE" in said(queues_page(replace(desk.IDLE, hub=Link.DOWN), roomy=True))


def test_missed_calls_that_have_no_room_are_counted_at_every_width() -> None:
    many = calls_page(replace(desk.MISSED, missed=desk.MISSED.missed[:1] * 5), desk.CLOCK).rows
    assert len(many) == 3
    for width in (60, 80):
        assert "+2 more" in "".join(text for text, _tone in lay_out(many[-1], width)[0])
    few = calls_page(replace(desk.MISSED, missed=desk.MISSED.missed[:1] * 3), desk.CLOCK).rows
    assert not any("more" in cell.text for row in few for cell in row.cells)


def test_eighty_columns_keep_what_matters() -> None:
    narrow = status(desk.TALKING, 78)
    for words in ("Registered", "encrypted", "Ready", "busy", "4 waiting", "01:42"):
        assert words in narrow


def test_eighty_columns_say_where_something_is_left_out() -> None:
    assert status(desk.TALKING, 78).strip().endswith("14:36 …")
    assert "…" not in status(desk.TALKING, 158)
    levels = {"call-1": AudioLevels("call-1", -30.0, -30.0)}
    row = calls_page(desk.BAD_LINE, desk.CLOCK, levels).rows[0]
    narrow, wide = ("".join(text for text, _tone in lay_out(row, width)[0]).rstrip() for width in (78, 158))
    assert narrow.endswith(" …")
    assert "MOS" not in narrow
    assert "MOS" in wide
    assert "…" not in wide
