"""What the portable engine refuses, with the reason and the next step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sip.account import Account, MediaEncryption, Transport
from sip.audio.silence_port import SilencePort
from sip.capability import Capability
from sip.engines.pyvoip.engine import PyvoipEngine
from sip.engines.pyvoip.settings import check
from sip.errors import Unsupported

PLAIN = Account("1101", "pbx", "secret", transport=Transport.UDP, media_encryption=MediaEncryption.OFF)


def test_a_plain_account_is_taken() -> None:
    check(PLAIN)
    check(replace(PLAIN, codecs=("opus", "pcma")))


@pytest.mark.parametrize("asked", [MediaEncryption.REQUIRED, MediaEncryption.DTLS])
async def test_a_voice_that_must_be_encrypted_is_refused_with_the_reason(asked: MediaEncryption) -> None:
    engine = PyvoipEngine(SilencePort)
    with pytest.raises(Unsupported, match="cannot encrypt") as refused:
        await engine.register(replace(PLAIN, media_encryption=asked))
    assert 'media_encryption = "off"' in str(refused.value)
    assert 'engine = "baresip"' in str(refused.value)
    await engine.close()


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.TLS])
def test_another_transport_is_refused(transport: Transport) -> None:
    with pytest.raises(Unsupported, match=f'not by {transport}.*transport = "udp"'):
        check(replace(PLAIN, transport=transport))


@pytest.mark.parametrize("field", ["user", "domain"])
@pytest.mark.parametrize("value", ["a b", "a\r\nX: y", "a>", 'a"', ""])
def test_a_name_that_would_break_a_header_is_refused(field: str, value: str) -> None:
    with pytest.raises(Unsupported, match="user and domain"):
        check(replace(PLAIN, **{field: value}))  # type: ignore[arg-type] # one of its texts


@pytest.mark.parametrize("codecs", [(), ("opus", "g722")])
def test_a_codec_it_cannot_do_is_refused(codecs: tuple[str, ...]) -> None:
    with pytest.raises(Unsupported, match="pcma"):
        check(replace(PLAIN, codecs=codecs))


async def test_what_it_does_not_declare_it_refuses_and_says_what_to_do() -> None:
    engine = PyvoipEngine(SilencePort)
    lacks = (
        Capability.TLS
        | Capability.SRTP
        | Capability.ATTENDED_TRANSFER
        | Capability.MERGE
        | Capability.QUALITY
    )
    assert not engine.capabilities & lacks
    for asked in (engine.attended_transfer("c1", "c2"), engine.merge("c1", "c2"), engine.part("c1")):
        with pytest.raises(Unsupported, match="pyvoip engine cannot"):
            await asked
    await engine.close()
