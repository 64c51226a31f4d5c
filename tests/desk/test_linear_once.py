"""What the linear desk tells of each event: all that a screen would show, and nothing of it twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.linear import pages
from agent_tui.linear.telling import rings_now, told
from agent_tui.screens.views.agenda import agenda_page
from agent_tui.screens.views.notices import notices_page
from agent_tui.screens.views.script import script_page
from agent_tui.session import events as de
from agent_tui.session.reduce import reduce
from agent_tui.session.state import Link, SessionState
from agent_tui.text.catalogue import use
from hub import contract as c
from sip import events as ev
from tests.desk.test_linear import talking
from tests.desk.test_linear_acts import asked
from tests.stubs import callback_desk, customers, desk

NUMBER = ev.Party("", "+972521234567", "")
PRIVATE = ev.Party("", "", "")
TALK = desk.TALKING.calls[0].id
CONTACT = desk.TALKING.work[0].contact


def heard(state: SessionState, *events: de.DeskEvent) -> list[str]:
    """All lines, one after the other."""
    return [line for lines in _each(state, *events) for line in lines]


def _each(state: SessionState, *events: de.DeskEvent) -> Iterator[list[str]]:
    for event in events:
        new = reduce(state, event, state.now + 1)
        yield list(told(state, new))
        state = new


def test_a_caller_who_is_only_a_number_is_told_by_it_once_as_it_is_read() -> None:
    calls = ev.CallIncoming("c-9", NUMBER)
    assert heard(desk.IDLE, calls) == ["RINGING: +972 52-123-4567. Type answer."]
    answered, over = ev.CallEstablished("c-9"), ev.CallClosed("c-9", ev.CloseReason.NORMAL)
    assert heard(desk.IDLE, calls, answered, over)[1:] == [
        "TALKING: +972 52-123-4567.",
        "Call over: +972 52-123-4567, 00:01.",
    ]
    gone = ev.MissedCalls((ev.MissedCall("c-1", "", NUMBER.number, "", "", ev.CloseReason.CANCELLED, 1.0),))
    assert heard(desk.IDLE, gone)[0] == "Missed: +972 52-123-4567."


def test_a_caller_without_a_number_is_told_without_a_gap() -> None:
    assert heard(desk.IDLE, ev.CallIncoming("c-9", PRIVATE)) == ["RINGING: private number. Type answer."]


def test_a_known_caller_is_told_with_number_and_queue() -> None:
    (line,) = told(replace(desk.RINGING, calls=(), active=None), desk.RINGING)
    assert line == "RINGING: Ruth Ben-Ami, +972 50-555-0121, queue Support. Type answer."


@pytest.mark.parametrize(
    ("link", "back"),
    [
        (
            (de.HubLinkChanged(Link.DOWN, "Connection refused"), de.HubLinkChanged(Link.UP)),
            "The hub answers again.",
        ),
        (
            (de.PhoneLinkChanged(Link.DOWN, "the phone process is gone"), de.PhoneLinkChanged(Link.UP)),
            "The phone is there again.",
        ),
        (
            (c.PbxLinkEvent(up=False, words="the line to the exchange broke"), c.PbxLinkEvent(up=True)),
            "The hub has its line to the exchange again.",
        ),
    ],
    ids=["hub", "phone", "exchange"],
)
def test_a_line_that_breaks_is_told_once_and_so_is_its_return(
    link: tuple[de.DeskEvent, de.DeskEvent], back: str
) -> None:
    broke, again = _each(desk.IDLE, *link)
    assert len(broke) == 1, broke
    assert broke[0].startswith("Warning: ")
    assert again == [back]


def test_a_registration_that_fails_is_told_once_and_so_is_its_return() -> None:
    refused = ev.RegistrationChanged(ev.RegistrationState.REFUSED, 403, "the registrar does not answer")
    fails, again = _each(desk.IDLE, refused, ev.RegistrationChanged(ev.RegistrationState.REGISTERED, 200))
    assert [line.partition(":")[0] for line in fails] == ["Error"]
    assert again == ["Registered."]


def test_sound_that_is_back_is_told() -> None:
    lost, back = _each(desk.TALKING, ev.AudioFault("Jabra is unplugged."), ev.AudioFault(""))
    assert lost == ["Warning: Jabra is unplugged."]
    assert back == ["The sound is there again."]


def test_a_note_that_is_not_saved_is_told_once() -> None:
    typed = de.NoteTyped(CONTACT, "wants a refund")
    (line,) = heard(desk.TALKING, typed, de.NoteNotSaved(CONTACT, "Connection refused"))
    assert line.startswith("Warning: Note and ticks are not saved yet.")


def test_a_callback_is_told_once_whether_it_is_promised_or_not() -> None:
    asked_for = de.CallbackAsked("k")
    (made,) = heard(desk.IDLE, asked_for, de.CallbackMade("k", callback_desk.MOMENTS["agenda"].callbacks[0]))
    assert "will be called back" in made
    (refused,) = heard(desk.IDLE, asked_for, de.CallbackRefused("k", "The day is full."))
    assert refused == "Warning: No callback is promised: The day is full."


def test_the_key_for_the_sounds_says_how_it_is_now() -> None:
    lines = heard(desk.RINGING, ev.RingSilenced(silent=True), ev.RingSilenced(silent=False))
    assert lines == ["Calls ring without a sound.", "Calls ring with their sound again."]


def test_what_is_chosen_and_ticked_is_said_back() -> None:
    (line,) = heard(desk.WRAP_UP, de.DispositionChosen(desk.WRAP_UP.work[0].contact, "solved"))
    assert line == "Outcome: Solved."
    step = script_page(desk.TALKING).keys[-1]
    ticked, unticked = _each(desk.TALKING, de.StepTicked(CONTACT, step), de.StepTicked(CONTACT, step))
    assert (len(ticked), len(unticked)) == (1, 1)
    assert (ticked[0].partition(":")[0], unticked[0].partition(":")[0]) == ("Done", "Not done")


def test_each_ring_strikes_the_bell_once() -> None:
    first = reduce(desk.IDLE, ev.CallIncoming("c-1", NUMBER), 1.0)
    both = reduce(first, ev.CallIncoming("c-2", customers.RUTH), 2.0)
    second = reduce(both, ev.CallClosed("c-1", ev.CloseReason.CANCELLED), 3.0)
    rang = [rings_now(old, new) for old, new in ((desk.IDLE, first), (first, both), (both, second))]
    assert rang == [True, True, False]


def test_a_ring_without_a_sound_strikes_no_bell() -> None:
    quiet = replace(desk.IDLE, rings_silently=True)
    assert not rings_now(quiet, reduce(quiet, ev.CallIncoming("c-1", NUMBER), 1.0))


async def test_the_bell_is_silent_where_the_settings_say_so() -> None:
    async with talking(bell=False) as talk:
        talk.desk.phone.rings(contact="k-1")
        await talk.hears("RINGING")
        await talk.says("status", "Ready")
        assert "\a" not in talk.heard


async def test_what_cannot_be_done_is_said_each_time_it_is_typed() -> None:
    async with talking() as talk:
        for _ in range(2):
            await talk.says("hold", "Warning: There is no call to hold.")


def test_what_stands_in_two_rows_has_one_number() -> None:
    state = callback_desk.MOMENTS["agenda"]
    lines = list(pages.read(agenda_page(state, desk.CLOCK), numbered=True))
    numbers = [line.partition(":")[0] for line in lines if re.match(r"\d+: ", line)]
    assert numbers == [str(place + 1) for place in range(len(state.callbacks))]
    sent, _said, _kept = asked(state, tuple(f"cancel {number}" for number in numbers))
    assert {one.callback for one in sent if isinstance(one, do.CancelCallback)} == {
        one.id for one in state.callbacks
    }


def test_a_step_is_read_with_one_number_and_a_notice_without_the_screens_keys() -> None:
    lines = list(pages.read(script_page(desk.TALKING), numbered=True))
    assert not [line for line in lines if re.match(r"(\d+): \1,", line)]
    assert [line for line in pages.read(notices_page(desk.HUB_DOWN)) if "Esc" in line] == []


def test_the_same_holds_in_hebrew() -> None:
    use("he")
    lines = heard(
        desk.IDLE,
        ev.CallIncoming("c-9", NUMBER),
        ev.RingSilenced(silent=True),
        de.HubLinkChanged(Link.DOWN),
        de.HubLinkChanged(Link.UP),
    )
    assert not [line for line in lines if re.search("[A-Za-z]", line)]


def test_one_number_written_in_two_ways_is_told_once() -> None:
    local = ev.Party("", "0505550121", "")
    (ringing,) = desk.RINGING.work
    assert ringing.offer is not None
    offer = ringing.offer.model_copy(update={"name": "", "number": "+972505550121"})
    known = replace(desk.RINGING, calls=(), active=None, work=(replace(ringing, card=None, offer=offer),))
    (line,) = heard(known, ev.CallIncoming("c-9", local, ringing.contact))
    assert line == "RINGING: +972 50-555-0121, queue Support. Type answer."


def test_a_conference_is_told_once() -> None:
    merged = (ev.CallMerged(one.id, merged=True) for one in desk.TWO_CALLS.calls)
    assert heard(desk.TWO_CALLS, *merged).count("Three talk.") == 1


def test_telephone_keys_are_said_back() -> None:
    assert heard(desk.TALKING, ev.DtmfSent(TALK, "12#")) == ["keys 12#"]


def test_another_reason_of_the_same_trouble_is_no_news_but_another_trouble_is() -> None:
    events = (de.HubLinkChanged(Link.DOWN, "The line ended."), de.HubLinkChanged(Link.DOWN, "Refused."))
    broke, again, unknown = _each(desk.IDLE, *events, de.HubLinkChanged(Link.DOWN, unknown=True))
    assert (len(broke), again) == (1, [])
    assert "does not know this device" in unknown[0]


_OVERALL = ev.Overall(mos=4.0, least_mos=3.0, loss_in=1.0, loss_out=0.0, most_jitter=40.0, most_rtt=100.0)


def bad(loss: float, *complaints: ev.Complaint) -> ev.CallQuality:
    return ev.CallQuality(TALK, 3.2, loss, 0.0, 44.4, 100.0, _OVERALL, complaints)


def test_a_bad_line_is_told_once_whatever_is_measured_and_so_is_its_end() -> None:
    gaps, poor = ev.Complaint.GAPS_IN, ev.Complaint.POOR
    events = (bad(9.0, gaps), bad(12.0, gaps), bad(12.0, gaps, poor), bad(8.0, gaps), bad(0.0), bad(0.0))
    told_of = list(_each(desk.TALKING, *events))
    assert [len(lines) for lines in told_of] == [1, 0, 1, 0, 1, 0]
    assert told_of[4] == ["The call sounds well again."]


@pytest.mark.parametrize("over", [ev.CallClosed(TALK, ev.CloseReason.NORMAL), ev.CallHeld(TALK)])
def test_a_bad_call_that_ends_or_waits_sounds_no_better(over: de.DeskEvent) -> None:
    for first in (bad(9.0, ev.Complaint.GAPS_IN), ev.SoundLost(TALK, ev.Missing.NOTHING_ARRIVES)):
        _bad, after = _each(desk.TALKING, first, over)
        assert not [line for line in after if "sounds well" in line]


def test_sound_that_was_missing_and_is_back_is_told() -> None:
    lost, back = (
        ev.SoundLost(TALK, ev.Missing.NOTHING_ARRIVES),
        ev.SoundBack(TALK, ev.Missing.NOTHING_ARRIVES),
    )
    assert heard(desk.TALKING, lost, back)[1:] == ["The call sounds well again."]


def test_an_exchange_that_rings_again_is_told() -> None:
    assert desk.IDLE.me is not None
    members = desk.IDLE.me.members
    gone = tuple(one.model_copy(update={"state": "unavailable"}) for one in members)
    me = desk.IDLE.me.model_copy(update={"members": gone})
    lost, back = _each(desk.IDLE, c.MeEvent(me=me), c.MeEvent(me=desk.IDLE.me))
    assert lost[0].startswith("Error: The exchange cannot ring this phone")
    assert back == ["The exchange can ring you again."]


async def test_a_notice_that_is_dismissed_is_not_told_to_be_over() -> None:
    async with talking() as talk:
        for _ in range(2):
            talk.desk.store.dispatch(ev.AudioFault("Jabra is unplugged."))
            await talk.hears("Warning: Jabra is unplugged.")
            before = len(talk.heard)
            talk.type("dismiss\r")
            await talk.until(lambda state: not state.notices)
            await talk.says("status", "Ready")
            assert "sound is there" not in talk.heard[before:]
        talk.desk.store.dispatch(ev.AudioFault("Jabra is unplugged."))
        talk.desk.store.dispatch(ev.AudioFault(""))
        await talk.hears("The sound is there again.")


async def test_who_is_ready_already_hears_how_they_stand() -> None:
    async with talking() as talk:
        await talk.says("away 0", "You are: Away.")
        await talk.says("ready", "You are: Ready.")
        await talk.says("ready", "Ready, ", "exchange: ")


@pytest.mark.parametrize("line", ["● Saved: ~/a.jpg", "▲ Not saved: no", "✔ Written to your settings."])
def test_signs_before_words_are_not_spelled(line: str) -> None:
    assert pages.spoken(line) == line[2:]
