"""Whatever else is asked of us."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from pbx.lab.message import serialise
from sip import events as ev
from sip.engines.pyvoip import phone as phones
from sip.engines.pyvoip import transactions
from sip.engines.pyvoip.engine import PyvoipEngine
from tests.contract.engine import Line
from tests.contract.pyvoip_dialogs.far_end import TORN, talk
from tests.contract.test_phone_strangers import Noise
from tests.stubs.exchange import StubExchange


@pytest.mark.parametrize(
    ("method", "status"),
    [("OPTIONS", 200), ("MESSAGE", 405), ("REFER", 405), ("NOTIFY", 481), ("BYE", 481), ("CANCEL", 481)],
)
async def test_every_request_gets_its_answer(
    exchange: StubExchange, phone: Line, method: str, status: int
) -> None:
    """Asterisk took a phone that answers no OPTIONS for gone (§8.2, §11.2)."""
    invite = exchange.invite()
    await exchange.response(180)
    asked = replace(
        invite.with_first("Call-ID", "another").with_first("CSeq", f"1 {method}"), method=method, body=b""
    )
    exchange.send(serialise(asked.with_first("Via", "SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx;rport")))
    answer = await exchange.response()
    assert answer.status == status
    if status in (200, 405):
        assert "BYE" in answer.get("Allow")
    assert "rport=" in answer.get("Via")


async def test_all_of_a_call_ends_with_it(exchange: StubExchange, phone: Line) -> None:
    """Sockets, threads and timers (pyVoIP kept them, and 24 to 118 kB a call)."""
    engine = phone.engine
    assert isinstance(engine, PyvoipEngine)
    call, _invite, _ok = await talk(exchange, phone)
    rtp = engine._lines.find(call)._call.rtp
    assert rtp._thread is not None
    await phone.engine.hangup(call)
    exchange.answer(await exchange.request("BYE"), 200)
    await asyncio.to_thread(rtp._thread.join, 5)
    assert not rtp._thread.is_alive()
    assert rtp.sin.fileno() == rtp._control.fileno() == -1
    assert len(engine._lines) == 0
    assert engine._registration is not None
    assert engine._registration.serving is not None
    assert not engine._registration.serving.phone.calls


@pytest.mark.parametrize("seed", [1, 2])
async def test_noise_of_the_exchange_itself_costs_nothing(
    exchange: StubExchange, phone: Line, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    """What a stranger's address keeps out comes here by the exchange's own: torn, wild, out of any dialog."""
    engine = phone.engine
    assert isinstance(engine, PyvoipEngine)
    _call, invite, ok = await talk(exchange, phone)
    noise = Noise(seed)
    for number in range(300):
        for _ in range(3):  # more would not fit a socket's buffer, and get lost
            exchange.send(noise.sip(exchange.phone, exchange.phone))
        spoilt = serialise(exchange.within(invite, ok, "INVITE", 20 + number, body=TORN))
        exchange.send(spoilt[: number % len(spoilt)])
        await exchange.is_answered(f"{number} of noise")
    assert engine._registration is not None
    assert engine._registration.serving is not None
    home = engine._registration.serving.phone
    assert len(home.calls) <= phones._MOST_CALLS
    assert len(home.sip._answered._answers) <= transactions._MOST_KEPT
    exchange.invite(("X-Moked-Contact", "after all"))
    await phone.next(ev.CallIncoming, lambda ring: ring.contact == "after all")
    assert not caplog.records, "a flood must not fill the log either"


async def test_a_message_that_upsets_the_phone_costs_that_message_alone(
    exchange: StubExchange, phone: Line, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is, the event loop need not hear of it."""
    taken = asyncio.Event()
    upset: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: upset.append(context))

    def breaks(_phone: phones.Phone, _request: object) -> None:
        taken.set()
        raise LookupError

    with monkeypatch.context() as broken:
        broken.setattr(phones.Phone, "callback", breaks)
        exchange.invite()
        async with asyncio.timeout(10):
            await taken.wait()
    assert caplog.messages == ["a message was not taken"]
    exchange.invite(("X-Moked-Contact", "after all"))
    await phone.next(ev.CallIncoming, lambda ring: ring.contact == "after all")
    assert upset == []
