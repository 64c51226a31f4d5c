"""Conversations with customers: who reads them, what may be said in them, and that it is said once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.whatsapp import AgentTemplate, Template, Templates, WhatsApp
from hub.contract import Conversation, ConversationEvent, ConversationGoneEvent, Thread, Written
from hub.db.incoming import keep_incoming
from hub.ports.message_events import Incoming
from hub.ports.messages import NotNow, PerhapsSent, Reason, Refused, Text
from hub.ports.messages import Template as WireTemplate
from hub.service.outbox import WHATSAPP
from tests.hub.centre import TWO_PEOPLE, Centre, Desk, open_centre, told_by_webhooks
from tests.stubs.whatsapp_webhooks import (
    NOAH_ID,
    NOAH_USER,
    delivery,
    failure,
    file_message,
    status,
    text_message,
)
from tests.stubs.written import FakeMessages

_KEY = {"Idempotency-Key": "key-00000001"}


@pytest.fixture
def provider() -> FakeMessages:
    return FakeMessages()


@pytest.fixture
async def centre(database: URL, provider: FakeMessages) -> AsyncIterator[Centre]:
    settings = told_by_webhooks(database)
    async with open_centre(database, senders={WHATSAPP: provider}, settings=settings) as opened:
        yield opened


async def deliver(centre: Centre, **told: Any) -> None:
    assert centre.hub.inbox is not None
    await centre.hub.inbox.put(delivery(**told))
    await centre.hub.inbox.turn()


async def writes(centre: Centre, name: str = "wamid.1", body: str = "Shalom", **writer: str) -> None:
    await deliver(centre, messages=[text_message(centre.time(), name, body, **writer)])


async def leaves(centre: Centre) -> None:
    """What is in the outbox is sent."""
    await centre.hub.outbox.look()
    await centre.hub.outbox.turn()


async def listed(desk: Desk) -> list[Conversation]:
    answer = await desk.http.get("/v1/conversations")
    assert answer.status_code == 200, answer.text
    return [Conversation.model_validate(one) for one in answer.json()]


async def only(desk: Desk) -> Conversation:
    (one,) = await listed(desk)
    return one


async def thread(desk: Desk, name: str) -> Thread:
    answer = await desk.http.get(f"/v1/conversations/{name}")
    assert answer.status_code == 200, answer.text
    return Thread.model_validate_json(answer.content)


async def taken(desk: Desk) -> str:
    """The one conversation there is becomes the desk's."""
    name = (await only(desk)).conversation
    answer = await desk.http.put(f"/v1/conversations/{name}/agent")
    assert answer.status_code == 200, answer.text
    return name


async def say(
    desk: Desk, name: str, text: str = "How can I help?", key: dict[str, str] | None = None
) -> httpx.Response:
    path = f"/v1/conversations/{name}/messages"
    return await desk.http.post(path, json={"text": text}, headers=key or _KEY)


async def see(desk: Desk, name: str, message: str) -> httpx.Response:
    return await desk.http.put(f"/v1/conversations/{name}/seen", json={"message": message})


async def test_what_a_customer_writes_is_told_to_who_serves_their_queue(centre: Centre) -> None:
    yael, other = await centre.desk("yael"), await centre.desk(await _outside(centre))
    await writes(centre, body="שלום")
    (event,) = await yael.told()
    assert isinstance(event, ConversationEvent)
    assert (event.conversation.name, event.conversation.unread) == ("Noah Levi", 1)
    assert (event.conversation.agent, event.conversation.queue) == ("", "support")
    assert event.message is not None
    assert (event.message.text, event.message.incoming, event.message.status) == ("שלום", True, "")
    assert await other.told() == []
    assert await listed(other) == []


async def _outside(centre: Centre) -> str:
    """An agent who does not serve support."""
    return next(agent.id for agent in centre.hub.roster.agents.values() if "support" not in agent.queues)


async def _inside(centre: Centre) -> str:
    """One who does, beside Yael."""
    return next(one for one in centre.hub.roster.serving("support") if one != "yael")


async def test_nobody_reads_anothers_conversation(centre: Centre) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    name = await taken(yael)
    for agent in (await _inside(centre), await _outside(centre)):
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


async def test_of_two_who_take_it_one_has_it_and_the_other_lets_it_go(centre: Centre) -> None:
    await writes(centre)
    yael, other = await centre.desk("yael"), await centre.desk(await _inside(centre))
    name = await taken(yael)
    assert (await yael.http.put(f"/v1/conversations/{name}/agent")).status_code == 200
    gone = [event for event in await other.told() if isinstance(event, ConversationGoneEvent)]
    assert [event.conversation for event in gone] == [name]
    assert (await only(yael)).agent == "yael"
    assert (await yael.http.delete(f"/v1/conversations/{name}/agent")).status_code == 204
    assert (await only(other)).agent == ""


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
    await writes(centre, "wamid.8", from_="972525550104")
    yael = await centre.desk("yael")
    name = next(one.conversation for one in await listed(yael) if one.number == f"+{NOAH_ID}")
    await yael.http.put(f"/v1/conversations/{name}/agent")
    assert (await see(yael, name, "wamid.8")).status_code == 422
    assert (await see(yael, name, "wamid.404")).status_code == 422


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


async def test_who_writes_while_their_call_goes_over_has_one_conversation(centre: Centre) -> None:
    store = centre.hub.going_over.news.store
    assert centre.hub.inbox is not None
    await centre.hub.inbox.put(delivery(messages=[text_message(centre.time())]))
    (waiting,) = await centre.hub.inbox.store.waiting(1)
    (told,) = centre.hub.inbox.read(waiting.body)
    assert isinstance(told, Incoming)
    async with centre.hub.inbox.store.reading(waiting) as connection:
        begun = await keep_incoming(connection, told, "support")
        going = asyncio.create_task(store.with_number(f"+{NOAH_ID}", "support", "Noah", centre.time()))
        await asyncio.wait({going}, timeout=0.5)  # time enough to go wrong, where it can
    assert (await going).id == begun


async def test_a_call_goes_over_only_for_who_talks_and_not_into_a_colleagues_conversation(
    centre: Centre,
) -> None:
    other = await centre.desk(await _inside(centre))
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


async def test_files_are_shown_by_their_names(centre: Centre) -> None:
    file = {"id": "4002", "mime_type": "application/pdf", "filename": "חשבונית.pdf", "caption": "see"}
    await deliver(centre, messages=[file_message(centre.time(), "wamid.1", "document", file)])
    yael = await centre.desk("yael")
    (message,) = (await thread(yael, (await only(yael)).conversation)).messages
    assert (message.kind, message.file_name, message.text) == ("document", "חשבונית.pdf", "see")


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


async def test_conversations_are_forgotten_in_time(centre: Centre) -> None:
    await writes(centre)
    yael = await centre.desk("yael")
    centre.time.passes(centre.hub.sent_messages.keep.total_seconds())
    await centre.hub.sent_messages.clear()
    assert len(await listed(yael)) == 1
    centre.time.passes(1)
    await centre.hub.sent_messages.clear()
    assert await listed(yael) == []


_GO_ON = AgentTemplate(
    title="Go on in writing",
    name="go_on",
    language="en_US",
    body="Hello {{1}}, this is {{2}}. Please answer here, {{1}}.",
    parameters=("name", "agent"),
)


@pytest.fixture
async def templated(database: URL, provider: FakeMessages) -> AsyncIterator[Centre]:
    """A centre whose agents have a template; two a day go to one number."""
    settings = told_by_webhooks(database)
    whatsapp = WhatsApp(
        destinations=("+9725",),
        templates=Templates(en=Template(name="waiting_caller", language="en_US")),
        number_limit=2,
        agent_templates=(_GO_ON,),
    )
    settings = settings.model_copy(
        update={"centre": settings.centre.model_copy(update={"whatsapp": whatsapp})}
    )
    async with open_centre(database, senders={WHATSAPP: provider}, settings=settings) as opened:
        yield opened


async def _in_a_call(centre: Centre, number: str = f"+{NOAH_ID}") -> tuple[Desk, str]:
    yael = await centre.desk("yael")
    contact = await centre.talk(number)
    opened = await yael.http.post(f"/v1/contacts/{contact}/conversation")
    return yael, str(opened.json()["conversation"])


async def _send(
    desk: Desk, name: str, number: int = 1, *, agreed: bool = True, filled: tuple[str, ...] = ("Noah", "Yael")
) -> httpx.Response:
    asked = {"template": "go_on.en_US", "parameters": filled, "agreed": agreed}
    headers = {"Idempotency-Key": f"template-key-{number}"}
    return await desk.http.post(f"/v1/conversations/{name}/templates", json=asked, headers=headers)


async def test_a_template_begins_to_write_once_and_reads_as_it_was_shown(
    templated: Centre, provider: FakeMessages
) -> None:
    yael, name = await _in_a_call(templated)
    (offered,) = (await yael.http.get("/v1/snapshot")).json()["templates"]
    assert (offered["title"], offered["parameters"]) == ("Go on in writing", ["name", "agent"])
    first, again = await _send(yael, name), await _send(yael, name)
    assert (first.status_code, again.json()) == (200, first.json())
    assert first.json()["text"] == "Hello Noah, this is Yael. Please answer here, Noah."
    await leaves(templated)
    await leaves(templated)
    (sent,) = provider.accepted
    assert (sent.to, sent.content) == (f"+{NOAH_ID}", WireTemplate("go_on", "en_US", ("Noah", "Yael")))
    assert (await only(yael)).can.opted_in
    assert [one.kind for one in (await thread(yael, name)).messages] == ["template"]


async def test_who_has_not_agreed_gets_none(templated: Centre, provider: FakeMessages) -> None:
    yael, name = await _in_a_call(templated)
    refused = await _send(yael, name, agreed=False)
    assert (refused.status_code, "ask them first" in refused.json()["detail"]) == (409, True)
    await leaves(templated)
    assert (provider.accepted, (await only(yael)).can.opted_in) == ([], False)


@pytest.mark.parametrize("filled", [("Noah",), ("Noah", " "), ("Noah", "Yael", "more"), ("", "Yael")])
async def test_a_template_is_filled_wholly(templated: Centre, filled: tuple[str, ...]) -> None:
    yael, name = await _in_a_call(templated)
    assert (await _send(yael, name, filled=filled)).status_code == 422


async def test_templates_are_counted_by_number_and_by_who_may_be_written_to(templated: Centre) -> None:
    yael, name = await _in_a_call(templated)
    answers = [await _send(yael, name, number) for number in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    other = await templated.desk(await _inside(templated))
    assert (await _send(other, name, 9)).status_code == 404


async def test_a_number_abroad_gets_none(templated: Centre) -> None:
    yael, name = await _in_a_call(templated, "+15005550006")
    assert (await _send(yael, name)).status_code == 422
