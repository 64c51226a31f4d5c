"""``SIPMessage``, mended: any datagram is a message or a ``SIPParseError``, and nothing of it is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from pyVoIP.SIP import SIPMessage, SIPMessageType, SIPParseError, SIPStatus

_VERSION: Final = "SIP/2.0"
_LONGEST: Final = 65_535
_UNSOUND = (ValueError, LookupError, NameError, TypeError, AttributeError)
"""What pyVoIP's parsing may end in."""
_COMPACT: Final = {
    "b": "referred-by",
    "c": "content-type",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
}
"""Short forms of names (RFC 3261 §7.3.3, RFC 3515, RFC 6665)."""
_SPELLED: Final = {
    "via": "Via",
    "from": "From",
    "to": "To",
    "cseq": "CSeq",
    "call-id": "Call-ID",
    "contact": "Contact",
    "content-type": "Content-Type",
}
"""Headers that pyVoIP looks up, by its own spelling."""
_NEEDED: Final = ("via", "from", "to", "call-id", "cseq")
"""RFC 3261 §8.1.1."""
_CHALLENGES: Final = ("www-authenticate", "proxy-authenticate")
_LISTS: Final = frozenset({"via", "route", "record-route", "contact"})
_BARE: Final = {ord("\r"): " ", ord("\n"): " "}
"""Half an end of a line ends none, and must not where the value is sent back."""
_TAG: Final = re.compile(r";\s*tag\s*=\s*([^;,\s>]+)", re.IGNORECASE)
_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<]+|["<]|,')
_START: Final = re.compile(r"(\S+) (\S+) (SIP/2\.0)")
_STATUS: Final = re.compile(r"SIP/2\.0 ([1-6]\d\d)(?: (.*))?")


class Message(SIPMessage):
    """One request or response.

    Mended in ``SIPMessage``: methods and statuses it does not list (RFC 3261 §8.1.3.2: an unknown status is
    its class's first), bodies that hold an empty line, values that hold ``: `` or ``=``, short names and any
    letters' case (§7.3), folded lines (§7.3.1), headers that come again (§7.3: it kept the first, so routes
    were lost), tags behind other parameters (§19.3), addresses other than ``sip:``, and SDP with parts that
    it does not know. Whatever it stumbles over is a ``SIPParseError``.
    Its own still: what it makes of Via, CSeq and challenges, and of the lines of an SDP; its statuses.
    """

    def __init__(self, data: bytes) -> None:
        self.values: dict[str, list[str]] = {}
        """Every header by its name in lower case, in order, as it came."""
        self.method = ""
        """The request's; empty for a response."""
        self.uri = ""
        self.code = 0
        """The response's status; 0 for a request."""
        self.phrase = ""
        self.source: tuple[str, int] = ("", 0)
        """Whom the datagram came from."""
        self.describes = False
        """Whether its body is a description of sound and the like (SDP), sound or not."""
        self.media: list[str] = []
        """The media lines of that, as they came."""
        self.text = ""
        """A body that is no SDP."""
        super().__init__(data)

    def parse(self, data: bytes) -> None:
        """Take a datagram apart. Raises ``SIPParseError``."""
        if len(data) > _LONGEST:
            raise SIPParseError("too long for a datagram")
        head, _, body = data.partition(b"\r\n\r\n")
        start, *lines = _unfolded(head.decode("utf-8", "replace").lstrip("\r\n"))
        try:
            self._start(start)
            for line in lines:
                self._header(line)
            if any(name not in self.values for name in _NEEDED):
                raise SIPParseError("a header that every message has is missing")
            self._body(body.decode("utf-8", "replace"))
        except _UNSOUND as error:
            raise SIPParseError(f"not sound: {type(error).__name__}") from None

    def first(self, name: str) -> str:
        """The first value of a header, by its name in lower case; empty without any."""
        return self.values.get(name, ("",))[0]

    @property
    def call_id(self) -> str:
        """The dialog's."""
        return self.first("call-id")

    @property
    def branch(self) -> str:
        """The transaction's (RFC 3261 §17.1.3)."""
        return str(self.headers["Via"][0].get("branch") or "").rstrip(",")

    @property
    def sequence(self) -> tuple[int, str]:
        """Number and method of CSeq."""
        told = self.headers["CSeq"]
        return int(told["check"]), str(told["method"])

    def tag(self, name: str) -> str:
        """The tag in ``from`` or ``to``, empty where there is none."""
        value = self.first(name)
        found = _TAG.search(value.rpartition(">")[2] if ">" in value else value)
        return found[1] if found is not None else ""

    def challenges(self) -> list[dict[str, str]]:
        """The fields of each digest that a refusal asks for (RFC 2617 §3.2.1)."""
        told = (value for name in _CHALLENGES for value in self.values.get(name, ()))
        return [
            {key.lower(): field.strip('"') for key, field in self.auth_match.findall(one)} for one in told
        ]

    # Taking apart

    def _start(self, line: str) -> None:
        self.heading = line.encode()
        self.version = _VERSION
        response = _STATUS.fullmatch(line)
        if response is not None:
            self.type = SIPMessageType.RESPONSE
            self.code, self.phrase = int(response[1]), response[2] or ""
            self.status = _status(self.code)
            return
        request = _START.fullmatch(line)
        if request is None:
            raise SIPParseError("no first line of SIP")
        self.type = SIPMessageType.MESSAGE
        self.method, self.uri = request[1], request[2]

    def _header(self, line: str) -> None:
        name, colon, value = line.partition(":")
        if not colon:
            raise SIPParseError("a header without a colon")
        name, value = name.strip().lower(), value.strip()
        name = _COMPACT.get(name, name)
        values = list(_listed(value)) if name in _LISTS else [value]
        first = name not in self.values
        self.values.setdefault(name, []).extend(values)
        if first and name in _SPELLED:
            self.parse_header(_SPELLED[name], value)

    def parse_header(self, header: str, data: Any) -> None:
        """What pyVoIP makes of one value; lists, and addresses with their tags, are left as they came."""
        if header == "Via":
            super().parse_header(header, [data])  # type: ignore[arg-type] # it takes a list
        elif header == "CSeq":
            super().parse_header(header, " ".join(data.split()))
            if not self.headers["CSeq"]["check"].isascii() or not self.headers["CSeq"]["check"].isdecimal():
                raise SIPParseError("CSeq without a number")
        elif header == "Content-Type":
            self.headers[header] = data.partition(";")[0].strip().lower()
        elif header in ("From", "To"):
            self.headers[header] = {"raw": data, "tag": self.tag(header.lower())}
        else:
            super().parse_header(header, data)

    def _body(self, body: str) -> None:
        if self.headers.get("Content-Type") != "application/sdp":
            self.text = body
            return
        self.describes = bool(body.strip())
        try:
            for line in filter(None, body.split("\n")):
                kind, equals, value = line.strip("\r").partition("=")
                if equals:
                    self.parse_body(kind, value)
        except _UNSOUND:
            self.body.clear()  # one that cannot be carried, so that it is refused and not passed over

    def parse_body(self, header: str, data: str) -> None:
        """One line of an SDP (RFC 4566); of attributes only those of the session and of the first sound."""
        if header == "m":
            self.media.append(data)
            if self._is_first_sound:
                super().parse_body(header, data)
        elif header == "c" and self.media:
            if self._is_first_sound:
                self.body["c"] = []
                super().parse_body(header, data)
        elif header == "a":
            if not self.media or self._is_first_sound:
                with suppress(*_UNSOUND):  # one that is odd spoils no call
                    super().parse_body(header, data)
        elif header in ("v", "o", "c"):
            super().parse_body(header, data)

    @property
    def _is_first_sound(self) -> bool:
        kinds = [line.partition(" ")[0] for line in self.media]
        return bool(kinds) and kinds.index("audio") == len(kinds) - 1 if "audio" in kinds else False


def _status(code: int) -> SIPStatus:
    try:
        return SIPStatus(code)
    except ValueError:
        return SIPStatus(code // 100 * 100)


def _listed(value: str) -> Iterator[str]:
    """The values that commas part, but for commas in quotes and brackets."""
    parts = [""]
    for piece in _PIECE.findall(value):
        if piece == ",":
            yield parts.pop().strip()
            parts.append("")
        else:
            parts[-1] += piece
    yield parts[-1].strip()


def _unfolded(head: str) -> Iterator[str]:
    """The lines of a head, those that go on joined."""
    line = ""
    for part in (one.translate(_BARE) for one in head.split("\r\n")):
        if line and part[:1] in (" ", "\t"):
            line += " " + part.strip()
        else:
            if line:
                yield line
            line = part
    yield line
