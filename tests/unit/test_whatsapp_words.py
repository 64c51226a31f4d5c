"""What became of a message, as its agent reads it: in the desk's language, whatever WhatsApp answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from agent_tui.screens.views.conversations import thread_page
from agent_tui.session.state import SessionState
from agent_tui.session.writing import ThreadShown
from agent_tui.text.catalogue import use
from agent_tui.text.others import said
from hub import contract as c
from hub.adapters.whatsapp_cloud import Account, WhatsAppCloud
from hub.adapters.whatsapp_errors import error_of
from hub.adapters.whatsapp_webhook import events_of
from hub.domain.outbox import Message, missed, outdated, sending
from hub.ports.message_events import Delivery
from hub.ports.messages import LARGEST_IMAGE, MessageError, NotNow, Refused, Text, refuse_unfit
from hub.service.conversation_files import _refusal
from tests.pbx.centre import free_port
from tests.stubs.whatsapp import HTML, SENDER, TOKEN, Answer, whatsapp
from tests.stubs.whatsapp_webhooks import delivery, status
from tests.stubs.writing_desk import READING, own

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = Message("m1", "whatsapp", "+972505550101", Text("שלום"), "", NOON, NOON)
_LATIN = re.compile(r"[A-Za-z]{3,}")


def reads(status: c.Ticked, words: str) -> str:
    """The page of a conversation in which ``words`` are told of the agent's only message."""
    writing = READING.writing
    thread = ThreadShown("v-2", (own(1, "o-1", "שלום", status, words),), asking=False)
    state: SessionState = replace(READING, writing=replace(writing, thread=thread, sending=(), saved={}))
    page = thread_page(state, NOON)
    return "\n".join(cell.text for row in page.rows for cell in row.cells)


async def asked(said: Answer | None) -> MessageError:
    """The error of a message that is answered so; None: nobody listens."""
    with whatsapp() as api:
        if said is not None:
            api.next.append(said)
        address = api.address if said is not None else f"http://127.0.0.1:{free_port()}"
        cloud = WhatsAppCloud(Account(SENDER, TOKEN, address), httpx.Timeout(5.0))
        with pytest.raises(MessageError) as told:
            await cloud.send("+972505550101", Text("שלום"), "ref-1")
        await cloud.close()
    return told.value


@pytest.mark.parametrize(
    "answer",
    [None, Answer(0, ""), Answer(200, "{}"), Answer(302, HTML), Answer(502, HTML), Answer(400, HTML)],
)
async def test_what_whatsapp_answered_is_told_in_hebrew(answer: Answer | None) -> None:
    error = await asked(answer)
    use("he")
    once = missed(sending(ONE), error, NOON)
    assert not _LATIN.search(reads("unknown", once.words))
    if isinstance(error, NotNow):
        assert not _LATIN.search(reads("failed", outdated(once).words))


def test_that_it_did_not_answer_in_time_is_told_in_hebrew() -> None:
    use("he")
    assert not _LATIN.search(reads("unknown", "WhatsApp did not answer in time."))


@pytest.mark.parametrize("code", [999, 131026, 131047, 131049, 130429, 131056, 131048, 190, 132000, 132016])
def test_an_error_of_the_api_is_told_in_hebrew(code: int) -> None:
    error = error_of(400, "", {"error": {"code": code}})
    use("he")
    assert not _LATIN.search(reads("failed", str(error)))


def test_what_was_not_brought_is_told_in_hebrew() -> None:
    (event,) = events_of(delivery(statuses=[status(NOON, "wamid.1", "failed", "m1")]), SENDER)
    assert isinstance(event, Delivery)
    use("he")
    assert not _LATIN.search(reads("failed", event.words))


def _too_large() -> None:
    refuse_unfit("image/png", LARGEST_IMAGE + 1)


def _empty() -> None:
    refuse_unfit("image/png", 0)


@pytest.mark.parametrize("unfit", [_too_large, _empty])
def test_why_a_file_does_not_go_through_is_told_in_hebrew(unfit: Callable[[], None]) -> None:
    with pytest.raises(Refused) as refused:
        unfit()
    use("he")
    assert not _LATIN.search(str(said(str(_refusal(refused.value)))))


def test_who_perhaps_got_it_is_asked_before_it_is_written_again() -> None:
    assert "ask the customer" in reads("unknown", "WhatsApp did not answer in time.")
    assert "ask the customer" not in reads("failed", "The customer has no WhatsApp there.")
