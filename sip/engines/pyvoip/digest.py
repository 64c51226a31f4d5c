"""The proof of a password (RFC 2617, in SIP RFC 3261 §22.4). Pure but for the client's nonce."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress


def proof(challenge: Mapping[str, str], user: str, password: str, method: str, uri: str) -> str:
    """The value of Authorization. pyVoIP proved another URI than the request's, and never with ``qop``.

    ``challenge`` are the fields of WWW- or Proxy-Authenticate. Raises ``LookupError`` for one without realm
    or nonce, ``ValueError`` for one by another algorithm than MD5.
    """
    if challenge.get("algorithm", "MD5").upper() != "MD5":
        raise ValueError("the registrar wants another digest than MD5")
    realm, nonce = challenge["realm"], challenge["nonce"]
    middle, more = [nonce], ""
    if "auth" in challenge.get("qop", "").split(","):
        client = secrets.token_hex(8)
        middle += ["00000001", client, "auth"]
        more = f', qop=auth, nc=00000001, cnonce="{client}"'
    response = _md5(_md5(user, realm, password), *middle, _md5(method, uri))
    if "opaque" in challenge:
        more += f', opaque="{challenge["opaque"]}"'
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
        f'response="{response}", algorithm=MD5{more}'
    )


def first_proof(
    challenges: Iterable[Mapping[str, str]], user: str, password: str, method: str, uri: str
) -> str | None:
    """The ``proof`` for the first of ``challenges`` that can be met; None without one."""
    for challenge in challenges:
        with suppress(LookupError, ValueError):
            return proof(challenge, user, password, method, uri)
    return None


def _md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()
