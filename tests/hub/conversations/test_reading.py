"""Conversations with customers: who reads them, and whose they are."""

from __future__ import annotations

import pytest

from hub.contract import ConversationEvent, ConversationGoneEvent
from hub.db.conversations import ConversationStore
from tests.hub.centre import Centre
from tests.hub.conversations.acts import (
    ANOTHER,
    deliver,
    inside,
    listed,
    only,
    outside,
    say,
    see,
    taken,
    thread,
    writes,
)
from tests.stubs.whatsapp_webhooks import (
    NOAH_ID,
    file_message,
)


async def test_what_a_customer_writes_is_told_to_who_serves_their_queue(centre: Centre) -> None:
    yael, other = await centre.desk("yael"), await centre.desk(await outside(centre))
    await writes(centre, body="שלום")
    (event,) = await yael.told()
    assert isinstance(event, ConversationEvent)
    assert (event.conversation.name, event.conversation.unread) == ("Noah Levi", 1)
    assert (event.conversation.agent, event.conversation.queue) == ("", "support")
    assert event.message is not None
    assert (event.message.text, event.message.incoming, event.message.status) == ("שלום", True, "")
    assert await other.told() == []
    assert await listed(other) == []


async def test_nobody_reads_anothers_conversation(centre: Centre) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    name = await taken(yael)
    for agent in (await inside(centre), await outside(centre)):
        other = await centre.desk(agent)
        assert await listed(other) == []
        asked = [
            await other.http.get(f"/v1/conversations/{name}"),
            await other.http.put(f"/v1/conversations/{name}/agent"),
            await other.http.delete(f"/v1/conversations/{name}/agent"),
            await see(other, name, "wamid.1"),
            await say(other, name),
        ]
        assert [one.status_code for one in asked] == [404] * 5
        unknown = await other.http.get("/v1/conversations/nosuchconversation")
        assert unknown.json()["detail"] == asked[0].json()["detail"], (
            "another's and an unknown one look the same"
        )
    await writes(centre, "wamid.2")
    assert [type(event) for event in await other.told()] == []
    assert (await only(yael)).unread == 2


async def test_nobodys_conversation_is_read_and_taken_by_who_serves_its_queue_alone(centre: Centre) -> None:
    await writes(centre)
    name = (await only(await centre.desk("yael"))).conversation
    other = await centre.desk(await outside(centre))
    asked = [
        await other.http.get(f"/v1/conversations/{name}"),
        await other.http.put(f"/v1/conversations/{name}/agent"),
        await other.http.get(f"/v1/conversations/{name}/file", params={"message": "wamid.1"}),
    ]
    assert [one.status_code for one in asked] == [404] * 3
    colleague = await centre.desk(await inside(centre))
    assert (await colleague.http.get(f"/v1/conversations/{name}")).status_code == 200


async def test_of_two_who_take_it_one_has_it_and_the_other_lets_it_go(centre: Centre) -> None:
    await writes(centre)
    yael, other = await centre.desk("yael"), await centre.desk(await inside(centre))
    name = await taken(yael)
    assert (await yael.http.put(f"/v1/conversations/{name}/agent")).status_code == 200
    gone = [event for event in await other.told() if isinstance(event, ConversationGoneEvent)]
    assert [event.conversation for event in gone] == [name]
    assert (await only(yael)).agent == "yael"
    assert (await yael.http.delete(f"/v1/conversations/{name}/agent")).status_code == 204
    assert (await only(other)).agent == ""


async def test_who_comes_second_is_told_that_a_colleague_has_it(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writes(centre)
    yael, other = await centre.desk("yael"), await centre.desk(await inside(centre))
    name = (await only(yael)).conversation
    hand_over = ConversationStore.hand_over

    async def after_a_colleague(store: ConversationStore, which: str, old: str, new: str) -> bool:
        assert await hand_over(store, which, "", other.agent)
        return await hand_over(store, which, old, new)

    monkeypatch.setattr(ConversationStore, "hand_over", after_a_colleague)
    refused = await yael.http.put(f"/v1/conversations/{name}/agent")
    assert (refused.status_code, "A colleague" in refused.json()["detail"]) == (409, True)
    assert (await only(other)).agent == other.agent


async def test_unread_goes_when_all_was_seen(centre: Centre) -> None:
    await writes(centre, "wamid.1")
    await writes(centre, "wamid.2")
    yael = await centre.desk("yael")
    name = await taken(yael)
    assert (await only(yael)).unread == 2
    assert (await see(yael, name, "wamid.2")).status_code == 204
    assert (await only(yael)).unread == 0
    await writes(centre, "wamid.3")
    assert (await only(yael)).unread == 1


async def test_what_came_while_it_was_read_stays_unread(centre: Centre) -> None:
    for number in range(1, 4):
        await writes(centre, f"wamid.{number}")
    yael = await centre.desk("yael")
    name = await taken(yael)
    await yael.told()
    assert (await see(yael, name, "wamid.2")).status_code == 204
    assert (await only(yael)).unread == 1
    (told,) = await yael.told()
    assert isinstance(told, ConversationEvent)
    assert (told.conversation.unread, told.message) == (1, None)
    assert (await see(yael, name, "wamid.1")).status_code == 204
    assert (await only(yael)).unread == 1, "what was read is not unread again"
    assert await yael.told() == []


async def test_only_a_message_of_this_conversation_can_have_been_seen(centre: Centre) -> None:
    await writes(centre)
    await writes(centre, "wamid.8", **ANOTHER)
    yael = await centre.desk("yael")
    both = await listed(yael)
    assert len(both) == 2
    name = next(one.conversation for one in both if one.number == f"+{NOAH_ID}")
    await yael.http.put(f"/v1/conversations/{name}/agent")
    assert (await see(yael, name, "wamid.8")).status_code == 422
    assert (await see(yael, name, "wamid.404")).status_code == 422


async def test_files_are_shown_by_their_names(centre: Centre) -> None:
    file = {"id": "4002", "mime_type": "application/pdf", "filename": "חשבונית.pdf", "caption": "see"}
    await deliver(centre, messages=[file_message(centre.time(), "wamid.1", "document", file)])
    yael = await centre.desk("yael")
    (message,) = (await thread(yael, (await only(yael)).conversation)).messages
    assert (message.kind, message.file_name, message.text) == ("document", "חשבונית.pdf", "see")


async def test_conversations_are_forgotten_in_time(centre: Centre) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    centre.time.passes(centre.hub.written.sent.keep.total_seconds())
    await centre.hub.written.sent.clear()
    assert len(await listed(yael)) == 1
    centre.time.passes(1)
    await centre.hub.written.sent.clear()
    assert await listed(yael) == []
