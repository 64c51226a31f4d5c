"""Digest authentication (RFC 2617, kept by RFC 7616 §2; in SIP RFC 3261 §22.4) with MD5, as phones do it.

Nonces carry their own time and a keyed hash, as RFC 2617 §3.2.1 suggests, so that nothing is kept for
those who only knock.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import Enum, auto

_FIELD = re.compile(r'\s*([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)')
NONCE_LIFE = 60.0
"""Seconds a nonce is taken; an older one is answered ``stale=true`` and the phone tries again by itself."""


class Verdict(Enum):
    """What credentials are worth."""

    GOOD = auto()
    STALE = auto()
    """Right but for its nonce: aged, or of an exchange that has been restarted."""
    WRONG = auto()


@dataclass(frozen=True, slots=True)
class Credentials:
    """An ``Authorization: Digest …`` header (RFC 2617 §3.2.2)."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    qop: str = ""
    nc: str = ""
    cnonce: str = ""
    algorithm: str = "MD5"

    @classmethod
    def parse(cls, value: str) -> Credentials | None:
        """Read the header; None when it is absent, no Digest or not whole."""
        scheme, _, rest = value.strip().partition(" ")
        if scheme.lower() != "digest":
            return None
        found: dict[str, str] = {}
        position = 0
        while position < len(rest):
            match = _FIELD.match(rest, position)
            if match is None:
                return None
            quoted = match[2]
            found[match[1].lower()] = match[3] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            position = match.end()
        known = {name: found[name] for name in cls.__slots__ if name in found}
        if not {"username", "realm", "nonce", "uri", "response"} <= known.keys():
            return None
        return cls(**known)


def _md5(text: str) -> str:
    # The algorithm SIP phones speak; it guards a lab on loopback, not a secret kept here.
    return hashlib.md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def response_to(credentials: Credentials, password: str, method: str) -> str:
    """The ``response`` a phone that knows ``password`` computes (RFC 2617 §3.2.2.1)."""
    secret = _md5(f"{credentials.username}:{credentials.realm}:{password}")
    request = _md5(f"{method}:{credentials.uri}")
    if credentials.qop:
        middle = f"{credentials.nonce}:{credentials.nc}:{credentials.cnonce}:{credentials.qop}"
    else:
        middle = credentials.nonce
    return _md5(f"{secret}:{middle}:{request}")


class DigestGate:
    """Challenges and checks for one realm. ``now`` is in seconds of any steady clock."""

    def __init__(self, realm: str, key: bytes | None = None) -> None:
        self.realm = realm
        self._key = key or secrets.token_bytes(16)

    def challenge(self, now: float, *, stale: bool = False) -> str:
        """The value of WWW-Authenticate."""
        words = f'Digest realm="{self.realm}", nonce="{self._nonce(int(now))}", qop="auth", algorithm=MD5'
        return words + (", stale=true" if stale else "")

    def check(self, credentials: Credentials, password: str, *, method: str, uri: str, now: float) -> Verdict:
        """Whether ``credentials`` for this very request were made with ``password``."""
        if (
            credentials.realm != self.realm
            or credentials.uri != uri
            or credentials.algorithm.upper() != "MD5"
            or credentials.qop not in ("", "auth")
        ):
            return Verdict.WRONG
        expected = response_to(credentials, password, method)
        if not hmac.compare_digest(expected.encode(), credentials.response.encode("utf-8", "replace")):
            return Verdict.WRONG
        return self._age(credentials.nonce, now)

    def _nonce(self, second: int) -> str:
        mark = hmac.new(self._key, str(second).encode(), "sha256").hexdigest()[:24]
        return f"{second:x}.{mark}"

    def _age(self, nonce: str, now: float) -> Verdict:
        made, _, _mark = nonce.partition(".")
        if not re.fullmatch(r"[0-9a-f]{1,16}", made):
            return Verdict.STALE
        second = int(made, 16)
        ours = hmac.compare_digest(self._nonce(second).encode(), nonce.encode("utf-8", "replace"))
        return Verdict.GOOD if ours and 0 <= now - second <= NONCE_LIFE else Verdict.STALE
