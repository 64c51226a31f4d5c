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
from sqlalchemy.engine import make_url

AMI_SECRET = "MOKED_HUB_AMI_SECRET"  # noqa: S105 - the variable's name, not its value

Role: TypeAlias = Literal["agent", "trainer", "supervisor", "administrator"]
Language: TypeAlias = Literal["en", "he"]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=80)]
Key: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]


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
    alone, or (``behind_proxy``) a proxy that ends TLS before it. ``ca_file`` is the authority of whichever
    certificate the desks see; devices can be enrolled when it is there.
    """

    host: str = "127.0.0.1"
    port: Port = 8750
    certificate: Path | None = None
    certificate_key: Path | None = None
    ca_file: Path | None = None
    behind_proxy: bool = False
    database: str = "sqlite+aiosqlite:///moked-hub.db"
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
    def _no_password(cls, value: str) -> str:
        return _without_password(value)

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
    def zone(self) -> ZoneInfo:
        """The zone whose midnight begins the day of the figures."""
        return ZoneInfo(self.time_zone)


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


class SipSection(_Section):
    """The accounts of enrolled devices at the exchange, as the desk's settings name the same things.

    ``accounts`` is the database that the hub writes for the exchange. At ``registrar`` (UDP) the hub takes
    registrations away; ``realm`` and ``qualify_seconds`` are the profile's.
    """

    accounts: str
    domain: Annotated[str, Field(min_length=1, max_length=253)]
    transport: Literal["tls", "tcp", "udp"] = "tls"
    media_encryption: Literal["required", "dtls", "off"] = "required"
    realm: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")] = "moked"
    registrar: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}:[0-9]{1,5}$")] = "127.0.0.1:5060"
    qualify_seconds: Annotated[int, Field(ge=1, le=3600)] = 15

    @field_validator("accounts")
    @classmethod
    def _no_password(cls, value: str) -> str:
        return _without_password(value)


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
    """An agent. The exchange knows them by ``extension``, everybody else by ``id``.

    ``role`` decides what they may ask of the hub (``hub.roles``).
    """

    id: Key
    name: Name
    extension: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")]
    language: Language = "en"
    role: Role = "agent"
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
    sip: SipSection | None = None
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
    hub = _based(settings.hub, base)
    hub = hub.model_copy(update={"database": _absolute(hub.database, base)})
    sip = settings.sip and settings.sip.model_copy(
        update={"accounts": _absolute(settings.sip.accounts, base)}
    )
    pbx, crm = _based(settings.pbx, base), _based(settings.crm, base)
    return settings.model_copy(update={"hub": hub, "sip": sip, "pbx": pbx, "crm": crm})


def _absolute(database: str, base: Path) -> str:
    """The URL ``database`` with its file, where it is one, counted from ``base``."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(base / url.database))
    return url.render_as_string(hide_password=False)


def _without_password(database: str) -> str:
    if make_url(database).password:
        raise ValueError("a password does not belong in a file")
    return database


def _based(section: _AnySection, base: Path) -> _AnySection:
    """``section`` with each of its paths counted from ``base``."""
    paths = {name: base / value for name, value in section if isinstance(value, Path)}
    return section.model_copy(update=paths)


def _with_secrets(settings: Settings, path: Path) -> Settings:
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
    return [name for name in model.model_fields if name != "secret"]


_SECTIONS: dict[str, type[BaseModel]] = {
    "hub": HubSection,
    "none": NonePbx,
    "lab": LabPbxSettings,
    "ami": AmiSettings,
    "sip": SipSection,
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
