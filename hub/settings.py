"""The hub's settings: one TOML file, and the environment for secrets.

An error names the file, the key as written and the nearest key there is, so that a slip of the pen is found
without reading this module.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

AMI_SECRET = "MOKED_HUB_AMI_SECRET"  # noqa: S105 - these are the variables' names, not their values
DATABASE_PASSWORD = "MOKED_HUB_DATABASE_PASSWORD"  # noqa: S105
METRICS_TOKEN = "MOKED_HUB_METRICS_TOKEN"  # noqa: S105

SQLITE, POSTGRES = "sqlite+aiosqlite", "postgresql+asyncpg"

Language: TypeAlias = Literal["en", "he"]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=80)]
Key: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]
LogFormat: TypeAlias = Literal["auto", "json", "console"]


class SettingsError(Exception):
    """The settings cannot be used. ``str(error)`` is for the administrator: file, key, what is wrong."""


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine: ``localhost``, 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_AnySection = TypeVar("_AnySection", bound=_Section)


class HubSection(_Section):
    """Where the hub listens and keeps things. Relative paths count from the file's directory.

    ``certificate`` and ``certificate_key`` are PEM files for https. Without them the hub serves this machine
    alone, or (``behind_proxy``) a proxy that ends TLS before it. ``database`` is the URL of an SQLite file or
    a Postgres database, as SQLAlchemy writes it. ``log`` says how the log's lines look: ``auto`` is JSON,
    unless a terminal shows them.
    """

    host: str = "127.0.0.1"
    port: Port = 8750
    certificate: Path | None = None
    certificate_key: Path | None = None
    behind_proxy: bool = False
    database: str = f"{SQLITE}:///moked-hub.db"
    database_password: SecretStr = Field(default=SecretStr(""), exclude=True)
    metrics_token: SecretStr = Field(default=SecretStr(""), exclude=True)
    log: LogFormat = "auto"
    scripts: Path | None = None
    time_zone: str = "UTC"
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] = "IL"

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is no time zone of this machine") from None
        return value

    @field_validator("database")
    @classmethod
    def _usable_url(cls, value: str) -> str:
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            raise ValueError(f"no URL of a database, as {SQLITE}:///hub.db") from None
        if url.password or "password" in url.query:
            raise ValueError(f"a password does not belong in a file; set {DATABASE_PASSWORD} instead")
        if url.drivername not in {SQLITE, POSTGRES}:
            raise ValueError(f"the hub has no driver {url.drivername!r}; use {SQLITE} or {POSTGRES}")
        if url.drivername == POSTGRES and not _kept_from_others(url):
            raise ValueError("customers' data needs TLS off this machine: add ?ssl=verify-full")
        return value

    @model_validator(mode="after")
    def _protected(self) -> Self:
        if (self.certificate is None) != (self.certificate_key is None):
            raise ValueError("certificate and certificate_key belong together")
        if self.certificate is None and not self.behind_proxy and not is_loopback(self.host):
            raise ValueError(
                "customers' data needs https off this machine: set certificate, or behind_proxy = true"
            )
        return self

    @property
    def database_url(self) -> URL:
        """The database with its password. Never to be shown."""
        password = self.database_password.get_secret_value()
        return make_url(self.database).set(password=password) if password else make_url(self.database)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose midnight begins the day of the figures."""
        return ZoneInfo(self.time_zone)


def _kept_from_others(url: URL) -> bool:
    """Whether what travels to a Postgres stays on this machine, or goes to a server that proves its name."""
    hosts = [url.host or "", *url.normalized_query.get("host", ())]
    local = all(not host or host.startswith("/") or is_loopback(host) for host in hosts)
    return local or url.query.get("ssl") == "verify-full"


class NonePbx(_Section):
    """No exchange: cards and notes only."""

    kind: Literal["none"] = "none"


class LabPbxSettings(_Section):
    """The lab exchange of the demo, over its control socket."""

    kind: Literal["lab"]
    socket: Path


class AmiSettings(_Section):
    """Asterisk's manager interface. The secret is taken from the environment, never from the file."""

    kind: Literal["ami"]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 5038
    user: str
    tls: bool = False
    ca_file: Path | None = None
    secret: SecretStr = Field(default=SecretStr(""), exclude=True)


class CrmSettings(_Section):
    """Where customers are looked up, and how long a look-up may take.

    The CSV files are imported when the built-in CRM is empty.
    """

    kind: Literal["builtin"] = "builtin"
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    customers: Path | None = None
    matters: Path | None = None
    history: Path | None = None


class Texts(_Section):
    """One label in the languages of the desks."""

    en: Name
    he: Name

    def of(self, language: Language) -> str:
        """The label for a desk in ``language``."""
        return self.he if language == "he" else self.en


class QueueSettings(_Section):
    """A queue as the exchange names it."""

    name: Key
    titles: Texts
    service_level_seconds: Annotated[int, Field(ge=1, le=3600)] = 20


class AgentSettings(_Section):
    """An agent. The exchange knows them by ``extension``, everybody else by ``id``."""

    id: Key
    name: Name
    extension: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")]
    language: Language = "en"
    queues: tuple[str, ...] = ()


class DispositionSettings(_Section):
    """One way a contact can end."""

    code: Key
    labels: Texts


class PauseReasons(_Section):
    """What agents can choose as reason for being away."""

    en: tuple[Name, ...] = ()
    he: tuple[Name, ...] = ()

    def of(self, language: Language) -> tuple[str, ...]:
        """The reasons for a desk in ``language``."""
        return self.he if language == "he" else self.en


PbxSettings: TypeAlias = Annotated[NonePbx | LabPbxSettings | AmiSettings, Field(discriminator="kind")]


class Settings(_Section):
    """All of it."""

    hub: HubSection = HubSection()
    pbx: PbxSettings = NonePbx()
    crm: CrmSettings = CrmSettings()
    queues: tuple[QueueSettings, ...] = ()
    agents: tuple[AgentSettings, ...] = ()
    dispositions: tuple[DispositionSettings, ...] = ()
    pause_reasons: PauseReasons = PauseReasons()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _unique("queues", "name", [queue.name for queue in self.queues])
        _unique("agents", "id", [agent.id for agent in self.agents])
        _unique("agents", "extension", [agent.extension for agent in self.agents])
        _unique("dispositions", "code", [disposition.code for disposition in self.dispositions])
        names = [queue.name for queue in self.queues]
        for agent in self.agents:
            for name in agent.queues:
                if name not in names:
                    raise ValueError(f"agent {agent.id!r}: there is no queue {name!r}{_nearest(name, names)}")
        return self


def load(path: Path) -> Settings:
    """The settings in ``path``, with secrets from the environment. Raises ``SettingsError``."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(f"{path}: " + "; ".join(_words(error))) from None
    return _with_secrets(_with_absolute_paths(settings, path.resolve().parent), path)


def _with_absolute_paths(settings: Settings, base: Path) -> Settings:
    url = make_url(settings.hub.database)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(base / url.database))
    hub = _based(settings.hub, base)
    hub = hub.model_copy(update={"database": url.render_as_string(hide_password=False)})
    return settings.model_copy(
        update={"hub": hub, "pbx": _based(settings.pbx, base), "crm": _based(settings.crm, base)}
    )


def _based(section: _AnySection, base: Path) -> _AnySection:
    """``section`` with each of its paths counted from ``base``."""
    paths = {name: base / value for name, value in section if isinstance(value, Path)}
    return section.model_copy(update=paths)


def _with_secrets(settings: Settings, path: Path) -> Settings:
    """``settings`` with what the environment holds; a secret in the file is refused."""
    for key, variable in (("database_password", DATABASE_PASSWORD), ("metrics_token", METRICS_TOKEN)):
        if getattr(settings.hub, key).get_secret_value():
            raise SettingsError(f"{path}: hub.{key} does not belong in a file; set {variable} instead")
        hub = settings.hub.model_copy(update={key: SecretStr(os.environ.get(variable, ""))})
        settings = settings.model_copy(update={"hub": hub})
    if not isinstance(settings.pbx, AmiSettings):
        return settings
    if settings.pbx.secret.get_secret_value():
        raise SettingsError(f"{path}: pbx.secret does not belong in a file; set {AMI_SECRET} instead")
    secret = os.environ.get(AMI_SECRET, "")
    if not secret:
        raise SettingsError(f"{path}: pbx.kind is 'ami': set {AMI_SECRET} to the password of its AMI user")
    return settings.model_copy(update={"pbx": settings.pbx.model_copy(update={"secret": SecretStr(secret)})})


def _unique(section: str, key: str, values: Sequence[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{section}: {key} {value!r} is there twice")


def _words(error: ValidationError) -> list[str]:
    return [_one(tuple(item["loc"]), item["type"], item["msg"]) for item in error.errors(include_url=False)]


def _one(place: tuple[int | str, ...], kind: str, message: str) -> str:
    key = ".".join(str(part) for part in place if part not in {"none", "lab", "ami"})
    if kind != "extra_forbidden":
        return f"{key}: {message.removeprefix('Value error, ')}".removeprefix(": ")
    return f"{key}: no such key{_nearest(str(place[-1]), _keys_at(place[:-1]))}"


def _keys_at(place: Sequence[int | str]) -> list[str]:
    """The keys of the section at ``place``, found by walking the models."""
    model: type[BaseModel] = Settings
    for part in place:
        model = _SECTIONS.get(str(part), model)
    return [name for name, field in model.model_fields.items() if field.annotation is not SecretStr]


_SECTIONS: dict[str, type[BaseModel]] = {
    "hub": HubSection,
    "none": NonePbx,
    "lab": LabPbxSettings,
    "ami": AmiSettings,
    "crm": CrmSettings,
    "queues": QueueSettings,
    "agents": AgentSettings,
    "dispositions": DispositionSettings,
    "pause_reasons": PauseReasons,
    "titles": Texts,
    "labels": Texts,
}


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
