"""The way to a TLS server: does it answer, is its certificate good, and if not, what is wrong with it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from pathlib import Path

from doctor.findings import Finding, failed, good, warning
from edge.text import clean

_WITHIN = 8.0
_SOON = 14 * 86_400
"""Seconds before its end that a certificate is worth a word."""

# X509_V_ERR_… of OpenSSL's x509_vfy.h
_EXPIRED, _NOT_YET = 10, 9
_WRONG_NAME, _WRONG_ADDRESS = 62, 64
_UNKNOWN = frozenset({2, 7, 18, 19, 20, 21})
"""7, a signature that does not fit, is an authority of the same name with another key: a renewed one."""


async def examine(check: str, host: str, port: int, ca_file: Path | None) -> Finding:
    """What a client that verifies finds at ``host``: TLS 1.2 or later, a known CA, the right name."""
    return await asyncio.to_thread(_examine, check, host, port, ca_file)


def _examine(check: str, host: str, port: int, ca_file: Path | None) -> Finding:
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:
        return failed(check, f"the CA file cannot be used: {error}", "Correct ca_file in the settings.")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
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
    code = error.verify_code
    if code in (_EXPIRED, _NOT_YET):
        found = f"the certificate of {host} is out of date, or this machine's clock is wrong"
        return failed(check, found, "Look at the clock; then tell the administrator.")
    if code in (_WRONG_NAME, _WRONG_ADDRESS):
        found = f"the certificate is not for {host}"
        return failed(check, found, "Give the server in the settings by the name its certificate has.")
    if code in _UNKNOWN:
        whose = "that ca_file names" if own_ca else "that this system knows"
        found = f"the certificate of {host} is of no authority {whose}"
        return failed(check, found, "Set ca_file to the centre's own CA; the administrator has it.")
    found = f"the certificate of {host} is not trusted: {clean(error.verify_message)}"
    return failed(check, found, "Tell the administrator.")
