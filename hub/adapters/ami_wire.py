"""Asterisk Manager Interface messages as text: headers ``Key: value`` by lines, a blank line at the end.

Pure. The protocol has no escapes, so a line break in a field would be an action of the sender's own: refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Message: TypeAlias = Mapping[str, str]
"""One AMI message. Of a header that comes twice the first counts; variables are headers by their names."""

END = b"\r\n\r\n"
BANNER = b"Asterisk Call Manager/"


class UnsafeFieldError(ValueError):
    """A field of an action holds a line break."""


def parse(block: bytes) -> Message:
    """The headers of one message. Never raises: what is no header is left out."""
    message: dict[str, str] = {}
    for line in block.decode("utf-8", "replace").split("\r\n"):
        key, colon, value = line.partition(":")
        if colon and key:
            message.setdefault(*_header(key, value.strip(" ")))
    return message


def variable(name: str) -> str:
    """The header that holds a channel's variable ``name``."""
    return f"Variable: {name}"


def _header(key: str, value: str) -> tuple[str, str]:
    """``Variable: NAME=VALUE`` comes once for each variable that was asked for."""
    name, equals, rest = value.partition("=")
    return (variable(name), rest) if key == "Variable" and equals else (key, value)


def build(action: str, fields: Mapping[str, str]) -> bytes:
    """An action ready to send. Raises ``UnsafeFieldError``."""
    headers = {"Action": action, **fields}
    for key, value in headers.items():
        if any(sign in key + value for sign in "\r\n\0"):
            raise UnsafeFieldError(f"a line break in {key!r}")
    return "".join(f"{key}: {value}\r\n" for key, value in headers.items()).encode() + b"\r\n"
