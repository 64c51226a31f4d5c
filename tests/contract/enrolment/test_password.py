"""``moked enroll`` with name and password, and the fingerprint that the administrator tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_tui import config
from edge.enrolment_code import fingerprint_text
from tests.contract.enrolment.between import Between
from tests.contract.enrolment.served import PASSWORD, Centre, enroll, kept
from tests.pbx.certificates import CertificateFiles, make_certificates


def test_by_a_password_a_device_has_all_that_a_code_gives_and_the_next_needs_no_fingerprint(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    centre: Centre,
    authority: str,
) -> None:
    where = tmp_path / "config.toml"
    assert enroll(monkeypatch, centre.url, where, "", "yael", PASSWORD, authority=authority.lower()) == 0
    assert config.load(where).sip.user == "1001"
    assert sorted(kept()) == [f"hub:{centre.url}", "sip:1001@pbx.example.com:5061"]
    centre.run("agent", "revoke", "yael", "--device", centre.run("agent", "devices", "yael").split()[0])
    assert enroll(monkeypatch, centre.url, where, "", " yael ", PASSWORD) == 0
    assert len(centre.run("agent", "devices", "yael").splitlines()) == 1
    told = capsys.readouterr()
    assert PASSWORD not in told.out + told.err + where.read_text()


def test_a_wrong_password_is_told_and_gives_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    centre: Centre,
    authority: str,
) -> None:
    where = tmp_path / "config.toml"
    for typed, words in (("wrong password", "ask for a code"), ("", "Nothing was sent")):
        assert enroll(monkeypatch, centre.url, where, "", "yael", typed, authority=authority) == 2
        assert words in capsys.readouterr().err
    assert (kept(), where.exists()) == ([], False)


def test_a_hub_that_this_machine_trusts_needs_no_fingerprint_and_any_other_is_sent_no_password(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    centre: Centre,
    files: CertificateFiles,
    authority: str,
) -> None:
    where = tmp_path / "config.toml"
    assert authority
    assert enroll(monkeypatch, centre.url, where, "") == 2, "nobody is asked for name and password"
    told = capsys.readouterr().err
    assert "certificate is not trusted" in told
    assert "No password was sent" in told
    assert "--authority" in told
    monkeypatch.setenv("SSL_CERT_FILE", str(files.ca))
    assert enroll(monkeypatch, centre.url, where, "", "yael", PASSWORD) == 0


@pytest.mark.parametrize("lies", [True, False], ids=["with an authority of their own", "with the centre's"])
def test_no_password_is_sent_to_somebody_in_between(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, centre: Centre, authority: str, lies: bool
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    own = make_certificates(theirs)
    pem = own.ca.read_text().replace("\n", "\\n")
    between = Between(own, centre, authority=f'{{"pem": "{pem}"}}'.encode() if lies else None)
    where, typed = tmp_path / "config.toml", ("", "yael", PASSWORD)
    try:
        assert enroll(monkeypatch, between.url, where, *typed, authority=authority) == 2
        assert enroll(monkeypatch, between.url, where, *typed) == 2
    finally:
        between.close()
    assert b"POST" not in between.heard
    assert PASSWORD.encode() not in between.heard
    assert kept() == []


def test_a_slip_in_the_fingerprint_is_told_and_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    typed = fingerprint_text(bytes(range(14)))
    for slip in (typed[:-1], typed.replace("A", "B", 1), "x"):
        assert enroll(monkeypatch, "https://127.0.0.1:9", tmp_path / "c.toml", "", authority=slip) == 2
        assert "no fingerprint" in capsys.readouterr().err
