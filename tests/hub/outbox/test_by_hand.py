"""What an administrator decides on messages while a hub runs: it is learned, and nothing is sent twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.engine import URL

from hub.db.audit import AuditStore
from hub.db.unsent import UnsentStore
from hub.domain.outbox import MOST_TRIES, OLDEST, Message, State
from hub.ports.messages import NotNow, PerhapsSent, Refused
from hub.service.outbox import Outbox
from tests.e2e.eventually import eventually_async
from tests.hub.centre import Centre, open_centre, sample_settings
from tests.hub.outbox.messages import a_message, state_of
from tests.stubs.written import FakeMessages

BY = "(command line)"


@pytest.fixture
def by_hand(centre: Centre) -> UnsentStore:
    return UnsentStore(centre.hub.engine)


async def _put(centre: Centre, *names: str) -> None:
    for name in names:
        await centre.hub.outbox.put(a_message(centre, name))


async def _acts(centre: Centre) -> list[tuple[str, str, str]]:
    """The oldest first."""
    entries = await AuditStore(centre.hub.engine).entries(None)
    return [(one.who, one.what, one.whom) for one in reversed(entries)]


async def _given_up(centre: Centre, provider: FakeMessages, name: str = "m1") -> None:
    provider.next.append(Refused("no WhatsApp there", 131026))
    await _put(centre, name)
    await centre.hub.outbox.turn()
    assert await state_of(centre.hub.outbox, name) is State.GIVEN_UP


@pytest.mark.parametrize("error", [Refused("no", 131026), PerhapsSent("no answer")])
async def test_a_stuck_one_is_sent_by_the_running_hub_once(
    centre: Centre, outbox: Outbox, provider: FakeMessages, by_hand: UnsentStore, error: Exception
) -> None:
    provider.next.append(error)
    await _put(centre, "m1")
    await outbox.turn()
    centre.time.passes(2 * OLDEST.total_seconds())
    assert await by_hand.resend("m1", BY, centre.time())
    assert not await by_hand.resend("m1", BY, centre.time())
    await outbox.look()
    await outbox.turn()
    assert await state_of(outbox) is State.SENT
    assert [one.reference for one in provider.accepted] == ["m1"]
    assert not await by_hand.resend("m1", BY, centre.time())
    await outbox.look()
    await outbox.turn()
    assert len(provider.accepted) == 1
    assert await _acts(centre) == [(BY, "message resent", "m1")]


async def test_who_decide_together_have_it_sent_once(
    centre: Centre, outbox: Outbox, provider: FakeMessages, by_hand: UnsentStore
) -> None:
    await _given_up(centre, provider)
    done = await asyncio.gather(*(by_hand.resend("m1", BY, centre.time()) for _ in range(6)))
    assert sorted(done) == [False] * 5 + [True]
    assert len(await _acts(centre)) == 1
    await outbox.look()
    await outbox.turn()
    assert len(provider.accepted) == 1


async def test_its_tries_begin_anew(
    centre: Centre, outbox: Outbox, provider: FakeMessages, by_hand: UnsentStore
) -> None:
    await outbox.put(replace(a_message(centre), tries=MOST_TRIES - 1))
    provider.next.append(NotNow("later", 2))
    await outbox.turn()
    assert await state_of(outbox) is State.GIVEN_UP
    assert await by_hand.resend("m1", BY, centre.time())
    await outbox.look()
    provider.next.append(NotNow("later", 2))
    await outbox.turn()
    assert await state_of(outbox) is State.WAITING


async def test_what_waits_or_is_being_sent_or_was_sent_is_not_put_back(
    centre: Centre, outbox: Outbox, provider: FakeMessages, by_hand: UnsentStore
) -> None:
    await _put(centre, "m1")
    assert not await by_hand.resend("m1", BY, centre.time())
    provider.gate.clear()
    turn = asyncio.create_task(outbox.turn())
    await provider.asked.wait()
    assert await by_hand.state("m1") is State.SENDING
    assert not await by_hand.resend("m1", BY, centre.time())
    assert not await by_hand.drop("m1", BY, centre.time())
    provider.gate.set()
    await turn
    assert not await by_hand.resend("m1", BY, centre.time())
    assert not await by_hand.drop("m1", BY, centre.time())
    assert not await by_hand.resend("nobody", BY, centre.time())
    assert await _acts(centre) == []


async def test_a_look_while_it_is_being_sent_asks_for_it_no_second_time(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    await _put(centre, "m1")
    provider.gate.clear()
    turn = asyncio.create_task(outbox.turn())
    await provider.asked.wait()
    await outbox.look()
    await outbox.turn()
    provider.gate.set()
    await turn
    await outbox.look()
    await outbox.turn()
    assert (provider.tries, await state_of(outbox)) == (1, State.SENT)


async def test_one_put_back_goes_before_later_ones_of_the_same_customer(
    centre: Centre, outbox: Outbox, provider: FakeMessages, by_hand: UnsentStore
) -> None:
    await _given_up(centre, provider)
    await _put(centre, "m2", "m3")
    await by_hand.resend("m1", BY, centre.time())
    await outbox.look()
    for _ in range(3):
        await outbox.turn()
    assert [one.reference for one in provider.accepted] == ["m1", "m2", "m3"]


async def test_one_dropped_is_never_sent_and_keeps_nobody_waiting(
    centre: Centre, outbox: Outbox, provider: FakeMessages, by_hand: UnsentStore
) -> None:
    provider.next.append(NotNow("later", 131048, after=3600))
    await _put(centre, "m1", "m2")
    await outbox.turn()
    assert await by_hand.drop("m1", BY, centre.time())
    assert not await by_hand.drop("m1", BY, centre.time())
    await outbox.look()
    assert [one.id for one in outbox.waiting()] == ["m2"]
    await outbox.turn()
    centre.time.passes(3600)
    await outbox.turn()
    assert [one.reference for one in provider.accepted] == ["m2"]
    assert await _acts(centre) == [(BY, "message dropped", "m1")]


async def test_a_stuck_one_is_dropped_for_good(
    centre: Centre, provider: FakeMessages, by_hand: UnsentStore
) -> None:
    await _given_up(centre, provider)
    assert await by_hand.drop("m1", BY, centre.time())
    assert await by_hand.state("m1") is None
    assert not await by_hand.resend("m1", BY, centre.time())


async def test_without_a_place_in_the_audit_nothing_is_done(
    centre: Centre, provider: FakeMessages, by_hand: UnsentStore
) -> None:
    await _given_up(centre, provider)
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE audit RENAME TO elsewhere"))
    for act in (by_hand.resend, by_hand.drop):
        with pytest.raises(Exception, match="audit"):
            await act("m1", BY, centre.time())
    assert await by_hand.state("m1") is State.GIVEN_UP


async def test_a_running_hub_looks_by_itself(
    centre: Centre,
    outbox: Outbox,
    provider: FakeMessages,
    by_hand: UnsentStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub.service.outbox._LOOK_AGAIN", 0.05)
    await _given_up(centre, provider)
    provider.asked.clear()
    running = asyncio.create_task(outbox.run())
    await by_hand.resend("m1", BY, centre.time())
    async with asyncio.timeout(10):
        await provider.asked.wait()
    running.cancel()
    await outbox.close()
    assert await state_of(outbox) is State.SENT


async def test_a_database_that_is_away_does_not_end_the_outbox(
    centre: Centre, outbox: Outbox, provider: FakeMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.service.outbox._LOOK_AGAIN", 0.05)
    running = asyncio.create_task(outbox.run())
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    outbox._made.set()
    await asyncio.sleep(0)
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO outbox"))
    await _put(centre, "m1")
    async with asyncio.timeout(10):
        await provider.asked.wait()
    running.cancel()
    await outbox.close()


async def test_the_figures_tell_how_many_are_stuck_and_readiness_is_of_other_things(
    centre: Centre, outbox: Outbox, provider: FakeMessages, by_hand: UnsentStore
) -> None:
    def stuck() -> dict[str, float]:
        page = centre.hub.metrics.page().decode()
        families = text_string_to_metric_families(page)
        samples = [one for family in families for one in family.samples]
        return {one.labels["state"]: one.value for one in samples if one.name == "moked_hub_outbox_stuck"}

    assert stuck() == {"given_up": 0, "unknown": 0}
    await _given_up(centre, provider)
    await _given_up(centre, provider, "m2")
    provider.next.append(PerhapsSent("no answer"))
    await _put(centre, "m3")
    await outbox.turn()
    await outbox.look()
    assert stuck() == {"given_up": 2, "unknown": 1}
    assert (await centre.client().get("/health/ready")).status_code == 200
    await by_hand.resend("m1", BY, centre.time())
    await by_hand.drop("m3", BY, centre.time())
    await outbox.look()
    assert stuck() == {"given_up": 1, "unknown": 0}


async def test_the_next_hub_tells_what_is_stuck_at_once(centre: Centre, provider: FakeMessages) -> None:
    await _given_up(centre, provider)
    async with open_centre(centre.hub.engine.url, pbx=centre.pbx, time=centre.time, senders={}) as again:
        assert again.hub.outbox.stuck[State.GIVEN_UP] == 1


def _sent(centre: Centre, name: str, days: float) -> Message:
    made = centre.time() - timedelta(days=days)
    return replace(a_message(centre, name), made_at=made, state=State.SENT, tries=1, provider_id="wamid.x")


async def test_sent_ones_are_forgotten_after_the_centres_time_and_no_others(
    centre: Centre, outbox: Outbox
) -> None:
    old = centre.time() - timedelta(days=400)
    store = outbox.store
    for name, days in (("old", 30.01), ("young", 29.99)):
        await store.put(_sent(centre, name, days))
    for state in (State.WAITING, State.GIVEN_UP, State.UNKNOWN):
        await store.put(replace(a_message(centre, state.value), made_at=old, state=state))
    assert await centre.hub.written.sent.clear() == 1
    left = [name for name in ("old", "young", "waiting", "given_up", "unknown") if await store.get(name)]
    assert left == ["young", "waiting", "given_up", "unknown"]
    centre.time.passes(3600)
    assert await centre.hub.written.sent.clear() == 1
    assert await centre.hub.written.sent.clear() == 0


async def test_many_are_forgotten_some_at_a_time(
    centre: Centre, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.db.outbox._AT_ONCE", 3)
    for number in range(8):
        await outbox.store.put(_sent(centre, f"m{number}", days=40 - number))
    before = centre.time() - timedelta(days=30)
    assert await outbox.store.clear(before) == 3
    left = [number for number in range(8) if await outbox.store.get(f"m{number}")]
    assert left == [3, 4, 5, 6, 7], "the oldest went first"
    assert await centre.hub.written.sent.clear() == 5


async def test_the_centre_says_for_how_long(database: URL) -> None:
    settings = sample_settings(database)
    messages = settings.centre.messages.model_copy(update={"keep_days": 2})
    changed = settings.centre.model_copy(update={"messages": messages})
    async with open_centre(
        database, senders={}, settings=settings.model_copy(update={"centre": changed})
    ) as centre:
        for name, days in (("old", 2.1), ("young", 1.9)):
            await centre.hub.outbox.store.put(_sent(centre, name, days))
        running = asyncio.create_task(centre.hub.written.sent.run())

        async def forgotten() -> bool:
            return await centre.hub.outbox.store.get("old") is None

        await eventually_async(forgotten, "the old one is forgotten")
        running.cancel()
        assert await centre.hub.outbox.store.get("young") is not None
