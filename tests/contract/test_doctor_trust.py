"""The doctor before TLS servers: what can be wrong with a certificate has words and a cure each."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent_tui.session.findings import Finding, Verdict
from doctor import trust
from tests.pbx.certificates import CertificateFiles, make_certificates


@asynccontextmanager
async def server(
    files: CertificateFiles, most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> AsyncIterator[int]:
    """A TLS server on loopback; yields its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)
    context.maximum_version = most
    if most < ssl.TLSVersion.TLSv1_2:
        context.minimum_version = most
        context.set_ciphers("ALL:@SECLEVEL=0")

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listening = await asyncio.start_server(hear, "127.0.0.1", 0, ssl=context)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


async def examine(files: CertificateFiles, ca: Path | None, host: str = "localhost") -> Finding:
    async with server(files) as port:
        return await trust.examine("certificate", host, port, ca)


async def test_a_good_certificate(tmp_path: Path) -> None:
    files = make_certificates(tmp_path, days=90)
    finding = await examine(files, files.ca)
    assert finding.verdict is Verdict.GOOD
    assert (finding.figures["version"], finding.figures["days_left"]) == ("TLSv1.3", 89)


async def test_a_certificate_that_ends_soon(tmp_path: Path) -> None:
    files = make_certificates(tmp_path, days=10)
    finding = await examine(files, files.ca)
    assert (finding.verdict, finding.figures["days_left"]) == (Verdict.WARNING, 9)


async def test_an_unknown_authority(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    (tmp_path / "other").mkdir()
    other = make_certificates(tmp_path / "other")
    for ca in (None, other.ca):
        finding = await examine(files, ca)
        assert (finding.verdict, "of no authority" in str(finding.found)) == (Verdict.FAILED, True)
        assert "ca_file" in str(finding.cure)


async def test_a_certificate_out_of_date(tmp_path: Path) -> None:
    files = make_certificates(tmp_path, days=-1)
    finding = await examine(files, files.ca)
    assert (finding.verdict, "out of date" in str(finding.found)) == (Verdict.FAILED, True)


async def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    files = make_certificates(tmp_path, names=("pbx.example.com",))
    finding = await examine(files, files.ca)
    assert (finding.verdict, str(finding.found)) == (Verdict.FAILED, "the certificate is not for localhost")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
async def test_a_server_of_long_ago(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    async with server(files, ssl.TLSVersion.TLSv1_1) as port:
        finding = await trust.examine("certificate", "localhost", port, files.ca)
    assert (finding.verdict, "not by TLS 1.2 or later" in str(finding.found)) == (Verdict.FAILED, True)


async def test_a_port_where_nobody_is(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    async with server(files) as port:
        pass
    finding = await trust.examine("certificate", "localhost", port, files.ca)
    assert (finding.verdict, "cannot be reached" in str(finding.found)) == (Verdict.FAILED, True)


async def test_a_ca_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    finding = await trust.examine("certificate", "localhost", 1, tmp_path / "ca.pem")
    assert (finding.verdict, "ca_file" in str(finding.cure)) == (Verdict.FAILED, True)
