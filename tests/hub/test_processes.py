"""The hub as it is started: a centre's, and one user's private one."""

from __future__ import annotations

import json
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import URL

from edge.enrolment_code import EnrolmentCode
from edge.runtime import runtime_directory
from tests.hub.served import TOKEN, HubProcess, events, next_of, run_hub, write_settings
from tests.pbx.certificates import make_certificates

_SCRIPT = """
queue = "support"
language = "en"
title = "Support"
[[steps]]
id = "greet"
title = "Hello"
"""


@asynccontextmanager
async def _serving(
    config: Path, scheme: str = "http", env: dict[str, str] | None = None
) -> AsyncIterator[tuple[HubProcess, str]]:
    hub = await HubProcess.start("serve", "--config", config, env=env)
    try:
        words = await hub.line()
        assert words.startswith(f"serving {scheme}://127.0.0.1:"), words or await hub.stop()
        yield hub, words.removeprefix("serving ").removesuffix("/v1")
    finally:
        await hub.stop()


async def _enrolled(config: Path, url: str) -> str:
    """The token of a device that is enrolled by a code."""
    status, printed, err = await run_hub("agent", "add", "yael", "--config", config)
    assert status == 0, err
    code = EnrolmentCode.read(printed)
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:
        asked = {"code": code.name.hex(), "secret": code.secret.hex()}
        return str((await http.post("/v1/enrolment", json=asked)).json()["token"])


def _client(url: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=20)


async def test_a_centre_is_served_until_it_is_told_to_stop(tmp_path: Path, empty_database: URL) -> None:
    files = make_certificates(tmp_path)
    config = write_settings(tmp_path, hub=f'ca_file = "{files.ca}"', database=empty_database)
    async with _serving(config) as (hub, url), _client(url, await _enrolled(config, url)) as http:
        token = http.headers["Authorization"].split()[1]
        snapshot = (await http.get("/v1/snapshot")).json()
        assert (snapshot["me"]["name"], snapshot["pbx"]) == ("Yael", False)
        async with events(http, snapshot["cursor"]) as stream:
            file = tmp_path / "scripts" / "support.en.toml"
            file.write_text(_SCRIPT)
            changed = json.loads((await next_of(stream, "script_changed")).data)
            assert (changed["script"], changed["queue"]) == ("support.en", "support")
            status, words = await hub.stop()
    assert (status, token in words) == (0, False)


@pytest.mark.parametrize("look", ["console", "auto"])
async def test_the_settings_say_how_the_log_looks_and_the_environment_who_reads_the_figures(
    tmp_path: Path, look: str
) -> None:
    config = write_settings(tmp_path)
    config.write_text(config.read_text().replace("port = 0", f'port = 0\nlog = "{look}"'))
    async with _serving(config, env={"MOKED_HUB_METRICS_TOKEN": TOKEN}) as (hub, url):
        async with _client(url, TOKEN) as http:
            assert "moked_hub_exchange_up" in (await http.get("/metrics")).text
            assert (await http.get("/v1/me")).status_code == 401
        _status, words = await hub.stop()
    lines = [line.startswith("{") for line in words.splitlines()]
    assert set(lines) == {look == "auto"}, words
    assert TOKEN not in words


async def test_a_centre_off_this_machine_is_served_by_https_and_its_files_are_private(tmp_path: Path) -> None:
    config, files = write_settings(tmp_path), make_certificates(tmp_path)
    tls = f'port = 0\ncertificate = "{files.chain}"\ncertificate_key = "{files.key}"'
    config.write_text(config.read_text().replace("port = 0", tls))
    async with _serving(config, "https") as (_hub, url):
        trust = ssl.create_default_context(cafile=str(files.ca))
        async with httpx.AsyncClient(base_url=url, verify=trust, timeout=20) as http:
            assert (await http.get("/v1/health")).json()["ok"]
        async with httpx.AsyncClient(base_url=url, timeout=20) as http:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await http.get("/v1/health")
        assert _modes(tmp_path, "moked-hub.db") == {0o600}


@asynccontextmanager
async def _private(*args: str | Path, token: str = TOKEN) -> AsyncIterator[tuple[HubProcess, Path]]:
    path = runtime_directory() / "hub.sock"
    hub = await HubProcess.start("private", "--socket", path, *args, feed=token + "\n")
    try:
        words = await hub.line()
        assert words == "ready", await hub.stop()
        yield hub, path
    finally:
        await hub.stop()


def _unix_client(path: Path, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(path)),
        base_url="http://hub",
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )


def _modes(directory: Path, prefix: str) -> set[int]:
    """The permissions of the files whose name begins so."""
    return {stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir() if file.name.startswith(prefix)}


def _what_others_see(pid: int) -> bytes:
    """A process's arguments and environment."""
    return Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()


async def test_the_private_hub_serves_its_user_and_tidies_up(tmp_path: Path) -> None:
    async with _private() as (hub, path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        token_file = path.with_name("hub.sock.token")
        assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
        async with _unix_client(path, token_file.read_text()) as http:
            snapshot = (await http.get("/v1/snapshot")).json()
        assert (snapshot["pbx"], snapshot["me"]["agent"]) == (False, "me")
        assert "no exchange" in snapshot["pbx_words"]
        async with _unix_client(path, "f" * 32) as http:
            assert (await http.get("/v1/snapshot")).status_code == 401
        assert TOKEN.encode() not in _what_others_see(hub.process.pid)
        assert (await hub.stop())[0] == 0
        assert {file.name for file in path.parent.iterdir()} == {"hub.sock.lock"}


async def test_the_token_of_an_earlier_private_hub_is_worth_nothing(tmp_path: Path) -> None:
    async with _private(token="e" * 32):
        pass
    async with _private() as (_hub, path), _unix_client(path, "e" * 32) as http:
        assert (await http.get("/v1/me")).status_code == 401


async def test_one_private_hub_a_user(tmp_path: Path) -> None:
    async with _private() as (_hub, path):
        status, _out, err = await run_hub("private", "--socket", path, feed=TOKEN + "\n")
        assert (status, "running already" in err) == (75, True)
        async with _unix_client(path, TOKEN) as http:
            assert (await http.get("/v1/me")).status_code == 200


async def test_the_private_hub_ends_after_its_last_desk(tmp_path: Path) -> None:
    async with _private("--linger", "0.2") as (hub, path):
        async with _unix_client(path, TOKEN) as http, events(http) as stream:
            await anext(stream)
            assert hub.process.returncode is None
        assert (await hub.ended())[0] == 0
