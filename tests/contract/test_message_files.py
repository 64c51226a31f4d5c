"""Files of messages: WhatsApp's adapter before a stand-in of Meta's."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
import pytest

from hub.adapters import whatsapp_cloud
from hub.adapters.whatsapp_cloud import Account, WhatsAppCloud
from hub.ports.messages import (
    LARGEST_DOCUMENT,
    LARGEST_IMAGE,
    LONGEST_CAPTION,
    Attachment,
    File,
    FileKind,
    Media,
    MessageError,
    NotNow,
    NotReached,
    PerhapsSent,
    Reason,
    Refused,
    Text,
)
from tests.pbx.centre import free_port
from tests.stubs.whatsapp import HTML, SENDER, TOKEN, Answer, WhatsApp, error, whatsapp

PDF = File("application/pdf", b"%PDF-1.7 \x00\xff of this test")
JPEG = File("image/jpeg", b"\xff\xd8\xff of this test")


@dataclass
class _Provider:
    media: Media
    api: WhatsApp


@pytest.fixture
async def provider() -> AsyncIterator[_Provider]:
    with whatsapp() as api:
        adapter = WhatsAppCloud(Account(SENDER, TOKEN, api.address), httpx.Timeout(5.0))
        yield _Provider(adapter, api)
        await adapter.close()


LARGE = File("application/pdf", b"%PDF-1.7 " + bytes(200 * 1024))
"""Larger than any other answer of the API's."""


@pytest.mark.parametrize("file", [PDF, JPEG, LARGE], ids=["document", "image", "large"])
async def test_a_file_goes_up_and_comes_down_as_it_was(provider: _Provider, file: File) -> None:
    media = await provider.media.upload(file, "../חשבונית.pdf")
    assert provider.api.files[media] == (file.media_type, file.data)
    assert await provider.media.download(media) == file
    assert "%PDF" not in repr(file)


async def test_a_file_that_went_up_is_sent_by_its_id(provider: _Provider) -> None:
    adapter = provider.media
    assert isinstance(adapter, WhatsAppCloud)
    media = await adapter.upload(JPEG, "router.jpg")
    assert await adapter.send("+972505550101", Attachment(FileKind.IMAGE, media, "here"), "ref-1")
    assert provider.api.asked[0]["image"] == {"id": media, "caption": "here"}, "an image has no name"
    await adapter.send("+972505550101", Attachment(FileKind.DOCUMENT, media, "", "bill.pdf"), "ref-2")
    assert provider.api.asked[1]["document"] == {"id": media, "filename": "bill.pdf"}


async def test_a_caption_longer_than_the_api_takes_is_not_sent(provider: _Provider) -> None:
    adapter = provider.media
    assert isinstance(adapter, WhatsAppCloud)
    media = await adapter.upload(JPEG, "router.jpg")
    caption = "x" * (LONGEST_CAPTION + 1)
    with pytest.raises(Refused):
        await adapter.send("+972505550101", Attachment(FileKind.IMAGE, media, caption), "ref-1")
    assert provider.api.asked == []


async def test_an_image_that_is_larger_than_it_is_said_to_be_is_not_taken(provider: _Provider) -> None:
    media = provider.api.keep(JPEG.media_type, bytes(LARGEST_IMAGE + 1))
    provider.api.next_file.append(provider.api.described(media, file_size="100"))
    with pytest.raises(Refused):
        await provider.media.download(media)


@pytest.mark.parametrize(
    "file",
    [
        File("image/jpeg", b""),
        File("image/jpeg", bytes(LARGEST_IMAGE + 1)),
        File("application/pdf", bytes(LARGEST_DOCUMENT + 1)),
        File("image/gif", b"GIF89a"),
        File("text/html", b"<html>"),
        File("application/x-msdownload", b"MZ"),
    ],
)
async def test_what_does_not_go_through_is_not_sent_up(provider: _Provider, file: File) -> None:
    with pytest.raises(Refused) as refused:
        await provider.media.upload(file, "file")
    assert (refused.value.reason, provider.api.agents) == (Reason.FILE, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"mime_type": "text/html"},
        {"mime_type": "image/svg+xml"},
        {"file_size": str(LARGEST_DOCUMENT + 1)},
        {"file_size": "0"},
        {"url": "http://attacker.example/file"},
        {"url": "https://attacker.example/file"},
        {"url": "https://lookaside.fbsbx.com.attacker.example/file"},
        {"url": "https://lookaside.fbsbx.com:444/file"},
        {"url": "https://lookaside.fbsbx.com@attacker.example/file"},
        {"url": "http://lookaside.fbsbx.com/file"},
        {"url": "https://somebody:secret@lookaside.fbsbx.com/file"},
        {"url": "file:///etc/passwd"},
        {"url": ""},
    ],
)
async def test_a_file_is_not_fetched_from_anywhere_nor_of_any_kind(
    provider: _Provider, changes: dict[str, object]
) -> None:
    media = provider.api.keep(PDF.media_type, PDF.data)
    provider.api.next_file.append(provider.api.described(media, **changes))
    with pytest.raises(Refused) as refused:
        await provider.media.download(media)
    assert refused.value.reason is Reason.FILE
    assert len(provider.api.agents) == 1, "what is described is not fetched"


async def test_the_token_goes_to_no_other_port_of_the_apis_own_machine(provider: _Provider) -> None:
    media = provider.api.keep(PDF.media_type, PDF.data)
    elsewhere = f"http://127.0.0.1:{free_port()}/files/?mid={media}"
    provider.api.next_file.append(provider.api.described(media, url=elsewhere))
    with pytest.raises(Refused):
        await provider.media.download(media)


@pytest.mark.parametrize("media", ["", "../4000", "4000/..", "4000?x=1", "4" * 129])
async def test_a_name_that_is_none_is_not_asked_for(provider: _Provider, media: str) -> None:
    with pytest.raises(Refused):
        await provider.media.download(media)
    assert provider.api.agents == []


async def test_a_file_comes_down_by_either_spelling_of_its_digest(provider: _Provider) -> None:
    media = provider.api.keep(PDF.media_type, PDF.data)
    digest = b64encode(hashlib.sha256(PDF.data).digest()).decode()
    provider.api.next_file.append(provider.api.described(media, sha256=digest, file_size=len(PDF.data)))
    assert await provider.media.download(media) == PDF


@pytest.mark.parametrize(
    "sent",
    [
        Answer(200, PDF.data + b"x"),
        Answer(200, b""),
        Answer(200, bytes(LARGEST_DOCUMENT + 1)),
        Answer(200, HTML),
        Answer(302, "", {"Location": "http://attacker.example/"}),
        Answer(0, ""),
        Answer(502, HTML),
    ],
)
async def test_what_is_not_the_file_is_not_taken_for_it(provider: _Provider, sent: Answer) -> None:
    media = provider.api.keep(PDF.media_type, PDF.data)
    provider.api.next_file.extend([provider.api.described(media), sent])
    with pytest.raises((NotNow, Refused)):
        await provider.media.download(media)


async def test_no_redirect_is_followed_though_it_leads_to_the_file(provider: _Provider) -> None:
    media = provider.api.keep(PDF.media_type, PDF.data)
    there = {"Location": f"{provider.api.address}/files/?mid={media}"}
    provider.api.next_file.extend([provider.api.described(media), Answer(302, "", there)])
    with pytest.raises((NotNow, Refused)):
        await provider.media.download(media)
    assert len(provider.api.agents) == 2, "it is not asked for"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Answer(200, HTML), NotNow),
        (Answer(200, "[" * 50_000), NotNow),
        (Answer(200, "x" * 200_000), NotNow),
        (Answer(200, '{"id": 7}'), NotNow),
        (Answer(200, '{"id": "../4000"}'), NotNow),
        (Answer(0, ""), NotNow),
        (Answer(503, HTML), NotNow),
        (error(429, 130429), NotNow),
        (error(401, 190), NotNow),
        (error(400, 131053), Refused),
        (error(404, 100), Refused),
    ],
)
async def test_what_the_api_may_answer(provider: _Provider, said: Answer, told: type[MessageError]) -> None:
    provider.api.next_file.append(said)
    with pytest.raises(told):
        await provider.media.upload(PDF, "file.pdf")
    media = provider.api.keep(PDF.media_type, PDF.data)
    provider.api.next_file.append(said)
    with pytest.raises(told):
        await provider.media.download(media)


@asynccontextmanager
async def without_end(
    body: bytes, patience: float | None = 5.0, left: asyncio.Event | None = None
) -> AsyncIterator[WhatsAppCloud]:
    """The API, whose answers begin like this and never end; ``left`` is set when the hub hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + body)
        with suppress(ConnectionError):
            await reader.read()
        if left is not None:
            left.set()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    adapter = WhatsAppCloud(Account(SENDER, TOKEN, f"http://127.0.0.1:{port}"), httpx.Timeout(patience))
    try:
        yield adapter
    finally:
        await adapter.close()
        server.close()


async def test_a_request_is_given_up_though_each_piece_of_its_answer_comes_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing but the time of the whole ends it here."""
    monkeypatch.setattr(whatsapp_cloud, "_WITHIN", 0.2)
    async with without_end(b"{", patience=None) as adapter, asyncio.timeout(10):
        with pytest.raises(PerhapsSent, match="did not answer in time"):
            await adapter.send("+972505550101", Text("Shalom"), "ref-1")


async def test_an_answer_that_is_read_no_further_is_hung_up_on() -> None:
    left = asyncio.Event()
    async with without_end(b"x" * (64 * 1024 + 1), left=left) as adapter, asyncio.timeout(10):
        with pytest.raises(PerhapsSent):
            await adapter.send("+972505550101", Text("Shalom"), "ref-1")
        await left.wait()


async def test_a_place_that_is_refused_is_named_in_few_words(provider: _Provider) -> None:
    media = provider.api.keep(PDF.media_type, PDF.data)
    long = ".".join(["attacker"] * 25)
    provider.api.next_file.append(provider.api.described(media, url=f"https://{long}/file"))
    with pytest.raises(Refused) as refused:
        await provider.media.download(media)
    assert len(str(refused.value)) < len(long)


async def test_no_more_is_read_of_an_answer_than_any_has() -> None:
    async with without_end(b"x" * (64 * 1024 + 1)) as adapter:
        with pytest.raises(NotNow, match="named none"):
            await adapter.upload(PDF, "file.pdf")
        with pytest.raises(PerhapsSent, match="named no message"):
            await adapter.send("+972505550101", Text("Shalom"), "ref-1")
        with pytest.raises(NotNow, match="does not say what the file is"):
            await adapter.download("4000")


async def test_an_answer_is_not_decoded(provider: _Provider) -> None:
    packed = gzip.compress(b'{"id": "4000"}')
    provider.api.next_file.append(Answer(200, packed, {"Content-Encoding": "gzip"}))
    with pytest.raises(NotNow, match="named none"):
        await provider.media.upload(PDF, "file.pdf")


async def test_each_request_has_a_connection_of_its_own_and_asks_for_what_is_not_packed() -> None:
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        adapter = WhatsAppCloud(Account(SENDER, TOKEN, f"http://127.0.0.1:{port}"), httpx.Timeout(5.0))
        for _ in range(2):
            with pytest.raises(NotNow):
                await adapter.download("4000")
        await adapter.close()
    assert len(heads) == 2, "each time anew"
    assert all(b"accept-encoding: identity" in head.lower() for head in heads)


async def test_where_nobody_listens_nothing_was_asked() -> None:
    adapter = WhatsAppCloud(Account(SENDER, TOKEN, f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(NotReached):
        await adapter.upload(PDF, "file.pdf")
    with pytest.raises(NotReached):
        await adapter.download("4000")
    await adapter.close()
