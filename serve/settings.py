"""The settings of ``moked serve``: one ``serve.toml`` without secrets; ``sample/serve.toml`` explains it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from agent_tui.config import DeskSection, HubSection, Section, is_loopback, read

_USUAL_PORTS = {"http": 80, "https": 443}


def origin(scheme: str, host: str, port: int | None) -> str:
    """The address as browsers send it in the fields Origin and Host (RFC 6454 §6.2).

    In small letters, by IDNA, without the port that is the scheme's own. Raises ``ValueError``.
    """
    name = f"[{host.lower()}]" if ":" in host else host.lower().encode("idna").decode()
    return f"{scheme}://{name}" if port in (None, _USUAL_PORTS[scheme]) else f"{scheme}://{name}:{port}"


class ServeSection(Section):
    """Where browsers come to, and how long they may stay.

    ``address`` is what they have in their address line, and follows from ``host`` and ``port`` unless a name
    or a proxy stands before them. ``certificate`` and ``certificate_key`` are PEM files.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8760
    address: str = ""
    certificate: Path | None = None
    certificate_key: Path | None = None
    most_sessions: Annotated[int, Field(ge=1, le=1000)] = 50
    idle_minutes: Annotated[float, Field(ge=1, le=720)] = 15
    longest_hours: Annotated[float, Field(ge=1, le=24)] = 12

    @field_validator("address")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        if not value:
            return ""
        parts = urlsplit(value)
        more = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
        if parts.scheme not in ("https", "http") or not parts.hostname or more:
            raise ValueError("give an address like https://desk.example.com, with nothing after the name")
        return origin(parts.scheme, parts.hostname, parts.port)

    @model_validator(mode="after")
    def _protected(self) -> Self:
        if (self.certificate is None) != (self.certificate_key is None):
            raise ValueError("certificate and certificate_key belong together")
        if self.certificate is None and not is_loopback(self.host):
            raise ValueError(
                f"passwords and customers' data need https off this machine: set certificate and "
                f"certificate_key, or leave host = {self.host!r} out"
            )
        if self.certificate is not None and self.address.startswith("http:"):
            raise ValueError("with a certificate the address begins with https")
        if self.address.startswith("http:") and not is_loopback(urlsplit(self.address).hostname or ""):
            raise ValueError("an address off this machine begins with https")
        if self.host in ("", "0.0.0.0", "::") and not self.address:  # noqa: S104 - what is refused
            raise ValueError("host names all addresses of this machine: say in address what browsers call it")
        return self

    @property
    def behind_proxy(self) -> bool:
        """Whether somebody on this machine ends TLS before us and says who comes (X-Forwarded-For)."""
        return self.certificate is None and self.address.startswith("https:")


class Settings(Section):
    """All of the file. ``desk`` is what ``config.toml`` has there, for all agents who come."""

    serve: ServeSection = ServeSection()
    hub: HubSection
    desk: DeskSection = DeskSection()

    @model_validator(mode="after")
    def _a_centre(self) -> Self:
        if not self.hub.url:
            raise ValueError("[hub] url: browsers are served for a centre; name its hub")
        return self


def load(path: Path) -> Settings:
    """The settings in ``path``. Raises ``agent_tui.config.ConfigError``."""
    return read(path, Settings)
