"""Callers who press a key are written to: stored before they are told, once, and only if they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from centre.whatsapp import Template, Templates, WhatsApp
from hub.domain.outbox import Message, State
from hub.ports.messages import Template as Sent
from hub.ports.pbx import CallerJoined
from hub.service.outbox import WHATSAPP
from hub.service.waiting_messages import GRACE
from hub.settings import Settings
from tests.hub.between import first
from tests.hub.centre import NOAH, ROUTING_SECRET, Centre, open_centre, sample_settings
from tests.hub.test_kept_places import leaves
from tests.stubs.written import FakeMessages

_BEARER = {"Authorization": f"Bearer {ROUTING_SECRET}"}
_SECTION = WhatsApp(
    destinations=("+972",),
    templates=Templates(
        en=Template(name="waiting_caller", language="en_US"),
        he=Template(name="waiting_caller", language="he"),
    ),
    queue_title=True,
    daily_limit=4,
    number_limit=2,
)


def written_to(database: URL, section: WhatsApp | None = _SECTION) -> Settings:
    """The sample centre, whose support has the digit."""
    settings = sample_settings(database)
    support, *others = settings.centre.queues
    queues = (support.model_copy(update={"whatsapp_digit": "#"}), *others)
    centre = settings.centre.model_copy(update={"whatsapp": section, "queues": queues})
    return settings.model_copy(update={"centre": centre})


@pytest.fixture
def provider() -> FakeMessages:
    return FakeMessages()


@pytest.fixture
async def centre(database: URL, provider: FakeMessages) -> AsyncIterator[Centre]:
    async with open_centre(database, senders={WHATSAPP: provider}, settings=written_to(database)) as opened:
        yield opened


@pytest.fixture
async def waiting(centre: Centre) -> str:
    """A caller who waits for nobody in particular."""
    contact = centre.pbx.caller_joins("support", "0505550101")
    await centre.settle()
    return contact


async def ask(centre: Centre, contact: str, number: str = "0505550101", **changes: str) -> httpx.Response:
    form = {"contact": contact, "queue": "support", "number": number, "language": "he"}
    return await centre.client(_BEARER).post("/waiting-message", data={**form, **changes})


async def stored(centre: Centre) -> tuple[Message, ...]:
    return await centre.hub.outbox.store.open()


async def test_the_message_is_stored_before_anybody_is_told(centre: Centre, waiting: str) -> None:
    answer = await ask(centre, waiting)
    assert (answer.status_code, answer.text) == (200, "stored")
    (message,) = await stored(centre)
    assert (message.recipient, message.contact, message.state) == (NOAH, waiting, State.WAITING)
    assert message.content == Sent("waiting_caller", "he", ("תמיכה",))


@pytest.mark.parametrize(
    ("language", "template"),
    [
        ("en", Sent("waiting_caller", "en_US", ("Support",))),
        ("fr", Sent("waiting_caller", "en_US", ("Support",))),
    ],
)
async def test_it_is_in_the_callers_language(
    centre: Centre, waiting: str, language: str, template: Sent
) -> None:
    await ask(centre, waiting, language=language)
    (message,) = await stored(centre)
    assert message.content == template


async def test_in_the_other_language_where_there_is_none_and_without_what_the_template_has_not(
    database: URL,
) -> None:
    only = Templates(en=Template(name="plain", language="en"))
    section = _SECTION.model_copy(update={"templates": only, "queue_title": False})
    senders = {WHATSAPP: FakeMessages()}
    async with open_centre(database, senders=senders, settings=written_to(database, section)) as centre:
        assert (await ask(centre, "c-1", language="he")).text == "stored"
        (message,) = await stored(centre)
    assert message.content == Sent("plain", "en")


async def test_it_leaves_once_the_caller_surely_has_left(
    centre: Centre, waiting: str, provider: FakeMessages
) -> None:
    await ask(centre, waiting)
    await leaves(centre, waiting)
    await centre.hub.outbox.turn()
    assert provider.tries == 0
    centre.time.passes(GRACE.total_seconds())
    await centre.hub.outbox.turn()
    assert [one.to for one in provider.accepted] == [NOAH]


async def test_who_leaves_by_the_key_has_not_given_up(centre: Centre, waiting: str) -> None:
    await ask(centre, waiting)
    await leaves(centre, waiting)
    (visit,) = await centre.hub.handling.work.contacts.visits(waiting)
    assert (visit.state.value, visit.ended_at is not None) == ("left", True)
    (support, *_) = centre.hub.board.figures("en")
    assert (support.today.offered, support.today.abandoned, support.waiting) == (1, 0, 0)


async def test_a_second_press_promises_one(centre: Centre, waiting: str, provider: FakeMessages) -> None:
    answers = await asyncio.gather(*(ask(centre, waiting) for _ in range(3)))
    assert [answer.text for answer in answers] == ["stored"] * 3
    centre.time.passes(60)
    await centre.hub.outbox.turn()
    assert (await ask(centre, waiting)).text == "stored"
    await centre.hub.outbox.turn()
    assert len(provider.accepted) == 1


@pytest.mark.parametrize(
    "number",
    [
        "",
        "anonymous",
        "+12125550101",
        "700",
        "*41",
        "0505550101&PJSIP/premium",
        "035550112",
        "+97239550112",
        "1800123123",
    ],
)
async def test_whom_no_message_may_reach_is_told_so(centre: Centre, waiting: str, number: str) -> None:
    answer = await ask(centre, waiting, number)
    assert (answer.status_code, "stored" in answer.text) == (422, False)
    assert await stored(centre) == ()


@pytest.mark.parametrize("changes", [{"contact": "a b"}, {"queue": "nowhere"}, {"queue": "sales"}])
async def test_what_the_exchange_does_not_send_is_refused(centre: Centre, changes: dict[str, str]) -> None:
    assert (await ask(centre, **{"contact": "c-1", **changes})).status_code == 422


async def test_only_the_exchange_may_ask(centre: Centre) -> None:
    yael = await centre.desk("yael")
    for headers in ({}, {"Authorization": "Bearer another-secret-altogether"}, dict(yael.http.headers)):
        answer = await centre.client(headers).post("/waiting-message", data={})
        assert answer.status_code == 401


async def test_without_a_sender_nothing_is_promised(database: URL) -> None:
    async with open_centre(database, senders={}, settings=written_to(database)) as centre:
        assert (await ask(centre, "c-1")).status_code == 422


async def test_so_many_go_to_one_number_and_so_many_in_a_day(centre: Centre) -> None:
    assert [(await ask(centre, f"c-{call}")).status_code for call in range(3)] == [200, 200, 429]
    assert (await ask(centre, "c-0")).text == "stored", "what is promised already stays so"
    others = [(await ask(centre, f"d-{call}", f"050555020{call}")).status_code for call in range(3)]
    assert others == [200, 200, 429]
    centre.time.passes(24 * 3600 + 1)
    assert (await ask(centre, "c-9")).status_code == 200


async def test_a_database_that_fails_promises_nothing(centre: Centre, waiting: str) -> None:
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO elsewhere"))
    assert (await ask(centre, waiting)).status_code == 503
    async with centre.hub.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO outbox"))


async def test_who_was_not_told_and_waits_again_is_not_written_to(
    centre: Centre, waiting: str, provider: FakeMessages
) -> None:
    """The answer was lost on its way, so the exchange told them that no message comes."""
    await ask(centre, waiting)
    await leaves(centre, waiting)
    centre.pbx.caller_joins("support", "0505550101", again=waiting)
    await centre.settle()
    centre.time.passes(60)
    await centre.hub.outbox.turn()
    assert (await stored(centre), provider.tries) == ((), 0)
    assert (await ask(centre, waiting)).text == "stored"


async def test_an_answer_that_comes_too_late_promises_nothing(
    centre: Centre, waiting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait again by the time that it is stored."""
    store = type(centre.hub.outbox.store)

    async def waits_again() -> None:
        await leaves(centre, waiting)
        centre.pbx.caller_joins("support", "0505550101", again=waiting)
        await centre.settle()

    monkeypatch.setattr(store, "put", first(waits_again, store.put))
    assert (await ask(centre, waiting)).status_code == 409
    assert await stored(centre) == ()


async def test_a_promise_outlives_the_hub(centre: Centre, waiting: str, database: URL) -> None:
    await ask(centre, waiting)
    later = FakeMessages()
    async with open_centre(
        centre.hub.engine.url,
        pbx=centre.pbx,
        time=centre.time,
        senders={WHATSAPP: later},
        settings=written_to(centre.hub.engine.url),
    ) as again:
        centre.time.passes(60)
        await again.hub.outbox.turn()
    assert [one.to for one in later.accepted] == [NOAH]


async def test_who_asked_to_be_written_to_has_a_conversation_in_the_queue_they_waited_in(
    centre: Centre, waiting: str, provider: FakeMessages
) -> None:
    await ask(centre, waiting)
    await ask(centre, waiting)
    store = centre.hub.written.conversations.store
    (conversation,) = await store.of("", ["support"], 10)
    assert (conversation.number, conversation.opted_in_at) == (NOAH, centre.time())
    assert (conversation.text_until, conversation.unread) == (None, 0)
    await leaves(centre, waiting)
    centre.time.passes(GRACE.total_seconds())
    await centre.hub.outbox.turn()
    (said,) = await store.said(conversation.id, 10)
    assert (said.kind, said.text, said.agent, said.status) == ("template", "waiting_caller", "", "sent")


async def test_who_comes_back_to_wait_has_none(centre: Centre, waiting: str) -> None:
    await ask(centre, waiting)
    await centre.handle(CallerJoined("support", waiting, NOAH, "", 1, centre.time()))
    assert await centre.hub.written.conversations.store.of("", ["support"], 10) == ()


async def test_being_told_late_that_they_joined_takes_no_message_back(centre: Centre, waiting: str) -> None:
    """The exchange's event reaches a busy hub after its question about the same caller."""
    joined = CallerJoined("support", waiting, NOAH, "", 1, centre.time())
    centre.time.passes(5)
    await ask(centre, waiting)
    await centre.handle(joined)
    (kept,) = centre.hub.outbox.waiting()
    assert kept.contact == waiting
