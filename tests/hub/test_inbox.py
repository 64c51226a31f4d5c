"""What WhatsApp delivers to the hub: stored, read once, and what follows from it, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import RowMapping, Table, select
from sqlalchemy.engine import URL

from hub.db.inbox import InboxState
from hub.db.incoming import keep_incoming
from hub.db.outbox import OutboxStore
from hub.db.tables import conversations, inbox, written
from hub.domain.outbox import Message, State, missed, sending, sent
from hub.ports.messages import PerhapsSent, Template
from hub.service.inbox import KEPT, OLDEST, Inbox
from hub.service.outbox import WHATSAPP
from hub.webhooks.whatsapp import WebhookSecrets, WhatsAppWebhook
from tests.hub.centre import NOAH, Centre, open_centre, told_by_webhooks
from tests.stubs.whatsapp_webhooks import (
    APP_SECRET,
    NOAH_ID,
    NOAH_USER,
    VERIFY_TOKEN,
    delivery,
    failure,
    file_message,
    signature,
    status,
    text_message,
)
from tests.stubs.written import FakeMessages


@pytest.fixture
async def centre(database: URL) -> AsyncIterator[Centre]:
    settings = told_by_webhooks(database)
    async with open_centre(database, senders={WHATSAPP: FakeMessages()}, settings=settings) as opened:
        yield opened


@pytest.fixture
def deliveries(centre: Centre) -> Inbox:
    assert centre.hub.written.inbox is not None
    return centre.hub.written.inbox


async def rows(centre: Centre, table: Table) -> list[RowMapping]:
    async with centre.hub.engine.connect() as connection:
        return list((await connection.execute(select(table))).mappings())


async def deliver(deliveries: Inbox, **told: Any) -> None:
    await deliveries.put(delivery(**told))
    await deliveries.turn()


async def test_what_a_customer_writes_is_in_their_conversation(centre: Centre, deliveries: Inbox) -> None:
    await deliver(deliveries, messages=[text_message(centre.time(), "wamid.1", "שלום")])
    image = {"id": "4001", "mime_type": "image/jpeg", "caption": "the router"}
    await deliver(deliveries, messages=[file_message(centre.time(), "wamid.2", "image", image)])
    (conversation,) = await rows(centre, conversations)
    assert (conversation["number"], conversation["name"]) == (f"+{NOAH_ID}", "Noah Levi")
    assert (conversation["queue"], conversation["agent"], conversation["unread"]) == ("support", "", 2)
    assert conversation["written_at"] == centre.time()
    said = [(one["id"], one["kind"], one["text"], one["media"]) for one in await rows(centre, written)]
    assert said == [("wamid.1", "text", "שלום", ""), ("wamid.2", "image", "the router", "4001")]


async def test_customers_words_are_in_the_inbox_until_they_are_read(
    centre: Centre, deliveries: Inbox
) -> None:
    await deliveries.put(delivery(messages=[text_message(centre.time(), body="secret words")]))
    (waiting,) = await rows(centre, inbox)
    assert (b"secret words" in waiting["body"], waiting["state"]) == (True, InboxState.WAITING)
    await deliveries.turn()
    (read,) = await rows(centre, inbox)
    assert (read["body"], read["state"]) == (b"", InboxState.READ)


async def test_a_delivery_that_is_played_again_counts_once(centre: Centre, deliveries: Inbox) -> None:
    body = delivery(messages=[text_message(centre.time())])
    for _ in range(3):
        await deliveries.put(body)
        await deliveries.turn()
    assert len(await rows(centre, written)) == 1
    assert len(await rows(centre, inbox)) == 1


async def test_a_message_that_is_delivered_in_another_body_counts_once(
    centre: Centre, deliveries: Inbox
) -> None:
    one, two = (text_message(centre.time(), name) for name in ("wamid.1", "wamid.2"))
    await deliver(deliveries, messages=[one])
    await deliver(deliveries, messages=[two, one])
    assert [row["id"] for row in await rows(centre, written)] == ["wamid.1", "wamid.2"]
    (conversation,) = await rows(centre, conversations)
    assert (conversation["unread"], deliveries.counts["again"]) == (2, 1)


async def test_each_status_of_a_message_counts_once(centre: Centre, deliveries: Inbox) -> None:
    """Their message is one: what tells them apart is what they say of it."""
    store = await _stored(centre, State.SENDING)
    for number, told in enumerate(("sent", "delivered", "read", "delivered", "sent")):
        one = status(centre.time(), "wamid.9", told, "m1", conversation={"id": str(number)})
        await deliver(deliveries, statuses=[one, one])
    assert (deliveries.counts["taken"], deliveries.counts["again"]) == (3, 7)
    found = await store.get("m1")
    assert found is not None
    assert found.state is State.SENT


async def test_a_delivery_is_answered_before_anything_comes_of_it(centre: Centre, deliveries: Inbox) -> None:
    listener = WhatsAppWebhook(WebhookSecrets(APP_SECRET, VERIFY_TOKEN), deliveries)
    body = delivery(messages=[text_message(centre.time())])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(listener), base_url="http://hub") as http:
        answer = await http.post("/whatsapp", content=body, headers=signature(body))
    assert (answer.status_code, await rows(centre, written)) == (200, [])
    await deliveries.turn()
    assert len(await rows(centre, written)) == 1


async def test_what_is_older_than_is_remembered_is_not_taken(centre: Centre, deliveries: Inbox) -> None:
    assert OLDEST < KEPT
    body = delivery(messages=[text_message(centre.time())])
    await deliveries.put(body)
    await deliveries.turn()
    centre.time.passes(KEPT.total_seconds() + 1)
    await deliveries.store.clear(centre.time() - KEPT)
    assert await rows(centre, inbox) == []
    await deliveries.put(body)
    await deliveries.turn()
    assert (len(await rows(centre, written)), deliveries.counts["old"]) == (1, 1)


async def test_a_customer_without_a_number_keeps_one_conversation(centre: Centre, deliveries: Inbox) -> None:
    nameless = [{"profile": {"name": "Noah"}, "user_id": NOAH_USER}]
    first = text_message(centre.time(), "wamid.1", from_user_id=NOAH_USER)
    await deliver(deliveries, messages=[first], contacts=nameless)
    both = {"from": NOAH_ID, "from_user_id": NOAH_USER}
    await deliver(deliveries, messages=[text_message(centre.time(), "wamid.2", **both)])
    await deliver(deliveries, messages=[text_message(centre.time(), "wamid.3")])
    (conversation,) = await rows(centre, conversations)
    assert (conversation["user_id"], conversation["number"]) == (NOAH_USER, f"+{NOAH_ID}")
    assert conversation["unread"] == 3


async def test_another_customer_with_the_same_number_is_another(centre: Centre, deliveries: Inbox) -> None:
    for name, user in (("wamid.1", NOAH_USER), ("wamid.2", "IL.999")):
        message = text_message(centre.time(), name, **{"from": NOAH_ID, "from_user_id": user})
        await deliver(deliveries, messages=[message], contacts=[])
    assert sorted(row["user_id"] for row in await rows(centre, conversations)) == [NOAH_USER, "IL.999"]


async def test_an_older_message_that_comes_later_does_not_turn_time_back(
    centre: Centre, deliveries: Inbox
) -> None:
    await deliver(deliveries, messages=[text_message(centre.time(), "wamid.2")])
    await deliver(deliveries, messages=[text_message(centre.time() - timedelta(hours=2), "wamid.1")])
    (conversation,) = await rows(centre, conversations)
    assert conversation["written_at"] == conversation["changed_at"] == centre.time()


async def test_a_clock_that_goes_before_the_hubs_opens_no_time_to_come(
    centre: Centre, deliveries: Inbox
) -> None:
    await deliver(deliveries, messages=[text_message(centre.time() + timedelta(days=900))])
    (conversation,) = await rows(centre, conversations)
    assert conversation["written_at"] == centre.time()


async def test_what_cannot_be_read_stays_and_keeps_nothing_back(centre: Centre, deliveries: Inbox) -> None:
    await deliveries.put(b"{}")
    await deliver(deliveries, messages=[text_message(centre.time())])
    assert len(await rows(centre, written)) == 1
    assert await deliveries.store.count(InboxState.UNREADABLE) == 1
    assert [row["body"] for row in await rows(centre, inbox)] == [b"{}", b""]


async def test_a_hub_that_dies_while_it_reads_reads_it_again(
    centre: Centre, deliveries: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = [text_message(centre.time(), name) for name in ("wamid.1", "wamid.2")]
    await deliveries.put(delivery(messages=two))

    async def killed(*told: Any) -> str:
        if told[1].id == "wamid.2":
            raise KeyboardInterrupt
        return await keep_incoming(*told)

    with monkeypatch.context() as patched:
        patched.setattr("hub.service.inbox.keep_incoming", killed)
        with pytest.raises(KeyboardInterrupt):
            await deliveries.turn()
    assert await rows(centre, written) == []
    await deliveries.turn()
    assert [row["id"] for row in await rows(centre, written)] == ["wamid.1", "wamid.2"]


async def _stored(centre: Centre, state: State) -> OutboxStore:
    """A message of the hub's that stands there."""
    store = centre.hub.outbox.store
    made = Message("m1", WHATSAPP, NOAH, Template("t", "he"), "c-1", centre.time(), centre.time())
    await store.put(made)
    asked = sending(made)
    await store.change(asked)
    if state is State.SENT:
        await store.change(sent(asked, "wamid.9"))
    if state is State.UNKNOWN:
        await store.change(missed(asked, PerhapsSent("nobody knows"), centre.time()))
    return store


@pytest.mark.parametrize("said", ["sent", "delivered", "read"])
@pytest.mark.parametrize("state", [State.UNKNOWN, State.SENDING, State.SENT])
async def test_a_status_decides_what_no_answer_did(
    centre: Centre, deliveries: Inbox, said: str, state: State
) -> None:
    store = await _stored(centre, state)
    await deliver(deliveries, statuses=[status(centre.time(), "wamid.9", said, "m1")])
    found = await store.get("m1")
    assert found is not None
    assert (found.state, found.provider_id, found.words) == (State.SENT, "wamid.9", "")


@pytest.mark.parametrize("state", [State.UNKNOWN, State.SENDING, State.SENT])
async def test_a_message_that_was_taken_and_not_brought_is_stuck_with_the_reason(
    centre: Centre, deliveries: Inbox, state: State
) -> None:
    store = await _stored(centre, state)
    failed = status(centre.time(), "wamid.9", "failed", "m1", errors=[failure(131026)])
    await deliver(deliveries, statuses=[failed])
    found = await store.get("m1")
    assert found is not None
    assert (found.state, found.code) == (State.GIVEN_UP, 131026)
    assert "has no WhatsApp" in found.words


async def test_a_status_of_a_message_that_is_none_of_ours_changes_nothing(
    centre: Centre, deliveries: Inbox
) -> None:
    store = await _stored(centre, State.UNKNOWN)
    await deliver(deliveries, statuses=[status(centre.time(), "wamid.9", "read", "another")])
    await deliver(deliveries, statuses=[status(centre.time(), "wamid.9", "read")])
    found = await store.get("m1")
    assert found is not None
    assert found.state is State.UNKNOWN


async def test_without_a_listener_there_is_no_inbox(database: URL) -> None:
    async with open_centre(database) as plain:
        assert plain.hub.written.inbox is None
