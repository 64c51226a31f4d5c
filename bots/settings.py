"""``bots.toml``: the exchange and hub that are tested, and who the bots are there.

Passwords and tokens come from the environment, never from the file. Whatever is named is on this machine, or
in the list of what may be tested: a slip of the pen calls no real centre.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from bots.scenario import Actor, Customer, Name, WhatsAppCustomer
from centre.toml_file import Section, SettingsError, read, unique
from centre.toml_lines import Place, PlacedError
from hub.addresses import is_loopback
from sip.account import Account, MediaEncryption, Transport
from sip.addresses import host_of

_CODECS = ("pcma", "pcmu")
"""Of the telephone network, and what a bot can afford: coding Opus is most of a call's work."""

_PREFIX = "MOKED_BOT_"
"""What the names of secrets in the environment begin with."""
Host = Annotated[str, Field(min_length=1, max_length=253)]
_DOMAIN = r"^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$"
Domain = Annotated[str, Field(max_length=253, pattern=_DOMAIN)]
"""A host and perhaps a port: more would go into each address that is called (``;maddr=``, RFC 3261 §19.1)."""


class Exchange(Section):
    """Where bots register and call."""

    domain: Domain
    transport: Transport = Transport.TLS
    ca_file: Path | None = None


class Trunk(Section):
    """The line by which customers come from outside; its credentials let them show any number."""

    user: Annotated[str, Field(min_length=1, max_length=64)] = "trunk"
    media_encryption: MediaEncryption = MediaEncryption.OFF


class Hub(Section):
    """Where agents' desks and the hub's figures are."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    ca_file: Path | None = None


class WhatsApp(Section):
    """WhatsApp's side of the hub, which the bots play: ``listen`` (host:port) is where the hub's ``[whatsapp]
    address`` leads, ``webhooks`` where its listener for webhooks is.
    """

    listen: Annotated[str, Field(pattern=r"^[^:/]+:[0-9]{1,5}$")]
    webhooks: Annotated[str, Field(pattern=r"^https?://[^/]+/whatsapp$")]
    phone_number_id: Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]


class AgentAccount(Section):
    """An agent of the centre whom a bot may be; scenarios name them by ``name``."""

    name: Name
    user: Annotated[str, Field(min_length=1, max_length=64)]
    media_encryption: MediaEncryption = MediaEncryption.REQUIRED


class Settings(Section):
    """The whole file. ``allowed`` are hosts beside this machine."""

    allowed: tuple[Host, ...] = ()
    exchange: Exchange
    trunk: Trunk = Trunk()
    hub: Hub | None = None
    whatsapp: WhatsApp | None = None
    agents: tuple[AgentAccount, ...] = ()

    @model_validator(mode="after")
    def _names(self) -> Self:
        unique("agents", "name", [one.name for one in self.agents])
        return self

    @model_validator(mode="after")
    def _only_allowed(self) -> Self:
        for place, host in self._targets():
            if not is_loopback(host) and host not in self.allowed:
                words = f"{host!r} is not this machine: put it into allowed if bots may call there"
                raise PlacedError(words, place)
        hub = urlsplit(self.hub.url) if self.hub is not None else None
        if hub is not None and hub.scheme == "http" and not is_loopback(hub.hostname or ""):
            words = "http is for this machine alone: give the hub's https address"
            raise PlacedError(words, ("hub", "url"))
        return self

    def _targets(self) -> Iterator[tuple[Place, str]]:
        """Every host that is named, and where."""
        yield ("exchange", "domain"), host_of(self.exchange.domain)
        if self.hub is not None:
            yield ("hub", "url"), urlsplit(self.hub.url).hostname or ""
        if self.whatsapp is not None:
            yield ("whatsapp", "webhooks"), urlsplit(self.whatsapp.webhooks).hostname or ""
            yield ("whatsapp", "listen"), host_of(self.whatsapp.listen)


@dataclass(frozen=True, slots=True)
class Seat:
    """A desk of one of the agents: their account, their hub, and what proves them to both."""

    account: AgentAccount
    hub: Hub
    password: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CloudAccess:
    """WhatsApp's side, with what the hub proves itself by to it, and it to the hub."""

    place: WhatsApp
    token: str = field(repr=False)
    app_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tested:
    """The settings with their secrets."""

    settings: Settings
    secrets: Mapping[str, str] = field(repr=False)

    def suits(self, cast: Actor) -> None:
        """Raises ``SettingsError`` where one of a scenario's actors would miss something."""
        match cast:
            case Customer():
                self.carrier()
            case WhatsAppCustomer():
                self.cloud()
            case _:
                self.seat(cast.name)

    def customer(self, number: str, shown_as: str) -> Account:
        """Who calls from ``number`` by the trunk, and cannot be rung. Raises ``SettingsError``."""
        return self._account(number, shown_as, registers=False)

    def carrier(self) -> Account:
        """The trunk itself, where calls of the centre to its customers come out. Raises ``SettingsError``."""
        return self._account(self.settings.trunk.user, "", registers=True)

    def _account(self, user: str, shown_as: str, *, registers: bool) -> Account:
        exchange, trunk = self.settings.exchange, self.settings.trunk
        (password,) = self._secrets("TRUNK_PASSWORD")
        return Account(
            user=user,
            domain=exchange.domain,
            password=password,
            display_name=shown_as,
            transport=exchange.transport,
            media_encryption=trunk.media_encryption,
            codecs=_CODECS,
            ca_file=str(exchange.ca_file) if exchange.ca_file else None,
            auth_user=trunk.user,
            registers=registers,
            any_number=registers,
        )

    def seat(self, name: str) -> Seat:
        """Of the agent whom scenarios call so. Raises ``SettingsError``."""
        found = next((one for one in self.settings.agents if one.name == name), None)
        if found is None:
            known = ", ".join(one.name for one in self.settings.agents) or "none"
            raise SettingsError(f"the settings have no agent {name!r}; they have {known}")
        if self.settings.hub is None:
            raise SettingsError("agents need a hub: give [hub] url in the settings")
        password, token = self._secrets(f"{name.upper()}_PASSWORD", f"{name.upper()}_TOKEN")
        return Seat(found, self.settings.hub, password, token)

    def cloud(self) -> CloudAccess:
        """Where and how WhatsApp is played. Raises ``SettingsError``."""
        if self.settings.whatsapp is None:
            raise SettingsError("who writes needs the hub's WhatsApp: give [whatsapp] in the settings")
        token, app_secret = self._secrets("WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET")
        return CloudAccess(self.settings.whatsapp, token, app_secret)

    def _secrets(self, *names: str) -> list[str]:
        whole = [f"{_PREFIX}{name}" for name in names]
        missing = [name for name in whole if not self.secrets.get(name)]
        if missing:
            are = "is" if len(missing) == 1 else "are"
            raise SettingsError(f"{' and '.join(missing)} {are} not set in the environment")
        return [self.secrets[name] for name in whole]


def load(path: Path) -> Tested:
    """The settings in ``path``, secrets as the environment has them. Raises ``SettingsError``."""
    if not path.exists():
        words = "there is no such file: docs/testers.md shows what it holds, --settings names another"
        raise SettingsError(f"{path}: {words}")
    settings = read(path, Settings)
    base = path.resolve().parent
    whole = {
        key: part.model_copy(update={"ca_file": base / part.ca_file})
        for key, part in (("exchange", settings.exchange), ("hub", settings.hub))
        if part is not None and part.ca_file is not None
    }
    found = {name: value for name, value in os.environ.items() if name.startswith(_PREFIX)}
    return Tested(settings.model_copy(update=whole), found)
