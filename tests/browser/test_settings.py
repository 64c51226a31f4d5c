"""The settings of the browser's server: the sample names every key, and nothing unsafe is served."""

from __future__ import annotations

import asyncio
import re
import ssl
import tomllib
from pathlib import Path

import aiohttp
import pytest

import serve
from agent_tui.config import ConfigError, Section
from serve.server import origin_of
from serve.settings import ServeSection, Settings, load
from tests.browser.world import WITHIN, raw, serving
from tests.pbx.certificates import make_certificates

SAMPLE = Path(serve.__file__).parent / "sample" / "serve.toml"
HUB = '[hub]\nurl = "http://127.0.0.1:8750"\n'
_KEY = re.compile(r"# ([a-z_]+ = .+)")


def _settings(directory: Path, text: str) -> Settings:
    path = directory / "serve.toml"
    path.write_text(text + HUB)
    return load(path)


def test_the_sample_names_every_key_with_its_usual_value() -> None:
    shown = tomllib.loads(_KEY.sub(r"\1", SAMPLE.read_text()))
    for name, usual in (("serve", ServeSection()), ("desk", Settings.model_fields["desk"].default)):
        assert isinstance(usual, Section)
        examples = {"address", "certificate", "certificate_key", "language"}
        values = usual.model_dump(mode="json", exclude=examples)
        assert set(shown[name]) - examples == set(values)
        assert {key: shown[name][key] for key in values} == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('host = "192.0.2.7"', "need https off this machine"),
        ('host = "0.0.0.0"', "need https off this machine"),
        ('host = "::"\ncertificate = "a"\ncertificate_key = "b"', "say in address"),
        ('certificate = "a"', "belong together"),
        ('certificate = "a"\ncertificate_key = "b"\naddress = "http://localhost:1"', "begins with https"),
        ('address = "http://desk.example.com"', "begins with https"),
        ('address = "https://desk.example.com/moked"', "nothing after the name"),
        ('address = "desk.example.com"', "give an address like"),
        ('address = "https://desk.example.com?lang=he"', "nothing after the name"),
        ('address = "https://desk.example.com#top"', "nothing after the name"),
        ('address = "https://admin:secret@desk.example.com"', "nothing after the name"),
        ('address = "https://desk.example.com:99999"', "address"),
        ("most_sessions = 0", "most_sessions"),
    ],
)
def test_what_would_not_be_safe_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        _settings(tmp_path, f"[serve]\n{text}\n")


def test_a_hub_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "serve.toml"
    path.write_text('[hub]\nagent = "yael"\n')
    with pytest.raises(ConfigError, match="name its hub"):
        load(path)


def test_the_address_is_as_browsers_send_it(tmp_path: Path) -> None:
    """Fields Host and Origin are compared with it (RFC 6454 §6.2): small letters, IDNA, no usual port."""
    named = 'address = "https://Desk.example.com/"'
    certified = 'host = "192.0.2.7"\ncertificate = "a"\ncertificate_key = "b"'
    for text, port, origin in (
        ("", 8760, "http://127.0.0.1:8760"),
        ('host = "::1"', 80, "http://[::1]"),
        (certified, 443, "https://192.0.2.7"),
        (named, 8760, "https://desk.example.com"),
        ('address = "https://desk.example.com:443"', 8760, "https://desk.example.com"),
        ('address = "https://desk.example.com:8443"', 8760, "https://desk.example.com:8443"),
        ('address = "https://מוקד.example.com"', 8760, "https://xn--7dbd0a0b.example.com"),
        ('address = "https://[2001:DB8::1]:443"', 8760, "https://[2001:db8::1]"),
        (certified.replace("192.0.2.7", "Desk.example.com"), 443, "https://desk.example.com"),
    ):
        assert origin_of(_settings(tmp_path, f"[serve]\n{text}\n").serve, port) == origin
    assert _settings(tmp_path, f"[serve]\n{named}\n").serve.behind_proxy


async def test_by_tls_the_cookie_is_for_tls_alone(tmp_path: Path, surroundings: Path) -> None:
    files = make_certificates(tmp_path)
    path = tmp_path / "serve.toml"
    certificate = f'certificate = "{files.chain}"\ncertificate_key = "{files.key}"'
    path.write_text(f"[serve]\nport = 0\n{certificate}\n{HUB}")
    trust = await asyncio.to_thread(ssl.create_default_context, cafile=str(files.ca))
    async with serving(path, surroundings) as (_, origin), aiohttp.ClientSession() as browser:
        assert origin.startswith("https://127.0.0.1:")
        async with browser.get(f"{origin}/sign-in", ssl=trust) as answer:
            assert answer.status == 200
            assert (
                f"connect-src wss{origin.removeprefix('https')}/socket;"
                in answer.headers["Content-Security-Policy"]
            )
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        form = {"agent": "yael", "secret": "correct horse battery"}
        async with (
            asyncio.timeout(WITHIN),
            browser.post(f"{origin}/sign-in", ssl=trust, data=form, headers={"Origin": origin}) as answer,
        ):
            assert answer.status == 503, "there is no hub"


@pytest.mark.parametrize(
    "request_of",
    [
        b"POST /sign-in HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\nagent=yael&secret=horse-battery",
        b"GET / HTTP/1.1\r\nHost: %b\r\nCookie moked=horse-battery\r\n\r\n",
        b"GET /horse-battery HTTP/9\r\nHost: %b\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_logged_without_what_it_was(
    tmp_path: Path, surroundings: Path, request_of: bytes
) -> None:
    """aiohttp's exceptions quote it: a password, or the key of a session."""
    path = tmp_path / "serve.toml"
    path.write_text(f"[serve]\nport = 0\n{HUB}")
    async with serving(path, surroundings, asyncio.subprocess.PIPE) as (process, origin):
        assert b"400" in await raw(origin, request_of)
        process.terminate()
        assert process.stderr is not None
        async with asyncio.timeout(WITHIN):
            log = await process.stderr.read()
    assert b"Error handling request" in log
    assert b"http_exceptions" in log
    assert b"horse-battery" not in log
