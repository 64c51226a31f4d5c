"""How TLS servers are checked, and what can be wrong with one."""

from __future__ import annotations

import ssl
from enum import Enum, auto
from pathlib import Path
from typing import Final

import certifi


class Distrust(Enum):
    """Why a server is not trusted."""

    OUT_OF_DATE = auto()
    """Its certificate has expired or is not valid yet; or this machine's clock is wrong."""
    WRONG_NAME = auto()
    UNKNOWN_AUTHORITY = auto()
    TOO_OLD = auto()
    """It speaks TLS before 1.2, or no TLS at all."""
    OTHER = auto()


_BY_NUMBER: Final = {
    # X509_V_ERR_… of OpenSSL's x509_vfy.h; 7, a signature that does not fit, is an authority of the same
    # name with another key: a renewed one
    **dict.fromkeys((9, 10), Distrust.OUT_OF_DATE),
    **dict.fromkeys((62, 64), Distrust.WRONG_NAME),
    **dict.fromkeys((2, 7, 18, 19, 20, 21), Distrust.UNKNOWN_AUTHORITY),
}


def client_context(ca_file: str | None) -> ssl.SSLContext:
    """TLS 1.2 or later to a server of the name that is asked for, by ``ca_file`` or the system's CAs.

    Raises ``OSError`` for a file that holds no CA.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def distrust(error: ssl.SSLError) -> Distrust:
    """What the handshake that ended in ``error`` found."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_NUMBER.get(error.verify_code, Distrust.OTHER)
    return Distrust.TOO_OLD


def system_ca_file() -> str:
    """The system's bundle of CAs, or Mozilla's where the system has none in one file."""
    found = ssl.get_default_verify_paths().cafile
    return found if found and Path(found).is_file() else certifi.where()
