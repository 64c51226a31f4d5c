"""Certificates made for one run: a centre's own CA, and a server certificate for its names."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ("localhost",)
_ADDRESS = ipaddress.ip_address("127.0.0.1")
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Paths of the CA's certificate, the server's chain and the server's key, all PEM."""

    ca: Path
    chain: Path
    key: Path


def make_certificates(directory: Path, *, names: tuple[str, ...] = NAMES, days: int = 10) -> CertificateFiles:
    """A new CA, and a server certificate for ``names`` and 127.0.0.1, valid for ``days`` from now on.

    Negative: its time is over.
    """
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("Centre of the tests")
    ca = (
        _begin(ca_name, ca_name, ca_key.public_key(), max(days, 10))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    alternatives = [*(x509.DNSName(name) for name in names), x509.IPAddress(_ADDRESS)]
    server = (
        _begin(_name(names[0]), ca_name, key.public_key(), days)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    files = CertificateFiles(directory / "ca.pem", directory / "server.pem", directory / "server.key")
    files.ca.write_bytes(_pem(ca))
    files.chain.write_bytes(_pem(server) + _pem(ca))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 10 * _DAY)
        .not_valid_after(now + days * _DAY)
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
