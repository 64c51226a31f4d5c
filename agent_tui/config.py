"""The desk's settings: one ``config.toml``, no secrets in it.

``config.example.toml`` explains every key; a test keeps the two equal.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from agent_tui.commands import shortcuts
from agent_tui.config_keys import conflicts, read_key, read_keys
from agent_tui.config_words import problems
from agent_tui.pumps.guidance import ScriptLanguage
from agent_tui.text.catalogue import Phrase
from agent_tui.text.explained import Explained
from agent_tui.text.others import reason
from agent_tui.text.signals import Notify
from agent_tui.text.terminal import Bidi, Symbols, TerminalUse, draws_symbols
from edge.text import clean
from sip.account import Dtmf, MediaEncryption, Transport
from sip.audio.sounddevice_port import OnUnplug
from sip.engine import EngineKind


class ConfigError(Explained):
    """The settings cannot be used. ``str(error)`` names the file, the key and what to write instead."""


class NoConfig(ConfigError):
    """There is no settings file."""


class Section(BaseModel):
    """A table of the file; a key it does not know is an error, not a silent nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class SipSection(Section):
    """The account, as the exchange's administrator gives it; the fields are ``sip.account.Account``'s."""

    user: Annotated[str, Field(min_length=1, max_length=64)]
    domain: Annotated[str, Field(min_length=1, max_length=253)]
    display_name: Annotated[str, Field(max_length=80)] = ""
    transport: Transport = Transport.TLS
    media_encryption: MediaEncryption = MediaEncryption.REQUIRED
    codecs: tuple[str, ...] = ("g722", "pcma", "pcmu")
    ca_file: Path | None = None
    register_interval: Annotated[int, Field(ge=10, le=3600)] = 60
    fallback_domains: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=253)], ...], Field(max_length=4)
    ] = ()
    dtmf: Dtmf = Dtmf.RTP


class HubSection(Section):
    """The centre's hub, or none: then a private one runs beside the desk."""

    url: str = ""
    ca_file: Path | None = None
    settings: Path | None = None
    agent: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,64}$")] = ""

    @field_validator("url")
    @classmethod
    def _safe(cls, value: str) -> str:
        if value:
            parts = urlsplit(value)
            if not parts.hostname or parts.scheme not in ("https", "http"):
                raise ValueError(Phrase("give an address like {url}", url="https://hub.example.com"))
            if parts.scheme == "http" and not is_loopback(parts.hostname):
                raise ValueError(Phrase("http is for this machine alone; customers' data travels by https"))
        return value.rstrip("/")

    @model_validator(mode="after")
    def _one_hub(self) -> Self:
        if self.url and (self.settings or self.agent):
            raise ValueError(Phrase("settings and agent are for the private hub; with url leave them out"))
        return self


class AudioKind(StrEnum):
    """Where the voice comes from and goes to."""

    SOUND_CARD = "sounddevice"
    WAV = "wav"
    SILENCE = "silence"


DeviceName: TypeAlias = Annotated[str, Field(max_length=200)]


class ProfileSection(Section):
    """One set of devices, by name or part of it, and what is done to its microphone's sound."""

    name: Annotated[str, Field(min_length=1, max_length=40)] = "Usual"
    microphone: DeviceName = ""
    speaker: DeviceName = ""
    ringer: DeviceName = ""
    echo_cancellation: bool = False
    noise_suppression: bool = False
    automatic_gain: bool = False


class AudioSection(ProfileSection):
    """The agent's ears and mouth. The files are for ``kind = "wav"``: tests and bots."""

    kind: AudioKind = AudioKind.SOUND_CARD
    on_unplug: OnUnplug = OnUnplug.MUTE
    ring_volume: Annotated[int, Field(ge=0, le=100)] = 70
    profile: Annotated[tuple[ProfileSection, ...], Field(max_length=9)] = ()
    wav_in: Path | None = None
    wav_out: Path | None = None

    @model_validator(mode="after")
    def _names(self) -> Self:
        names = [self.name, *(profile.name for profile in self.profile)]
        if len(set(names)) < len(names):
            raise ValueError(
                Phrase(
                    "each set of devices needs a name of its own: give name in {table}",
                    table="[[audio.profile]]",
                )
            )
        return self


class PhoneSection(Section):
    """The phone process."""

    engine: EngineKind = EngineKind.BARESIP
    linger: Annotated[float, Field(ge=1, le=3600)] = 20


class ThemeName(StrEnum):
    """How the desk looks."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"


class DeskSection(Section):
    """How the desk behaves."""

    language: Literal["en", "he"] | None = None
    script_language: ScriptLanguage = ScriptLanguage.CUSTOMER
    theme: ThemeName = ThemeName.DARK


def _usual(shortcut: str) -> Any:
    """The key that this id has where the settings name no other."""
    return Field(default=shortcuts.BY_ID[shortcut].key)


ChosenKey: TypeAlias = Annotated[str, AfterValidator(read_key)]


class KeysSection(Section):
    """The desk's keys by what they do; ``shortcuts`` is their table."""

    answer: ChosenKey = _usual("answer")
    hold: ChosenKey = _usual("hold")
    mute: ChosenKey = _usual("mute")
    transfer: ChosenKey = _usual("transfer")
    keys: ChosenKey = _usual("keys")
    dial: ChosenKey = _usual("dial")
    hang_up: ChosenKey = _usual("hang_up")
    presence: ChosenKey = _usual("presence")
    swap: ChosenKey = _usual("swap")
    doctor: ChosenKey = _usual("doctor")
    finish: ChosenKey = _usual("finish")
    next_step: ChosenKey = _usual("next_step")
    sound: ChosenKey = _usual("sound")
    ring: ChosenKey = _usual("ring")
    callback: ChosenKey = _usual("callback")
    customer: ChosenKey = _usual("customer")
    history: ChosenKey = _usual("history")
    whatsapp: ChosenKey = _usual("whatsapp")
    settings: ChosenKey = _usual("settings")
    floor: ChosenKey = _usual("floor")
    palette: ChosenKey = _usual("palette")
    help: ChosenKey = _usual("help")
    quit: ChosenKey = _usual("quit")

    @model_validator(mode="wrap")
    @classmethod
    def _one_each(cls, written: object, validate: ModelWrapValidatorHandler[Self]) -> Self:
        """All that is wrong is told at once: keys that are none, and those that two acts have."""
        together = [
            InitErrorDetails(type="value_error", input=written, ctx={"error": ValueError(wrong)})
            for wrong in conflicts(read_keys(written))
        ]
        try:
            made = validate(written)
        except ValidationError as error:
            alone = [
                InitErrorDetails(type=one["type"], loc=one["loc"], input=one["input"], ctx=one.get("ctx", {}))
                for one in error.errors()
            ]
            raise ValidationError.from_exception_data(cls.__name__, [*alone, *together]) from None
        if together:
            raise ValidationError.from_exception_data(cls.__name__, together)
        return made

    @property
    def chosen(self) -> dict[str, str]:
        """The key of each id."""
        return {name: str(key) for name, key in self}


class AttentionSection(Section):
    """What calls an agent who looks elsewhere: a call beside its ring tone, and what is written to them."""

    bell: bool = True
    title: bool = True
    notify: Notify = Notify.AUTO


class TerminalSection(Section):
    """What the desk may ask of the terminal."""

    bidi: Bidi = Bidi.AUTO
    symbols: Symbols = Symbols.AUTO
    animation: bool = True
    cursor: bool = False

    def use(self, environ: Mapping[str, str]) -> TerminalUse:
        """How the terminal that ``environ`` describes is used."""
        return TerminalUse(draws_symbols(self.symbols, environ), self.animation, self.cursor)


class Config(Section):
    """All of the settings."""

    sip: SipSection
    hub: HubSection = HubSection()
    audio: AudioSection = AudioSection()
    phone: PhoneSection = PhoneSection()
    desk: DeskSection = DeskSection()
    attention: AttentionSection = AttentionSection()
    terminal: TerminalSection = TerminalSection()
    keys: KeysSection = KeysSection()


S = TypeVar("S", bound=Section)


def load(path: Path) -> Config:
    """The settings in ``path``. Raises ``ConfigError``."""
    return read(path, Config)


def read(path: Path, model: type[S]) -> S:
    """The file as ``model``, whose fields are its tables; file names in them count from its directory.

    Raises ``ConfigError``.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NoConfig(Phrase("There is no settings file {path}.", path=str(path))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(Phrase("{path} cannot be read: {why}", path=str(path), why=reason(error))) from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(Phrase("{path}: {what}", path=str(path), what=clean(str(error)))) from None
    try:
        config = model.model_validate(values)
    except ValidationError as error:
        raise ConfigError(*problems(error, model, text, path)) from None
    return _with_whole_paths(config, path.resolve().parent)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine and cannot be another."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _with_whole_paths(config: S, base: Path) -> S:
    def whole(section: Section) -> dict[str, Path]:
        return {
            name: base / os.path.expanduser(value)  # noqa: PTH111 - Path.expanduser raises for an unknown user
            for name, value in section
            if isinstance(value, Path)
        }

    return config.model_copy(
        update={name: section.model_copy(update=whole(section)) for name, section in config}
    )
