"""Values inside SIP headers: URIs, name-addrs and Via, as far as a registrar and a proxy read them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TypeAlias
from urllib.parse import unquote

Address: TypeAlias = tuple[str, int]
"""An IPv4 address and a UDP port."""

SIP_PORT = 5060

_URI = re.compile(
    r"(?P<scheme>sips?):(?:(?P<user>[^@:;?\s<>\"]+)(?::[^@\s<>\"]*)?@)?"
    r"(?P<host>[A-Za-z0-9.\-]{1,253})(?::(?P<port>[0-9]{1,5}))?(?P<params>(?:;[^;?\s<>\"]+)*)(?:\?\S*)?",
    re.IGNORECASE,
)
_VIA = re.compile(
    r"SIP\s*/\s*2\.0\s*/\s*(?P<transport>[A-Za-z0-9\-]+)\s+"
    r"(?P<host>[A-Za-z0-9.\-]{1,253})\s*(?::\s*(?P<port>[0-9]{1,5}))?\s*(?P<params>(?:;[^;]*)*)",
    re.IGNORECASE,
)
_MOST_PORT = 65_535


class MalformedField(Exception):
    """A header's value is not what its name promises."""


def parameters(text: str) -> dict[str, str | None]:
    """``;name=value;flag`` as a mapping; names in lower case, a flag's value None, quotes taken off."""
    found: dict[str, str | None] = {}
    for part in re.findall(r';\s*((?:[^;"]|"(?:[^"\\]|\\.)*")+)', text):
        name, equals, value = part.partition("=")
        found[name.strip().lower()] = value.strip().strip('"') if equals else None
    return found


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not 0 < int(text) <= _MOST_PORT:
        raise MalformedField("no such port")
    return int(text)


@dataclass(frozen=True, slots=True)
class Uri:
    """A SIP URI (RFC 3261 §19.1) without its headers; ``user`` with escapes undone."""

    user: str
    host: str
    port: int | None
    params: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Uri:
        """Read ``sip:user@host:port;param``; raises ``MalformedField``."""
        match = _URI.fullmatch(text)
        if match is None:
            raise MalformedField("not a SIP URI")
        user = unquote(match["user"] or "")
        return cls(user, match["host"].lower(), _port(match["port"]), parameters(match["params"]))

    @property
    def address(self) -> Address:
        """Where a datagram for this URI goes, its host taken as it stands."""
        return self.host, self.port or SIP_PORT


@dataclass(frozen=True, slots=True)
class NameAddr:
    """``"Name" <sip:…>;params`` of From, To, Contact and Route (RFC 3261 §20.10)."""

    text: str
    """The URI as it came."""
    uri: Uri
    params: dict[str, str | None]

    @classmethod
    def parse(cls, value: str) -> NameAddr:
        """Read a name-addr, or a bare URI whose parameters are the header's; raises ``MalformedField``."""
        match = re.fullmatch(r'\s*(?:"(?:[^"\\]|\\.)*"|[^<"]*)\s*<(?P<uri>[^<>]*)>\s*(?P<params>.*)', value)
        if match is not None:
            return cls(match["uri"], Uri.parse(match["uri"]), parameters(match["params"]))
        bare, semicolon, params = value.strip().partition(";")
        return cls(bare, Uri.parse(bare), parameters(semicolon + params))

    @property
    def tag(self) -> str:
        """The dialog tag, empty when there is none yet."""
        return self.params.get("tag") or ""


@dataclass(frozen=True, slots=True)
class Via:
    """One hop of a request's way (RFC 3261 §20.42)."""

    transport: str
    host: str
    port: int | None
    params: dict[str, str | None]

    @classmethod
    def parse(cls, value: str) -> Via:
        """Read one Via value; raises ``MalformedField``."""
        match = _VIA.fullmatch(value.strip())
        if match is None:
            raise MalformedField("not a Via")
        return cls(
            match["transport"].upper(),
            match["host"].lower(),
            _port(match["port"]),
            parameters(match["params"]),
        )

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        params = "".join(
            f";{name}" if value is None else f";{name}={value}" for name, value in self.params.items()
        )
        return f"SIP/2.0/{self.transport} {self.host}{port}{params}"

    @property
    def branch(self) -> str:
        """The transaction's id at that hop."""
        return self.params.get("branch") or ""

    def received_from(self, source: Address) -> Via:
        """Add the address the request really came from (RFC 3261 §18.2.1, RFC 3581 §4)."""
        params = dict(self.params)
        if "rport" in params:
            params["rport"] = str(source[1])
        if "rport" in params or self.host != source[0]:
            params["received"] = source[0]
        return replace(self, params=params)

    @property
    def reply_to(self) -> Address:
        """Where a response goes (RFC 3261 §18.2.2, RFC 3581 §4). Raises ``MalformedField``."""
        host = self.params.get("received") or self.host
        rport = self.params.get("rport")
        if rport is not None and not re.fullmatch(r"[0-9]{1,5}", rport):
            raise MalformedField("rport is no port")
        return host, _port(rport) or self.port or SIP_PORT
