"""Written messages: one suite for the fake, and for WhatsApp's adapter before a stand-in of Meta's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import httpx
import pytest

from hub.adapters.whatsapp_cloud import Account, WhatsAppCloud
from hub.ports.messages import (
    Attachment,
    Content,
    FileKind,
    MessageError,
    Messages,
    NotNow,
    NotReached,
    PerhapsSent,
    Reason,
    Refused,
    Template,
    Text,
)
from tests.pbx.centre import free_port
from tests.stubs.whatsapp import HTML, SENDER, TOKEN, Answer, WhatsApp, error, whatsapp
from tests.stubs.whatsapp_api import Asked
from tests.stubs.written import FakeMessages

NOAH = "+972505550101"
PLAIN = Template("waiting_caller", "he")
FILLED = Template("waiting_caller_queue", "en_US", ("Support", "תמיכה"))
WORDS = "words of the provider's"
USER = "IL.13491208655302741918"
CONTENTS = [
    PLAIN,
    FILLED,
    Text("שלום, מה המספר שלך?\nhttps://example.com [red]"),
    Attachment(FileKind.IMAGE, "4000", "the router"),
    Attachment(FileKind.DOCUMENT, "4000", name="חשבונית.pdf"),
]


class Provider(Protocol):
    """The far side, as a test sees and plays it."""

    @property
    def messages(self) -> Messages: ...

    def trouble(self, told: MessageError) -> None:
        """The next try ends like this; taken all the same where nobody knows."""
        ...

    def accepted(self) -> list[tuple[str, Content, str]]:
        """What is on its way: to whom, what, and by which reference."""
        ...


@dataclass
class _Fake:
    messages: FakeMessages

    def trouble(self, told: MessageError) -> None:
        self.messages.perhaps = isinstance(told, PerhapsSent)
        self.messages.next.append(told)

    def accepted(self) -> list[tuple[str, Content, str]]:
        return [(one.to, one.content, one.reference) for one in self.messages.accepted]


@dataclass
class _Real:
    messages: WhatsAppCloud
    api: WhatsApp

    def trouble(self, told: MessageError) -> None:
        match told:
            case PerhapsSent():
                said = Answer(0, "", taken=True)
            case NotNow(after=after) if after:
                said = error(429, told.code, str(told), Retry_After=str(int(after)))
            case _:
                said = error(400, told.code, str(told))
        self.api.next.append(said)

    def accepted(self) -> list[tuple[str, Content, str]]:
        return [
            (one.to or one.recipient or "", _content(one), one.biz_opaque_callback_data)
            for one in self.api.accepted
        ]


def _content(asked: Asked) -> Content:
    if asked.template:
        parameters = tuple(text.text for part in asked.template.components for text in part.parameters)
        return Template(asked.template.name, asked.template.language.code, parameters)
    if asked.text:
        return Text(asked.text.body)
    if asked.image:
        return Attachment(FileKind.IMAGE, asked.image.id, asked.image.caption or "")
    assert asked.document is not None
    file = asked.document
    return Attachment(FileKind.DOCUMENT, file.id, file.caption or "", file.filename or "")


def account(address: str, token: str = TOKEN) -> Account:
    return Account(SENDER, token, address)


@pytest.fixture(params=["fake", "whatsapp"])
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    if request.param == "fake":
        yield _Fake(FakeMessages())
        return
    with whatsapp() as api:
        api.keep("application/pdf", b"%PDF-1.7")
        adapter = WhatsAppCloud(account(api.address))
        yield _Real(adapter, api)
        await adapter.close()


@pytest.fixture
async def real() -> AsyncIterator[_Real]:
    with whatsapp() as api:
        adapter = WhatsAppCloud(account(api.address), httpx.Timeout(0.5))
        yield _Real(adapter, api)
        await adapter.close()


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("to", [NOAH, USER])
async def test_a_message_is_sent_once_with_the_hubs_own_id(
    provider: Provider, content: Content, to: str
) -> None:
    name = await provider.messages.send(to, content, "ref-1")
    assert name
    assert provider.accepted() == [(to, content, "ref-1")]
    assert await provider.messages.send(NOAH, PLAIN, "ref-2") != name


@pytest.mark.parametrize(
    "code", [131026, 131047, 131049, 132000, 132001, 132005, 132007, 132012, 132015, 132016]
)
async def test_what_is_at_fault_for_good_is_refused_with_code_and_words(
    provider: Provider, code: int
) -> None:
    provider.trouble(Refused(WORDS, code))
    with pytest.raises(Refused, match=WORDS) as refused:
        await provider.messages.send(NOAH, PLAIN, "ref-1")
    assert refused.value.code == code
    assert provider.accepted() == []


@pytest.mark.parametrize("code", [130429, 131056, 131048, 131000, 190])
async def test_what_may_pass_is_told_as_such(provider: Provider, code: int) -> None:
    provider.trouble(NotNow(WORDS, code))
    with pytest.raises(NotNow, match=WORDS) as later:
        await provider.messages.send(NOAH, PLAIN, "ref-1")
    assert (later.value.code, isinstance(later.value, NotReached)) == (code, False)
    assert provider.accepted() == []
    assert await provider.messages.send(NOAH, PLAIN, "ref-1")


async def test_how_long_to_wait_is_the_providers_word(provider: Provider) -> None:
    provider.trouble(NotNow(WORDS, 130429, after=70))
    with pytest.raises(NotNow) as later:
        await provider.messages.send(NOAH, PLAIN, "ref-1")
    assert later.value.after == 70


async def test_no_answer_is_not_taken_for_a_no(provider: Provider) -> None:
    provider.trouble(PerhapsSent("nobody knows"))
    with pytest.raises(PerhapsSent):
        await provider.messages.send(NOAH, PLAIN, "ref-1")
    assert len(provider.accepted()) == 1


@pytest.mark.parametrize(
    ("said", "told", "after"),
    [
        (error(401, 190, "expired"), NotNow, 300),
        (error(400, 131048, "spam"), NotNow, 3600),
        (error(500, 131000, "wrong"), NotNow, 0),
        (error(503, 999_999, "not in the list"), NotNow, 0),
        (error(400, 999_999, "not in the list"), Refused, None),
        (error(429, 130429, "many", Retry_After="soon"), NotNow, 0),
        (error(429, 130429, "many", Retry_After="-5"), NotNow, 0),
        (error(429, 130429, "many", Retry_After="99999999"), NotNow, 3600),
        (error(429, 130429, "many", Retry_After="Sun, 06 Nov 1994 08:49:37 GMT"), NotNow, 0),
        (error(429, 130429, "many", Retry_After="Sun, 06 Nov 2094 08:49:37 GMT"), NotNow, 3600),
        (Answer(429, HTML, {"Retry-After": "7"}), NotNow, 7),
        (Answer(302, HTML, {"Location": "http://127.0.0.1:9/"}), NotNow, 300),
        (Answer(403, HTML), NotNow, 300),
        (Answer(502, HTML, taken=True), PerhapsSent, None),
        (Answer(500, "", taken=True), PerhapsSent, None),
        (Answer(200, HTML, taken=True), PerhapsSent, None),
        (Answer(200, '{"messages": []}', taken=True), PerhapsSent, None),
        (Answer(200, '{"messages": [{"id": 7}]}', taken=True), PerhapsSent, None),
        (Answer(200, "[" * 50_000, taken=True), PerhapsSent, None),
        (Answer(200, "{}", {"Content-Encoding": "gzip"}, taken=True), PerhapsSent, None),
        (Answer(400, '{"error": {"code": "131026"}}'), NotNow, 300),
        (Answer(400, '{"error": "no"}'), NotNow, 300),
    ],
)
async def test_what_the_api_may_answer(
    real: _Real, said: Answer, told: type[MessageError], after: float | None
) -> None:
    real.api.next.append(said)
    with pytest.raises(told) as failed:
        await real.messages.send(NOAH, PLAIN, "ref-1")
    assert getattr(failed.value, "after", None) == after
    assert len(real.api.asked) == 1, "one request, whatever comes back"


async def test_an_answer_that_does_not_come_leaves_it_open(real: _Real) -> None:
    real.api.next.append(Answer(200, "{}", taken=True, held=True))
    with pytest.raises(PerhapsSent):
        await real.messages.send(NOAH, PLAIN, "ref-1")
    assert len(real.api.accepted) == 1


async def test_where_nobody_listens_nothing_was_asked() -> None:
    adapter = WhatsAppCloud(account(f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(NotReached):
        await adapter.send(NOAH, PLAIN, "ref-1")
    await adapter.close()


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        (131047, Reason.WINDOW_CLOSED, "24 hours"),
        (131026, Reason.UNREACHABLE, "has no WhatsApp"),
        (130429, Reason.TOO_FAST, "at once"),
        (131056, Reason.TOO_FAST_TO_CUSTOMER, "to this customer"),
        (131048, Reason.SENDER_RESTRICTED, "restricts the sender"),
        (131049, Reason.KEPT_FROM_CUSTOMER, "today"),
        (190, Reason.ACCOUNT, "administrator"),
        (0, Reason.ACCOUNT, "administrator"),
        *((code, Reason.TEMPLATE, "the template") for code in range(132000, 132017)),
        (131053, Reason.FILE, "the file"),
        (999_999, Reason.OTHER, "some details"),
    ],
)
async def test_why_is_told_in_words_and_as_a_reason(
    real: _Real, code: int, reason: Reason, words: str
) -> None:
    real.api.next.append(error(400, code))
    with pytest.raises(MessageError, match=words) as failed:
        await real.messages.send(NOAH, PLAIN, "ref-1")
    assert (failed.value.reason, "some details" in str(failed.value)) == (reason, True)


@pytest.mark.parametrize(
    "content",
    [Text(""), Text(" \n"), Text("x" * 4097), Attachment(FileKind.IMAGE, "4000", caption="x" * 1025)],
)
async def test_what_the_api_would_not_take_is_not_asked(real: _Real, content: Content) -> None:
    with pytest.raises(Refused):
        await real.messages.send(NOAH, content, "ref-1")
    assert real.api.asked == []


async def test_a_name_is_no_path(real: _Real) -> None:
    media = real.api.keep("application/pdf", b"%PDF-1.7")
    named = Attachment(FileKind.DOCUMENT, media, name="../..\\etc/pass\x1bwd\u202e")
    await real.messages.send(NOAH, named, "ref-1")
    document = real.api.accepted[0].document
    assert document is not None
    assert document.filename == "_.._etc_passwd"


async def test_the_providers_words_are_cleaned(real: _Real) -> None:
    real.api.next.append(error(400, 999_999, "\x1b[2Jno\u202e " + "x" * 5000))
    with pytest.raises(Refused) as refused:
        await real.messages.send(NOAH, PLAIN, "ref-1")
    assert str(refused.value).startswith("[2Jno x")
    assert len(str(refused.value)) == 300


async def test_a_wrong_token_is_the_accounts_fault_and_in_no_words() -> None:
    with whatsapp() as api:
        adapter = WhatsAppCloud(account(api.address, "another-token"))
        with pytest.raises(NotNow) as later:
            await adapter.send(NOAH, PLAIN, "ref-1")
        await adapter.close()
    assert later.value.code == 190
    assert "another-token" not in repr(later.value) + repr(account("", "another-token"))


async def test_it_says_who_asks(real: _Real) -> None:
    await real.messages.send(NOAH, PLAIN, "ref-1")
    assert real.api.agents[0].startswith("moked/")
