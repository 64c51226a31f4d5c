"""REGISTER by REGISTER on pyVoIP: proof of the password, renewal in time, and what the registrar asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from pbx.lab.digest import Credentials, DigestGate, Verdict
from pbx.lab.message import Request, Response
from sip import events as ev
from sip.account import Account, MediaEncryption, Transport
from sip.audio.silence_port import SilencePort
from sip.engines.pyvoip import registrar as on_pyvoip
from sip.engines.pyvoip import transactions
from sip.engines.pyvoip.engine import PyvoipEngine
from sip.events import RegistrationState
from tests.contract.engine import line
from tests.stubs.exchange import stub_exchange
from tests.stubs.registrar import StubRegistrar, answer_to, leaves, stub_registrar
from tests.stubs.sip import response


def engine() -> PyvoipEngine:
    return PyvoipEngine(SilencePort)


def account(registrar: StubRegistrar) -> Account:
    return Account(
        "1001", registrar.domain, "secret", transport=Transport.UDP, media_encryption=MediaEncryption.OFF
    )


def granting(request: Request, *headers: tuple[str, str]) -> Response:
    answer = cast(Response, answer_to(request, 200))
    return replace(answer, headers=(*answer.without("Contact").headers, *headers))


class Gate:
    """A registrar that wants the password proved by digest, with ``qop`` and a nonce that ages once."""

    def __init__(self, known: str = "secret") -> None:
        self.gate, self.password = DigestGate("lab"), known
        self.verdicts: list[Verdict] = []
        self.ages = False

    def __call__(self, request: Request) -> Response:
        told = Credentials.parse(request.get("Authorization"))
        if told is None:
            return self._challenge(request, now=-1_000.0 if self.ages else 0.0)
        verdict = self.gate.check(told, self.password, method="REGISTER", uri=request.uri, now=1.0)
        self.verdicts.append(verdict)
        if verdict is Verdict.GOOD:
            return cast(Response, answer_to(request, 200))
        return self._challenge(request, now=1.0, stale=verdict is Verdict.STALE)

    def _challenge(self, request: Request, now: float, *, stale: bool = False) -> Response:
        answer = response(request, 401)
        asked = ("WWW-Authenticate", self.gate.challenge(now, stale=stale))
        other = ("WWW-Authenticate", 'Digest realm="lab", nonce="x", algorithm=SHA-256')
        return replace(answer, headers=(*answer.headers, other, asked))


async def test_the_password_is_proved_for_the_very_request() -> None:
    """pyVoIP proved another URI, knew no ``qop``, and read no challenge but the first."""
    async with stub_exchange() as exchange, line(engine()) as phone:
        gate = exchange.registers = Gate()
        await phone.register(exchange.account)
        assert gate.verdicts == [Verdict.GOOD]


async def test_a_nonce_that_aged_is_replaced_and_a_wrong_password_is_told_at_once() -> None:
    async with stub_exchange() as exchange, line(engine()) as phone:
        gate = exchange.registers = Gate()
        gate.ages = True
        await phone.register(exchange.account)
        assert gate.verdicts == [Verdict.STALE, Verdict.GOOD]
    async with stub_exchange() as exchange, line(engine()) as phone:
        gate = exchange.registers = Gate("another")
        await phone.engine.register(exchange.account)
        told = await phone.next(
            ev.RegistrationChanged, lambda event: event.state is not RegistrationState.REGISTERING
        )
        assert (told.state, told.status) == (RegistrationState.REFUSED, 401)
        assert gate.verdicts == [Verdict.WRONG]


async def test_a_refused_account_is_asked_for_once() -> None:
    async with stub_registrar(403) as registrar, line(engine()) as phone:
        await phone.engine.register(account(registrar))
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REFUSED)
        assert len(registrar.seen) == 1


async def test_the_contact_is_renewed_before_it_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_pyvoip, "_EARLY", 0.001)
    async with stub_registrar(200) as registrar, line(engine()) as phone:
        await phone.register(account(registrar))
        first, second = await registrar.sees(1), await registrar.sees(2)
        assert second.call_id == first.call_id
        assert second.cseq[0] > first.cseq[0]
        assert second.get("Contact") == first.get("Contact")
        registrar.status = 503
        lost = await phone.next(
            ev.RegistrationChanged, lambda event: event.state is RegistrationState.UNREACHABLE
        )
        assert lost.status == 503


@pytest.mark.parametrize(
    ("headers", "granted"),
    [
        ((("Contact", "{own};expires=40"), ("Expires", "90")), 40.0),
        ((("Contact", "<sip:x@y>;expires=40"), ("Expires", "90")), 90.0),
        ((("Contact", "{own}"),), 60.0),
        ((("Expires", "٣"),), 60.0),
    ],
    ids=["of our contact", "of the answer", "as asked", "nonsense"],
)
async def test_what_the_registrar_grants_counts(
    headers: tuple[tuple[str, str], ...], granted: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 3261 §10.3."""
    seen: list[float] = []

    async def renew(_self: object, after: float) -> None:
        seen.append(after)

    monkeypatch.setattr(on_pyvoip.PyvoipRegistrar, "_renew", renew)
    async with stub_exchange() as exchange, line(engine()) as phone:
        exchange.registers = lambda request: granting(
            request, *((name, value.format(own=request.get("Contact"))) for name, value in headers)
        )
        await phone.register(exchange.account)
    assert seen == [pytest.approx(granted * 0.885)]


async def test_an_interval_that_is_too_brief_is_made_longer() -> None:
    """423 with Min-Expires (RFC 3261 §10.2.8)."""

    def registers(request: Request) -> Response:
        if request.get("Expires") in ("90", "0"):
            return cast(Response, answer_to(request, 200))
        brief = response(request, 423)
        return replace(brief, headers=(*brief.headers, ("Min-Expires", "90")))

    async with stub_exchange() as exchange, line(engine()) as phone:
        exchange.registers = registers
        await phone.register(exchange.account)


async def test_a_late_yes_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """One REGISTER at a time: it goes on being sent, and its answer counts whenever it comes."""
    monkeypatch.setattr(on_pyvoip, "_ANSWER_TIMEOUT", 0.05)
    monkeypatch.setattr(transactions, "T1", 0.1)
    async with stub_registrar(None) as registrar, line(engine()) as phone:
        await phone.engine.register(account(registrar))
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.UNREACHABLE)
        assert len(registrar.seen) == 1
        registrar.status = 200
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REGISTERED)
        assert len(registrar.seen) == 1


async def test_who_leaves_takes_the_contact_away() -> None:
    async with stub_registrar(200) as registrar, line(engine()) as phone:
        await phone.register(account(registrar))
        await phone.engine.unregister()
        assert [leaves(request) for request in registrar.seen] == [False, True]


async def test_nobody_but_the_registrar_answers_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyVoIP took the next datagram that came for its answer."""
    monkeypatch.setattr(on_pyvoip, "_ANSWER_TIMEOUT", 0.3)

    def forged(request: Request) -> Response:
        other = request.with_first("Via", "SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKguessed;rport")
        return cast(Response, answer_to(other, 200))

    async with stub_exchange() as exchange, line(engine()) as phone:
        exchange.registers = forged
        await phone.engine.register(exchange.account)
        told = await phone.next(
            ev.RegistrationChanged, lambda event: event.state is not RegistrationState.REGISTERING
        )
        assert told.state is RegistrationState.UNREACHABLE
