"""What the phone says to a registrar that refuses, keeps silent or comes back, REGISTER by REGISTER."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sip import events as ev
from sip import places, supervisor
from sip.account import Account, MediaEncryption, Transport
from sip.audio.silence_port import SilencePort
from sip.engine import SipEngine
from sip.events import RegistrationState
from tests.contract.engine import line
from tests.contract.engines import BARESIP, maker
from tests.stubs.registrar import StubRegistrar, leaves, stub_registrar
from tests.stubs.stream_registrar import StreamRegistrar, stream_registrar


def account(registrar: StubRegistrar, user: str = "1001") -> Account:
    return Account(
        user, registrar.domain, "secret", transport=Transport.UDP, media_encryption=MediaEncryption.OFF
    )


def tcp_account(registrar: StreamRegistrar) -> Account:
    domain = f"127.0.0.1:{registrar.port}"
    return Account("1001", domain, "secret", transport=Transport.TCP, media_encryption=MediaEncryption.OFF)


def engine(kind: str = BARESIP) -> SipEngine:
    return maker(kind)(SilencePort, None)


async def test_a_refused_account_is_asked_for_once_and_the_stack_told_to_stop() -> None:
    async with stub_registrar(403) as registrar, line(engine()) as phone:
        await phone.engine.register(account(registrar))
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REFUSED)
        # without the second, baresip goes on for ever, every half a minute
        assert [leaves(request) for request in registrar.seen] == [False, True]


async def test_no_request_is_sent_while_one_is_unanswered() -> None:
    async with stub_registrar(None) as registrar:
        async with line(engine()) as phone:
            await phone.engine.register(account(registrar))
            await registrar.sees(1)
        assert len(registrar.seen) == 1


async def test_who_left_while_the_registrar_was_silent_stops_at_its_answer() -> None:
    async with stub_registrar(None) as registrar, line(engine()) as phone:
        await phone.engine.register(account(registrar))
        await registrar.sees(1)
        await phone.engine.unregister()
        registrar.status = 200
        assert leaves(await registrar.sees(2))


async def test_the_stack_ends_whole_after_every_outcome(kind: str) -> None:
    """A request too many breaks the heap, which ends this very process: several times, to be sure."""
    async with stub_registrar(403) as registrar:
        for _ in range(8):
            registrar.status = 403
            async with line(engine(kind)) as phone:
                await phone.engine.register(account(registrar))
                await phone.next(
                    ev.RegistrationChanged, lambda event: event.state is RegistrationState.REFUSED
                )
                registrar.status = 200
                await phone.register(account(registrar, "1002"))


async def test_a_registration_that_is_lost_is_told_and_won_again(kind: str) -> None:
    async with stub_registrar(200) as registrar, line(engine(kind)) as phone:
        await phone.register(account(registrar))
        await phone.engine.unregister()
        assert leaves(registrar.seen[-1])
        registrar.status = 503
        await phone.engine.register(account(registrar))
        lost = await phone.next(
            ev.RegistrationChanged, lambda event: event.state is RegistrationState.UNREACHABLE
        )
        assert lost.status == 503
        registrar.status = 200
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REGISTERED)


async def test_nothing_is_sent_to_an_exchange_that_takes_connections_and_does_not_read_yet() -> None:
    """What a starting exchange drops is never sent again over TCP, and would hold us up for 32 s."""
    async with stream_registrar() as registrar, line(engine()) as phone:
        await phone.register(tcp_account(registrar))
        registers = registrar.methods().count("REGISTER")
        registrar.status = None
        registrar.cut()
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.UNREACHABLE)
        assert registrar.methods().count("REGISTER") == registers
        registrar.status = 200
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REGISTERED)


async def test_an_old_contact_is_taken_away_before_the_same_one_is_put_anew() -> None:
    """Side by side, as the stack alone would send them, the last to arrive would decide."""
    async with stub_registrar(200) as registrar, line(engine()) as phone:
        await phone.register(account(registrar))
        registrar.status = None
        await phone.engine.refresh()
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.UNREACHABLE)
        assert [leaves(request) for request in registrar.seen] == [False, True]
        registrar.status = 200
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REGISTERED)
        assert [leaves(request) for request in registrar.seen] == [False, True, False]


async def test_the_next_registrar_serves_while_the_first_is_away(kind: str) -> None:
    async with stub_registrar(503) as first, stub_registrar(200) as second, line(engine(kind)) as phone:
        await phone.register(replace(account(first), fallback_domains=(second.domain,)))
        assert len(first.seen) == len(second.seen) == 1
        assert [type(event) for event in phone.heard].count(ev.RegistrationChanged) == 2
    assert leaves(second.seen[-1])


async def test_the_first_registrar_serves_again_when_it_is_back(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "RETURN_EVERY", 0.2)
    async with stub_registrar(503) as first, stub_registrar(200) as second, line(engine(kind)) as phone:
        await phone.register(replace(account(first), fallback_domains=(second.domain,)))
        first.status = 200
        assert leaves(await second.sees(2))
        assert not leaves(first.seen[-1])
        assert [type(event) for event in phone.heard].count(ev.RegistrationChanged) == 2, "nobody need know"
    assert leaves(first.seen[-1])


async def test_a_name_that_leads_elsewhere_now_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = ["127.0.0.9"]

    async def resolve(_host: str) -> tuple[str, ...]:
        return tuple(addresses)

    monkeypatch.setattr(places, "_resolve", resolve)
    async with stream_registrar() as registrar, line(engine()) as phone:
        domain = f"localhost:{registrar.port}"
        await phone.engine.register(replace(tcp_account(registrar), domain=domain))
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.UNREACHABLE)
        addresses[:] = ["127.0.0.1"]
        await phone.next(ev.RegistrationChanged, lambda event: event.state is RegistrationState.REGISTERED)


async def test_a_name_that_does_not_resolve_is_looked_for_again(kind: str) -> None:
    async with line(engine(kind)) as phone:
        off = MediaEncryption.OFF
        nowhere = Account("1001", "pbx.invalid", "secret", transport=Transport.UDP, media_encryption=off)
        await phone.engine.register(nowhere)
        away = await phone.next(
            ev.RegistrationChanged, lambda event: event.state is RegistrationState.UNREACHABLE
        )
        assert "pbx.invalid" in away.words
        async with stub_registrar(200) as registrar:
            await phone.register(account(registrar))
