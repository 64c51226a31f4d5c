"""The outbox: what is stored leaves once, in order, and outlives hub, database and provider."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import stamina
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, insert, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError

from hub.db.outbox import OutboxStore, keep
from hub.db.tables import intents
from hub.domain.outbox import CRM, MOST_TRIES, OLDEST, State
from hub.ports.messages import NotNow, NotReached, PerhapsSent, Refused
from hub.service.outbox import WHATSAPP, Outbox
from tests.hub.centre import NOAH, Centre, open_centre
from tests.hub.outbox.messages import TITLE, a_message, state_of
from tests.stubs.written import FakeMessages

_WORDS = "words-of-the-provider"


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """stamina waits nowhere here."""
    stamina.set_testing(True, attempts=9, cap=True)
    yield
    stamina.set_testing(False)


async def _cause_again(centre: Centre, outbox: Outbox) -> None:
    again = insert(intents).values(agent="ron", presence="ready", reason="", since=centre.time())
    with suppress(IntegrityError):
        async with outbox.store.engine.begin() as connection:
            await connection.execute(again)
            await keep(connection, a_message(centre))


async def test_what_is_put_is_stored_as_it_is_and_leaves_once(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    message = a_message(centre)
    await outbox.put(message)
    assert await outbox.store.open() == (message,)
    await outbox.turn()
    await outbox.turn()
    assert [(one.to, one.content, one.reference) for one in provider.accepted] == [
        (NOAH, message.content, "m1")
    ]
    kept = await outbox.store.get("m1")
    assert kept is not None
    assert (kept.state, kept.provider_id, kept.tries) == (State.SENT, "wamid.1", 1)
    assert (outbox.waiting(), await outbox.store.open()) == ((), ())


async def test_it_is_stored_as_being_sent_before_it_is_asked_for(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    provider.gate.clear()
    await outbox.put(a_message(centre))
    turn = asyncio.create_task(outbox.turn())
    await provider.asked.wait()
    assert await state_of(outbox) is State.SENDING
    provider.gate.set()
    await turn
    assert await state_of(outbox) is State.SENT


async def test_one_of_an_id_is_stored_whoever_asks(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    await asyncio.gather(*(outbox.put(a_message(centre)) for _ in range(8)))
    await outbox.turn()
    await outbox.put(a_message(centre))
    await outbox.turn()
    assert len(provider.accepted) == 1


async def test_it_is_stored_with_its_cause_or_not_at_all(centre: Centre, outbox: Outbox) -> None:
    cause = insert(intents).values(agent="noa", presence="ready", reason="", since=centre.time())
    async with outbox.store.engine.begin() as connection:
        await connection.execute(cause)
        await keep(connection, a_message(centre))
    await _cause_again(centre, outbox)
    assert set(await centre.hub.agents.all_intents()) & {"noa", "ron"} == {"noa"}


async def test_a_provider_that_has_no_time_is_asked_again_in_its_time(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    provider.next.append(NotNow(_WORDS, 130429, after=70))
    await outbox.put(a_message(centre))
    await outbox.turn()
    centre.time.passes(69)
    await outbox.turn()
    assert provider.tries == 1
    centre.time.passes(1)
    await outbox.turn()
    assert (provider.tries, await state_of(outbox)) == (2, State.SENT)


async def test_a_try_is_made_anew_at_once_only_where_nothing_was_asked(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    provider.next.extend([NotReached(_WORDS), NotReached(_WORDS)])
    await outbox.put(a_message(centre))
    await outbox.turn()
    assert (provider.tries, await state_of(outbox)) == (3, State.SENT)
    provider.next.extend([NotReached(_WORDS)] * 3)
    await outbox.put(a_message(centre, "m2"))
    await outbox.turn()
    assert (provider.tries, await state_of(outbox, "m2")) == (6, State.WAITING)


@pytest.mark.parametrize("error", [PerhapsSent(_WORDS), RuntimeError(_WORDS)])
async def test_what_nobody_knows_of_is_never_asked_again(
    centre: Centre, outbox: Outbox, provider: FakeMessages, error: Exception
) -> None:
    provider.perhaps = True
    provider.next.append(error)  # a sender may have a fault
    await outbox.put(a_message(centre))
    for _ in range(3):
        await outbox.turn()
        centre.time.passes(3600)
    assert (len(provider.accepted), provider.tries, await state_of(outbox)) == (1, 1, State.UNKNOWN)


async def test_what_is_refused_is_given_up_with_the_reason_and_the_next_one_goes(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    provider.next.append(Refused(_WORDS, 131026))
    await outbox.put(a_message(centre))
    await outbox.put(a_message(centre, "m2"))
    await outbox.turn()
    await outbox.turn()
    kept = await outbox.store.get("m1")
    assert kept is not None
    assert (kept.state, kept.code, kept.words) == (State.GIVEN_UP, 131026, _WORDS)
    assert [one.reference for one in provider.accepted] == ["m2"]


async def test_a_customers_messages_stay_in_order_and_keep_nobody_else_waiting(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    provider.next.append(NotNow(_WORDS, 131056))
    for name in ("m1", "m2"):
        await outbox.put(a_message(centre, name))
        await outbox.turn()
    await outbox.put(a_message(centre, "m3", "+972505550102"))
    await outbox.turn()
    assert [one.reference for one in provider.accepted] == ["m3"]
    for _ in range(2):
        centre.time.passes(4)
        await outbox.turn()
    assert [one.reference for one in provider.accepted] == ["m3", "m1", "m2"]


async def test_tries_and_age_are_bounded(centre: Centre, outbox: Outbox, provider: FakeMessages) -> None:
    provider.next.extend([NotNow(_WORDS, 190)] * 99)
    await outbox.put(a_message(centre))
    for _ in range(MOST_TRIES + 5):
        await outbox.turn()
        centre.time.passes(1200)
    assert (await state_of(outbox), provider.tries <= MOST_TRIES) == (State.GIVEN_UP, True)
    tries = provider.tries
    await outbox.put(replace(a_message(centre, "m2"), made_at=centre.time() - OLDEST - timedelta(seconds=1)))
    await outbox.turn()
    assert (await state_of(outbox, "m2"), provider.tries) == (State.GIVEN_UP, tries)


async def test_the_next_try_is_known_to_the_next_hub(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    provider.next.append(NotNow(_WORDS, 130429, after=70))
    await outbox.put(a_message(centre))
    await outbox.turn()
    later = FakeMessages()
    async with open_centre(
        centre.hub.engine.url, pbx=centre.pbx, time=centre.time, senders={WHATSAPP: later}
    ) as again:
        await again.hub.outbox.turn()
        assert later.tries == 0
        centre.time.passes(70)
        await again.hub.outbox.turn()
    assert [one.reference for one in later.accepted] == ["m1"]


async def test_the_next_hub_keeps_to_the_order(centre: Centre, outbox: Outbox) -> None:
    for name in ("m2", "m3", "m1"):
        await outbox.put(a_message(centre, name))
    later = FakeMessages()
    async with open_centre(
        centre.hub.engine.url, pbx=centre.pbx, time=centre.time, senders={WHATSAPP: later}
    ) as again:
        for _ in range(3):
            await again.hub.outbox.turn()
    assert [one.reference for one in later.accepted] == ["m2", "m3", "m1"]


async def test_what_is_withdrawn_as_its_turn_comes_is_not_sent(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    await outbox.put(a_message(centre))
    assert await outbox.store.withdraw("m1")
    await outbox.turn()
    assert (provider.tries, outbox.waiting()) == (0, ())


async def test_when_all_is_sent_the_database_is_left_alone(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    provider.next.append(NotNow(_WORDS, 2))
    await outbox.put(a_message(centre))
    await outbox.turn()
    centre.time.passes(60)
    await outbox.turn()
    asked: list[str] = []

    def count(*told: object) -> None:
        asked.append(str(told[2]))

    event.listen(outbox.store.engine.sync_engine, "before_cursor_execute", count)
    await outbox.turn()
    assert (provider.tries, asked) == (2, [])


async def test_what_the_last_hub_was_sending_is_not_sent_by_the_next(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    provider.gate.clear()
    await outbox.put(a_message(centre))
    await outbox.put(a_message(centre, "m2"))
    turn = asyncio.create_task(outbox.turn())
    await provider.asked.wait()
    later = FakeMessages()
    async with open_centre(
        centre.hub.engine.url, pbx=centre.pbx, time=centre.time, senders={WHATSAPP: later}
    ) as again:
        await again.hub.outbox.turn()
        assert await state_of(again.hub.outbox) is State.UNKNOWN
    assert [one.reference for one in later.accepted] == ["m2"]
    turn.cancel()


async def test_without_its_claim_in_the_database_nothing_is_asked(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    await outbox.put(a_message(centre))
    async with outbox.store.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    await outbox.turn()
    assert provider.tries == 0
    async with outbox.store.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO outbox"))
    await outbox.turn()
    assert (provider.tries, await state_of(outbox)) == (1, State.SENT)


async def test_an_end_that_is_not_stored_is_stored_later_and_asked_for_no_second_time(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    provider.gate.clear()
    await outbox.put(a_message(centre))
    turn = asyncio.create_task(outbox.turn())
    await provider.asked.wait()
    async with outbox.store.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    provider.gate.set()
    await turn
    await outbox.turn()
    async with outbox.store.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO outbox"))
    await outbox.turn()
    assert (len(provider.accepted), await state_of(outbox), outbox.waiting()) == (1, State.SENT, ())


async def test_a_hub_that_stops_waits_for_the_answer(database: URL, provider: FakeMessages) -> None:
    provider.gate.clear()
    async with open_centre(database, senders={WHATSAPP: provider}) as centre:
        running = asyncio.create_task(centre.hub.outbox.run())
        await centre.hub.outbox.put(a_message(centre))
        await provider.asked.wait()
        running.cancel()
        asyncio.get_running_loop().call_soon(provider.gate.set)
    assert (len(provider.accepted), provider.closed) == (1, True)
    async with open_centre(database, senders={}) as again:
        assert await state_of(again.hub.outbox) is State.SENT


async def test_it_runs_by_itself(centre: Centre, outbox: Outbox, provider: FakeMessages) -> None:
    running = asyncio.create_task(outbox.run())
    await outbox.put(a_message(centre))
    async with asyncio.timeout(10):
        await provider.asked.wait()
    running.cancel()
    await outbox.close()
    assert await state_of(outbox) is State.SENT


async def test_what_was_not_tried_is_withdrawn_and_may_be_asked_for_again(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    await outbox.put(a_message(centre))
    assert await outbox.withdraw("m1")
    await outbox.turn()
    assert (provider.tries, await outbox.store.open(), outbox.waiting()) == (0, (), ())
    await outbox.put(a_message(centre))
    await outbox.turn()
    assert not await outbox.withdraw("m1")
    assert await state_of(outbox) is State.SENT


async def test_figures_tell_how_it_goes_and_nothing_of_whom(
    centre: Centre, outbox: Outbox, provider: FakeMessages
) -> None:
    await outbox.put(a_message(centre))
    await outbox.turn()
    provider.next.append(NotNow(_WORDS, 190))
    await outbox.put(a_message(centre, "m2"))
    await outbox.turn()
    centre.time.passes(30)
    page = centre.hub.metrics.page().decode()
    found = {
        (sample.name, sample.labels.get("result", "")): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name.startswith("moked_hub_outbox")
    }
    assert found == {
        ("moked_hub_outbox_waiting", ""): 1,
        ("moked_hub_outbox_oldest_seconds", ""): 30,
        ("moked_hub_outbox_stuck", ""): 0,
        ("moked_hub_outbox_tries_total", "sent"): 1,
        ("moked_hub_outbox_tries_total", "later"): 1,
    }
    assert not any(word in page for word in (NOAH, "a_template", TITLE, _WORDS))


async def test_the_log_tells_ids_and_codes_and_nothing_of_whom(
    centre: Centre, outbox: Outbox, provider: FakeMessages, told: io.StringIO
) -> None:
    provider.next.extend([NotReached(_WORDS), Refused(_WORDS, 131026), RuntimeError(_WORDS)])
    for name in ("m1", "m2", "m3"):
        await outbox.put(a_message(centre, name))
        await outbox.turn()
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    ends = [(line["id"], line["result"], line["code"]) for line in lines if line["event"] == "message"]
    assert ends == [("m1", "given_up", 131026), ("m2", "unknown", 0), ("m3", "sent", 0)]
    assert not any(word in told.getvalue() for word in (NOAH, NOAH[1:], "a_template", TITLE, _WORDS))


async def test_a_channel_without_a_sender_waits_for_one(centre: Centre, outbox: Outbox) -> None:
    await outbox.put(replace(a_message(centre), channel="pigeon"))
    await outbox.turn()
    assert await state_of(outbox) is State.WAITING


async def test_how_many_were_made_is_counted_by_number_and_in_all(centre: Centre, outbox: Outbox) -> None:
    start = centre.time()
    await outbox.put(a_message(centre))
    await outbox.put(a_message(centre, "m2", "+972505550102"))
    store: OutboxStore = outbox.store
    assert await store.made_since(start, WHATSAPP) == 2
    assert await store.made_since(start, WHATSAPP, NOAH) == 1
    assert await store.made_since(start, CRM) == 0
    assert await store.made_since(start + timedelta(seconds=1), WHATSAPP) == 0
