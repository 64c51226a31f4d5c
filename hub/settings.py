"""The hub's settings: where it runs (``hub.toml``), whom it serves (``centre.toml``), secrets."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, SecretStr, field_validator, model_validator
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from centre import model
from centre.model import Centre
from centre.secrets import AMI_SECRET, ROUTING_SECRET
from centre.toml_file import AnySection, Section, SettingsError, read
from hub.addresses import is_loopback, is_private
from hub.crm_settings import BuiltinCrmSettings, CrmSettings, with_crm_secret
from hub.whatsapp_settings import WhatsAppSection, with_whatsapp_secrets

DATABASE_PASSWORD = "MOKED_HUB_DATABASE_PASSWORD"  # noqa: S105 - the variables' names, not their values
METRICS_TOKEN = "MOKED_HUB_METRICS_TOKEN"  # noqa: S105

_HUB_SECRETS = {
    "database_password": DATABASE_PASSWORD,
    "metrics_token": METRICS_TOKEN,
    "routing_secret": ROUTING_SECRET,
}

SQLITE, POSTGRES = "sqlite+aiosqlite", "postgresql+asyncpg"

Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]
LogFormat: TypeAlias = Literal["auto", "json", "console"]


def _is_any(host: str) -> bool:
    """Whether a server on ``host`` listens on all addresses of its machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return not host


class HubSection(Section):
    """Where the hub listens and keeps things. Relative paths count from the file's directory.

    ``certificate`` and ``certificate_key`` are PEM files for https. Without them the hub serves this machine
    alone, or (``behind_proxy``) a proxy that ends TLS before it. ``ca_file`` is the authority of whichever
    certificate the desks see; devices can be enrolled when it is there. ``database`` is the URL of an SQLite
    file or a Postgres database, as SQLAlchemy writes it. ``log`` says how the log's lines look: ``auto`` is
    JSON, unless a terminal shows them. ``address`` is where other hubs on the same Postgres ask this one, and
    follows from ``host`` and ``port`` where they name one place.
    """

    host: str = "127.0.0.1"
    port: Port = 8750
    address: str = ""
    certificate: Path | None = None
    certificate_key: Path | None = None
    ca_file: Path | None = None
    behind_proxy: bool = False
    database: str = f"{SQLITE}:///moked-hub.db"
    database_password: SecretStr = Field(default=SecretStr(""), exclude=True)
    metrics_token: SecretStr = Field(default=SecretStr(""), exclude=True)
    routing_secret: SecretStr = Field(default=SecretStr(""), exclude=True)
    log: LogFormat = "auto"
    scripts: Path | None = None

    @field_validator("database")
    @classmethod
    def _usable_url(cls, value: str) -> str:
        usable(value, "hub.db")
        return value

    @model_validator(mode="after")
    def _protected(self) -> Self:
        if (self.certificate is None) != (self.certificate_key is None):
            raise ValueError("certificate and certificate_key belong together")
        if self.certificate is None and not self.behind_proxy and not is_loopback(self.host):
            raise ValueError(
                "customers' data needs https off this machine: set certificate, or behind_proxy = true"
            )
        if self.address and not is_private(self.address, kept_apart=self.behind_proxy):
            raise ValueError(
                "address must be as https://hub1.example.com:8750, alone; http is for this machine"
            )
        return self

    def asked_at(self, port: int) -> str:
        """Where other hubs ask this one, which listens on ``port``; empty when the settings do not say."""
        if self.address or _is_any(self.host):
            return self.address
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{port}"

    @property
    def database_url(self) -> URL:
        """The database with its password. Never to be shown."""
        return self.opened(self.database)

    def opened(self, database: str) -> URL:
        """The URL of a database of the hub's with its password, where it has one. Never to be shown."""
        url, password = make_url(database), self.database_password.get_secret_value()
        return url.set(password=password) if password and url.drivername == POSTGRES else url


def usable(value: str, example: str) -> URL:
    """The URL of a database that the hub can open and may. Raises ``ValueError``."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError(f"no URL of a database, as {SQLITE}:///{example}") from None
    if url.password or "password" in url.query:
        raise ValueError(f"a password does not belong in a file; set {DATABASE_PASSWORD} instead")
    if url.drivername not in {SQLITE, POSTGRES}:
        raise ValueError(f"the hub has no driver {url.drivername!r}; use {SQLITE} or {POSTGRES}")
    if url.drivername == POSTGRES and not _kept_from_others(url):
        raise ValueError("what it holds needs TLS off this machine: add ?ssl=verify-full")
    return url


def _kept_from_others(url: URL) -> bool:
    """Whether what travels to a Postgres stays on this machine, or goes to a server that proves its name."""
    hosts = [url.host or "", *url.normalized_query.get("host", ())]
    local = all(not host or host.startswith("/") or is_loopback(host) for host in hosts)
    return local or url.query.get("ssl") == "verify-full"


class NonePbx(Section):
    """No exchange: cards and notes only."""

    kind: Literal["none"] = "none"


class LabPbxSettings(Section):
    """The lab exchange of the demo, over its control socket."""

    kind: Literal["lab"]
    socket: Path


class AmiSettings(Section):
    """Asterisk's manager interface. The secret is taken from the environment, never from the file."""

    kind: Literal["ami"]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 5038
    user: str
    tls: bool = False
    ca_file: Path | None = None
    secret: SecretStr = Field(default=SecretStr(""), exclude=True)

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        if not self.tls and not is_loopback(self.host):
            raise ValueError("AMI's password would travel in the clear off this machine: set tls = true")
        return self


class SipSection(Section):
    """Where the hub gives enrolled devices their accounts at the exchange, and takes registrations away.

    ``accounts`` is the URL of the file that the exchange knows as ``phones.accounts``, or of the database it
    knows as ``phones.postgres``; ``registrar`` where the exchange takes SIP over UDP.
    """

    accounts: str
    registrar: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}:[0-9]{1,5}$")] = "127.0.0.1:5060"

    @field_validator("accounts")
    @classmethod
    def _shared(cls, value: str) -> str:
        url = usable(value, "accounts.db")
        if not url.database or url.database == ":memory:":
            raise ValueError(f"the exchange must find it, too: a file, as {SQLITE}:///accounts.db")
        return value


PbxSettings: TypeAlias = Annotated[NonePbx | LabPbxSettings | AmiSettings, Field(discriminator="kind")]


class _File(Section):
    """What the file itself holds; ``centre`` names the centre's."""

    hub: HubSection = HubSection()
    pbx: PbxSettings = NonePbx()
    sip: SipSection | None = None
    whatsapp: WhatsAppSection | None = None
    crm: CrmSettings = BuiltinCrmSettings()
    centre: Path | None = None


class Settings(Section):
    """Where the hub runs, and the centre that it serves."""

    hub: HubSection = HubSection()
    pbx: PbxSettings = NonePbx()
    sip: SipSection | None = None
    whatsapp: WhatsAppSection | None = None
    crm: CrmSettings = BuiltinCrmSettings()
    centre: Centre = Centre()


def load(path: Path) -> Settings:
    """The settings in ``path`` and its centre; secrets from the environment. Raises ``SettingsError``."""
    file = read(path, _File, "hub/sample/hub.toml")
    base = path.resolve().parent
    centre = model.load(base / file.centre) if file.centre else Centre()
    if centre.routing and not os.environ.get(ROUTING_SECRET):
        raise SettingsError(
            f"{path}: [routing] of the centre: set {ROUTING_SECRET}, which the exchange has, too"
        )
    if file.sip and not (centre.exchange and centre.exchange.phones):
        raise SettingsError(
            f"{path}: sip: [exchange.phones] of the centre's file must say where phones come in"
        )
    asks = [queue.name for queue in centre.queues if queue.whatsapp_digit]
    if asks and file.whatsapp is None:
        raise SettingsError(
            f"{path}: whatsapp: queue {asks[0]!r} of the centre has a whatsapp_digit; say here who sends"
        )
    hub = file.hub.model_copy(update={"database": _absolute(file.hub.database, base)})
    return Settings(
        hub=_with_hub_secrets(_based(hub, base), path),
        pbx=_with_secret(_based(file.pbx, base), path),
        sip=file.sip and file.sip.model_copy(update={"accounts": _absolute(file.sip.accounts, base)}),
        whatsapp=file.whatsapp and with_whatsapp_secrets(_whatsapp_based(file.whatsapp, base), path),
        crm=with_crm_secret(_based(file.crm, base), path),
        centre=centre,
    )


def _absolute(database: str, base: Path) -> str:
    """The URL ``database`` with its file, where it is one, counted from ``base``."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(base / url.database))
    return url.render_as_string(hide_password=False)


def _based(section: AnySection, base: Path) -> AnySection:
    """``section`` with each of its paths counted from ``base``."""
    paths = {name: base / value for name, value in section if isinstance(value, Path)}
    return section.model_copy(update=paths)


def _whatsapp_based(whatsapp: WhatsAppSection, base: Path) -> WhatsAppSection:
    webhook = whatsapp.webhook
    return whatsapp.model_copy(update={"webhook": webhook and _based(webhook, base)})


def _with_hub_secrets(hub: HubSection, path: Path) -> HubSection:
    """``hub`` with what the environment holds; a secret in the file is refused."""
    for key, variable in _HUB_SECRETS.items():
        if getattr(hub, key).get_secret_value():
            raise SettingsError(f"{path}: hub.{key} does not belong in a file; set {variable} instead")
        hub = hub.model_copy(update={key: SecretStr(os.environ.get(variable, ""))})
    return hub


def _with_secret(pbx: PbxSettings, path: Path) -> PbxSettings:
    if not isinstance(pbx, AmiSettings):
        return pbx
    if pbx.secret.get_secret_value():
        raise SettingsError(f"{path}: pbx.secret does not belong in a file; set {AMI_SECRET} instead")
    secret = os.environ.get(AMI_SECRET, "")
    if not secret:
        raise SettingsError(f"{path}: pbx.kind is 'ami': set {AMI_SECRET} to the password of its AMI user")
    return pbx.model_copy(update={"secret": SecretStr(secret)})
