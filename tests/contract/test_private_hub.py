"""The private hub as the desk starts it: a real process, on a socket of this user alone, found again."""

from __future__ import annotations

import os
import signal
import socket
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_tui.adapters.http_hub import HttpHub
from agent_tui.adapters.private_hub import PrivateHub
from agent_tui.ports import HubRefused, HubUnreachable
from edge.runtime import Lock, runtime_directory
from hub.contract import NoteDraft

SAMPLE = Path(__file__).parents[2] / "hub" / "sample"


def server_at(path: Path) -> int:
    """The process that listens there (SO_PEERCRED, socket(7))."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(str(path))
        pid, _uid, _gid = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(pid)


@pytest.fixture
def hub_socket() -> Iterator[Path]:
    """Where the hub of this test listens; whoever does so at its end is ended, and waited for."""
    path = runtime_directory() / "hub.sock"
    yield path
    if path.exists():
        end(server_at(path))


def end(pid: int) -> None:
    """End a hub that this very process started."""
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)


def told_of(pid: int, about: str) -> bytes:
    """What the kernel tells everybody who may ask of a process (proc(5))."""
    return Path(f"/proc/{pid}/{about}").read_bytes()


def settings(home: Path) -> Path:
    """The sample centre, keeping its database in ``home``."""
    text = (SAMPLE / "hub.toml").read_text(encoding="utf-8")
    text = text.replace('scripts = "scripts"', f'scripts = "{SAMPLE / "scripts"}"')
    for name in ("customers", "matters", "history"):
        text = text.replace(f'"{name}.csv"', f'"{SAMPLE / name}.csv"')
    text = text.replace('"centre.toml"', f'"{SAMPLE / "centre.toml"}"')
    file = home / "hub.toml"
    file.write_text(text, encoding="utf-8")
    return file


async def test_it_is_started_once_and_found_again(tmp_path: Path, hub_socket: Path) -> None:
    private = PrivateHub(settings(tmp_path), "yael", tmp_path / "hub.log")
    first = HttpHub(private.locate)
    assert (await first.snapshot()).me.agent == "yael"
    pid = server_at(hub_socket)
    later = HttpHub(PrivateHub(None, "", tmp_path / "other.log").locate)
    assert (await later.snapshot()).me.agent == "yael"
    assert server_at(hub_socket) == pid
    assert later.address == first.address
    await first.close()
    await later.close()


async def test_one_that_died_is_started_anew_with_another_token(tmp_path: Path, hub_socket: Path) -> None:
    hub = HttpHub(PrivateHub(settings(tmp_path), "", tmp_path / "hub.log").locate)
    await hub.snapshot()
    before = hub.address
    end(server_at(hub_socket))
    with pytest.raises(HubUnreachable):
        await hub.save_note("k-1", NoteDraft(text="x"))
    await hub.snapshot()
    assert hub.address is not None
    assert hub.address != before
    await hub.close()


async def test_nobody_else_can_reach_it_or_read_its_token(tmp_path: Path, hub_socket: Path) -> None:
    hub = HttpHub(PrivateHub(settings(tmp_path), "", tmp_path / "hub.log").locate)
    await hub.snapshot()
    assert hub.address is not None
    pid = server_at(hub_socket)
    for path, mode in (
        (hub_socket.parent, 0o700),
        (hub_socket, 0o600),
        (hub_socket.with_name("hub.sock.token"), 0o600),
    ):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    for about in ("cmdline", "environ"):
        assert hub.address.token.encode() not in told_of(pid, about)
    assert hub.address.token not in (tmp_path / "hub.log").read_text(encoding="utf-8")
    await hub.close()


async def test_the_agents_secrets_do_not_travel_along(
    tmp_path: Path, hub_socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOKED_SIP_PASSWORD", "s1p-secret")
    hub = HttpHub(PrivateHub(None, "", tmp_path / "hub.log").locate)
    await hub.snapshot()
    environ = told_of(server_at(hub_socket), "environ")
    assert b"MOKED_RUNTIME_DIR" in environ
    assert b"s1p-secret" not in environ
    await hub.close()


async def test_settings_it_cannot_use_are_told_in_its_words(tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    file.write_text("[hbu]\nport = 1\n", encoding="utf-8")
    with pytest.raises(HubRefused, match="hbu"):
        await PrivateHub(file, "", tmp_path / "hub.log").locate()


async def test_one_that_another_desk_is_starting_is_waited_for(tmp_path: Path) -> None:
    with Lock(runtime_directory() / "hub.sock.lock"), pytest.raises(HubUnreachable, match="another desk"):
        await PrivateHub(None, "", tmp_path / "hub.log").locate()
