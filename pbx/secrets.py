"""Joins a centre's file with its secrets: the agents' from their own file, others from the environment."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import centre.model
from centre.exchange import Exchange
from centre.plain import UnsafeValueError, plain
from centre.secrets import ACCOUNTS_PASSWORD, AMI_SECRET, ROUTING_SECRET, TRUNK_PASSWORD
from centre.toml_file import SettingsError
from centre.toml_lines import unread
from pbx.centre import Agent, Centre

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,512}=*")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Secrets:
    """``agents`` are SIP passwords by extension."""

    trunk_password: str = field(repr=False)
    ami_secret: str = field(repr=False)
    agents: Mapping[str, str] = field(repr=False)
    accounts_password: str = field(default="", repr=False)
    routing_secret: str = field(default="", repr=False)


def secrets_of(environment: Mapping[str, str], passwords: Path) -> Secrets:
    """The secrets in ``environment`` and in the file ``passwords``. Raises ``SettingsError``."""
    return Secrets(
        trunk_password=_variable(environment, TRUNK_PASSWORD, "the password of the trunk"),
        ami_secret=_variable(environment, AMI_SECRET, "the password of the hub's AMI user"),
        agents=_agents(passwords),
        accounts_password=_safe(environment.get(ACCOUNTS_PASSWORD, ""), ACCOUNTS_PASSWORD),
        routing_secret=_token(environment.get(ROUTING_SECRET, ""), ROUTING_SECRET),
    )


def join(file: centre.model.Centre, secrets: Secrets) -> Centre:
    """The centre with its secrets. Raises ``SettingsError`` without an exchange or an agent's password.

    Where devices are enrolled, an agent without a password has the accounts of their devices.
    """
    if file.exchange is None:
        raise SettingsError("there is no [exchange]: it says where Asterisk listens, and its certificate")
    if file.exchange.phones and file.exchange.phones.postgres and not secrets.accounts_password:
        raise SettingsError(f"set {ACCOUNTS_PASSWORD} to Asterisk's password at [exchange.phones.postgres]")
    if file.routing and not secrets.routing_secret:
        raise SettingsError(f"set {ROUTING_SECRET} to the secret that the hub has, too: [routing]")
    return Centre(
        agents=tuple(_account(agent, secrets.agents, file.exchange) for agent in file.agents),
        queues=file.queues,
        exchange=file.exchange,
        trunk_password=secrets.trunk_password,
        ami_secret=secrets.ami_secret,
        outside_numbers=file.outside_numbers,
        accounts_password=secrets.accounts_password,
        entries=file.entries,
        time_zone=file.time_zone,
        routing=file.routing,
        routing_secret=secrets.routing_secret if file.routing else "",
        callbacks=file.callbacks,
        listening=file.listening,
    )


def _account(agent: centre.model.Agent, passwords: Mapping[str, str], exchange: Exchange) -> Agent:
    if agent.extension not in passwords and exchange.phones is None:
        raise SettingsError(f"agent {agent.id!r}: there is no password for extension {agent.extension}")
    return Agent(
        extension=agent.extension,
        name=agent.name,
        password=passwords.get(agent.extension),
        encrypted=agent.media_encryption != "off",
        dtls=agent.media_encryption == "dtls",
        queues=agent.queues,
        personal_number=agent.personal_number,
        listens=agent.role in centre.model.LISTENERS,
    )


def _variable(environment: Mapping[str, str], name: str, what: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SettingsError(f"set {name} to {what}")
    return _safe(value, name)


def _token(value: str, whose: str) -> str:
    """A secret that travels in a header (RFC 6750 §2.1) and stands in the dialplan."""
    if value and not _TOKEN.fullmatch(value):
        raise SettingsError(f"{whose}: 16 letters and digits or more, and of signs only . _ ~ + / -")
    return value


def _agents(path: Path) -> dict[str, str]:
    """Lines of TOML, ``1001 = "…"``, that nobody but their owner may read."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise SettingsError(f"{path}: others can read these passwords: chmod 600 {path}")
            values = tomllib.load(file)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(unread(path, error)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from None
    for extension, password in values.items():
        if not isinstance(password, str) or not password:
            raise SettingsError(f'{path}: {extension}: write the password in quotes: {extension} = "…"')
        _safe(password, f"{path}: {extension}")
    return values


def _safe(value: str, whose: str) -> str:
    try:
        return plain(value)
    except UnsafeValueError as error:
        raise SettingsError(f"{whose}: {error}") from None
