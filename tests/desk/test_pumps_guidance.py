"""Scripts reach the contacts they guide: in the right language, again when edited, or the hub is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from agent_tui.pumps.guidance import Guidance, ScriptLanguage
from agent_tui.session import events as de
from agent_tui.session.state import Link
from agent_tui.session.store import Store
from hub import contract as c
from sip import events as ev
from tests.desk.running import running
from tests.stubs.clock import ManualClock, settle
from tests.stubs.hub import StubHub
from tests.stubs.messages import CARD, ME, SCRIPT, a_card, an_offer

NOA = ev.Party("Noa", "+972521234567", "sip:noa@test")
HEBREW = SCRIPT.model_copy(update={"id": "support.he", "language": "he"})


@dataclass(frozen=True)
class Scene:
    store: Store
    hub: StubHub
    clock: ManualClock

    def offered(self, card: c.CardAnswer | None = None) -> None:
        self.hub.offers()
        self.store.dispatch(c.OfferedEvent(offer=an_offer(), card=card or a_card()))

    @property
    def script(self) -> c.Script | None:
        return self.store.state.work[0].script


async def a_scene(language: ScriptLanguage) -> AsyncIterator[Scene]:
    clock, hub = ManualClock(), StubHub()
    hub.scripts["he"] = HEBREW
    store = Store(clock.now)
    store.dispatch(c.MeEvent(me=ME))
    store.dispatch(de.HubLinkChanged(Link.UP))
    async with running(Guidance(store, hub, clock, language).run):
        await settle()
        yield Scene(store, hub, clock)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async for one in a_scene(ScriptLanguage.CUSTOMER):
        yield one


@pytest.fixture
async def hebrew_scene() -> AsyncIterator[Scene]:
    async for one in a_scene(ScriptLanguage.HEBREW):
        yield one


def asked_scripts(scene: Scene) -> list[str]:
    return [one for one in scene.hub.asked if one.startswith("script")]


async def test_a_contact_gets_its_script_once(scene: Scene) -> None:
    scene.offered()
    await settle()
    assert scene.script == SCRIPT
    scene.store.dispatch(ev.CallIncoming("call-1", NOA, "k-1"))
    scene.store.dispatch(ev.CallEstablished("call-1"))
    scene.store.dispatch(de.NoteTyped("k-1", "abc"))
    await settle()
    assert asked_scripts(scene) == ["script en"]


async def test_an_edited_script_is_seen_on_the_desk(scene: Scene) -> None:
    scene.offered()
    await settle()
    edited = SCRIPT.model_copy(update={"revision": "r2", "title": "Support, mended"})
    scene.hub.scripts["en"] = edited
    scene.store.dispatch(
        c.ScriptChangedEvent(script="support.en", queue="support", language="en", revision="r2")
    )
    await settle()
    assert scene.script == edited


async def test_the_customers_language_counts_once_the_card_tells_it(scene: Scene) -> None:
    pending = a_card().model_copy(update={"status": c.CardStatus.PENDING, "cards": ()})
    scene.offered(pending)
    await settle()
    assert scene.script == SCRIPT
    hebrew_card = CARD.model_copy(update={"language": "he"})
    scene.store.dispatch(c.CardEvent(card=a_card("k-1", "+972521234567", hebrew_card)))
    await settle()
    assert scene.script == HEBREW
    assert asked_scripts(scene) == ["script en", "script he"]


async def test_one_language_may_be_set_for_all(hebrew_scene: Scene) -> None:
    hebrew_scene.offered()
    await settle()
    assert asked_scripts(hebrew_scene) == ["script he"]


async def test_a_script_that_could_not_be_fetched_is_fetched_when_the_hub_is_back(scene: Scene) -> None:
    scene.hub.goes_down()
    scene.offered()
    await settle()
    assert scene.script is None
    scene.hub.comes_back()
    await scene.clock.advance(2.0)
    assert scene.script == SCRIPT


async def test_a_queue_without_a_script_is_not_asked_about_again(scene: Scene) -> None:
    scene.hub.scripts.clear()
    scene.offered()
    await settle()
    scene.store.dispatch(de.Tick())
    scene.store.dispatch(c.ConnectedEvent(contact="k-1", at=an_offer().offered_at))
    await settle()
    assert asked_scripts(scene) == ["script en"]
    assert not scene.store.state.work[0].script_due


async def test_a_talk_without_a_card_asks_for_it_once(scene: Scene) -> None:
    scene.hub.offers()
    scene.store.dispatch(ev.CallIncoming("call-1", NOA, "k-1"))
    await settle()
    assert "card" not in scene.hub.asked
    scene.store.dispatch(ev.CallEstablished("call-1"))
    await settle()
    assert scene.store.state.work[0].card == a_card()
    scene.store.dispatch(de.NoteTyped("k-1", "a"))
    await settle()
    assert scene.hub.asked.count("card") == 1


async def test_a_card_the_hub_does_not_give_is_not_asked_for_again(scene: Scene) -> None:
    scene.store.dispatch(ev.CallIncoming("call-1", NOA, "k-1"))
    scene.store.dispatch(ev.CallEstablished("call-1"))
    await settle()
    scene.store.dispatch(de.NoteTyped("k-1", "a"))
    await settle()
    assert scene.hub.asked.count("card") == 1
    assert scene.store.state.work[0].card is None
