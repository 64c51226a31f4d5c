"""The hub's settings: where it runs (``hub.toml``), whom it serves (``centre.toml``), secrets."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, SecretStr, field_validator, model_validator
from sqlalchemy.engine import make_url

from centre import model
from centre.model import Centre
from centre.secrets import AMI_SECRET
from centre.toml_file import AnySection, Section, SettingsError, read

Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine: ``localhost``, 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class HubSection(Section):
    """Where the hub listens and keeps things. Relative paths count from the file's directory.

    ``certificate`` and ``certificate_key`` are PEM files for https. Without them the hub serves this machine
    alone, or (``behind_proxy``) a proxy that ends TLS before it.
    """

    host: str = "127.0.0.1"
    port: Port = 8750
    certificate: Path | None = None
    certificate_key: Path | None = None
    behind_proxy: bool = False
    database: str = "sqlite+aiosqlite:///moked-hub.db"
    scripts: Path | None = None

    @field_validator("database")
    @classmethod
    def _no_password(cls, value: str) -> str:
        if make_url(value).password:
            raise ValueError("a password does not belong in a file")
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


class CrmSettings(Section):
    """Where customers are looked up, and how long a look-up may take.

    The CSV files are imported when the built-in CRM is empty.
    """

    kind: Literal["builtin"] = "builtin"
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    customers: Path | None = None
    matters: Path | None = None
    history: Path | None = None


PbxSettings: TypeAlias = Annotated[NonePbx | LabPbxSettings | AmiSettings, Field(discriminator="kind")]


class _File(Section):
    """What the file itself holds; ``centre`` names the centre's."""

    hub: HubSection = HubSection()
    pbx: PbxSettings = NonePbx()
    crm: CrmSettings = CrmSettings()
    centre: Path | None = None


class Settings(Section):
    """Where the hub runs, and the centre that it serves."""

    hub: HubSection = HubSection()
    pbx: PbxSettings = NonePbx()
    crm: CrmSettings = CrmSettings()
    centre: Centre = Centre()


def load(path: Path) -> Settings:
    """The settings in ``path`` and its centre; secrets from the environment. Raises ``SettingsError``."""
    file = read(path, _File)
    base = path.resolve().parent
    return Settings(
        hub=_based(_with_absolute_database(file.hub, base), base),
        pbx=_with_secret(_based(file.pbx, base), path),
        crm=_based(file.crm, base),
        centre=model.load(base / file.centre) if file.centre else Centre(),
    )


def _with_absolute_database(hub: HubSection, base: Path) -> HubSection:
    url = make_url(hub.database)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(base / url.database))
    return hub.model_copy(update={"database": url.render_as_string(hide_password=False)})


def _based(section: AnySection, base: Path) -> AnySection:
    """``section`` with each of its paths counted from ``base``."""
    paths = {name: base / value for name, value in section if isinstance(value, Path)}
    return section.model_copy(update=paths)


def _with_secret(pbx: PbxSettings, path: Path) -> PbxSettings:
    if not isinstance(pbx, AmiSettings):
        return pbx
    if pbx.secret.get_secret_value():
        raise SettingsError(f"{path}: pbx.secret does not belong in a file; set {AMI_SECRET} instead")
    secret = os.environ.get(AMI_SECRET, "")
    if not secret:
        raise SettingsError(f"{path}: pbx.kind is 'ami': set {AMI_SECRET} to the password of its AMI user")
    return pbx.model_copy(update={"secret": SecretStr(secret)})
