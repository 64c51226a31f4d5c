"""One suite for whatever fills ``ConversationPort``: the stub of desk tests, and HTTP to the real hub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.engine import URL

from agent_tui.adapters.http_hub import HttpHub
from agent_tui.ports import HubPort, HubRefused
from hub.contract import ConversationEvent
from hub.service.outbox import WHATSAPP
from hub.whatsapp_settings import WebhookSection, WhatsAppSection
from tests.contract.hub_centres import real_centre
from tests.stubs.conversations import a_conversation, a_message
from tests.stubs.hub import StubHub
from tests.stubs.messages import AT
from tests.stubs.some_files import PDF
from tests.stubs.whatsapp import SENDER
from tests.stubs.whatsapp_webhooks import delivery, text_message
from tests.stubs.written import FakeWhatsApp


@dataclass(frozen=True)
class WritingCentre:
    """A centre that writes. ``writes``: Noah writes a message of this id."""

    port: HubPort
    writes: Callable[[str, str], Awaitable[None]]


@pytest.fixture(params=["stub", "real"])
async def centre(request: pytest.FixtureRequest, empty_database: URL) -> AsyncIterator[WritingCentre]:
    """The stub, and the real hub."""
    if request.param == "stub":
        yield _stub()
        return
    section = WhatsAppSection(phone_number_id=SENDER, webhook=WebhookSection())
    async with real_centre(empty_database, whatsapp=section, senders={WHATSAPP: FakeWhatsApp()}) as one:
        hub = one.hub

        async def writes(name: str, text: str) -> None:
            assert hub.written.inbox is not None
            cursor = (await one.port.snapshot()).cursor
            await hub.written.inbox.put(delivery(messages=[text_message(hub.outbox.now(), name, text)]))
            async with asyncio.timeout(20):
                async for event in one.port.events(cursor):
                    if (
                        isinstance(event, ConversationEvent)
                        and event.message
                        and event.message.message == name
                    ):
                        return

        yield WritingCentre(one.port, writes)


def _stub() -> WritingCentre:
    stub = StubHub()
    stub.me = stub.me.model_copy(update={"writes": True})

    async def writes(name: str, text: str) -> None:
        stub.conversations.known.setdefault("v-1", a_conversation())
        stub.conversations.writes("v-1", a_message(name, text, AT))

    return WritingCentre(stub, writes)


async def the_one(centre: WritingCentre) -> str:
    (one,) = await centre.port.conversations.all()
    return one.conversation


async def test_the_hub_says_that_its_centre_writes(centre: WritingCentre) -> None:
    assert (await centre.port.snapshot()).me.writes


async def test_one_is_listed_read_taken_answered_once_and_seen(centre: WritingCentre) -> None:
    await centre.writes("wamid.1", "שלום")
    port, name = centre.port.conversations, await the_one(centre)
    thread = await port.thread(name)
    assert [(one.text, one.incoming) for one in thread.messages] == [("שלום", True)]
    with pytest.raises(HubRefused, match="nobody's yet"):
        await port.say(name, "too early", "key-00000001")
    assert (await port.take(name)).agent == (await centre.port.snapshot()).me.agent
    said = await port.say(name, "How can I help?", "key-00000002")
    assert await port.say(name, "How can I help?", "key-00000002") == said
    assert [one.text for one in (await port.thread(name)).messages] == ["שלום", "How can I help?"]
    await centre.writes("wamid.2", "more")
    await port.seen(name, "wamid.1")
    (one,) = await port.all()
    assert one.unread == 1
    await port.seen(name, "wamid.2")
    (one,) = await port.all()
    assert one.unread == 0


async def test_a_file_is_sent_once_and_had_again(centre: WritingCentre) -> None:
    await centre.writes("wamid.1", "Shalom")
    assert (await centre.port.snapshot()).files.document
    port, name = centre.port.conversations, await the_one(centre)
    for asked in (port.send_file(name, "a.pdf", PDF, "file-key-1"), port.file(name, "wamid.1")):
        with pytest.raises(HubRefused, match="nobody's yet"):
            await asked
    await port.take(name)
    sent = await port.send_file(name, "חשבונית ?&#.pdf", PDF, "file-key-1")
    assert await port.send_file(name, "חשבונית ?&#.pdf", PDF, "file-key-1") == sent
    assert (sent.kind, sent.file_name, sent.file) == ("document", "חשבונית _&#.pdf", True)
    assert [one.kind for one in (await port.thread(name)).messages] == ["text", "document"]
    assert await port.file(name, sent.message) == PDF
    with pytest.raises(HubRefused, match="has no file"):
        await port.file(name, "wamid.1")
    with pytest.raises(HubRefused, match="of this kind"):
        await port.send_file(name, "a.pdf", b"MZ\x00", "file-key-2")


async def test_one_is_given_back(centre: WritingCentre) -> None:
    await centre.writes("wamid.1", "Shalom")
    port, name = centre.port.conversations, await the_one(centre)
    await port.take(name)
    await port.let_go(name)
    (one,) = await port.all()
    assert one.agent == ""


@pytest.mark.parametrize("name", ["nosuch", "../me#", "a/b?c"])
async def test_what_is_not_there_is_refused_and_leads_nowhere_else(centre: WritingCentre, name: str) -> None:
    port = centre.port.conversations
    for asked in (port.thread(name), port.take(name), port.say(name, "x", "key-00000001")):
        with pytest.raises(HubRefused) as refused:
            await asked
        assert "version" not in str(refused.value)
    with pytest.raises(HubRefused):
        await port.of_contact("not-mine")


async def test_a_centre_that_does_not_write_says_so(empty_database: URL) -> None:
    async with real_centre(empty_database) as plain:
        assert isinstance(plain.port, HttpHub)
        assert not (await plain.port.snapshot()).me.writes
        assert await plain.port.conversations.all() == ()
