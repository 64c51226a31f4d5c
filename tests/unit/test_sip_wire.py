"""The phone's language: what one end says the other understands, and nothing else."""

from __future__ import annotations

import dataclasses
import json
from functools import reduce
from operator import or_
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sip import events as ev
from sip.account import Account, MediaEncryption, Transport
from sip.audio.sound import Profile, SoundSettings
from sip.audio.sounddevice_port import OnUnplug
from sip.audio.treatment import Treatment
from sip.capability import Capability
from sip.errors import BY_CODE
from sip.wire import (
    LONGEST_LINE,
    Answer,
    Request,
    WireError,
    account_document,
    build,
    decode_message,
    decode_request,
    encode,
    sound_settings,
    sound_text,
)

texts = st.text(max_size=40)
floats = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(str, texts)
st.register_type_strategy(float, floats)
events = st.one_of(*(st.builds(kind) for kind in get_args(ev.PhoneEvent)))
capabilities = st.sets(st.sampled_from(list(Capability)))
requests = st.builds(Request, st.integers(0, 10**9), texts, st.dictionaries(texts, texts, max_size=4))


@given(events)
def test_every_event_arrives_as_it_left(event: ev.PhoneEvent) -> None:
    if isinstance(event, ev.AudioLevels):
        event = ev.AudioLevels(event.call, -20.5, -96)
    line = encode(event)
    assert line.count(b"\n") == 1
    assert decode_message(line) == event


@given(events, floats)
def test_what_happened_to_a_call_arrives_with_its_age(event: ev.PhoneEvent, age: float) -> None:
    if isinstance(event, ev.CallEvent):
        told = decode_message(encode(ev.Retold(event, abs(age))))
        assert told == ev.Retold(event, abs(age))


@given(capabilities)
def test_what_an_engine_can_do_arrives_by_name_and_whole(able: set[Capability]) -> None:
    told = ev.EngineCapabilities(reduce(or_, able, Capability(0)))
    line = encode(told)
    assert {Capability[name] for name in json.loads(line)["declared"]} == able
    assert decode_message(line) == told


@given(capabilities, texts)
def test_a_capability_that_is_not_known_is_refused_with_all_the_others(
    able: set[Capability], unknown: str
) -> None:
    assume(unknown not in Capability.__members__)
    names = [*(one.name for one in able), unknown]
    with pytest.raises(WireError):
        decode_message(json.dumps({"event": "EngineCapabilities", "declared": names}).encode())


@pytest.mark.parametrize("declared", ["HOLD", 1, None, ["hold"], [["HOLD"]], [1], {"HOLD": 1}])
def test_what_are_no_capabilities_is_refused(declared: object) -> None:
    with pytest.raises(WireError, match=r"no Capability|not a list"):
        decode_message(json.dumps({"event": "EngineCapabilities", "declared": declared}).encode())


@pytest.mark.parametrize(
    "line",
    [
        b'{"event": "AudioFault", "words": "", "age": 1.0}',
        b'{"event": "CallHeld", "call": "c1", "age": "1"}',
        b'{"event": "CallHeld", "call": "c1", "age": true}',
    ],
)
def test_an_age_that_is_none_is_refused(line: bytes) -> None:
    with pytest.raises(WireError):
        decode_message(line)


@given(requests)
def test_every_command_arrives_as_it_left(request: Request) -> None:
    assert decode_request(encode(request)) == request


@given(st.integers(0, 10**9), st.none() | texts)
def test_every_result_arrives_as_it_left(number: int, result: str | None) -> None:
    assert decode_message(encode(Answer(number, result))) == Answer(number, result)


@pytest.mark.parametrize("kind", list(BY_CODE.values()))
def test_every_error_arrives_as_its_own_type(kind: type[Exception]) -> None:
    answer = decode_message(encode(Answer(7, error=BY_CODE[kind.code]("call again"))))  # type: ignore[attr-defined]  # each kind of BY_CODE has a code
    assert isinstance(answer, Answer)
    assert type(answer.error) is kind
    assert str(answer.error) == "call again"


def test_what_has_its_usual_value_is_not_told_so_that_an_older_phone_takes_the_account() -> None:
    assert account_document(Account("1001", "pbx", "s3cret")) == {
        "user": "1001",
        "domain": "pbx",
        "password": "s3cret",
    }


def test_an_account_arrives_whole_and_its_password_shows_in_no_repr() -> None:
    account = Account(
        "1001", "pbx:5061", "s3cret", "Dana", Transport.TCP, MediaEncryption.OFF, ("g722",), "ca.pem", 30
    )
    request = decode_request(encode(Request(1, "register", account_document(account))))
    assert build(Account, request.args) == account
    assert "s3cret" not in repr(account)
    assert "s3cret" not in repr(request)


def test_devices_arrive_as_they_were_set() -> None:
    settings = SoundSettings(
        (
            Profile("אוזניות", "Jabra", "Jabra", "Laptop"),
            Profile("Laptop", treatment=Treatment(True, True, True)),
        ),
        OnUnplug.DEFAULT,
        ring_volume=0,
    )
    assert sound_settings(sound_text(settings)) == settings


@pytest.mark.parametrize(
    "text", ["", "[]", '{"profiles": []}', '{"profiles": [{"name": 1}]}', '{"on_unplug": "x"}']
)
def test_what_are_no_devices_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        sound_settings(text)


@given(st.binary(max_size=200))
def test_noise_is_refused_and_never_more(noise: bytes) -> None:
    for decode in (decode_request, decode_message):
        try:
            decode(noise)
        except WireError:
            continue


@given(events, st.data())
def test_an_event_with_a_field_of_another_type_is_refused(event: ev.PhoneEvent, data: st.DataObject) -> None:
    document = json.loads(encode(event))
    name = data.draw(st.sampled_from(sorted(set(document) - {"event"})))
    document[name] = {"not": ["this"]}
    with pytest.raises(WireError):
        decode_message(json.dumps(document).encode())


@pytest.mark.parametrize(
    "line",
    [
        b'{"id":1,"command":"dial"}',
        b'{"id":"1","command":"dial","args":{}}',
        b'{"id":1,"command":"dial","args":{},"more":1}',
        b"[]",
        b"null",
        b'{"event":"Nonsense"}',
        b'{"event":"CallEstablished"}',
        b'{"event":"CallEstablished","call":"c1","more":1}',
        b'{"event":"CallMuted","call":"c1","muted":1}',
        b'{"event":"CallClosed","call":"c1","reason":"bored"}',
        b"{" * 100_000,
        b" " * (LONGEST_LINE + 1),
    ],
)
def test_what_is_not_of_the_language_is_refused(line: bytes) -> None:
    for decode in (decode_request, decode_message):
        with pytest.raises(WireError):
            decode(line)


def test_every_event_of_the_port_has_a_name_of_its_own() -> None:
    names = [kind.__name__ for kind in get_args(ev.PhoneEvent)]
    assert len(names) == len(set(names))
    assert all(dataclasses.is_dataclass(kind) for kind in get_args(ev.PhoneEvent))
