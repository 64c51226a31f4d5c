"""What may be said in conversations, and that it is said once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.engine import URL

from hub.contract import ConversationEvent, Written
from hub.ports.messages import NotNow, PerhapsSent, Reason, Refused, Text
from hub.service.outbox import WHATSAPP
from tests.hub.centre import Centre, open_centre, told_by_webhooks
from tests.hub.conversations.acts import (
    ANOTHER,
    deliver,
    inside,
    leaves,
    listed,
    only,
    say,
    see,
    taken,
    thread,
    writes,
)
from tests.stubs.whatsapp_webhooks import (
    NOAH_ID,
    NOAH_USER,
    failure,
    status,
    text_message,
)
from tests.stubs.written import FakeMessages


async def test_a_conversation_is_taken_before_it_is_answered(centre: Centre, provider: FakeMessages) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    name = (await only(yael)).conversation
    refused = [await say(yael, name), await see(yael, name, "wamid.1")]
    assert [one.status_code for one in refused] == [409, 409]
    await leaves(centre)
    assert provider.accepted == []


async def test_a_text_is_sent_once_and_its_ticks_are_told(centre: Centre, provider: FakeMessages) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    name = await taken(yael)
    await yael.told()
    first = await say(yael, name, "  שלום, נח\x1b[2J\nמה המספר? ")
    again = await say(yael, name, "  שלום, נח\x1b[2J\nמה המספר? ")
    assert (first.status_code, again.json()) == (200, first.json())
    message = Written.model_validate_json(first.content)
    assert (message.text, message.status, message.agent) == ("שלום, נח[2J\nמה המספר?", "waiting", "yael")
    await leaves(centre)
    (sent,) = provider.accepted
    assert (sent.to, sent.content, sent.reference) == (f"+{NOAH_ID}", Text(message.text), message.message)
    for said in ("delivered", "sent", "read", "delivered"):
        told = status(centre.time(), f"wamid.{said}", said, message.message)
        await deliver(centre, statuses=[told])
    ticks = [
        event.message.status
        for event in await yael.told()
        if isinstance(event, ConversationEvent) and event.message
    ]
    assert ticks == ["waiting", "sent", "delivered", "read"], "what was seen is not unseen"
    assert [one.status for one in (await thread(yael, name)).messages] == ["", "read"]


async def test_a_key_is_for_one_text(centre: Centre, provider: FakeMessages) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    name = await taken(yael)
    assert (await say(yael, name, "one")).status_code == 200
    assert (await say(yael, name, "another")).status_code == 422
    assert (await say(yael, name, "another", {"Idempotency-Key": "key-00000002"})).status_code == 200
    await leaves(centre)
    await leaves(centre)
    assert [one.content for one in provider.accepted] == [Text("one"), Text("another")]


async def test_a_key_is_of_one_agent_and_one_conversation(centre: Centre, provider: FakeMessages) -> None:
    await writes(centre)
    yael, colleague = await centre.desk("yael"), await centre.desk(await inside(centre))
    name = await taken(yael)
    assert (await say(yael, name, "Shalom")).status_code == 200
    await writes(centre, "wamid.8", **ANOTHER)
    other = (await only(colleague)).conversation
    await yael.http.put(f"/v1/conversations/{other}/agent")
    again = await say(yael, other, "Shalom")
    assert (again.status_code, "something else" in again.json()["detail"]) == (422, True)
    await yael.http.delete(f"/v1/conversations/{other}/agent")
    await colleague.http.put(f"/v1/conversations/{other}/agent")
    assert (await say(colleague, other, "Shalom")).status_code == 200
    await leaves(centre)
    assert [one.to for one in provider.accepted] == [f"+{NOAH_ID}", "+972525550104"]


@pytest.mark.parametrize("text", ["", " \n", "\x1b\u202e", "x" * 4097])
async def test_what_is_no_text_is_refused(centre: Centre, text: str) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    assert (await say(yael, await taken(yael), text)).status_code == 422


async def test_what_will_work_is_said_before_it_is_tried(centre: Centre, provider: FakeMessages) -> None:
    await writes(centre)
    wrote_at = centre.time()
    yael = await centre.desk("yael")
    name = await taken(yael)
    can = (await only(yael)).can
    assert (can.opted_in, can.template_needed) == (True, False)
    assert can.text_until == wrote_at + timedelta(hours=24)
    centre.time.passes(24 * 3600 - 1)
    assert (await say(yael, name)).status_code == 200
    centre.time.passes(1)
    assert (await only(yael)).can.template_needed
    refused = await say(yael, name, "too late", {"Idempotency-Key": "key-00000002"})
    assert (refused.status_code, "24 hours" in refused.json()["detail"]) == (409, True)
    await leaves(centre)
    assert [one.content for one in provider.accepted] == [Text("How can I help?")]
    await writes(centre, "wamid.2")
    assert not (await only(yael)).can.template_needed


async def test_who_shows_no_number_is_answered_by_their_id(centre: Centre, provider: FakeMessages) -> None:
    message = text_message(centre.time(), from_user_id=NOAH_USER)
    await deliver(centre, messages=[message], contacts=[])
    yael = await centre.desk("yael")
    assert (await say(yael, await taken(yael))).status_code == 200
    await leaves(centre)
    assert [one.to for one in provider.accepted] == [NOAH_USER]


@pytest.mark.parametrize(
    ("trouble", "expected", "words"),
    [
        (Refused("no WhatsApp there", 131026, Reason.UNREACHABLE), "failed", "no WhatsApp there"),
        (PerhapsSent("nobody knows"), "unknown", "nobody knows"),
        (NotNow("busy", 130429), "waiting", ""),
    ],
)
async def test_a_text_that_did_not_go_says_why(
    centre: Centre, provider: FakeMessages, trouble: Exception, expected: str, words: str
) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    name = await taken(yael)
    provider.next.append(trouble)
    await say(yael, name)
    await leaves(centre)
    message = (await thread(yael, name)).messages[-1]
    assert (message.status, message.words) == (expected, words)


async def test_a_text_that_whatsapp_did_not_bring_says_why(centre: Centre, provider: FakeMessages) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    name = await taken(yael)
    reference = (await say(yael, name)).json()["message"]
    await leaves(centre)
    failed = status(centre.time(), "wamid.9", "failed", reference, errors=[failure(131047)])
    await deliver(centre, statuses=[failed])
    message = (await thread(yael, name)).messages[-1]
    assert (message.status, "24 hours" in message.words) == ("failed", True)


async def test_what_came_to_one_device_has_come(centre: Centre) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    name = await taken(yael)
    reference = (await say(yael, name)).json()["message"]
    await leaves(centre)
    for said in ("delivered", "failed"):
        await deliver(centre, statuses=[status(centre.time(), "wamid.9", said, reference)])
    await centre.hub.outbox.look()
    assert (await thread(yael, name)).messages[-1].status == "delivered"
    assert centre.hub.outbox.stuck.total() == 0


async def test_conversations_outlive_the_hub(database: URL, provider: FakeMessages) -> None:
    settings = told_by_webhooks(database)
    async with open_centre(database, senders={WHATSAPP: provider}, settings=settings) as before:
        await writes(before)
        yael = await before.desk("yael")
        name = await taken(yael)
        await say(yael, name)
        time = before.time
    later = FakeMessages()
    async with open_centre(database, senders={WHATSAPP: later}, settings=settings, time=time) as after:
        yael = await after.desk("yael")
        assert (await only(yael)).agent == "yael"
        await leaves(after)
        assert [one.status for one in (await thread(yael, name)).messages] == ["", "sent"]
        await say(yael, name)
        await leaves(after)
    assert len(provider.accepted) + len(later.accepted) == 1


async def test_those_of_an_agent_and_of_a_queue_who_are_no_more_are_to_be_taken(
    database: URL, provider: FakeMessages
) -> None:
    settings = told_by_webhooks(database)
    async with open_centre(database, senders={WHATSAPP: provider}, settings=settings) as before:
        await writes(before)
        await writes(before, "wamid.8", **ANOTHER)
        store = before.hub.written.conversations.store
        await store.with_number("+972525550105", "sales", "Gal", before.time())
        yael = await before.desk("yael")
        for one in await listed(yael):
            if one.number == f"+{NOAH_ID}":
                assert await store.hand_over(one.conversation, "", "yael")
        time = before.time
    centre = settings.centre
    staying = [agent for agent in centre.agents if agent.id != "yael"]
    agents = tuple(one.model_copy(update={"queues": ("support",)}) for one in staying)
    queues = tuple(queue for queue in centre.queues if queue.name == "support")
    smaller = centre.model_copy(update={"agents": agents, "queues": queues})
    settings = settings.model_copy(update={"centre": smaller})
    async with open_centre(database, senders={WHATSAPP: provider}, settings=settings, time=time) as after:
        shown = await listed(await after.desk(agents[0].id))
        assert sorted(one.number for one in shown) == [f"+{NOAH_ID}", "+972525550104", "+972525550105"]
        assert {(one.agent, one.queue) for one in shown} == {("", "support")}


async def test_a_message_whose_end_was_not_put_down_is_put_right_at_the_start(
    database: URL, provider: FakeMessages
) -> None:
    settings = told_by_webhooks(database)
    async with open_centre(database, senders={WHATSAPP: provider}, settings=settings) as before:
        await writes(before)
        yael = await before.desk("yael")
        name = await taken(yael)
        await say(yael, name)
        before.hub.outbox.followers.clear()  # as if the hub were killed just here
        await leaves(before)
        assert (await thread(yael, name)).messages[-1].status == "waiting"
        time = before.time
    async with open_centre(database, senders={WHATSAPP: provider}, settings=settings, time=time) as after:
        yael = await after.desk("yael")
        assert (await thread(yael, name)).messages[-1].status == "sent"
