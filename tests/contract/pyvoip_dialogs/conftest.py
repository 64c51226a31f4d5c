"""The exchange that says what a test says, and a phone registered at it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sip.audio.silence_port import SilencePort
from sip.engines.pyvoip import phone as phones
from sip.engines.pyvoip.engine import PyvoipEngine
from tests.contract.engine import Line, line
from tests.stubs.exchange import StubExchange, stub_exchange


@pytest.fixture
async def exchange() -> AsyncIterator[StubExchange]:
    async with stub_exchange() as made:
        yield made


@pytest.fixture
async def phone(
    exchange: StubExchange, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Line]:
    """A registered phone, which says nothing to standard output."""
    monkeypatch.setattr(phones, "_GOODBYE", 0.1)  # the exchange leaves last words unanswered
    async with line(PyvoipEngine(SilencePort), exchange.account) as held:
        yield held
    assert capfd.readouterr().out == ""
