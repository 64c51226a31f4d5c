"""Accounts as baresip is given them: whole, and never weaker than asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sip.account import Account, MediaEncryption, Transport
from sip.engines.baresip.settings import StackNeeds, address_of_record, check
from sip.errors import Unsupported
from sip.tls import system_ca_file

ACCOUNT = Account("1001", "pbx.example.com", "p w;x", display_name="Dana Levi")


def test_an_account_is_told_whole() -> None:
    line = address_of_record(ACCOUNT)
    assert line.startswith('"Dana Levi" <sip:1001@pbx.example.com;transport=tls>;')
    parameters = line.partition(">;")[2]
    assert 'auth_pass="p w;x"' in parameters
    assert "regint=60" in parameters
    assert "audio_codecs=g722/16000/1,pcma/8000/1,pcmu/8000/1" in parameters
    assert parameters.endswith(";mediaenc=srtp-mand")


def test_who_calls_by_a_trunk_shows_a_number_and_proves_the_trunk() -> None:
    caller = replace(ACCOUNT, user="0505550121", auth_user="trunk", registers=False)
    line = address_of_record(caller)
    assert "<sip:0505550121@pbx.example.com;transport=tls>;" in line
    assert ";auth_user=trunk;regint=0;" in line
    assert "catchall" not in line
    assert address_of_record(replace(caller, registers=True, any_number=True)).endswith(";catchall=yes")
    assert "auth_user" not in address_of_record(ACCOUNT)


def test_codecs_keep_the_order_that_was_asked_for() -> None:
    line = address_of_record(replace(ACCOUNT, codecs=("pcma", "g722")))
    assert "audio_codecs=pcma/8000/1,g722/16000/1" in line


@pytest.mark.parametrize(
    ("asked", "offered"),
    [(("opus",), "opus/48000/1"), (("opus", "pcma"), "pcma/8000/1"), (("g722", "opus"), "g722/16000/1")],
)
def test_opus_is_offered_only_where_it_stands_alone(asked: tuple[str, ...], offered: str) -> None:
    line = address_of_record(replace(ACCOUNT, codecs=asked))
    assert f"audio_codecs={offered};" in f"{line};"


@pytest.mark.parametrize(
    ("encryption", "asked", "offered"),
    [
        (MediaEncryption.OFF, ("pcma", "g722"), "pcma/8000/1"),
        (MediaEncryption.OFF, ("opus", "g722"), "pcma/8000/1,pcmu/8000/1"),
        (MediaEncryption.OFF, ("g722",), "pcma/8000/1,pcmu/8000/1"),
        (MediaEncryption.REQUIRED, ("g722",), "g722/16000/1"),
        (MediaEncryption.DTLS, ("g722",), "g722/16000/1"),
    ],
)
def test_g722_in_the_clear_is_not_offered_where_overlong_datagrams_cannot_be_refused(
    monkeypatch: pytest.MonkeyPatch, encryption: MediaEncryption, asked: tuple[str, ...], offered: str
) -> None:
    monkeypatch.setattr("sip.engines.baresip.settings.CAN_REFUSE", False)
    line = address_of_record(replace(ACCOUNT, codecs=asked, media_encryption=encryption))
    assert f"audio_codecs={offered};" in f"{line};"


def test_the_jitter_buffer_adapts_to_the_line() -> None:
    text = StackNeeds().config().render()
    assert "audio_jitter_buffer_type adaptive\n" in text
    assert "audio_jitter_buffer_ms 20-160\n" in text


def test_a_voice_in_the_clear_is_asked_for_by_name() -> None:
    assert "mediaenc" not in address_of_record(replace(ACCOUNT, media_encryption=MediaEncryption.OFF))


@pytest.mark.parametrize(
    "spoilt",
    [
        replace(ACCOUNT, codecs=()),
        replace(ACCOUNT, codecs=("g722", "speex")),
        replace(ACCOUNT, domain="192.0.2.1"),
        replace(ACCOUNT, domain="[2001:db8::1]:5061"),
        replace(ACCOUNT, ca_file="/no/such/ca.pem"),
        replace(ACCOUNT, user="1001@elsewhere"),
        replace(ACCOUNT, user=""),
        replace(ACCOUNT, domain="pbx>;auth_pass=x"),
        replace(ACCOUNT, password='a"b'),
        replace(ACCOUNT, password="a\r\nb"),
    ],
)
def test_what_baresip_would_misread_or_weaken_is_refused(spoilt: Account) -> None:
    with pytest.raises(Unsupported) as refused:
        address_of_record(spoilt)
    assert spoilt.password not in str(refused.value)


def test_an_address_without_tls_needs_no_name() -> None:
    check(replace(ACCOUNT, domain="192.0.2.1", transport=Transport.UDP))


def test_a_ca_file_that_baresip_would_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "our ca.pem"
    path.touch()
    with pytest.raises(Unsupported, match="spaces"):
        check(replace(ACCOUNT, ca_file=str(path)))


@pytest.mark.parametrize("name", ['x" <sip:evil@x>;auth_pass="y', "a\r\nb", "a\\", "<sip:a@b>"])
def test_a_display_name_stays_a_name(name: str) -> None:
    line = address_of_record(replace(ACCOUNT, display_name=name))
    shown, _, rest = line.partition(" <sip:1001@")
    assert shown.startswith('"')
    assert shown.endswith('"')
    assert not set(shown[1:-1]) & set('"\\<>\r\n')
    assert "evil" not in rest


def test_the_stack_verifies_certificates_and_hears_the_registrar_alone() -> None:
    text = StackNeeds("127.0.0.1", "/etc/ca.pem").config().render()
    assert "net_interface 127.0.0.1\n" in text
    assert "sip_cafile /etc/ca.pem\n" in text
    assert "sip_verify_server yes\n" in text
    assert "filter_registrar udp,tcp,tls\n" in text
    assert "sip_transports tls\n" in text
    assert f"sip_cafile {system_ca_file()}\n" in StackNeeds().config().render()
    assert Path(system_ca_file()).is_file()
