"""What comes back from a hub: bounded, clean, of the contract; each failure in words, of one of two kinds."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.adapters import hub_wire as wire
from agent_tui.adapters.hub_address import HubAddress
from agent_tui.ports import HubError, HubRefused, HubUnreachable
from agent_tui.text.catalogue import use
from hub import contract as c
from tests.stubs.messages import CARD, ME


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, HubRefused),
        (401, HubRefused),
        (403, HubRefused),
        (404, HubRefused),
        (409, HubRefused),
        (422, HubRefused),
        (408, HubUnreachable),
        (429, HubUnreachable),
        (500, HubUnreachable),
        (503, HubUnreachable),
    ],
)
def test_a_no_is_told_apart_from_a_not_now(status: int, kind: type[HubError]) -> None:
    problem = c.Problem(title="No", status=status, detail="Because \x1b]0;x\x07of this.").model_dump_json()
    with pytest.raises(kind, match=r"^Because \]0;xof this\.$"):
        wire.check(status, problem.encode())
    with pytest.raises(kind, match=str(status)):
        wire.check(status, b"<html>")


def test_every_text_of_an_answer_is_cleaned() -> None:
    hostile = CARD.model_copy(
        update={"name": "\x1b[2Jx\u202e", "facts": {"a\x07": "b\x9b"}, "numbers": ("+1\x00",)}
    )
    card = wire.read(c.Card, hostile.model_dump_json().encode())
    assert (card.name, card.facts, card.numbers) == ("[2Jx", {"a": "b"}, ("+1",))
    me = ME.model_copy(update={"reason": "two\nlines \x1b"})
    event = wire.event(c.MeEvent(me=me).model_dump_json())
    assert isinstance(event, c.MeEvent)
    assert event.me.reason == "two\nlines "


@pytest.mark.parametrize(
    "data", ["", "nonsense", "[]", '{"kind": "unheard-of"}', '{"kind": "me"}', "[" * 100_000]
)
def test_an_event_of_another_language_is_refused(data: str) -> None:
    with pytest.raises(HubRefused, match="version"):
        wire.event(data)


@given(st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_no_answer_is_worse_than_a_refusal(text: str) -> None:
    with pytest.raises(HubRefused):
        wire.read(c.Snapshot, text.encode())
    with pytest.raises(HubRefused):
        wire.event(text)


async def test_an_answer_without_end_is_cut_off() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 2**16
            yield b" " * 2**16

    response = httpx.Response(200, content=endless())
    with pytest.raises(HubRefused, match="too large"):
        await wire.body_of(response)
    assert sent <= wire.LARGEST_ANSWER + 2**17


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (httpx.ConnectTimeout("x"), "did not answer in time"),
        (TimeoutError(), "did not answer in time"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), "certificate is not trusted"),
        (httpx.ConnectError("refused"), "cannot be reached"),
        (httpx.ReadError(""), "The line broke: ReadError"),
        (httpx.RemoteProtocolError("cut \x1b short"), "The line broke: cut short"),
    ],
)
def test_what_goes_wrong_on_the_way_is_told_in_words(failure: Exception, words: str) -> None:
    with pytest.raises(HubUnreachable, match=words), wire.failures_told():
        raise failure


@pytest.mark.parametrize("told", ["[Errno 111] Connection refused", "All connection attempts failed"])
def test_why_it_cannot_be_reached_is_told_in_hebrew(told: str) -> None:
    use("he")
    with pytest.raises(HubUnreachable) as failed, wire.failures_told():
        raise httpx.ConnectError(told)
    assert not re.search("[A-Za-z]", str(failed.value.words)), failed.value.words


async def test_a_ca_file_that_is_none_is_named() -> None:
    address = HubAddress("https://hub.example.com", "t", ca_file=Path("/nowhere/ca.pem"))
    with pytest.raises(HubRefused, match=r"/nowhere/ca\.pem"):
        await wire.open_client(address)


async def test_the_token_goes_to_the_hub_alone() -> None:
    client = await wire.open_client(HubAddress("https://hub.example.com", "t"))
    assert not client.follow_redirects
    assert not client.trust_env
    await client.aclose()
