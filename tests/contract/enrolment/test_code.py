"""``moked enroll`` with a code: who is trusted, what is kept, and the words for the rest."""

from __future__ import annotations

import stat
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from agent_tui import config
from edge.enrolment_code import EnrolmentCode, authority_fingerprint
from tests.contract.enrolment.between import Between
from tests.contract.enrolment.served import Centre, enroll, kept, serving
from tests.pbx.certificates import CertificateFiles, make_certificates


def test_a_new_device_has_all_that_a_desk_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, centre: Centre
) -> None:
    where = tmp_path / "home" / "config.toml"
    code = centre.run("agent", "add", "yael")
    assert enroll(monkeypatch, centre.url, where, code) == 0
    settings = config.load(where)
    assert settings.hub.url == centre.url
    assert settings.sip.model_dump(include={"user", "domain", "transport", "media_encryption"}) == {
        "user": "1001",
        "domain": "pbx.example.com:5061",
        "transport": "tls",
        "media_encryption": "dtls",
    }
    for ca_file in (settings.hub.ca_file, settings.sip.ca_file):
        assert ca_file is not None
        assert ca_file.read_text() == (centre.settings.parent / "ca.pem").read_text()
    token = keyring.get_password("moked", f"hub:{centre.url}")
    password = keyring.get_password("moked", "sip:1001@pbx.example.com:5061")
    assert token
    assert password
    assert sorted(kept()) == [f"hub:{centre.url}", "sip:1001@pbx.example.com:5061"]
    told = capsys.readouterr()
    for secret in (token, password):
        assert secret not in told.out + told.err + where.read_text()
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    assert "never seen" in centre.run("agent", "devices", "yael")


def test_the_code_is_good_once_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, centre: Centre
) -> None:
    code = centre.run("agent", "add", "yael")
    assert enroll(monkeypatch, centre.url, tmp_path / "one.toml", code) == 0
    assert enroll(monkeypatch, centre.url, tmp_path / "two.toml", code) == 2
    assert "it was used" in capsys.readouterr().err
    assert not (tmp_path / "two.toml").exists()


def test_settings_that_somebody_wrote_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, centre: Centre
) -> None:
    where = tmp_path / "config.toml"
    where.write_text(
        '# mine\n[sip]\nuser = "old" # from before\ndomain = "old.example.com"\nregister_interval = 40\n'
        '\n[hub]\nsettings = "own.toml"\n\n[audio]\nspeaker = "Headset" # the blue one\n'
    )
    assert enroll(monkeypatch, centre.url, where, centre.run("agent", "add", "yael")) == 0
    settings = config.load(where)
    assert (settings.sip.user, settings.sip.register_interval) == ("1001", 40)
    assert (settings.hub.settings, settings.audio.speaker) == (None, "Headset")
    assert where.read_text().startswith("# mine\n")
    assert "# the blue one" in where.read_text()


def test_a_hub_without_accounts_gives_a_token_alone(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    files: CertificateFiles,
) -> None:
    with serving(files, accounts=False) as centre:
        where = tmp_path / "config.toml"
        assert enroll(monkeypatch, centre.url, where, centre.run("agent", "add", "yael")) == 0
        assert kept() == [f"hub:{centre.url}"]
    told = capsys.readouterr().out
    assert "[sip]" in told
    assert "moked login" in told


@pytest.mark.parametrize("url", ["http://hub.example.com", "hub.example.com", "https://", "ftp://hub"])
def test_only_https_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, url: str
) -> None:
    assert enroll(monkeypatch, url, tmp_path / "config.toml", EnrolmentCode.new(bytes(14)).text()) == 2
    assert "https://hub.example.com" in capsys.readouterr().err


def test_a_slip_of_the_fingers_is_told_and_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    typed = EnrolmentCode.new(bytes(14)).text()[:-1]
    assert enroll(monkeypatch, "https://127.0.0.1:9", tmp_path / "config.toml", typed) == 2
    assert "mistyped" in capsys.readouterr().err


def test_a_hub_that_does_not_answer_costs_no_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    typed = EnrolmentCode.new(bytes(14)).text()
    assert enroll(monkeypatch, "https://127.0.0.1:9", tmp_path / "config.toml", typed) == 2
    assert "the code is still good" in capsys.readouterr().err


def test_a_machine_without_a_keyring_costs_no_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, centre: Centre
) -> None:
    code = centre.run("agent", "add", "yael")
    ring = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring's own, without hints
    assert enroll(monkeypatch, centre.url, tmp_path / "config.toml", code) == 2
    assert "keyring" in capsys.readouterr().err
    keyring.set_keyring(ring)
    assert enroll(monkeypatch, centre.url, tmp_path / "config.toml", code) == 0


def test_settings_that_cannot_be_read_cost_no_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, centre: Centre
) -> None:
    where, code = tmp_path / "config.toml", centre.run("agent", "add", "yael")
    where.write_text("[sip\n")
    assert enroll(monkeypatch, centre.url, where, code) == 2
    assert "cannot be read" in capsys.readouterr().err
    where.unlink()
    assert enroll(monkeypatch, centre.url, where, code) == 0


def test_settings_that_cannot_be_written_are_told_for_writing_by_hand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, centre: Centre
) -> None:
    where = tmp_path / "config.toml"
    where.write_text('sip = { user = "1", domain = "d" }\n')
    assert enroll(monkeypatch, centre.url, where, centre.run("agent", "add", "yael")) == 2
    told = capsys.readouterr().err
    assert f'url = "{centre.url}"' in told
    assert 'user = "1001"' in told
    assert "BEGIN CERTIFICATE" in told
    assert str(keyring.get_password("moked", f"hub:{centre.url}")) not in told
    assert where.read_text() == 'sip = { user = "1", domain = "d" }\n'


@pytest.mark.parametrize("lies", [True, False], ids=["with an authority of their own", "with the centre's"])
def test_nothing_is_sent_to_somebody_in_between(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    centre: Centre,
    lies: bool,
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    own = make_certificates(theirs)
    pem = own.ca.read_text().replace("\n", "\\n")
    between = Between(own, centre, authority=f'{{"pem": "{pem}"}}'.encode() if lies else None)
    try:
        typed = centre.run("agent", "add", "yael")
        assert enroll(monkeypatch, between.url, tmp_path / "config.toml", typed) == 2
    finally:
        between.close()
    code = EnrolmentCode.read(typed)
    assert code.authority != authority_fingerprint(own.ca.read_text())
    assert b"GET /v1/authority" in between.heard
    assert b"POST" not in between.heard
    assert code.secret.hex().encode() not in between.heard
    told = capsys.readouterr().err.lower()
    assert "nothing was sent" in told
    assert ("somebody is in between" if lies else "certificate is not trusted") in told
    assert kept() == []
