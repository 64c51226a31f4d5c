"""The way to a TLS server: does it answer, is its certificate good, and if not, what is wrong with it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from pathlib import Path

from agent_tui.session.findings import Finding
from agent_tui.text.catalogue import Phrase
from agent_tui.text.others import reason
from doctor.findings import failed, good, warning
from edge.text import clean
from sip.tls import Distrust, client_context, distrust

_WITHIN = 8.0
_SOON = 14 * 86_400
"""Seconds before its end that a certificate is worth a word."""


async def examine(check: str, host: str, port: int, ca_file: Path | None) -> Finding:
    """What a client that verifies finds at ``host``: TLS 1.2 or later, a known CA, the right name."""
    return await asyncio.to_thread(_examine, check, host, port, ca_file)


def _examine(check: str, host: str, port: int, ca_file: Path | None) -> Finding:
    try:
        context = client_context(str(ca_file) if ca_file else None)
    except OSError as error:
        found = Phrase("the CA file cannot be used: {why}", why=reason(error))
        return failed(check, found, Phrase("Correct ca_file in the settings."))
    try:
        with (
            socket.create_connection((host, port), timeout=_WITHIN) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            return _certified(check, host, secure)
    except ssl.SSLCertVerificationError as error:
        return _untrusted(check, host, error, own_ca=ca_file is not None)
    except ssl.SSLError as error:
        found = Phrase(
            "{server} answers, but not by TLS 1.2 or later ({why})",
            server=f"{host}:{port}",
            why=clean(error.reason or str(error)),
        )
        return failed(check, found, Phrase("Is it the TLS port? Ask the administrator which one is."))
    except OSError as error:
        found = Phrase("{server} cannot be reached ({why})", server=f"{host}:{port}", why=reason(error))
        return failed(check, found, Phrase("Check domain and port, the network, and a firewall on the way."))


def _certified(check: str, host: str, secure: ssl.SSLSocket) -> Finding:
    certificate = secure.getpeercert() or {}
    left = ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()
    days = int(left // 86_400)
    version = secure.version() or "TLS"
    found = Phrase(
        "{version}, the certificate of {host} is good for {count} day",
        "{version}, the certificate of {host} is good for {count} days",
        days,
        version=version,
        host=host,
    )
    figures: dict[str, str | int] = {"version": version, "days_left": days}
    if left < _SOON:
        cure = Phrase(
            "Tell the administrator: from that day on nothing will be encrypted, so nothing will work."
        )
        return warning(check, found, cure, **figures)
    return good(check, found, **figures)


def _untrusted(check: str, host: str, error: ssl.SSLCertVerificationError, *, own_ca: bool) -> Finding:
    why = distrust(error)
    if why is Distrust.OUT_OF_DATE:
        found = Phrase(
            "the certificate of {host} is out of date, or this machine's clock is wrong", host=host
        )
        return failed(check, found, Phrase("Look at the clock; then tell the administrator."))
    if why is Distrust.WRONG_NAME:
        cure = Phrase("Give the server in the settings by the name its certificate has.")
        return failed(check, Phrase("the certificate is not for {host}", host=host), cure)
    if why is Distrust.UNKNOWN_AUTHORITY:
        stranger = _NOT_OURS if own_ca else _NOT_THE_SYSTEMS
        cure = Phrase("Set ca_file to the centre's own CA; the administrator has it.")
        return failed(check, Phrase.of(stranger, host=host), cure)
    found = Phrase(
        "the certificate of {host} is not trusted: {why}", host=host, why=clean(error.verify_message)
    )
    return failed(check, found, Phrase("Tell the administrator."))


_NOT_OURS = Phrase("the certificate of {host} is of no authority that ca_file names")
_NOT_THE_SYSTEMS = Phrase("the certificate of {host} is of no authority that this system knows")
