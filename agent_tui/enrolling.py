"""From the hub's address and a code, or a password, to a desk that can be opened: ``moked enroll``, and the
screen that a new desk begins with.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from agent_tui import config_edit
from agent_tui.adapters import secrets
from agent_tui.adapters.enrolment import (
    EnrolmentError,
    centres_authority,
    hub_url,
    log_in,
    redeem,
    trusted_authority,
)
from agent_tui.config import ConfigError
from agent_tui.text.catalogue import Phrase, _
from edge.enrolment_code import EnrolmentCode, MistypedCode, read_fingerprint
from edge.text import clean
from hub.contract import Enrolment, PasswordEnrolment

AUTHORITY_FILE = "centre-ca.pem"
"""Beside the settings file, whose ``ca_file`` names it."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """How the agent is asked, unseen too, and told."""

    ask: Callable[[str], str]
    ask_unseen: Callable[[str], str]
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Typed:
    """What the agent filled in on the screen: a code, or else name and password, with the fingerprint of the
    centre's authority where this machine does not know the centre.
    """

    url: str
    code: str = field(default="", repr=False)
    agent: str = ""
    password: str = field(default="", repr=False)
    fingerprint: str = ""


def enrol_typed(typed: Typed, config: Path) -> bool:
    """As ``enrol``, with all that it asks for; whether the hub gave an account at the exchange as well."""
    url = hub_url(typed.url.strip())
    text = config_edit.read(config)
    secrets.try_out()
    if typed.code.strip():
        authority, given = _by_code(url, typed.code)
    else:
        asked = _asked(typed.agent, typed.password)
        authority = _authority(url, config, typed.fingerprint.strip())
        given = log_in(url, authority, asked)
    _keep(url, given)
    _settle(url, config, text, authority, given)
    return given.sip is not None


def enrol(typed_url: str, config: Path, terminal: Terminal, fingerprint: str = "") -> None:
    """Enrol this device. Raises ``EnrolmentError``, ``ConfigError``, ``SecretsError``.

    All that can be looked at here is looked at before the code is used, since it is good once.
    ``fingerprint`` is that of the centre's authority as it was typed, for a password.
    """
    url = hub_url(typed_url)
    text = config_edit.read(config)
    secrets.try_out()
    typed = terminal.ask(_("Enrolment code (Enter alone: by your password): "))
    if typed.strip():
        authority, given = _by_code(url, typed)
    else:
        authority, given = _by_password(url, config, terminal, fingerprint)
    _keep(url, given)
    _settle(url, config, text, authority, given)
    done = Phrase(
        "This device is enrolled. Its secrets are in the keyring, its settings in {file}.", file=str(config)
    )
    terminal.say(str(done))
    if given.sip is None:
        account = Phrase(
            "Your account at the exchange is not the hub's: fill in {table} there, then run: {command}",
            table="[sip]",
            command="moked login",
        )
        terminal.say(str(account))
    else:
        terminal.say(str(Phrase("Open the desk with: {command}", command="moked")))


def _by_code(url: str, typed: str) -> tuple[str, Enrolment]:
    code = _code(typed)
    authority = centres_authority(url, code.authority)
    return authority, redeem(url, authority, code, _this_device())


def _by_password(url: str, config: Path, terminal: Terminal, fingerprint: str) -> tuple[str, Enrolment]:
    """Nobody is asked for a password before the hub has proved who it is."""
    authority = _authority(url, config, fingerprint)
    agent, password = terminal.ask(_("Your name at the hub: ")), terminal.ask_unseen(_("Password: "))
    return authority, log_in(url, authority, _asked(agent, password))


def _authority(url: str, config: Path, fingerprint: str) -> str:
    """The centre's, by the fingerprint that was typed, or else by what this machine trusts already."""
    if fingerprint:
        return centres_authority(url, _fingerprint(fingerprint))
    return trusted_authority(url, config.with_name(AUTHORITY_FILE))


def _asked(agent: str, password: str) -> PasswordEnrolment:
    try:
        return PasswordEnrolment(agent=agent.strip(), password=password, device=_this_device())
    except ValidationError:
        raise EnrolmentError(
            Phrase("That is no name with a password. Nothing was sent; try again.")
        ) from None


def _this_device() -> str:
    return clean(platform.node(), limit=80)


def _fingerprint(typed: str) -> bytes:
    try:
        return read_fingerprint(typed)
    except MistypedCode:
        raise EnrolmentError(
            Phrase("That is no fingerprint: something is missing or mistyped. Nothing was sent; try again.")
        ) from None


def _code(typed: str) -> EnrolmentCode:
    try:
        return EnrolmentCode.read(typed)
    except MistypedCode:
        raise EnrolmentError(
            Phrase(
                "That is no enrolment code: something is missing or mistyped. Nothing was sent; try again."
            )
        ) from None


def _keep(url: str, given: Enrolment) -> None:
    secrets.keep(secrets.hub_token(url), given.token)
    if given.sip is not None:
        secrets.keep(secrets.sip_password(given.sip.user, given.sip.domain), given.sip.password)


def _settle(url: str, config: Path, text: str, authority: str, given: Enrolment) -> None:
    """Write the settings; what the private hub's were goes."""
    tables: dict[str, config_edit.Values] = {
        "hub": {"url": url, "ca_file": AUTHORITY_FILE, "settings": None, "agent": None}
    }
    if given.sip is not None:
        sip = given.sip
        tables["sip"] = {
            "user": sip.user,
            "domain": sip.domain,
            "transport": sip.transport,
            "media_encryption": sip.media_encryption,
            "ca_file": AUTHORITY_FILE if sip.transport == "tls" else None,
        }
    try:
        config_edit.write(config.with_name(AUTHORITY_FILE), authority)
        config_edit.write(config, config_edit.edited(text, tables))
    except (ConfigError, ValueError) as error:
        wanted = config_edit.edited("", tables)
        raise ConfigError(
            Phrase(
                "This device is enrolled and its secrets are kept, but its settings were not written: {why}",
                why=str(error),
            ),
            Phrase(
                "Write them into {config} yourself, and the certificate into {file} beside it:",
                config=str(config),
                file=AUTHORITY_FILE,
            ),
            "",
            wanted,
            authority,
        ) from None
