"""The code by which a device is enrolled: what the administrator reads out and the agent types, once.

35 bytes as 56 letters and digits of base 32 (RFC 4648 §6), which hold no 0, 1, 8 or 9 to be misread:

- 3 name the code at the hub, so that tries at one code can be counted;
- 16 are its secret (128 bits);
- 14 are the fingerprint of the centre's certificate authority (112 bits of SHA-256 over its DER), so that
  nothing is sent to anybody else;
- 2 tell a slip of the fingers before anything is asked of the hub.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
import ssl
from dataclasses import dataclass, field

_NAME, _SECRET, _AUTHORITY, _CHECK = 3, 16, 14, 2
_GROUP = 8
_BETWEEN = re.compile(r"[\s\-]+")
_MISREAD = str.maketrans("018", "OIB")


class MistypedCode(ValueError):
    """What was typed is no enrolment code; nobody was asked."""


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """``name`` and ``authority`` are no secrets, ``secret`` is."""

    name: bytes
    secret: bytes = field(repr=False)
    authority: bytes

    @classmethod
    def new(cls, authority: bytes) -> EnrolmentCode:
        """A code that nobody has seen yet."""
        return cls(secrets.token_bytes(_NAME), secrets.token_bytes(_SECRET), authority)

    @classmethod
    def read(cls, text: str) -> EnrolmentCode:
        """What was typed, in any case, with or without its spaces and dashes. Raises ``MistypedCode``."""
        whole = _typed(text)
        body, check = whole[:-_CHECK], whole[-_CHECK:]
        if len(body) != _NAME + _SECRET + _AUTHORITY or check != _check(body):
            raise MistypedCode
        return cls(body[:_NAME], body[_NAME : _NAME + _SECRET], body[_NAME + _SECRET :])

    def text(self) -> str:
        """As it is printed, in groups."""
        body = self.name + self.secret + self.authority
        return _in_groups(body + _check(body))


def authority_fingerprint(pem: str) -> bytes:
    """What a code says of a certificate authority; ``pem`` is its one certificate. Raises ``ValueError``."""
    if pem.count("-----BEGIN ") != 1:
        raise ValueError("not one certificate")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.strip())).digest()[:_AUTHORITY]


def fingerprint_text(fingerprint: bytes) -> str:
    """As it is printed for those who come by a password: 24 letters and digits, no secret."""
    return _in_groups(fingerprint + _check(fingerprint)[:1])


def read_fingerprint(text: str) -> bytes:
    """What was typed. Raises ``MistypedCode``."""
    whole = _typed(text)
    if len(whole) != _AUTHORITY + 1 or whole[-1:] != _check(whole[:-1])[:1]:
        raise MistypedCode
    return whole[:-1]


def _typed(text: str) -> bytes:
    try:
        return base64.b32decode(_BETWEEN.sub("", text).upper().translate(_MISREAD))
    except (binascii.Error, ValueError):
        raise MistypedCode from None


def _in_groups(whole: bytes) -> str:
    letters = base64.b32encode(whole).decode()
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK]
