"""What the phone says to a registrar that refuses, keeps silent or comes back, REGISTER by REGISTER."""

from __future__ import annotations

from sip import events as ev
from sip.account import Account, MediaEncryption, Transport
from sip.audio.silence_port import SilencePort
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.stack import BaresipStack
from sip.events import RegistrationState
from tests.contract.engine import line
from tests.stubs.registrar import StubRegistrar, leaves, stub_registrar


def account(registrar: StubRegistrar, user: str = "1001") -> Account:
    return Account(
        user, registrar.domain, "secret", transport=Transport.UDP, media_encryption=MediaEncryption.OFF
    )


def engine() -> BaresipEngine:
    return BaresipEngine(BaresipStack(), SilencePort)


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


async def test_the_stack_ends_whole_after_every_outcome() -> None:
    """A request too many breaks the heap, which ends this very process: several times, to be sure."""
    async with stub_registrar(403) as registrar:
        for _ in range(8):
            registrar.status = 403
            async with line(engine()) as phone:
                await phone.engine.register(account(registrar))
                await phone.next(
                    ev.RegistrationChanged, lambda event: event.state is RegistrationState.REFUSED
                )
                registrar.status = 200
                await phone.register(account(registrar, "1002"))


async def test_a_registration_that_is_lost_is_told_and_won_again() -> None:
    async with stub_registrar(200) as registrar, line(engine()) as phone:
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
