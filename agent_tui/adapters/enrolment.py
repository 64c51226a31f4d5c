"""Enrols this device at a centre's hub: whose word counts is settled before anything is sent.

The code that the administrator gave holds the fingerprint of the centre's certificate authority. So the
authority is fetched from whoever answers, which tells them nothing, and taken only when it is that of the
code; then the hub must prove itself by it, as any server by TLS, before the code is sent.
"""

from __future__ import annotations

import hmac
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from agent_tui.adapters import hub_wire as wire
from agent_tui.ports import HubError, HubRefused
from edge.enrolment_code import EnrolmentCode, authority_fingerprint
from hub import contract as c


class EnrolmentError(Exception):
    """The device is not enrolled. ``str(error)`` tells the agent what happened and what to do."""


def hub_url(typed: str) -> str:
    """The hub's address as the settings have it. Raises ``EnrolmentError`` for any but https."""
    parts = urlsplit(typed)
    if parts.scheme != "https" or not parts.hostname:
        raise EnrolmentError("Give the hub's address as your administrator told it: https://hub.example.com")
    return typed.rstrip("/")


def centres_authority(url: str, code: EnrolmentCode) -> str:
    """The centre's certificate authority, PEM. Sends no secret. Raises ``EnrolmentError``."""
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    with _nothing_sent(url):
        pem = wire.read(c.Authority, _ask(url, anybody, "GET", "/v1/authority")).pem
    try:
        fingerprint = authority_fingerprint(pem)
    except ValueError:
        fingerprint = b""
    if not hmac.compare_digest(fingerprint, code.authority):
        raise EnrolmentError(
            f"Who answers at {url} is not the centre that gave you this code, so nothing was sent there. "
            "Check the address; if it is right, somebody is in between: tell your administrator."
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
        raise EnrolmentError(f"{error} Ask your administrator for a new code.") from None
    except HubError as error:
        raise EnrolmentError(
            f"{error} Try again; should the code be used then, ask your administrator for a new one."
        ) from None


@contextmanager
def _nothing_sent(url: str) -> Iterator[None]:
    try:
        yield
    except HubError as error:
        raise EnrolmentError(f"{url}: {error} Nothing was sent, the code is still good.") from None


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
                raise HubRefused("The hub's answer is too large.")
    wire.check(response.status_code, bytes(answer))
    return bytes(answer)
