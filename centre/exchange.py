"""The exchange of a centre: where Asterisk listens, lives, and to whom. No secret is among it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from centre.plain import PlainName, PlainPath, Word
from centre.toml_file import Section

Port: TypeAlias = Annotated[int, Field(ge=1, le=65535)]
Networks: TypeAlias = Annotated[tuple[IPv4Network, ...], Field(min_length=1)]

EVERYWHERE = IPv4Network("0.0.0.0/0")
LOOPBACK = IPv4Network("127.0.0.1/32")

_TAKEN = ("global", "udp", "tcp", "tls", "endpoint", "agent", "credentials", "device")
"""Sections of pjsip.conf."""


class Ports(Section):
    """Where the exchange listens. ``sip`` serves UDP and TCP; RTP takes ``rtp_first`` to ``rtp_last``.

    ``ami`` is for this machine alone, ``ami_tls`` for a hub anywhere.
    """

    sip: Port = 5060
    sip_tls: Port = 5061
    ami: Port = 5038
    ami_tls: Port = 5039
    rtp_first: Port = 10000
    rtp_last: Port = 19999

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.rtp_first >= self.rtp_last:
            raise ValueError(f"rtp_last {self.rtp_last} must be above rtp_first {self.rtp_first}")
        seen: dict[int, str] = {}
        for name in ("sip", "sip_tls", "ami", "ami_tls"):
            port = getattr(self, name)
            if port in seen:
                raise ValueError(f"{seen[port]} and {name} are both {port}")
            if name == "sip" and self.rtp_first <= port <= self.rtp_last:
                raise ValueError(
                    f"sip {port} lies among the ports of RTP, {self.rtp_first} to {self.rtp_last}"
                )
            seen[port] = name
        return self


class Directories(Section):
    """Asterisk's directories (asterisk.conf), as Asterisk itself sees them."""

    etc: PlainPath = Path("/etc/asterisk")
    var: PlainPath = Path("/var/lib/asterisk")
    data: PlainPath = Path("/usr/share/asterisk")
    modules: PlainPath = Path("/usr/lib/asterisk/modules")
    spool: PlainPath = Path("/var/spool/asterisk")
    run: PlainPath = Path("/var/run/asterisk")
    log: PlainPath = Path("/var/log/asterisk")


class AccountsDatabase(Section):
    """The Postgres database of devices' accounts, as Asterisk reaches it. ``user`` need only read it."""

    host: Annotated[PlainName, Field(min_length=1, max_length=253)] = "127.0.0.1"
    port: Port = 5432
    database: Word = "accounts"
    user: Word = "asterisk"


class Phones(Section):
    """How the phones of enrolled devices come in, in the words of their own ``config.toml``.

    The hub keeps their accounts in ``accounts``, a SQLite file by Asterisk's own path, or in ``postgres``.
    """

    accounts: PlainPath | None = None
    postgres: AccountsDatabase | None = None
    domain: Annotated[str, Field(min_length=1, max_length=253)]
    transport: Literal["tls", "tcp", "udp"] = "tls"

    @model_validator(mode="after")
    def _kept_in_one_place(self) -> Self:
        if (self.accounts is None) == (self.postgres is None):
            raise ValueError("name accounts, a SQLite file, or postgres, a database: one of the two")
        return self


class Exchange(Section):
    """One Asterisk. ``address`` is the one address it listens on, ``0.0.0.0`` for all of its machine.

    ``certificate`` and ``certificate_key`` are PEM files by Asterisk's own paths, for SIP and for AMI.
    ``trunk`` is the user name by which the telephone network's side registers here, so that no address of it
    need be known; ``trunk_networks`` narrows where it may come from, ``agent_networks`` where agents may, and
    ``hub_networks`` where the hub may. ``qualify_seconds`` is how often each registered device is asked
    whether it is still there; ``silence_seconds`` without a packet from the telephone network end a call.
    With ``phones`` devices can be enrolled; the hub then comes by SIP, too, to take registrations away.
    """

    certificate: PlainPath
    certificate_key: PlainPath
    address: IPv4Address = IPv4Address("0.0.0.0")  # noqa: S104 - agents call from their homes
    ports: Ports = Ports()
    realm: PlainName = "moked"
    trunk: Word = "trunk"
    trunk_networks: Networks = (EVERYWHERE,)
    agent_networks: Networks = (EVERYWHERE,)
    hub_networks: Networks = (LOOPBACK,)
    qualify_seconds: Annotated[int, Field(ge=1, le=3600)] = 15
    silence_seconds: Annotated[int, Field(ge=5, le=3600)] = 60
    phones: Phones | None = None
    directories: Directories = Directories()

    @model_validator(mode="after")
    def _own_name(self) -> Self:
        if self.trunk in _TAKEN:
            raise ValueError(f"trunk: {self.trunk!r} is a section of pjsip.conf already; choose another name")
        return self
