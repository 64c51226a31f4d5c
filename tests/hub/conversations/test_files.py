"""Images and documents both ways: by their content, once, and for whose conversation it is alone.

WhatsApp is the stand-in of its Cloud API behind the real adapter.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Literal

import httpx
import pytest
from sqlalchemy.engine import URL

from hub.adapters.whatsapp_cloud import Account, WhatsAppCloud
from hub.contract import FileLimits, Written
from hub.refusals import TooLarge, Unprocessable
from hub.service.outbox import WHATSAPP
from tests.hub.centre import Centre, Desk, open_centre, told_by_webhooks
from tests.hub.conversations.acts import (
    ANOTHER,
    deliver,
    inside,
    leaves,
    listed,
    only,
    outside,
    say,
    taken,
    thread,
    writes,
)
from tests.stubs.some_files import FILES, HTML, JPEG, PDF
from tests.stubs.whatsapp import SENDER, TOKEN, Answer, WhatsApp, error, whatsapp
from tests.stubs.whatsapp_webhooks import NOAH_ID, file_message, status

_MB = 2**20


@dataclass(frozen=True)
class Filed:
    centre: Centre
    api: WhatsApp


@pytest.fixture
async def filed(database: URL) -> AsyncIterator[Filed]:
    """A centre through which files of 2 MB pass."""
    settings = told_by_webhooks(database)
    assert settings.whatsapp is not None
    small = settings.whatsapp.model_copy(update={"largest_file_mb": 2})
    with whatsapp() as api:
        cloud = WhatsAppCloud(Account(SENDER, TOKEN, api.address), httpx.Timeout(5.0))
        settings = settings.model_copy(update={"whatsapp": small})
        async with open_centre(database, senders={WHATSAPP: cloud}, settings=settings) as centre:
            yield Filed(centre, api)


async def own(filed: Filed) -> tuple[Desk, str]:
    """Noah wrote, and it is Yael's."""
    await writes(filed.centre)
    yael = await filed.centre.desk("yael")
    return yael, await taken(yael)


async def send(desk: Desk, name: str, data: bytes, called: str, key: str = "file-key-1") -> httpx.Response:
    path, headers = f"/v1/conversations/{name}/files", {"Idempotency-Key": key}
    return await desk.http.post(path, params={"name": called}, content=data, headers=headers)


async def fetch(desk: Desk, name: str, message: str) -> httpx.Response:
    return await desk.http.get(f"/v1/conversations/{name}/file", params={"message": message})


async def sends(filed: Filed, data: bytes, media_type: str, kind: str, called: str = "") -> str:
    """Noah sends a file; the message's id."""
    file = {
        "id": filed.api.keep(media_type, data),
        "mime_type": media_type,
        "sha256": hashlib.sha256(data).hexdigest(),
        **({"filename": called} if called else {}),
    }
    name = "wamid.HBgLOTcy/+file=="
    await deliver(filed.centre, messages=[file_message(filed.centre.time(), name, kind, file)])
    return name


@pytest.mark.parametrize(("called", "data", "kind"), FILES, ids=[one[0] for one in FILES])
async def test_a_file_is_sent_once_as_what_it_is_and_its_ticks_are_told(
    filed: Filed, called: str, data: bytes, kind: str
) -> None:
    yael, name = await own(filed)
    first, again = await send(yael, name, data, called), await send(yael, name, data, called)
    assert (first.status_code, again.json()) == (200, first.json())
    assert len(filed.api.files) == 1, "it goes up once"
    message = Written.model_validate_json(first.content)
    shown = "image" if kind.startswith("image/") else "document"
    assert (message.kind, message.file_name, message.media_type) == (shown, called, kind)
    assert (message.status, message.file, message.agent) == ("waiting", True, "yael")
    await leaves(filed.centre)
    await leaves(filed.centre)
    (sent,) = filed.api.accepted
    assert sent.media is not None
    assert (sent.to, sent.type, filed.api.files[sent.media]) == (f"+{NOAH_ID}", shown, (kind, data))
    assert sent.document is None or sent.document.filename == called
    delivered = status(filed.centre.time(), "wamid.1", "delivered", message.message)
    await deliver(filed.centre, statuses=[delivered])
    assert (await thread(yael, name)).messages[-1].status == "delivered"
    assert (await fetch(yael, name, message.message)).content == data


@pytest.mark.parametrize(
    ("data", "called", "refused"),
    [
        (b"MZ\x90\x00 a program", "invoice.pdf", 422),
        (b"", "empty.pdf", 422),
        (JPEG + bytes(2 * _MB), "large.jpg", 413),
        (PDF + bytes(2 * _MB), "large.pdf", 413),
        (bytes(17 * _MB), "huge.pdf", 413),
    ],
)
async def test_what_does_not_pass_is_refused_before_whatsapp_is_asked(
    filed: Filed, data: bytes, called: str, refused: int
) -> None:
    yael, name = await own(filed)
    answer = await send(yael, name, data, called)
    assert answer.status_code == refused
    assert answer.json()["detail"]
    assert filed.api.agents == []
    assert len((await thread(yael, name)).messages) == 1


async def test_a_file_as_large_as_this_centre_takes_goes_both_ways(filed: Filed) -> None:
    yael, name = await own(filed)
    largest = PDF + bytes(2 * _MB - len(PDF))
    sent = Written.model_validate_json((await send(yael, name, largest, "large.pdf")).content)
    assert (await fetch(yael, name, sent.message)).content == largest


async def test_an_image_has_a_limit_of_its_own(filed: Filed) -> None:
    _, name = await own(filed)
    limits = FileLimits(image=_MB, document=2 * _MB)
    files = replace(filed.centre.hub.written.files, limits=limits)

    async def body() -> AsyncIterator[bytes]:
        yield JPEG + bytes(_MB)

    with pytest.raises(TooLarge, match="An image may have at most 1 MB"):
        await files.send("yael", name, "a.jpg", body(), "file-key-1")


async def test_a_name_is_safe_before_it_is_sent(filed: Filed) -> None:
    yael, name = await own(filed)
    answer = await send(yael, name, PDF, "../\u202eחשבונית.exe")
    assert Written.model_validate_json(answer.content).file_name == "_חשבונית.exe.pdf"
    await leaves(filed.centre)
    (sent,) = filed.api.accepted
    assert sent.document is not None
    assert sent.document.filename == "_חשבונית.exe.pdf"


async def test_an_empty_file_is_said_to_be_empty(filed: Filed) -> None:
    yael, name = await own(filed)
    assert "empty" in (await send(yael, name, b"", "a.pdf")).json()["detail"]


async def test_a_key_is_of_one_agent_and_one_conversation(filed: Filed) -> None:
    yael, name = await own(filed)
    sent = Written.model_validate_json((await send(yael, name, PDF, "a.pdf")).content)
    await writes(filed.centre, "wamid.8", **ANOTHER)
    other = next(one.conversation for one in await listed(yael) if one.conversation != name)
    await yael.http.put(f"/v1/conversations/{other}/agent")
    again = await send(yael, other, JPEG, "b.jpg")
    assert (again.status_code, "something else" in again.json()["detail"]) == (422, True)
    await yael.http.delete(f"/v1/conversations/{other}/agent")
    colleague = await filed.centre.desk(await inside(filed.centre))
    await colleague.http.put(f"/v1/conversations/{other}/agent")
    theirs = Written.model_validate_json((await send(colleague, other, JPEG, "b.jpg")).content)
    assert (theirs.file_name, theirs.message == sent.message) == ("b.jpg", False)


async def test_a_text_and_a_file_under_one_key_are_two_messages(filed: Filed) -> None:
    yael, name = await own(filed)
    assert (await say(yael, name, "Here it is", {"Idempotency-Key": "file-key-1"})).status_code == 200
    assert (await send(yael, name, PDF, "a.pdf")).status_code == 200
    kinds = [one.kind for one in (await thread(yael, name)).messages]
    assert kinds == ["text", "text", "document"]


async def test_no_more_is_read_of_a_file_than_this_centre_takes(filed: Filed) -> None:
    _, name = await own(filed)
    read: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        for part in range(8):
            read.append(part)
            yield bytes(_MB)

    with pytest.raises(TooLarge, match="A document may have at most 2 MB"):
        await filed.centre.hub.written.files.send("yael", name, "a.pdf", body(), "file-key-1")
    assert len(read) == 3


class Turns(asyncio.Semaphore):
    """Tells when somebody waits for a turn."""

    def __init__(self) -> None:
        super().__init__(0)
        self.wanted = asyncio.Event()

    async def acquire(self) -> Literal[True]:
        self.wanted.set()
        return await super().acquire()


async def pdf() -> AsyncIterator[bytes]:
    yield PDF


@pytest.mark.parametrize("act", ["send", "fetch"])
async def test_a_file_waits_for_its_turn_before_it_is_in_memory(filed: Filed, act: str) -> None:
    message = await sends(filed, PDF, "application/pdf", "document")
    name = await taken(await filed.centre.desk("yael"))
    turns = Turns()
    files = replace(filed.centre.hub.written.files, turns=turns)
    sent = files.send("yael", name, "a.pdf", pdf(), "file-key-1")
    fetched = files.fetch("yael", name, message)
    chosen, left = (sent, fetched) if act == "send" else (fetched, sent)
    left.close()
    task: asyncio.Task[object] = asyncio.create_task(chosen)
    wanted = asyncio.create_task(turns.wanted.wait())
    await asyncio.wait({task, wanted}, return_when=asyncio.FIRST_COMPLETED)
    assert (wanted.done(), task.done(), filed.api.agents) == (True, False, [])
    turns.release()
    assert await task


async def test_four_files_have_their_turn_together(filed: Filed) -> None:
    turns = filed.centre.hub.written.files.turns
    async with AsyncExitStack() as busy:
        for _ in range(4):
            assert not turns.locked()
            await busy.enter_async_context(turns)
        assert turns.locked()


async def test_a_centre_whose_sender_takes_no_files_says_so(filed: Filed) -> None:
    yael, name = await own(filed)
    none = replace(filed.centre.hub.written.files, media=None)
    with pytest.raises(Unprocessable, match="sends no files"):
        await none.send("yael", name, "a.pdf", pdf(), "file-key-1")
    assert len((await thread(yael, name)).messages) == 1


async def test_the_desk_is_told_how_large_files_may_be(filed: Filed) -> None:
    yael = await filed.centre.desk("yael")
    assert (await yael.snapshot()).files == FileLimits(image=2 * _MB, document=2 * _MB)


async def test_only_whose_conversation_it_is_sends_and_fetches(filed: Filed) -> None:
    await writes(filed.centre)
    message = await sends(filed, PDF, "application/pdf", "document", "a.pdf")
    yael = await filed.centre.desk("yael")
    name = (await only(yael)).conversation
    early = [await send(yael, name, PDF, "a.pdf"), await fetch(yael, name, message)]
    assert [one.status_code for one in early] == [409, 409], "it is nobody's yet"
    await taken(yael)
    for agent in (await inside(filed.centre), await outside(filed.centre)):
        other = await filed.centre.desk(agent)
        asked = [await send(other, name, PDF, "a.pdf"), await fetch(other, name, message)]
        assert [one.status_code for one in asked] == [404, 404]
    stranger = filed.centre.client()
    assert (await stranger.get(f"/v1/conversations/{name}/file?message=x")).status_code == 401
    assert filed.api.agents == []
    assert (await fetch(yael, name, message)).content == PDF


async def test_a_file_of_another_conversation_is_not_had_by_its_message(filed: Filed) -> None:
    message = await sends(filed, PDF, "application/pdf", "document")
    await writes(filed.centre, "wamid.8", **ANOTHER)
    yael = await filed.centre.desk("yael")
    both = await listed(yael)
    assert len(both) == 2
    for one in both:
        await yael.http.put(f"/v1/conversations/{one.conversation}/agent")
        expected = 200 if one.number == f"+{NOAH_ID}" else 404
        assert (await fetch(yael, one.conversation, message)).status_code == expected
        assert (await fetch(yael, one.conversation, "wamid.8")).status_code == 404
        assert (await fetch(yael, one.conversation, "nosuch")).status_code == 404


async def test_a_customers_file_comes_as_it_was_under_a_name_that_is_safe(filed: Filed) -> None:
    message = await sends(filed, PDF, "application/pdf", "document", "../חשבונית.exe")
    yael = await filed.centre.desk("yael")
    name = await taken(yael)
    answer = await fetch(yael, name, message)
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    disposition = "attachment; filename*=UTF-8''_%D7%97%D7%A9%D7%91%D7%95%D7%A0%D7%99%D7%AA.exe.pdf"
    assert answer.headers["content-disposition"] == disposition
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_customers_file_without_a_name_is_called_what_it_is(filed: Filed) -> None:
    message = await sends(filed, JPEG, "image/jpeg", "image")
    yael = await filed.centre.desk("yael")
    answer = await fetch(yael, await taken(yael), message)
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''image.jpg"


async def test_a_customers_file_that_is_larger_than_this_centre_takes_is_not_given_on(filed: Filed) -> None:
    message = await sends(filed, PDF + bytes(2 * _MB), "application/pdf", "document")
    yael = await filed.centre.desk("yael")
    answer = await fetch(yael, await taken(yael), message)
    assert (answer.status_code, "2 MB" in answer.json()["detail"]) == (413, True)


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ([error(404, 100)], 422),
        ([Answer(200, HTML)], 503),
        ([error(401, 190)], 503),
        (["described", Answer(404, b"gone")], 503),
        (["described", Answer(200, HTML)], 503),
        (["described", Answer(200, PDF + b"x")], 503),
        (["described", Answer(0, "")], 503),
        (["elsewhere"], 422),
        (["huge"], 422),
    ],
)
async def test_what_whatsapp_does_wrong_is_said_and_gives_nothing_on(
    filed: Filed, answers: list[str | Answer], refused: int
) -> None:
    message = await sends(filed, PDF, "application/pdf", "document")
    media = next(iter(filed.api.files))
    described = {
        "described": filed.api.described(media),
        "elsewhere": filed.api.described(media, url="https://attacker.example/file"),
        "huge": filed.api.described(media, file_size=99 * _MB),
    }
    yael = await filed.centre.desk("yael")
    name = await taken(yael)
    filed.api.next_file.extend(described[one] if isinstance(one, str) else one for one in answers)
    answer = await fetch(yael, name, message)
    assert (answer.status_code, answer.headers["content-type"]) == (refused, "application/problem+json")
    assert answer.json()["detail"]
    filed.api.next_file.clear()
    assert (await fetch(yael, name, message)).content == PDF, "it may be asked for again"


async def test_a_page_that_was_sent_as_a_picture_is_not_given_on(filed: Filed) -> None:
    message = await sends(filed, HTML, "image/jpeg", "image")
    yael = await filed.centre.desk("yael")
    answer = await fetch(yael, await taken(yael), message)
    assert (answer.status_code, "not what it says" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize("trouble", [Answer(0, ""), Answer(503, HTML), error(401, 190)])
async def test_an_upload_that_fails_sends_nothing_and_may_be_tried_again(
    filed: Filed, trouble: Answer
) -> None:
    yael, name = await own(filed)
    filed.api.next_file.append(trouble)
    assert (await send(yael, name, PDF, "a.pdf")).status_code == 503
    await leaves(filed.centre)
    assert (filed.api.asked, len((await thread(yael, name)).messages)) == ([], 1)
    assert (await send(yael, name, PDF, "a.pdf")).status_code == 200
    await leaves(filed.centre)
    assert len(filed.api.accepted) == 1


async def test_a_file_goes_only_while_text_does(filed: Filed) -> None:
    yael, name = await own(filed)
    filed.centre.time.passes(24 * 3600)
    answer = await send(yael, name, PDF, "a.pdf")
    assert (answer.status_code, "24 hours" in answer.json()["detail"]) == (409, True)
    assert filed.api.agents == []


async def test_names_and_ids_that_are_none_are_refused_before_anything_is_looked_for(filed: Filed) -> None:
    yael, name = await own(filed)
    for called in ("", "a" * 501):
        assert (await send(yael, name, PDF, called)).status_code == 422
    assert (await send(yael, name, PDF, "a" * 500)).status_code == 200
    for message in ("", "w" * 513):
        assert (await fetch(yael, name, message)).status_code == 422
    assert (await fetch(yael, name, "w" * 512)).status_code == 404
    for unknown, status_code in (("a" * 32, 404), ("a" * 33, 422), ("A", 422), ("a-b", 422)):
        assert (await fetch(yael, unknown, "wamid.1")).status_code == status_code


async def test_other_requests_stay_as_small_as_they_were(filed: Filed) -> None:
    yael, name = await own(filed)
    long = {"text": "x" * (300 * 1024)}
    headers = {"Idempotency-Key": "key-00000001"}
    answer = await yael.http.post(f"/v1/conversations/{name}/messages", json=long, headers=headers)
    assert answer.status_code == 413
