"""Enrols this device at a centre's hub: whose word counts is settled before anything is sent.

The code that the administrator gave holds the fingerprint of the centre's certificate authority. So the
authority is fetched from whoever answers, which tells them nothing, and taken only when it is that of the
code; then the hub must prove itself by it, as any server by TLS, before the code is sent. A password holds no
fingerprint: with it comes one that was typed, or the hub is one that this machine trusts already.
"""

from __future__ import annotations

import hmac
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from agent_tui.adapters import hub_wire as wire
from agent_tui.ports import HubError, HubRefused
from agent_tui.text.catalogue import Phrase, Told
from edge.enrolment_code import EnrolmentCode, authority_fingerprint
from hub import contract as c


class EnrolmentError(Exception):
    """The device is not enrolled. ``words`` and ``str(error)`` tell what happened and what to do."""

    def __init__(self, words: Told) -> None:
        super().__init__(str(words))
        self.words = words


class UnknownCentre(EnrolmentError):
    """The hub does not prove itself by anything that this machine trusts, so no password was sent."""

    def __init__(self, url: str, why: Told) -> None:
        super().__init__(
            Phrase(
                "{url}: {why} No password was sent. If this machine does not know your centre yet, ask "
                "your administrator for its fingerprint: moked enroll {url} --authority FINGERPRINT; or for "
                "a code.",
                url=url,
                why=why,
            )
        )
        self.url, self.why = url, why


def hub_url(typed: str) -> str:
    """The hub's address as the settings have it. Raises ``EnrolmentError`` for any but https."""
    parts = urlsplit(typed)
    if parts.scheme != "https" or not parts.hostname:
        raise EnrolmentError(
            Phrase("Give the hub's address as your administrator told it: https://hub.example.com")
        )
    return typed.rstrip("/")


def centres_authority(url: str, expected: bytes) -> str:
    """The centre's certificate authority, PEM, whose fingerprint is ``expected``. Sends no secret.

    Raises ``EnrolmentError``.
    """
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    with _nothing_sent(url):
        pem = wire.read(c.Authority, _ask(url, anybody, "GET", "/v1/authority")).pem
    if not hmac.compare_digest(_fingerprint(pem), expected):
        raise EnrolmentError(
            Phrase(
                "Who answers at {url} is not the centre that gave you this code or fingerprint, so nothing "
                "was sent there. Check the address; if it is right, somebody is in between: tell your "
                "administrator.",
                url=url,
            )
        )
    return pem


def trusted_authority(url: str, known: Path) -> str:
    """The same, from a hub that proves itself by an authority of this machine's, or by the PEM file ``known``
    of an earlier enrolment. Sends no secret. Raises ``EnrolmentError``.
    """
    trust = ssl.create_default_context()
    if known.exists():
        trust.load_verify_locations(known)
    try:
        pem = wire.read(c.Authority, _ask(url, trust, "GET", "/v1/authority")).pem
    except HubError as error:
        raise UnknownCentre(url, error.words) from None
    if not _fingerprint(pem):
        raise EnrolmentError(
            Phrase("{url} tells no certificate authority, so nothing was sent; ask for a code.", url=url)
        )
    return pem


def redeem(url: str, authority: str, code: EnrolmentCode, device: str) -> c.Enrolment:
    """What the hub, proved by ``authority``, gives for ``code``. Raises ``EnrolmentError``."""
    asked = c.EnrolmentRequest(code=code.name.hex(), secret=code.secret.hex(), device=device)
    trust = ssl.create_default_context(cadata=authority)
    with _nothing_sent(url):
        _ask(url, trust, "GET", "/v1/health")
    try:
        return wire.read(c.Enrolment, _ask(url, trust, "POST", "/v1/enrolment", asked.model_dump()))
    except HubRefused as error:
        raise EnrolmentError(
            Phrase("{why} Ask your administrator for a new code.", why=error.words)
        ) from None
    except HubError as error:
        raise EnrolmentError(
            Phrase(
                "{why} Try again; should the code be used then, ask your administrator for a new one.",
                why=error.words,
            )
        ) from None


def log_in(url: str, authority: str, asked: c.PasswordEnrolment) -> c.Enrolment:
    """What the hub, proved by ``authority``, gives for a password. Raises ``EnrolmentError``."""
    trust = ssl.create_default_context(cadata=authority)
    try:
        return wire.read(c.Enrolment, _ask(url, trust, "POST", "/v1/enrolment/password", asked.model_dump()))
    except HubError as error:
        raise EnrolmentError(error.words) from None


def _fingerprint(pem: str) -> bytes:
    """Empty for what is not one certificate."""
    try:
        return authority_fingerprint(pem)
    except ValueError:
        return b""


@contextmanager
def _nothing_sent(url: str) -> Iterator[None]:
    try:
        yield
    except HubError as error:
        raise EnrolmentError(
            Phrase("{url}: {why} Nothing was sent, the code is still good.", url=url, why=error.words)
        ) from None


def _ask(url: str, trust: ssl.SSLContext, method: str, path: str, body: Any = None) -> bytes:
    """One request, to this address and no other. Raises ``HubError``."""
    answer = bytearray()
    with (
        wire.failures_told(),
        httpx.Client(verify=trust, timeout=wire.ANSWER, follow_redirects=False, trust_env=False) as http,
        http.stream(method, url + path, json=body) as response,
    ):
        for piece in response.iter_bytes():
            answer += piece
            if len(answer) > wire.LARGEST_ANSWER:
                raise HubRefused(Phrase("The hub's answer is too large."))
    wire.check(response.status_code, bytes(answer))
    return bytes(answer)
