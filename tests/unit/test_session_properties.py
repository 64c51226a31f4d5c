"""What holds after any events in any order: no ended call acts, no note is lost, presence stands alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from agent_tui.session import events as de
from agent_tui.session import work_items as items
from agent_tui.session.reduce import reduce
from agent_tui.session.select import possible, script_steps
from agent_tui.session.state import Link, NoteState, Phase, SessionState
from hub import contract as c
from sip import events as ev
from sip.capability import Capability
from tests.stubs.messages import AT, ME, SCRIPT, a_card, a_record, an_offer

CONTACTS = ("k-1", "k-2")
contacts = st.sampled_from(CONTACTS)
calls = st.sampled_from(("call-1", "call-2"))
texts = st.sampled_from(("", "a", "asked for a bill"))
party = ev.Party("", "+972521234567", "sip:x@test")


def _open_contact(contact: str, phase: Literal["offered", "talking", "wrap_up"], note: str) -> c.OpenContact:
    record = a_record(contact, note=note)
    return c.OpenContact(offer=an_offer(contact), phase=phase, since=AT, card=a_card(contact), record=record)


def _snapshot(opens: list[c.OpenContact], presence: c.Presence) -> de.SnapshotTaken:
    unique = {one.offer.contact: one for one in opens}
    me = ME.model_copy(update={"presence": presence})
    return de.SnapshotTaken(
        c.Snapshot(cursor="1-1", me=me, queues=(), contacts=tuple(unique.values()), pbx=True), AT
    )


_PHASES: tuple[Literal["offered", "talking", "wrap_up"], ...] = ("offered", "talking", "wrap_up")
phases = st.sampled_from(_PHASES)
presences = st.sampled_from(c.Presence)
open_contacts = st.lists(st.builds(_open_contact, contacts, phases, texts), max_size=3)

phone_events = st.one_of(
    st.builds(ev.CallIncoming, calls, st.just(party), st.sampled_from((*CONTACTS, ""))),
    st.builds(ev.CallDialling, calls, st.just(party)),
    st.builds(ev.CallProgress, calls),
    st.builds(ev.CallEstablished, calls),
    st.builds(ev.CallHeld, calls),
    st.builds(ev.CallResumed, calls),
    st.builds(ev.CallMuted, calls, st.booleans()),
    st.builds(ev.CallMerged, calls, st.booleans()),
    st.builds(ev.CallTransferring, calls, st.just("2001")),
    st.builds(ev.TransferFailed, calls, st.just("2001"), st.just(486), st.just(ev.CloseReason.BUSY)),
    st.builds(ev.CallClosed, calls, st.sampled_from(ev.CloseReason)),
    st.builds(ev.EngineCapabilities, st.sampled_from(Capability)),
    st.builds(de.PhoneLinkChanged, st.sampled_from(Link)),
)
retold = st.builds(
    ev.Retold, phone_events.filter(lambda event: isinstance(event, ev.CallEvent)), st.floats(0, 100)
)
hub_events = st.one_of(
    st.builds(lambda k: c.OfferedEvent(offer=an_offer(k), card=a_card(k)), contacts),
    st.builds(lambda k: c.CardEvent(card=a_card(k)), contacts),
    st.builds(lambda k: c.ConnectedEvent(contact=k, at=AT), contacts),
    st.builds(lambda k: c.OfferEndedEvent(contact=k, abandoned=True, at=AT), contacts),
    st.builds(lambda k: c.ContactEndedEvent(contact=k, ended_by="caller", at=AT), contacts),
    st.builds(lambda k, note: c.WrappedUpEvent(record=a_record(k, note=note)), contacts, texts),
    st.builds(lambda p: c.MeEvent(me=ME.model_copy(update={"presence": p})), presences),
    st.builds(
        lambda r: c.ScriptChangedEvent(script="support.en", queue="support", language="en", revision=r),
        st.sampled_from(("r1", "r2")),
    ),
    st.builds(_snapshot, open_contacts, presences),
    st.builds(de.HubLinkChanged, st.sampled_from(Link)),
)
desk_events = st.one_of(
    st.builds(de.NoteTyped, contacts, texts),
    st.builds(de.NoteSaved, contacts, texts),
    st.builds(de.NoteNotSaved, contacts, st.just("no answer")),
    st.builds(de.StepTicked, contacts, st.sampled_from(("greet", "nowhere"))),
    st.builds(de.StepAnswered, contacts, st.just("line"), st.sampled_from(("yes", "perhaps"))),
    st.builds(de.ScriptArrived, contacts, st.sampled_from((SCRIPT, None))),
    st.builds(de.WrapUpStarted, contacts, st.sampled_from(("key-1", "key-2"))),
    st.builds(de.MissedLeft, contacts),
    st.builds(de.WrapUpFailed, contacts, st.just("not now")),
    st.builds(de.WrapUpStored, st.builds(a_record, contacts)),
    st.builds(de.PresenceWanted, st.none() | presences),
    st.builds(de.CallSelected, calls),
    st.builds(de.DispositionChosen, contacts, st.just("solved")),
    st.just(de.Tick()),
)

_TALK: list[de.DeskEvent] = [
    c.OfferedEvent(offer=an_offer("k-1"), card=a_card("k-1")),
    ev.CallIncoming("call-1", party, "k-1"),
    ev.CallEstablished("call-1"),
    de.NoteTyped("k-1", "begun"),
]
_MISSED: list[de.DeskEvent] = [
    c.OfferedEvent(offer=an_offer("k-1"), card=a_card("k-1")),
    ev.CallIncoming("call-1", party, "k-1"),
    de.NoteTyped("k-1", "begun"),
    ev.CallClosed("call-1", ev.CloseReason.CANCELLED),
]
_WRAP_UP = [*_TALK, ev.CallClosed("call-1", ev.CloseReason.NORMAL)]
_SENT = [*_WRAP_UP, de.WrapUpStarted("k-1", "key-1"), de.WrapUpFailed("k-1", "not now")]

all_events = st.builds(
    lambda begun, more: [*begun, *more],
    st.sampled_from((list[de.DeskEvent](), _TALK, _WRAP_UP, _SENT, _MISSED, _MISSED[:-1])),
    st.lists(st.one_of(phone_events, retold, hub_events, desk_events), min_size=20, max_size=60),
)
"""A desk that just came up, or is in the middle of a contact, and then anything in any order."""

Step = tuple[SessionState, de.DeskEvent, SessionState]


def _steps(events: list[de.DeskEvent]) -> list[Step]:
    state, steps = SessionState(), []
    for moment, event in enumerate(events):
        new = reduce(state, event, float(moment))
        steps.append((state, event, new))
        state = new
    return steps


@given(all_events)
def test_the_keys_act_on_an_open_call_or_on_none(events: list[de.DeskEvent]) -> None:
    for _old, _event, new in _steps(events):
        ids = [call.id for call in new.calls]
        assert len(ids) == len(set(ids))
        assert (new.active in ids) if ids else (new.active is None)


@given(all_events)
def test_an_event_of_a_call_that_is_over_changes_no_call_and_no_contact(events: list[de.DeskEvent]) -> None:
    for old, event, new in _steps(events):
        if not isinstance(event, ev.CallEvent) or isinstance(event, ev.CallIncoming | ev.CallDialling):
            continue
        if all(call.id != event.call for call in old.calls):
            assert new.calls == old.calls
            assert new.work == old.work


@given(all_events)
def test_a_contact_stays_from_talk_until_its_wrap_up_is_stored(events: list[de.DeskEvent]) -> None:
    for old, event, new in _steps(events):
        for work in old.work:
            if work.phase is Phase.OFFERED or items.find(new, work.contact) is not None:
                continue
            if work.phase is Phase.MISSED and not work.note:
                continue
            assert isinstance(event, de.WrapUpStored | c.WrappedUpEvent | de.SnapshotTaken)


@given(all_events)
def test_what_the_hub_does_not_have_is_lost_by_nothing(events: list[de.DeskEvent]) -> None:
    for old, event, new in _steps(events):
        for work in old.work:
            if work.note_state not in (NoteState.TYPED, NoteState.UNSAVED):
                continue
            left = items.find(new, work.contact)
            if left is None:
                stored = event.record if isinstance(event, de.WrapUpStored | c.WrappedUpEvent) else None
                assert stored is not None
                assert isinstance(event, de.WrapUpStored) or work.note in ("", stored.note)
            elif not (isinstance(event, de.NoteTyped) and event.contact == work.contact):
                assert left.note == work.note


@given(all_events)
def test_a_note_marked_as_saved_was_told_so_by_the_hub(events: list[de.DeskEvent]) -> None:
    for old, event, new in _steps(events):
        for work in new.work:
            before = items.find(old, work.contact)
            was_saved = before is not None and before.note_state is NoteState.SAVED
            if work.note_state is NoteState.SAVED and not was_saved:
                assert isinstance(event, de.NoteSaved | de.SnapshotTaken)


@given(all_events)
def test_presence_is_moved_by_presence_alone_and_moves_nothing_else(events: list[de.DeskEvent]) -> None:
    for old, event, new in _steps(events):
        if isinstance(event, c.MeEvent | de.PresenceWanted):
            chosen = replace(new, me=old.me, wanted=old.wanted, mended=old.mended)
            assert replace(chosen, presence_since=old.presence_since, now=old.now) == old
        elif not isinstance(event, de.SnapshotTaken):
            assert (new.me, new.wanted, new.mended) == (old.me, old.wanted, old.mended)


@given(all_events)
def test_one_contact_has_one_place_and_something_is_shown_when_there_is_work(
    events: list[de.DeskEvent],
) -> None:
    for _old, _event, new in _steps(events):
        known = [work.contact for work in new.work]
        assert len(known) == len(set(known))
        assert (new.shown is None) == (not known)
        possible(new)
        for work in new.work:
            script_steps(work)


@given(all_events)
def test_a_wrap_up_keeps_its_first_key(events: list[de.DeskEvent]) -> None:
    for old, _event, new in _steps(events):
        for work in new.work:
            before = items.find(old, work.contact)
            if before is not None and before.wrap_up_key:
                assert work.wrap_up_key == before.wrap_up_key
