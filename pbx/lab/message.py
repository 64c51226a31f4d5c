"""SIP messages in datagrams (RFC 3261 §7, §18.3): parsed strictly, written back byte for byte.

What does not parse is refused with ``MalformedMessage`` and never guessed at. Text that is not UTF-8 passes
through unchanged (``surrogateescape``): a proxy forwards what it need not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

VERSION = "SIP/2.0"
_MOST_BYTES = 65_535
_MOST_HEADERS = 100

_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]{1,64}")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_STATUS = re.compile(r"[1-6][0-9]{2}")

_COMPACT = {
    "c": "Content-Type",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "v": "Via",
}
"""One-letter names of RFC 3261 §7.3.3 and RFC 3515."""

_LISTS = frozenset({"via", "route", "record-route", "contact"})
"""Headers whose comma-separated values are read one by one (RFC 3261 §7.3.1)."""

_MANDATORY = ("Via", "From", "To", "Call-ID", "CSeq")
"""In every message (RFC 3261 §8.1.1, §8.2.6.2); Max-Forwards is the proxy's to add."""

Header: TypeAlias = tuple[str, str]


class MalformedMessage(Exception):
    """A datagram that is not a SIP message; ``str(error)`` says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class _Message:
    headers: tuple[Header, ...]
    body: bytes

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a header, in order."""
        wanted = name.lower()
        return tuple(value for found, value in self.headers if found.lower() == wanted)

    def get(self, name: str, default: str = "") -> str:
        """The first value of a header, or ``default``."""
        return next(iter(self.all(name)), default)

    def with_first(self, name: str, value: str) -> Self:
        """The message with its first header ``name`` changed, or added on top where it had none."""
        wanted = name.lower()
        for index, (found, _old) in enumerate(self.headers):
            if found.lower() == wanted:
                changed = (*self.headers[:index], (found, value), *self.headers[index + 1 :])
                return replace(self, headers=changed)
        return self.pushed(name, value)

    def pushed(self, name: str, value: str) -> Self:
        """The message with a header before all others, as a proxy adds Via and Record-Route."""
        return replace(self, headers=((name, value), *self.headers))

    def popped(self, name: str) -> Self:
        """The message without its first header ``name``."""
        wanted = name.lower()
        for index, (found, _value) in enumerate(self.headers):
            if found.lower() == wanted:
                return replace(self, headers=self.headers[:index] + self.headers[index + 1 :])
        return self

    def without(self, name: str) -> Self:
        """The message without any header ``name``."""
        wanted = name.lower()
        return replace(self, headers=tuple(item for item in self.headers if item[0].lower() != wanted))

    @property
    def call_id(self) -> str:
        """The dialog's Call-ID."""
        return self.get("Call-ID")

    @property
    def cseq(self) -> tuple[int, str]:
        """CSeq's number and method; parsing has proved both."""
        number, method = self.get("CSeq").split()
        return int(number), method


@dataclass(frozen=True, slots=True)
class Request(_Message):
    """A request: ``method`` in capitals, ``uri`` as it came."""

    method: str
    uri: str


@dataclass(frozen=True, slots=True)
class Response(_Message):
    """A response with its status code, 100 to 699."""

    status: int
    reason: str


Message: TypeAlias = Request | Response


def parse(datagram: bytes) -> Message:
    """The one message in a datagram; bytes after Content-Length are dropped (RFC 3261 §18.3).

    Raises ``MalformedMessage``, also when the body is shorter than Content-Length says.
    """
    if len(datagram) > _MOST_BYTES:
        raise MalformedMessage("longer than a datagram")
    head, separator, rest = datagram.partition(b"\r\n\r\n")
    if not separator:
        raise MalformedMessage("no empty line after the headers")
    lines = _unfolded(head.decode("utf-8", "surrogateescape"))
    headers = _headers(lines[1:])
    message = _started(lines[0], headers, _body(headers, rest))
    _require_mandatory(message)
    return message


def serialise(message: Message) -> bytes:
    """The message as a datagram, with a Content-Length that is true."""
    if isinstance(message, Request):
        start = f"{message.method} {message.uri} {VERSION}"
    else:
        start = f"{VERSION} {message.status} {message.reason}"
    kept = (f"{name}: {value}" for name, value in message.headers if name.lower() != "content-length")
    lines = (start, *kept, f"Content-Length: {len(message.body)}", "", "")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + message.body


def split_list(value: str) -> list[str]:
    """A header's comma-separated values; commas in quotes and in ``<…>`` separate nothing."""
    parts: list[str] = []
    start, quoted, angled, escaped = 0, False, False, False
    for index, char in enumerate(value):
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"' and not angled:
            quoted = not quoted
        elif quoted:
            continue
        elif char in "<>":
            angled = char == "<"
        elif char == "," and not angled:
            parts.append(value[start:index].strip())
            start = index + 1
    parts.append(value[start:].strip())
    return parts


def _unfolded(head: str) -> list[str]:
    """Lines of the head; one that begins with white space continues the one before (§7.3.1)."""
    lines: list[str] = []
    for line in head.split("\r\n"):
        if _FORBIDDEN.search(line):
            raise MalformedMessage("a control character in the head")
        if line[:1] in (" ", "\t") and len(lines) > 1:
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line)
    if len(lines) - 1 > _MOST_HEADERS:
        raise MalformedMessage("too many headers")
    return lines


def _headers(lines: Iterable[str]) -> tuple[Header, ...]:
    found: list[Header] = []
    for line in lines:
        raw, colon, value = line.partition(":")
        name = raw.rstrip(" \t")
        if not colon or not _TOKEN.fullmatch(name):
            raise MalformedMessage("a line that is no header")
        name = _COMPACT.get(name.lower(), name)
        if name.lower() in _LISTS:
            found.extend((name, part) for part in split_list(value.strip()))
        else:
            found.append((name, value.strip()))
    if len(found) > _MOST_HEADERS:
        raise MalformedMessage("too many headers")
    return tuple(found)


def _body(headers: tuple[Header, ...], rest: bytes) -> bytes:
    told = {value for name, value in headers if name.lower() == "content-length"}
    if not told:
        return rest
    length = told.pop()
    if told or not re.fullmatch(r"[0-9]{1,5}", length):
        raise MalformedMessage("Content-Length is not one number")
    if int(length) > len(rest):
        raise MalformedMessage("the body is cut")
    return rest[: int(length)]


def _started(line: str, headers: tuple[Header, ...], body: bytes) -> Message:
    first, _, tail = line.partition(" ")
    second, _, third = tail.partition(" ")
    if first == VERSION:
        if not _STATUS.fullmatch(second):
            raise MalformedMessage("no status code")
        return Response(headers=headers, body=body, status=int(second), reason=third)
    if third != VERSION or not _TOKEN.fullmatch(first) or not second:
        raise MalformedMessage("no start line of SIP/2.0")
    return Request(headers=headers, body=body, method=first, uri=second)


def _require_mandatory(message: Message) -> None:
    for name in _MANDATORY:
        if not message.get(name):
            raise MalformedMessage(f"no {name}")
    number, _, method = message.get("CSeq").partition(" ")
    if not re.fullmatch(r"[0-9]{1,10}", number) or not _TOKEN.fullmatch(method.strip()):
        raise MalformedMessage("CSeq is not a number and a method")
    if isinstance(message, Request) and method.strip() != message.method:
        raise MalformedMessage("CSeq names another method")
