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
from hub.ports.messages import LONGEST_NAME, LONGEST_TEXT, FileKind, Reason
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
        ("document", {"id": "4002/..", "mime_type": "application/pdf"}, (None, "")),
        ("document", {"id": "4" * 129, "mime_type": "application/pdf"}, (None, "")),
        (
            "document",
            {"id": "4" * 128, "mime_type": " Application/PDF ; name=a", "filename": "a" * 500},
            (SentFile("4" * 128, FileKind.DOCUMENT, "application/pdf", "a" * (LONGEST_NAME - 1) + "…"), ""),
        ),
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


def test_a_picture_that_comes_as_a_document_is_an_image() -> None:
    file = {"id": "4001", "mime_type": "image/png", "filename": "a.png"}
    (event,) = told(delivery(messages=[file_message(AT, "wamid.2", "document", file)]))
    assert isinstance(event, Incoming)
    assert event.kind == FileKind.IMAGE.value


@pytest.mark.parametrize(
    ("kind", "part", "said"),
    [
        ("button", {"text": "Yes, please", "payload": "yes"}, ("text", "Yes, please")),
        ("button", {"payload": "yes"}, ("button", "")),
        (
            "interactive",
            {"type": "button_reply", "button_reply": {"id": "1", "title": "Later"}},
            ("text", "Later"),
        ),
        (
            "interactive",
            {"type": "list_reply", "list_reply": {"id": "1", "title": "Sunday"}},
            ("text", "Sunday"),
        ),
        ("interactive", {"type": "nfm_reply"}, ("interactive", "")),
        ("reaction", {"message_id": "wamid.1", "emoji": "👍"}, ("reaction", "👍")),
        ("order", {"text": "not of this kind"}, ("order", "")),
        ("", {}, ("unknown", "")),
        ("\x1b[2Jlocation of a place", {}, ("[2Jlocation of …", "")),
    ],
)
def test_what_is_said_otherwise_is_told_by_its_words_or_its_kind(
    kind: str, part: dict[str, Any], said: tuple[str, str]
) -> None:
    (event,) = told(delivery(messages=[file_message(AT, "wamid.2", kind, part)]))
    assert isinstance(event, Incoming)
    assert (event.kind, event.text) == said


def test_what_is_told_is_no_longer_than_whatsapp_says_and_a_name_is_clean() -> None:
    contacts = [{"profile": {"name": "Noah\x1b[2J\u202e" + "h" * 500}, "wa_id": NOAH_ID}]
    body = delivery(messages=[text_message(AT, body="x" * (LONGEST_TEXT + 9))], contacts=contacts)
    (event,) = told(body)
    assert isinstance(event, Incoming)
    assert (len(event.text), len(event.writer.name)) == (LONGEST_TEXT, 120)
    assert event.writer.name.startswith("Noah[2Jhh")


def test_who_is_known_by_an_id_is_known_by_the_number_that_is_told_beside_it() -> None:
    other = {"profile": {"name": "Gil"}, "wa_id": "972505550109", "user_id": "IL.1"}
    noah = {"profile": {"name": "Noah"}, "wa_id": NOAH_ID, "user_id": NOAH_USER}
    body = delivery(messages=[text_message(AT, from_user_id=NOAH_USER)], contacts=[other, noah])
    (event,) = told(body)
    assert isinstance(event, Incoming)
    assert event.writer == Writer(f"+{NOAH_ID}", NOAH_USER, "Noah")


@pytest.mark.parametrize("number", ["0505550101", "97250", "9725055501010000"])
def test_who_writes_from_what_is_no_whole_number_is_passed_over(number: str) -> None:
    assert told(delivery(messages=[text_message(AT, **{"from": number})])) == ()


def test_what_is_told_of_other_things_than_messages_is_passed_over() -> None:
    whole = json.loads(delivery(messages=[text_message(AT)]))
    whole["entry"][0]["changes"][0]["field"] = "message_echoes"
    assert told(json.dumps(whole).encode()) == ()


def test_an_id_as_long_as_any_is_read() -> None:
    (event,) = told(delivery(messages=[text_message(AT, "w" * 200)]))
    assert event.id == "w" * 200


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


@pytest.mark.parametrize("code", [-1, 1 << 31, "131047", None, 10**30])
def test_why_a_message_did_not_come_is_told_though_its_code_is_none(code: object) -> None:
    one = status(AT, "wamid.9", "failed", "ref-1", errors=[{"code": code}])
    (event,) = told(delivery(statuses=[one]))
    assert isinstance(event, Delivery)
    assert event.words == "WhatsApp did not bring it to the customer."
    assert (event.code, event.reason) == (0, Reason.OTHER)


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
