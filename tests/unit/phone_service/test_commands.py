"""The phone's socket: every command reaches the engine as it was meant, and no other does."""

from __future__ import annotations

import pytest

from sip.account import Account
from sip.client import PhoneClient
from sip.errors import BadRequest, NoSuchCall
from tests.unit.phone_service.served import Served

ACCOUNT = Account("1001", "pbx.example.com", "s3cret", display_name="דנה")


async def test_every_command_reaches_the_engine_as_it_was_meant(phone: Served, desk: PhoneClient) -> None:
    phone.engine.calls.add("c1")
    await desk.register(ACCOUNT)
    assert await desk.calls.dial("*97 \ud800") == "c1"
    assert await desk.calls.dial("1002", "c1") == "c1"
    await desk.calls.answer("c1")
    await desk.calls.reject("c1")
    await desk.calls.hangup("c1")
    await desk.calls.hold("c1")
    await desk.calls.resume("c1")
    await desk.calls.mute("c1", muted=True)
    await desk.calls.transfer("c1", "1002")
    await desk.calls.attended_transfer("c1", "c2")
    await desk.calls.merge("c1", "c2")
    await desk.calls.part("c1")
    await desk.calls.send_dtmf("c1", "12#")
    await desk.refresh()
    await desk.unregister()
    assert phone.engine.asked == [
        ("start",),
        ("register", ACCOUNT),
        ("dial", "*97 \ud800", ""),
        ("dial", "1002", "c1"),
        ("answer", "c1"),
        ("reject", "c1"),
        ("hangup", "c1"),
        ("hold", "c1"),
        ("resume", "c1"),
        ("mute", "c1", True),
        ("transfer", "c1", "1002"),
        ("attended_transfer", "c1", "c2"),
        ("merge", "c1", "c2"),
        ("part", "c1"),
        ("send_dtmf", "c1", "12#"),
        ("refresh",),
        ("unregister",),
    ]


async def test_what_the_engine_refuses_is_told_as_what_it_is(phone: Served, desk: PhoneClient) -> None:
    del phone
    with pytest.raises(NoSuchCall, match="over"):
        await desk.calls.hangup("c9")


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("explode", {}),
        ("dial", {}),
        ("dial", {"target": 5}),
        ("dial", {"target": "1002", "consults": 5}),
        ("attended_transfer", {"call": "c1"}),
        ("merge", {"call": "c1"}),
        ("mute", {"call": "c1", "muted": 1}),
        ("register", {"user": "1001"}),
        ("register", {"user": "1001", "domain": "d", "password": "p", "transport": "pigeon"}),
    ],
)
async def test_what_is_no_command_reaches_no_engine(
    phone: Served, desk: PhoneClient, command: str, args: dict[str, object]
) -> None:
    with pytest.raises(BadRequest):
        await desk._link.ask(command, **args)
    assert phone.engine.asked == [("start",)]


async def test_what_no_line_holds_is_refused_here_and_the_line_lives_on(desk: PhoneClient) -> None:
    with pytest.raises(BadRequest):
        await desk.calls.dial("1" * 70_000)
    assert await desk.calls.dial("1002") == "c1"
