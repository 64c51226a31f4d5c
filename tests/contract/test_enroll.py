"""``moked enroll`` at a hub that serves https: who is trusted, what is kept, and the words for the rest."""

from __future__ import annotations

import asyncio
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail
from textual import events

from agent_tui import cli, cli_more, config
from agent_tui.welcome import WelcomeApp
from agent_tui.widgets.sheet import Sheet
from edge.enrolment_code import EnrolmentCode, authority_fingerprint, fingerprint_text
from hub import commands
from hub.__main__ import main as hub_main
from tests.hub.served import HubProcess, run_hub, with_accounts, write_settings
from tests.pbx.certificates import CertificateFiles, make_certificates


@pytest.fixture
def files(tmp_path: Path) -> CertificateFiles:
    directory = tmp_path / "centre"
    directory.mkdir()
    return make_certificates(directory)


class Centre:
    """A hub of its own process, and its administrator's command."""

    def __init__(self, settings: Path, url: str) -> None:
        self.settings = settings
        self.url = url

    def run(self, *command: str) -> str:
        status, out, err = asyncio.run(run_hub(*command, "--config", self.settings))
        assert status == 0, err
        return out


@contextmanager
def serving(files: CertificateFiles, *, accounts: bool = True) -> Iterator[Centre]:
    directory = files.ca.parent
    tls = f'certificate = "{files.chain}"\ncertificate_key = "{files.key}"\nca_file = "{files.ca}"'
    settings = write_settings(directory, hub=tls)
    if accounts:
        with_accounts(settings)
    with asyncio.Runner() as runner:
        hub = runner.run(HubProcess.start("serve", "--config", settings))
        try:
            words = runner.run(hub.line())
            yield Centre(settings, words.removeprefix("serving ").removesuffix("/v1"))
        finally:
            runner.run(hub.stop())


@pytest.fixture
def centre(files: CertificateFiles) -> Iterator[Centre]:
    with serving(files) as made:
        yield made


def enroll(monkeypatch: pytest.MonkeyPatch, url: str, where: Path, *typed: str, authority: str = "") -> int:
    """Run the command, with ``typed`` at its prompts; its exit status."""
    answers = iter(typed)
    monkeypatch.setattr("builtins.input", lambda _prompt: next(answers))
    monkeypatch.setattr(cli_more, "getpass", lambda _prompt: next(answers))
    more = ["--authority", authority] if authority else []
    with pytest.raises(SystemExit) as ended:
        cli.main(["enroll", url, "--config", str(where), *more])
    return int(ended.value.code or 0)


def kept() -> list[str]:
    """What lies in the keyring."""
    ring = keyring.get_keyring()
    return [name for _service, name in getattr(ring, "_kept", {})]


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


class Between:
    """Somebody in between: passes TLS on to the hub with a certificate of their own, and listens."""

    def __init__(self, own: CertificateFiles, centre: Centre, *, authority: bytes | None) -> None:
        self.heard = bytearray()
        self._authority = authority
        self._hub = int(centre.url.rpartition(":")[2])
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(own.chain, own.key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
                with self._context.wrap_socket(connection, server_side=True) as line:
                    self._pass_on(line)
            except ssl.SSLError:
                continue
            except OSError:
                return

    def _pass_on(self, line: ssl.SSLSocket) -> None:
        request = line.recv(65536)
        self.heard += request
        if self._authority is not None:
            body = self._authority
            line.sendall(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            return
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", self._hub), 10) as plain,
            anybody.wrap_socket(plain) as hub,
        ):
            hub.sendall(request.replace(b"Connection: keep-alive", b"Connection: close"))
            while piece := hub.recv(65536):
                line.sendall(piece)


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


PASSWORD = "correct horse battery"


@pytest.fixture
def authority(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], centre: Centre, own_process: None
) -> str:
    """What the administrator's command printed when it gave Yael a password."""
    monkeypatch.setattr(commands, "getpass", lambda _prompt: PASSWORD)
    assert hub_main(["agent", "password", "yael", "--config", str(centre.settings)]) == 0
    return capsys.readouterr().out.strip()


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


MISTYPED = "That is no enrolment code: something is missing or mistyped. Nothing was sent; try again."


class Welcome:
    """The screen of a new desk, without a terminal, over the real enrolment."""

    def __init__(self, where: Path, url: str) -> None:
        self._app = WelcomeApp(where, url)

    async def given(self, *fields: str) -> tuple[bool, str]:
        """Type into the fields after the address, and go on; whether it is enrolled, and what is told."""
        async with self._app.run_test(size=(80, 24)) as pilot, asyncio.timeout(30):
            await pilot.pause()
            for text in fields:
                if text and (field := self._app.focused) is not None:
                    field.post_message(events.Paste(text))
                await pilot.press("tab")
            await pilot.press("shift+tab", "enter")
            while not (self._app.enrolled or self._answered()):
                await pilot.pause()
            return self._app.enrolled, "" if self._app.enrolled else self._told()

    def _told(self) -> str:
        return " ".join(self._app.screen.query_one("#enrol-told", Sheet).text.split())

    def _answered(self) -> bool:
        return bool(self._told()) and "asking the hub" not in self._told()


def test_on_the_screen_a_code_gives_all_that_a_desk_needs_and_is_good_once(
    tmp_path: Path, centre: Centre
) -> None:
    where, code = tmp_path / "config.toml", centre.run("agent", "add", "yael")
    slip = asyncio.run(Welcome(where, centre.url).given(code.strip()[:-1]))
    assert slip == (False, MISTYPED)
    assert asyncio.run(Welcome(where, centre.url).given(code)) == (True, "")
    assert config.load(where).hub.url == centre.url
    assert sorted(kept()) == [f"hub:{centre.url}", "sip:1001@pbx.example.com:5061"]
    again, told = asyncio.run(Welcome(tmp_path / "two.toml", centre.url).given(code))
    assert not again
    assert "it was used" in told
    assert "Ask your administrator for a new code" in told


def test_on_the_screen_name_and_password_with_the_fingerprint_do_as_well(
    tmp_path: Path, centre: Centre, authority: str
) -> None:
    where = tmp_path / "config.toml"
    enrolled, told = asyncio.run(Welcome(where, centre.url).given("", "yael", PASSWORD))
    assert not enrolled
    assert "No password was sent" in told
    assert "fingerprint and type it above" in told
    enrolled, told = asyncio.run(Welcome(where, centre.url).given("", "yael", "wrong password", authority))
    assert not enrolled
    assert "ask for a code" in told
    assert asyncio.run(Welcome(where, centre.url).given("", "yael", PASSWORD, authority)) == (True, "")
    assert PASSWORD not in where.read_text()


def test_on_the_screen_nothing_is_sent_to_somebody_in_between(tmp_path: Path, centre: Centre) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    own = make_certificates(theirs)
    pem = own.ca.read_text().replace("\n", "\\n")
    between = Between(own, centre, authority=f'{{"pem": "{pem}"}}'.encode())
    try:
        code = centre.run("agent", "add", "yael")
        enrolled, told = asyncio.run(Welcome(tmp_path / "config.toml", between.url).given(code))
    finally:
        between.close()
    assert not enrolled
    assert "somebody is in between: tell your administrator" in told
    assert b"POST" not in between.heard
    assert kept() == []


def test_on_the_screen_a_hub_that_does_not_answer_is_told_and_the_code_is_still_good(tmp_path: Path) -> None:
    typed = EnrolmentCode.new(bytes(14)).text()
    enrolled, told = asyncio.run(Welcome(tmp_path / "config.toml", "https://127.0.0.1:9").given(typed))
    assert not enrolled
    assert "It cannot be reached" in told
    assert "the code is still good" in told
