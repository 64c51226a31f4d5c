"""The phone before registrars over TLS that must not be trusted: nothing is sent there, and it says why."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sip import events as ev
from sip.account import Account, MediaEncryption
from sip.audio.silence_port import SilencePort
from sip.engines.baresip import registrar as on_baresip
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.stack import BaresipStack
from sip.errors import Unsupported
from sip.events import RegistrationState
from sip.knock import Knock
from tests.contract.engine import Line, line
from tests.pbx.certificates import CertificateFiles, make_certificates
from tests.stubs.stream_registrar import StreamRegistrar, stream_registrar

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")

OK = "registered"


def tls_server(files: CertificateFiles, most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)
    context.maximum_version = most
    if most < ssl.TLSVersion.TLSv1_2:
        context.minimum_version = most
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@dataclass(frozen=True, slots=True)
class Case:
    """A server by its certificates, the CA that the phone has, and what the phone says."""

    server: Callable[[CertificateFiles], ssl.SSLContext]
    words: str
    days: int = 10
    name: str = "localhost"
    own_ca: bool = True


def since_2008(files: CertificateFiles) -> ssl.SSLContext:
    return tls_server(files, ssl.TLSVersion.TLSv1_2)


def of_2006(files: CertificateFiles) -> ssl.SSLContext:
    return tls_server(files, ssl.TLSVersion.TLSv1_1)


CASES = {
    "good": Case(tls_server, OK),
    "TLS 1.2": Case(since_2008, OK),
    "TLS 1.1": Case(of_2006, "TLS 1.2"),
    "unknown CA": Case(tls_server, "of an authority that this machine does not trust", own_ca=False),
    "another CA of that name": Case(tls_server, "of an authority that this machine does not trust"),
    "expired": Case(tls_server, "out of date", days=-1),
    "wrong name": Case(tls_server, "for another name", name="pbx.example.com"),
}


def ca_of(case: str, files: CertificateFiles, directory: Path) -> str | None:
    if case == "another CA of that name":
        (directory / "other").mkdir()
        return str(make_certificates(directory / "other").ca)
    return str(files.ca) if CASES[case].own_ca else None


@asynccontextmanager
async def before(case: str, directory: Path) -> AsyncIterator[tuple[StreamRegistrar, Line, Account]]:
    asked = CASES[case]
    files = make_certificates(directory, names=(asked.name,), days=asked.days)
    async with stream_registrar(tls=asked.server(files)) as registrar:
        ca_file = ca_of(case, files, directory)
        account = Account("1001", f"localhost:{registrar.port}", "secret", ca_file=ca_file)
        async with line(BaresipEngine(BaresipStack(), SilencePort)) as phone:
            yield registrar, phone, account


async def outcome(phone: Line) -> ev.RegistrationChanged:
    return await phone.next(
        ev.RegistrationChanged, lambda event: event.state is not RegistrationState.REGISTERING
    )


@pytest.mark.parametrize("case", list(CASES))
async def test_who_is_not_to_be_trusted_is_refused_with_its_own_words(case: str, tmp_path: Path) -> None:
    async with before(case, tmp_path) as (registrar, phone, account):
        await phone.engine.register(account)
        change = await outcome(phone)
        if CASES[case].words == OK:
            assert change.state is RegistrationState.REGISTERED
        else:
            assert change.state is RegistrationState.UNREACHABLE
            assert CASES[case].words in change.words
            assert registrar.seen == [], "not even a name was sent"


@pytest.mark.parametrize("case", list(CASES))
async def test_the_stack_itself_refuses_them_too(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the knock and the REGISTER another may answer at the registrar's address."""

    async def no_knock(*_args: object) -> Knock:
        return Knock(answered=True)

    monkeypatch.setattr(on_baresip, "knock", no_knock)
    async with before(case, tmp_path) as (registrar, phone, account):
        await phone.engine.register(account)
        change = await outcome(phone)
        if CASES[case].words == OK:
            assert change.state is RegistrationState.REGISTERED
        else:
            assert change.state is RegistrationState.UNREACHABLE
            assert registrar.seen == []


async def test_the_name_is_checked_of_every_registrar(tmp_path: Path) -> None:
    async with before("good", tmp_path) as (registrar, phone, account):
        by_address = f"127.0.0.1:{registrar.port}"
        for wrong in (
            replace(account, domain=by_address),
            replace(account, fallback_domains=(by_address,)),
        ):
            with pytest.raises(Unsupported, match="name"):
                await phone.engine.register(wrong)


async def test_a_ca_file_that_holds_none_is_told(tmp_path: Path) -> None:
    async with before("good", tmp_path) as (registrar, phone, account):
        empty = tmp_path / "empty.pem"
        empty.write_text("nothing")
        await phone.engine.register(replace(account, ca_file=str(empty)))
        assert "ca_file" in (await outcome(phone)).words
        assert registrar.seen == []


def test_voice_is_encrypted_unless_told_otherwise() -> None:
    assert Account("1001", "pbx.example.com", "secret").media_encryption is MediaEncryption.REQUIRED
