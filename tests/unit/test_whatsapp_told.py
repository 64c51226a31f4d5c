"""What WhatsApp's webhooks tell: messages of customers, and what became of the hub's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.whatsapp_webhook import events_of
from hub.ports.message_events import (
    Delivered,
    Delivery,
    Incoming,
    MessageEvent,
    SentFile,
    UnreadableDelivery,
    Writer,
)
from hub.ports.messages import FileKind, Reason
from tests.stubs.whatsapp import SENDER
from tests.stubs.whatsapp_webhooks import (
    NOAH_ID,
    NOAH_USER,
    delivery,
    failure,
    file_message,
    status,
    text_message,
)

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NOAH = Writer(f"+{NOAH_ID}", "", "Noah Levi")


def told(body: bytes) -> tuple[MessageEvent, ...]:
    return events_of(body, SENDER)


def test_a_text_is_told_with_who_wrote_it() -> None:
    body = delivery(messages=[text_message(AT, "wamid.1", "שלום\nמה שלומך?")])
    assert told(body) == (Incoming("wamid.1", AT, NOAH, "text", "שלום\nמה שלומך?"),)


def test_who_shows_no_number_is_known_by_an_id() -> None:
    contacts = [{"profile": {"username": "noah"}, "user_id": NOAH_USER}]
    body = delivery(messages=[text_message(AT, from_user_id=NOAH_USER)], contacts=contacts)
    (event,) = told(body)
    assert isinstance(event, Incoming)
    assert event.writer == Writer("", NOAH_USER, "noah")


def test_who_shows_both_is_known_by_both() -> None:
    contacts = [{"profile": {"name": "Noah"}, "wa_id": NOAH_ID, "user_id": NOAH_USER}]
    body = delivery(messages=[text_message(AT, **{"from": NOAH_ID})], contacts=contacts)
    (event,) = told(body)
    assert isinstance(event, Incoming)
    assert event.writer == Writer(f"+{NOAH_ID}", NOAH_USER, "Noah")


@pytest.mark.parametrize(
    ("kind", "file", "expected"),
    [
        (
            "image",
            {"id": "4001", "mime_type": "image/jpeg", "sha256": "x=", "caption": "the router"},
            (SentFile("4001", FileKind.IMAGE, "image/jpeg", ""), "the router"),
        ),
        (
            "document",
            {"id": "4002", "mime_type": "application/pdf", "filename": "\x1b]0;חשבון\u202e.pdf"},
            (SentFile("4002", FileKind.DOCUMENT, "application/pdf", "]0;חשבון.pdf"), ""),
        ),
        ("document", {"id": "4002", "mime_type": "text/html", "caption": "look"}, (None, "look")),
        ("document", {"id": "../4002", "mime_type": "application/pdf"}, (None, "")),
        ("audio", {"id": "4003", "mime_type": "audio/ogg; codecs=opus"}, (None, "")),
        ("video", {"id": "4003", "mime_type": "video/mp4", "caption": "film"}, (None, "film")),
        ("sticker", {"id": "4003", "mime_type": "image/webp"}, (None, "")),
    ],
)
def test_files_that_go_through_are_told_and_others_by_their_kind(
    kind: str, file: dict[str, str], expected: tuple[SentFile | None, str]
) -> None:
    (event,) = told(delivery(messages=[file_message(AT, "wamid.2", kind, file)]))
    assert isinstance(event, Incoming)
    assert (event.file, event.text) == expected
    assert event.kind == kind


@pytest.mark.parametrize(
    ("kind", "part", "text"),
    [
        ("button", {"text": "Yes, please", "payload": "yes"}, "Yes, please"),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "Later"}}, "Later"),
    ],
)
def test_an_answer_by_a_button_is_text(kind: str, part: dict[str, Any], text: str) -> None:
    (event,) = told(delivery(messages=[file_message(AT, "wamid.2", kind, part)]))
    assert isinstance(event, Incoming)
    assert (event.kind, event.text) == ("text", text)


@pytest.mark.parametrize("said", list(Delivered)[:3])
def test_how_far_a_message_came(said: Delivered) -> None:
    body = delivery(statuses=[status(AT, "wamid.9", said.value, "ref-1")])
    assert told(body) == (Delivery("wamid.9", AT, said, "ref-1"),)


def test_why_a_message_did_not_come_is_told_in_words() -> None:
    one = status(AT, "wamid.9", "failed", "ref-1", errors=[failure(131047, "Re-engage\x1b[2J")])
    (event,) = told(delivery(statuses=[one]))
    assert isinstance(event, Delivery)
    assert (event.status, event.code, event.reason) == (Delivered.FAILED, 131047, Reason.WINDOW_CLOSED)
    assert "24 hours" in event.words
    assert "Re-engage[2J" in event.words


def test_one_odd_message_keeps_no_other_back() -> None:
    odd: list[Any] = [
        None,
        {},
        {"id": "wamid.3"},
        text_message(AT) | {"timestamp": "yesterday"},
        text_message(AT) | {"id": "x" * 201},
        text_message(AT) | {"id": "\x1b[2J"},
        text_message(AT) | {"from": "++1"},
        text_message(AT) | {"type": "system", "system": {"body": "changed"}},
    ]
    sound = text_message(AT, "wamid.4")
    assert [event.id for event in told(delivery(messages=[*odd, sound]))] == ["wamid.4"]
    odd_statuses: list[Any] = [None, status(AT, "wamid.5", "held"), status(AT, "", "sent")]
    sound_status = status(AT, "wamid.6", "read")
    assert [one.id for one in told(delivery(statuses=[*odd_statuses, sound_status]))] == ["wamid.6"]


def test_another_senders_are_not_ours() -> None:
    assert told(delivery(messages=[text_message(AT)], sender="1")) == ()


def test_a_reference_that_is_none_of_ours_is_none() -> None:
    body = delivery(statuses=[status(AT, "wamid.9", "sent", "x" * 33)])
    assert told(body) == (Delivery("wamid.9", AT, Delivered.SENT),)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"object": "page"}', b"\xff", b"[" * 50_000])
def test_what_is_no_delivery_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableDelivery):
        told(body)


_NAMES = ["from", "id", "timestamp", "type", "text", "image", "body", "errors", "code", "status", "profile"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), one, max_size=4),
    max_leaves=12,
)


@given(messages=_JSON, statuses=_JSON, contacts=_JSON)
def test_whatever_is_signed_is_read_or_passed_over(messages: Any, statuses: Any, contacts: Any) -> None:
    told(delivery(messages=messages, statuses=statuses, contacts=contacts))


@given(st.dictionaries(st.sampled_from(["from", "id", "timestamp", "type", "text", "image"]), _JSON))
def test_a_message_with_any_fields_is_read_or_passed_over(changes: dict[str, Any]) -> None:
    told(delivery(messages=[text_message(AT) | changes]))


@given(_JSON)
def test_any_json_is_read_or_unreadable(value: Any) -> None:
    try:
        told(json.dumps({"object": "whatsapp_business_account", "entry": value}).encode())
    except UnreadableDelivery as error:
        raise AssertionError("it says what it is") from error
