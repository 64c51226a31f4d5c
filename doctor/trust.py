"""The way to a TLS server: does it answer, is its certificate good, and if not, what is wrong with it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from pathlib import Path

from doctor.findings import Finding, failed, good, warning
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
        return failed(check, f"the CA file cannot be used: {error}", "Correct ca_file in the settings.")
    try:
        with (
            socket.create_connection((host, port), timeout=_WITHIN) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            return _certified(check, host, secure)
    except ssl.SSLCertVerificationError as error:
        return _untrusted(check, host, error, own_ca=ca_file is not None)
    except ssl.SSLError as error:
        found = f"{host}:{port} answers, but not by TLS 1.2 or later ({clean(error.reason or str(error))})"
        return failed(check, found, "Is it the TLS port? Ask the administrator which one is.")
    except OSError as error:
        found = f"{host}:{port} cannot be reached ({clean(str(error))})"
        return failed(check, found, "Check domain and port, the network, and a firewall on the way.")


def _certified(check: str, host: str, secure: ssl.SSLSocket) -> Finding:
    certificate = secure.getpeercert() or {}
    left = ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()
    days = int(left // 86_400)
    version = secure.version() or "TLS"
    found = f"{version}, the certificate of {host} is good for {days} days"
    figures: dict[str, str | int] = {"version": version, "days_left": days}
    if left < _SOON:
        cure = "Tell the administrator: from that day on nothing will be encrypted, so nothing will work."
        return warning(check, found, cure, **figures)
    return good(check, found, **figures)


def _untrusted(check: str, host: str, error: ssl.SSLCertVerificationError, *, own_ca: bool) -> Finding:
    why = distrust(error)
    if why is Distrust.OUT_OF_DATE:
        found = f"the certificate of {host} is out of date, or this machine's clock is wrong"
        return failed(check, found, "Look at the clock; then tell the administrator.")
    if why is Distrust.WRONG_NAME:
        found = f"the certificate is not for {host}"
        return failed(check, found, "Give the server in the settings by the name its certificate has.")
    if why is Distrust.UNKNOWN_AUTHORITY:
        whose = "that ca_file names" if own_ca else "that this system knows"
        found = f"the certificate of {host} is of no authority {whose}"
        return failed(check, found, "Set ca_file to the centre's own CA; the administrator has it.")
    found = f"the certificate of {host} is not trusted: {clean(error.verify_message)}"
    return failed(check, found, "Tell the administrator.")
