"""A call goes over to a conversation."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.engine import URL

from hub.contract import Conversation, ConversationEvent, ConversationGoneEvent
from hub.db.incoming import keep_incoming
from hub.ports.message_events import Incoming
from tests.hub.centre import TWO_PEOPLE, Centre, open_centre
from tests.hub.conversations.acts import (
    in_a_call,
    inside,
    leaves,
    listed,
    only,
    outside,
    taken,
    thread,
    writes,
)
from tests.stubs.whatsapp_webhooks import (
    NOAH_ID,
    delivery,
    text_message,
)
from tests.stubs.written import FakeMessages


async def test_a_call_goes_over_to_writing(centre: Centre, provider: FakeMessages) -> None:
    yael = await centre.desk("yael")
    assert (await yael.http.get("/v1/me")).json()["writes"]
    contact = await centre.talk(f"+{NOAH_ID}")
    await centre.cards_arrive()
    path = f"/v1/contacts/{contact}/conversation"
    opened = Conversation.model_validate_json((await yael.http.post(path)).content)
    again = Conversation.model_validate_json((await yael.http.post(path)).content)
    assert (opened, opened.agent, opened.number) == (again, "yael", f"+{NOAH_ID}")
    assert opened.name
    assert (opened.can.opted_in, opened.can.template_needed) == (False, True)
    await leaves(centre)
    assert provider.accepted == [], "nothing is sent by it"
    centre.pbx.caller_hangs_up(contact)
    await writes(centre)
    one = await only(yael)
    assert (one.conversation, one.agent, one.can.template_needed) == (opened.conversation, "yael", False)


@pytest.mark.parametrize(
    ("number", "writable"), [(f"+{NOAH_ID}", True), ("+97235550112", False), ("anonymous", False)]
)
async def test_the_offer_says_whether_a_call_can_go_over(centre: Centre, number: str, writable: bool) -> None:
    yael = await centre.desk("yael")
    contact = await centre.talk(number)
    (shown,) = (await yael.http.get("/v1/snapshot")).json()["contacts"]
    assert shown["offer"]["writable"] is writable
    answer = await yael.http.post(f"/v1/contacts/{contact}/conversation")
    assert (answer.status_code == 200) is writable


async def test_who_writes_while_their_call_goes_over_has_one_conversation(centre: Centre) -> None:
    store = centre.hub.handling.going_over.news.store
    assert centre.hub.written.inbox is not None
    await centre.hub.written.inbox.put(delivery(messages=[text_message(centre.time())]))
    (waiting,) = await centre.hub.written.inbox.store.waiting(1)
    (told,) = centre.hub.written.inbox.read(waiting.body)
    assert isinstance(told, Incoming)
    async with centre.hub.written.inbox.store.reading(waiting) as connection:
        begun = await keep_incoming(connection, told, "support")
        going = asyncio.create_task(store.with_number(f"+{NOAH_ID}", "support", "Noah", centre.time()))
        await asyncio.wait({going}, timeout=0.5)  # time enough to go wrong, where it can
    assert (await going).id == begun


async def test_a_call_goes_over_only_for_who_talks_and_not_into_a_colleagues_conversation(
    centre: Centre,
) -> None:
    other = await centre.desk(await inside(centre))
    await writes(centre)
    await taken(other)
    yael = await centre.desk("yael")
    contact = await centre.talk(f"+{NOAH_ID}")
    path = f"/v1/contacts/{contact}/conversation"
    refused = [await yael.http.post(path), await other.http.post(path)]
    assert [one.status_code for one in refused] == [409, 404]
    assert await listed(yael) == []


async def test_who_cannot_be_written_to_is_told(centre: Centre) -> None:
    yael = await centre.desk("yael")
    contact = await centre.talk(TWO_PEOPLE)
    refused = await yael.http.post(f"/v1/contacts/{contact}/conversation")
    assert (refused.status_code, "number" in refused.json()["detail"]) == (422, True)


async def test_a_centre_without_whatsapp_begins_none(database: URL) -> None:
    async with open_centre(database) as plain:
        yael = await plain.desk("yael")
        assert not (await yael.http.get("/v1/me")).json()["writes"]
        contact = await plain.talk(f"+{NOAH_ID}")
        assert (await yael.http.post(f"/v1/contacts/{contact}/conversation")).status_code == 422


async def test_one_in_which_nothing_was_said_is_no_more_when_it_is_let_go(centre: Centre) -> None:
    yael, name = await in_a_call(centre)
    await yael.told()
    assert (await yael.http.delete(f"/v1/conversations/{name}/agent")).status_code == 204
    (gone,) = await yael.told()
    assert gone == ConversationGoneEvent(conversation=name, ended=True)
    assert await listed(yael) == []
    other = await centre.desk(await inside(centre))
    assert await listed(other) == []
    assert (await yael.http.get(f"/v1/conversations/{name}")).status_code == 404
    await writes(centre)
    assert (await only(other)).conversation != name


async def test_one_in_which_something_was_said_goes_back_to_its_queue(centre: Centre) -> None:
    yael, name = await in_a_call(centre)
    await writes(centre)
    assert (await yael.http.delete(f"/v1/conversations/{name}/agent")).status_code == 204
    other = await centre.desk(await inside(centre))
    assert ((await only(other)).conversation, (await only(other)).agent) == (name, "")
    assert (await thread(other, name)).messages


async def test_who_gives_one_back_to_a_queue_that_is_none_of_theirs_reads_it_no_more(centre: Centre) -> None:
    """They have it where its customer was handed on to them."""
    other = await centre.desk(await outside(centre))
    yael, name = await in_a_call(centre)
    await writes(centre)
    store = centre.hub.written.conversations.store
    assert await store.hand_over(name, "yael", other.agent)
    assert (await only(other)).queue == "support"
    await yael.told()
    await other.told()
    assert (await other.http.delete(f"/v1/conversations/{name}/agent")).status_code == 204
    assert await other.told() == [ConversationGoneEvent(conversation=name, ended=True)]
    assert [type(event) for event in await yael.told()] == [ConversationEvent]
    assert (await other.http.get(f"/v1/conversations/{name}")).status_code == 404
