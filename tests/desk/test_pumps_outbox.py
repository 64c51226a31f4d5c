"""Nothing typed is dropped: drafts, ticks and wrap-ups reach the hub, in order, however often it is away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from agent_tui.pumps.outbox import LONGEST, REST, Outbox
from agent_tui.session import events as de
from agent_tui.session.state import Link, NoteState, Phase
from agent_tui.session.store import Store
from hub import contract as c
from sip import events as ev
from tests.desk.running import running
from tests.stubs.clock import ManualClock, settle
from tests.stubs.hub import StubHub
from tests.stubs.messages import AT, CARD, SCRIPT, a_card, a_record, an_offer
from tests.stubs.messages import ME as AGENT

AVI = CARD.model_copy(update={"customer": "c-2", "name": "Avi Cohen"})
OWED = c.OpenContact(
    offer=an_offer(), phase="wrap_up", since=AT, card=a_card(), record=a_record(customer="c-1")
)
NOTHING_DONE = c.ScriptProgress(script=SCRIPT.id, revision=SCRIPT.revision)
EDITED = SCRIPT.model_copy(update={"revision": "another", "steps": ()})
NOA = ev.Party("Noa", "+972521234567", "sip:noa@test")


@dataclass(frozen=True)
class Scene:
    """An agent who talks with contact k-1, and the outbox."""

    store: Store
    hub: StubHub
    clock: ManualClock

    def types(self, text: str, contact: str = "k-1") -> None:
        self.store.dispatch(de.NoteTyped(contact, text))

    def hangs_up(self) -> None:
        self.hub.ends()
        self.store.dispatch(ev.CallClosed("call-1", ev.CloseReason.NORMAL))

    def finishes(self, key: str = "key-1") -> None:
        self.store.dispatch(de.DispositionChosen("k-1", "solved"))
        self.store.dispatch(de.WrapUpStarted("k-1", key))

    def note_state(self) -> NoteState:
        return self.store.state.work[0].note_state


async def a_scene() -> AsyncIterator[Scene]:
    """A scene for as long as it is looked at; then the desk ends."""
    clock, hub = ManualClock(), StubHub()
    store = Store(clock.now)
    hub.offers()
    hub.connects()
    for event in (
        de.HubLinkChanged(Link.UP),
        c.MeEvent(me=AGENT),
        c.OfferedEvent(offer=an_offer(), card=a_card()),
        ev.CallIncoming("call-1", NOA, "k-1"),
        ev.CallEstablished("call-1"),
        de.ScriptArrived("k-1", SCRIPT),
    ):
        store.dispatch(event)
    outbox = Outbox(store, hub, clock)
    async with running(outbox.run):
        await settle()
        yield Scene(store, hub, clock)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async for one in a_scene():
        yield one


async def test_a_draft_leaves_when_the_keys_rest(scene: Scene) -> None:
    for text in ("a", "ab", "abc"):
        scene.types(text)
        await scene.clock.advance(REST / 2)
        assert scene.hub.notes == []
    await scene.clock.advance(REST)
    assert scene.hub.notes == [("k-1", "abc")]
    assert scene.note_state() is NoteState.SAVED
    assert REST <= 0.5


async def test_a_draft_leaves_now_and_then_while_the_agent_types_on(scene: Scene) -> None:
    typed = 0.0
    while not scene.hub.notes and typed < LONGEST * 2:
        scene.types(f"at {typed}")
        await scene.clock.advance(REST / 2)
        typed += REST / 2
    assert scene.hub.notes
    assert typed <= LONGEST + REST


async def test_the_end_of_the_talk_sends_the_draft_at_once(scene: Scene) -> None:
    scene.types("last words")
    scene.hangs_up()
    await settle()
    assert scene.hub.notes == [("k-1", "last words")]


async def test_what_is_typed_while_a_draft_is_on_its_way_follows_it(scene: Scene) -> None:
    scene.hub.stalls()
    scene.types("a")
    await scene.clock.advance(REST)
    scene.types("ab")
    scene.hub.flows()
    await settle()
    assert scene.note_state() is NoteState.TYPED
    await scene.clock.advance(REST)
    assert scene.hub.notes == [("k-1", "a"), ("k-1", "ab")]
    assert scene.note_state() is NoteState.SAVED


async def test_a_draft_is_sent_again_while_the_hub_is_away(scene: Scene) -> None:
    scene.hub.goes_down()
    scene.types("abc")
    await scene.clock.advance(REST)
    assert scene.note_state() is NoteState.UNSAVED
    assert "kept here" in str(scene.store.state.notices[-1].words)
    await scene.clock.advance(1.0)
    await scene.clock.advance(2.0)
    assert scene.hub.notes == []
    scene.hub.comes_back()
    await scene.clock.advance(4.0)
    assert scene.hub.notes == [("k-1", "abc")]
    assert scene.note_state() is NoteState.SAVED
    assert scene.store.state.notices == ()


async def test_a_hub_that_is_back_gets_everything_at_once(scene: Scene) -> None:
    scene.hub.goes_down()
    scene.types("abc")
    await scene.clock.advance(REST)
    scene.store.dispatch(de.HubLinkChanged(Link.DOWN, "no answer"))
    scene.hub.comes_back()
    scene.store.dispatch(de.HubLinkChanged(Link.UP))
    await settle()
    assert scene.hub.notes == [("k-1", "abc")]


async def test_a_refused_draft_is_told_and_not_repeated_until_it_changes(scene: Scene) -> None:
    scene.hub.refuse["save_note"] = "Too long."
    scene.types("abc")
    await scene.clock.advance(REST)
    assert scene.note_state() is NoteState.UNSAVED
    assert "Too long." in str(scene.store.state.notices[-1].words)
    await scene.clock.advance(60.0)
    assert scene.hub.asked.count("save_note") == 1
    del scene.hub.refuse["save_note"]
    scene.types("ab")
    await scene.clock.advance(REST)
    assert scene.hub.notes == [("k-1", "ab")]


async def test_ticks_are_stored_with_the_contact(scene: Scene) -> None:
    scene.store.dispatch(de.StepTicked("k-1", "greet"))
    await scene.clock.advance(REST)
    ((contact, progress),) = scene.hub.progress
    assert (contact, progress.done) == ("k-1", ("greet",))
    assert not scene.store.state.work[0].progress_unsaved


async def test_a_wrap_up_is_stored_and_the_contact_leaves_the_desk(scene: Scene) -> None:
    overall = ev.Overall(mos=4.1, least_mos=2.9, loss_in=1.5, loss_out=0.5, most_jitter=31.0, most_rtt=120.0)
    scene.store.dispatch(ev.CallQuality("call-1", 4.3, 0.0, 0.0, 2.0, 40.0, overall))
    scene.types("done")
    scene.hangs_up()
    scene.finishes()
    await settle()
    stored = scene.hub.stored["k-1"]
    assert (stored.note, stored.disposition, stored.customer) == ("done", "solved", "c-1")
    assert stored.voice is not None
    assert (stored.voice.mos, stored.voice.jitter) == (4.1, 31.0)
    assert scene.store.state.work == ()


async def test_the_wrap_up_carries_ticks_and_note_and_no_draft_goes_beside_it(scene: Scene) -> None:
    scene.hub.asked.clear()
    scene.types("done")
    scene.store.dispatch(de.StepTicked("k-1", "greet"))
    scene.hub.stalls()
    scene.hangs_up()
    scene.finishes()
    scene.hub.flows()
    await scene.clock.advance(10.0)
    sent = [one for one in scene.hub.asked if one in {"save_progress", "save_note", "wrap_up"}]
    assert sent == ["wrap_up"]
    stored = scene.hub.stored["k-1"]
    assert stored.script is not None
    assert (stored.note, stored.script.done) == ("done", ("greet",))


async def test_ticks_that_were_refused_before_are_stored_with_the_wrap_up(scene: Scene) -> None:
    """A hub that was just started may not know yet whose the contact is."""
    scene.hub.refuse["save_progress"] = "This contact is not, or no longer, with you."
    scene.store.dispatch(de.StepTicked("k-1", "greet"))
    await scene.clock.advance(REST)
    scene.hangs_up()
    scene.finishes()
    await settle()
    stored = scene.hub.stored["k-1"]
    assert stored.script is not None
    assert stored.script.done == ("greet",)


async def test_a_wrap_up_is_sent_under_one_key_until_it_is_stored(scene: Scene) -> None:
    scene.hangs_up()
    await settle()
    scene.hub.goes_down()
    scene.finishes()
    for _ in range(3):
        await scene.clock.advance(5.0)
    assert scene.store.state.work[0].finishing
    scene.hub.comes_back()
    for _ in range(2):
        await scene.clock.advance(15.0)
    assert scene.hub.keys == ["key-1"]
    assert scene.store.state.work == ()


async def test_an_answer_that_was_lost_is_fetched_by_the_same_key(scene: Scene) -> None:
    """The hub stored the wrap-up but its answer never came: sending again changes nothing there."""
    scene.hangs_up()
    scene.types("done")
    wrap_up = c.WrapUp(note="done", disposition="solved", customer="c-1", script=NOTHING_DONE)
    await scene.hub.wrap_up("k-1", wrap_up, "key-1")
    scene.finishes()
    await settle()
    assert scene.hub.keys == ["key-1", "key-1"]
    assert scene.store.state.work == ()


@pytest.mark.parametrize(
    "news",
    [
        c.CardEvent(card=a_card("k-1", "+972521234567", AVI)),
        ev.CallQuality("call-2", 1.0, 9.0, 9.0, 2.0, 40.0, ev.Overall(1.0, 1.0, 9.0, 9.0, 31.0, 120.0)),
        de.SnapshotTaken(c.Snapshot(cursor="1-1", me=AGENT, queues=(), contacts=(OWED,), pbx=True), AT),
        de.ScriptArrived("k-1", EDITED),
    ],
    ids=["card", "call told by the phone that was lost", "another hub tells whose it is", "script"],
)
async def test_what_comes_while_a_wrap_up_is_on_its_way_changes_nothing_of_it(
    scene: Scene, news: de.DeskEvent
) -> None:
    """Stored, and the answer lost: asked for otherwise under the same key it would be refused for ever."""
    scene.store.dispatch(c.CardEvent(card=a_card("k-1", "+972521234567", CARD, AVI)))
    scene.hangs_up()
    scene.types("done")
    scene.store.dispatch(de.StepTicked("k-1", "greet"))
    await scene.clock.advance(REST)
    done = NOTHING_DONE.model_copy(update={"done": ("greet",)})
    await scene.hub.wrap_up("k-1", c.WrapUp(note="done", disposition="solved", script=done), "key-1")
    scene.hub.goes_down()
    scene.finishes()
    await settle()
    scene.store.dispatch(ev.CallIncoming("call-2", NOA, "k-1"))
    scene.store.dispatch(news)
    scene.hub.comes_back()
    await scene.clock.advance(15.0)
    assert scene.store.state.work == ()
    assert scene.hub.stored["k-1"].customer == ""


async def test_a_refused_wrap_up_is_the_agents_again_with_all_that_was_typed(scene: Scene) -> None:
    scene.hangs_up()
    scene.types("done")
    scene.hub.refuse["wrap_up"] = "Choose a customer first."
    scene.finishes()
    await settle()
    work = scene.store.state.work[0]
    assert (work.finishing, work.note, work.phase) == (False, "done", Phase.WRAP_UP)
    assert "Choose a customer first." in str(scene.store.state.notices[-1].words)
    del scene.hub.refuse["wrap_up"]
    scene.finishes("key-2")
    await settle()
    assert scene.hub.keys == ["key-1"]


async def test_what_is_unsaved_when_the_desk_ends_is_sent_once_more() -> None:
    async for scene in a_scene():
        scene.types("abc")
    assert scene.hub.notes == [("k-1", "abc")]


async def test_one_contacts_trouble_does_not_hold_up_another(scene: Scene) -> None:
    scene.hub.offers(an_offer("k-2"), a_card("k-2"))
    scene.store.dispatch(c.OfferedEvent(offer=an_offer("k-2"), card=a_card("k-2")))
    scene.store.dispatch(c.ConnectedEvent(contact="k-2", at=AT))
    del scene.hub.contacts["k-1"]
    scene.types("refused")
    scene.types("taken", "k-2")
    await scene.clock.advance(REST)
    assert scene.hub.notes == [("k-2", "taken")]


async def test_what_is_noted_of_a_ring_goes_when_the_agent_says_so_and_as_missed(scene: Scene) -> None:
    scene.hub.offers(an_offer("k-2"), a_card("k-2"))
    scene.store.dispatch(c.OfferedEvent(offer=an_offer("k-2"), card=a_card("k-2")))
    scene.types("of the ring", "k-2")
    await scene.clock.advance(LONGEST)
    scene.store.dispatch(c.OfferEndedEvent(contact="k-2", abandoned=True, at=AT))
    await scene.clock.advance(LONGEST)
    assert scene.hub.notes == []
    scene.hub.goes_down()
    scene.store.dispatch(de.WrapUpStarted("k-2", "key-2"))
    await settle()
    assert [work.note for work in scene.store.state.work] == ["", "of the ring"]
    scene.hub.comes_back()
    await scene.clock.advance(LONGEST)
    assert [(one.contact, one.note) for one in scene.hub.missed.values()] == [("k-2", "of the ring")]
    assert [work.contact for work in scene.store.state.work] == ["k-1"]


async def test_what_is_noted_of_a_ring_goes_at_once_when_the_talk_begins(scene: Scene) -> None:
    scene.hub.offers(an_offer("k-2"), a_card("k-2"))
    scene.store.dispatch(c.OfferedEvent(offer=an_offer("k-2"), card=a_card("k-2")))
    scene.types("of the ring", "k-2")
    await scene.clock.advance(LONGEST)
    scene.store.dispatch(c.ConnectedEvent(contact="k-2", at=AT))
    await settle()
    assert scene.hub.notes == [("k-2", "of the ring")]
