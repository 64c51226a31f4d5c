"""Secrets come from the environment or the keyring, and show in no representation."""

from __future__ import annotations

import keyring
import pytest
from keyring.backends import fail

from agent_tui.adapters import secrets
from agent_tui.adapters.hub_address import HubAddress

PASSWORD = secrets.sip_password("1001", "pbx.example.com")
TOKEN = secrets.hub_token("https://hub.example.com")


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets.keep(PASSWORD, "kept")
    assert secrets.read(PASSWORD) == "kept"
    monkeypatch.setenv("MOKED_SIP_PASSWORD", "given")
    assert secrets.read(PASSWORD) == "given"


def test_each_account_and_each_hub_has_its_own() -> None:
    secrets.keep(PASSWORD, "one")
    secrets.keep(TOKEN, "two")
    assert (secrets.read(PASSWORD), secrets.read(TOKEN)) == ("one", "two")
    with pytest.raises(secrets.SecretsError, match="moked login"):
        secrets.read(secrets.sip_password("1002", "pbx.example.com"))
    with pytest.raises(secrets.SecretsError, match=r"moked enroll https://other\.example"):
        secrets.read(secrets.hub_token("https://other.example.com"))


@pytest.mark.parametrize(
    ("secret", "variable"), [(PASSWORD, "MOKED_SIP_PASSWORD"), (TOKEN, "MOKED_HUB_TOKEN")]
)
def test_a_machine_without_a_keyring_names_the_variable(secret: secrets.Secret, variable: str) -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring's own, without hints
    with pytest.raises(secrets.SecretsError, match=variable):
        secrets.read(secret)
    with pytest.raises(secrets.SecretsError, match=variable):
        secrets.keep(secret, "x")


def test_a_keyring_that_stays_locked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_service: str, _account: str) -> str:
        raise keyring.errors.KeyringLocked("it is locked")

    monkeypatch.setattr(keyring, "get_password", locked)
    with pytest.raises(secrets.SecretsError, match="it is locked"):
        secrets.read(PASSWORD)


def test_what_a_keyring_says_is_told_as_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its backend may be anybody's, and its words go to the terminal."""

    def refuses(*_asked: str) -> str:
        raise keyring.errors.KeyringError("no\x1b]0;x\x07 \u202eway")

    for name in ("get_password", "set_password"):
        monkeypatch.setattr(keyring, name, refuses)
    for asks in (lambda: secrets.read(PASSWORD), lambda: secrets.keep(PASSWORD, "x"), secrets.try_out):
        with pytest.raises(secrets.SecretsError, match="no]0;x way") as told:
            asks()
        assert not {"\x1b", "\x07", "\u202e"} & set(str(told.value))


def test_a_token_shows_in_no_representation() -> None:
    assert "t0ken" not in repr(HubAddress("https://hub.example.com", "t0ken"))
    with pytest.raises(ValueError, match="this machine") as caught:
        HubAddress("http://hub.example.com", "t0ken")
    assert "t0ken" not in str(caught.value)
