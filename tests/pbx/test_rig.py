"""The rig starts, restarts and ends Asterisks of its own, several at once, and leaves the root as it was."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from centre import secrets
from pbx.render import FILES
from tests.pbx.centre import AMI_SECRET, TRUNK_PASSWORD
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk, AsteriskFailed
from tests.pbx.root import Root, find_root

pytestmark = pytest.mark.pbx


@pytest.fixture(scope="module")
def root() -> Root:
    return find_root()


def _listing(root: Root) -> set[Path]:
    """All that an Asterisk may write in the root, other runs' own directories left out."""
    places = (
        "etc/asterisk",
        "var/lib/asterisk",
        "var/log/asterisk",
        "var/spool/asterisk",
        "var/run/asterisk",
    )
    return {path for place in places for path in (root.path / place).rglob("*")}


@pytest.mark.parametrize(
    ("routing", "modules"), [("", 0), ("\n[routing]\n", 3)], ids=["plain", "asking the hub"]
)
def test_what_the_command_makes_of_a_centre_loads_without_a_complaint(
    root: Root, routing: str, modules: int
) -> None:
    exchange = Asterisk(root)
    exchange.centre_file.write_text(
        exchange.centre_file.read_text().replace('number = "700"', 'number = "700"\nwiden_seconds = [30]')
        + routing
    )
    etc, passwords = exchange.directory / "etc", exchange.directory / "passwords.toml"
    for name in FILES:
        (etc / name).unlink()
    passwords.touch(mode=0o600)
    passwords.write_text("".join(f'{one.extension} = "{one.password}"\n' for one in exchange.centre.agents))
    places = ("--to", str(etc), "--passwords", str(passwords))
    subprocess.run(
        [sys.executable, "-m", "agent_tui", "pbx", "render", str(exchange.centre_file), *places],
        env={
            **os.environ,
            secrets.AMI_SECRET: AMI_SECRET,
            secrets.TRUNK_PASSWORD: TRUNK_PASSWORD,
            secrets.ROUTING_SECRET: "the-secret-of-this-run",
        },
        check=True,
        timeout=60,
    )
    with exchange:
        log = exchange.log().splitlines()
        assert [line for line in log if "WARNING" in line or "ERROR" in line] == []
        loaded = exchange.cli("module show like curl") + exchange.cli("module show like func_uri")
        assert loaded.count("Running") == modules
        assert "After 30 seconds, adjust QUEUE_MAX_PENALTY to 2" in exchange.cli("queue show rules")
        assert "support has 0 calls" in exchange.cli("queue show support")
        assert f"127.0.0.1:{exchange.centre.ports.ami_tls}" in exchange.cli("manager show settings")
        assert str(exchange.centre.ports.rtp_last) in exchange.cli("rtp show settings")


def test_two_run_at_once_and_leave_the_root_as_it_was(root: Root) -> None:
    before = _listing(root)
    with Asterisk(root) as one, Asterisk(root) as other:
        Console(one).customer("support")
        assert one.centre.ports.sip != other.centre.ports.sip
        assert Console(other).channels() == []
        other.stop()
        assert "support" in one.cli("queue show")
    assert not one.directory.exists()
    assert not other.directory.exists()
    assert _listing(root) == before


def test_it_comes_back_on_the_same_ports(root: Root) -> None:
    with Asterisk(root) as exchange:
        first = exchange.pid
        exchange.kill()
        assert not exchange.running
        exchange.start()
        assert exchange.pid != first
        assert f"127.0.0.1:{exchange.centre.ports.sip}" in exchange.cli("pjsip show transports")


def test_it_outlives_the_thread_that_asked_for_it(root: Root) -> None:
    with Asterisk(root) as exchange:
        asking = threading.Thread(target=exchange.restart)
        asking.start()
        asking.join()
        assert not _ended(exchange.pid, within=0.5)
        assert "support" in exchange.cli("queue show")


def test_nothing_is_left_when_it_cannot_start(root: Root) -> None:
    exchange = Asterisk(root)
    (exchange.directory / "etc/modules.conf").write_text("[modules]\nautoload=no\nrequire=no_such.so\n")
    with pytest.raises(AsteriskFailed, match=r"no_such\.so"), exchange:
        pass
    assert not exchange.running
    assert not exchange.directory.exists()


def test_nothing_is_left_when_the_run_is_interrupted(root: Root) -> None:
    exchange = Asterisk(root)
    with pytest.raises(KeyboardInterrupt), exchange:
        signal.raise_signal(signal.SIGINT)
    assert not exchange.running
    assert not exchange.directory.exists()


def test_what_a_killed_run_left_is_swept(root: Root) -> None:
    left = Asterisk(root)
    left._lock.close()
    with Asterisk(root) as exchange:
        assert not left.directory.exists()
        assert exchange.directory.exists()


def test_asterisk_ends_with_the_process_that_started_it(root: Root) -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        exchange = Asterisk(root)
        exchange.start()
        os.write(writer, str(exchange.pid).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    started = int(os.read(reader, 20))
    os.close(reader)
    os.close(writer)
    assert _ended(started, within=10)
    Asterisk(root).close()  # sweeps what the killed run left


def _ended(pid: int, *, within: float) -> bool:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    readable, _, _ = select.select([process], [], [], within)
    os.close(process)
    return bool(readable)


def test_every_line_of_the_dialplan_is_taken(asterisk: Asterisk) -> None:
    """A number that two lines give is the first one's, and only the log says so."""
    assert "Unable to register extension" not in asterisk.log()
