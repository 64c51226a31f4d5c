"""What of a message goes on to the next hop, and what ends at this one (RFC 9110 §7.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeAlias

Fields: TypeAlias = list[tuple[bytes, bytes]]

_CONNECTION = b"connection"
_HOP_BY_HOP = frozenset(
    {
        _CONNECTION,
        *(b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"),
        *(b"proxy-authenticate", b"proxy-authentication-info", b"proxy-authorization"),
    }
)


def end_to_end(fields: Iterable[tuple[bytes, bytes]], without: Collection[bytes]) -> Fields:
    """The fields for the next hop: none of this connection's own, none it names, none of ``without``."""
    lowered = [(name.lower(), value) for name, value in fields]
    named = {
        option.strip().lower()
        for name, value in lowered
        if name == _CONNECTION
        for option in value.split(b",")
    }
    ended = _HOP_BY_HOP | named | frozenset(without)
    return [(name, value) for name, value in lowered if name not in ended]
