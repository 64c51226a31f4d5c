"""Agents' passwords: which are good enough, and what is stored of them (Argon2id, RFC 9106)."""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b64encode
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY as COST

LEAST: Final = 12
"""Characters, of whatever sort: it is length that makes a password hard to guess (NIST SP 800-63B-4)."""
MOST: Final = 128

_HASHER: Final = PasswordHasher.from_parameters(COST)


class WeakPassword(ValueError):
    """A password that would not do; ``str(error)`` says why."""


def hashed(password: str) -> str:
    """What is stored of ``password``: 64 MiB and some tens of milliseconds' work. Raises ``WeakPassword``."""
    if not LEAST <= len(password) <= MOST:
        raise WeakPassword(
            f"a password has {LEAST} to {MOST} characters; some words one after the other will do"
        )
    return _HASHER.hash(_normal(password))


def proves(kept: str | None, password: str) -> bool:
    """Whether ``kept`` is of ``password``. None, that of somebody unknown, costs the same work."""
    try:
        return _HASHER.verify(kept or _of_nobody(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """The same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password)


def _of_nobody() -> str:
    """As ``hashed`` would make it, of no password that anybody knows."""
    salt, digest = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (COST.salt_len, COST.hash_len)
    )
    cost = f"m={COST.memory_cost},t={COST.time_cost},p={COST.parallelism}"
    return f"$argon2id$v={COST.version}${cost}${salt}${digest}"
