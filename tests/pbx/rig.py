"""One Asterisk of a test run's own: its directories, its ports, its life. Several run beside each other."""

from __future__ import annotations

import fcntl
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import URL, create_engine

import centre.model
import pbx.render
from hub.db.accounts import accounts
from hub.db.engine import sqlite_url
from pbx.centre import Agent
from pbx.secrets import Secrets, join
from sip.account import Account, MediaEncryption, Transport
from tests.pbx.centre import (
    ACCOUNTS,
    ACCOUNTS_PASSWORD,
    AMI_SECRET,
    ASTERISK,
    ENROLLED,
    TRUNK_PASSWORD,
    own_directories,
    password,
    write_centre,
)
from tests.pbx.certificates import make_certificates
from tests.pbx.root import Root
from tests.standing import Standing

_PREFIX = "moked-"
_START_TIMEOUT = 60.0
_STOP_TIMEOUT = 15.0
_ANSWER_TIMEOUT = 10.0
_LOCAL = Path(__file__).parent / "local"
_PROGRAM = "/usr/sbin/asterisk"


class AsteriskFailed(Exception):
    """Asterisk did not start, or did not obey; the text holds the end of its log."""


class Asterisk(Standing):
    """Asterisk with the rendered profile, in ``root``. A context manager that leaves the root as it was.

    ``enter`` takes the thread that starts it, and so itself, into a network namespace with ``address``. The
    accounts of devices are in a file of its own, or in ``database``.
    """

    def __init__(
        self,
        root: Root,
        address: str = "127.0.0.1",
        enter: Callable[[], None] | None = None,
        database: URL | None = None,
    ) -> None:
        self.root = root
        self._address = address
        self._database = database
        _sweep(_runs(root))
        self.directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_runs(root)))
        self._lock = (self.directory / "lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._process: subprocess.Popen[bytes] | None = None
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="asterisk", initializer=enter)
        self._lay_out()

    def _lay_out(self) -> None:
        self.directory.chmod(0o755)
        for name in ("etc", "var", "run", "spool", "spool/monitor", "log"):
            (self.directory / name).mkdir()
        self.certificates = make_certificates(self.directory / "etc")
        inside = self.root.inside(self.directory)
        places = own_directories(inside, data=self.root.data, modules=self.root.modules)
        write_centre(self.centre_file, places, self._address, _accounts_line(inside, self._database))
        file = centre.model.load(self.centre_file)
        extensions = {agent.extension for agent in file.agents} - {ENROLLED}
        passwords = {extension: password(extension) for extension in extensions}
        self.centre = join(file, Secrets(TRUNK_PASSWORD, AMI_SECRET, passwords, ACCOUNTS_PASSWORD))
        if self._database is None:
            make_account_tables(self.accounts)
        pbx.render.write(self.centre, self.directory / "etc")
        for local in _LOCAL.iterdir():
            shutil.copy(local, self.directory / "etc")

    @property
    def accounts(self) -> Path:
        """The SQLite file of enrolled devices' accounts, as a hub writes it."""
        return self.directory / "var" / ACCOUNTS

    @property
    def accounts_url(self) -> URL:
        """Where a hub writes the accounts."""
        return sqlite_url(self.accounts) if self._database is None else self._database

    @property
    def centre_file(self) -> Path:
        """The ``centre.toml`` that its configuration is made from."""
        return self.directory / "centre.toml"

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process; raises ``AsteriskFailed`` when there is none."""
        if self._process is None:
            raise AsteriskFailed("Asterisk is not running")
        return self._process.pid

    def start(self) -> None:
        """Start, on the ports chosen at first, and return once Asterisk says that it is ready."""
        name = f"moked-{secrets.token_hex(8)}"
        with self._starter.submit(socket.socket, socket.AF_UNIX, socket.SOCK_DGRAM).result() as told:
            told.bind(f"\0{name}")  # abstract: the same name inside and outside a chroot
            self._process = self._starter.submit(self._spawn, f"@{name}").result(_START_TIMEOUT)
            self._wait_ready(told)

    def _spawn(self, notify: str) -> subprocess.Popen[bytes]:
        """Runs on a thread that lives as long as this object: the kernel ties the child's life to it."""
        return subprocess.Popen(
            [*ends_with_us(), *self._command("-f")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.directory,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": "UTC", "NOTIFY_SOCKET": notify},
        )

    def _wait_ready(self, told: socket.socket) -> None:
        """Asterisk tells its starter when it is fully booted, as sd_notify(3) has it."""
        deadline = time.monotonic() + _START_TIMEOUT
        ended = os.pidfd_open(self.pid)
        try:
            while True:
                left = max(0.0, deadline - time.monotonic())
                readable, _, _ = select.select([told.fileno(), ended], [], [], left)
                if told.fileno() in readable and b"READY=1" in told.recv(4096).splitlines():
                    return
                if ended in readable or not readable:
                    raise AsteriskFailed(f"Asterisk did not start:\n{self.log()[-4000:]}")
        finally:
            os.close(ended)

    def connect(self, port: int) -> socket.socket:
        """A TCP connection to a port on its own loopback; every wait on it ends. Raises ``OSError``."""
        return self._starter.submit(socket.create_connection, ("127.0.0.1", port), _ANSWER_TIMEOUT).result()

    def stop(self) -> None:
        """End the process, dropping all calls; ports and files stay ours. Safe to call twice."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process as a power cut would. Safe to call twice."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(how)
        try:
            process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_STOP_TIMEOUT)

    def restart(self) -> None:
        """Stop and start on the same ports with the same database."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop, and take every file of this run away. Safe to call twice."""
        self.stop()
        self._starter.shutdown()
        shutil.rmtree(self.directory, ignore_errors=True)
        self._lock.close()

    def cli(self, command: str, timeout: float = 10.0) -> str:
        """What Asterisk's console answers to ``command``."""
        asked = subprocess.run(
            self._command("-rx", command), capture_output=True, text=True, timeout=timeout, check=False
        )
        if asked.returncode:
            raise AsteriskFailed(f"{command}: {asked.stdout}{asked.stderr}")
        return asked.stdout

    def log(self) -> str:
        """Notices, warnings and errors so far."""
        path = self.directory / "log/messages.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def account(self, extension: str, transport: Transport | None = None) -> Account:
        """How agent ``extension`` registers: TLS and SRTP for 1001–1004, UDP and RTP for 1101–1104."""
        agent = next(agent for agent in self.centre.agents if agent.extension == extension)
        if agent.password is None:
            raise ValueError(f"{extension} registers from enrolled devices alone")
        transport = transport or (Transport.TLS if agent.encrypted else Transport.UDP)
        ports = self.centre.ports
        port = ports.sip_tls if transport is Transport.TLS else ports.sip
        return Account(
            user=extension,
            domain=f"localhost:{port}" if transport is Transport.TLS else f"{self._address}:{port}",
            password=agent.password,
            display_name=agent.name,
            transport=transport,
            media_encryption=_voice(agent),
            ca_file=str(self.certificates.ca) if transport is Transport.TLS else None,
        )

    def _command(self, *arguments: str) -> list[str]:
        config = self.root.inside(self.directory) / "etc/asterisk.conf"
        return self.root.command(_PROGRAM, "-C", str(config), *arguments)


def _voice(agent: Agent) -> MediaEncryption:
    if agent.dtls:
        return MediaEncryption.DTLS
    return MediaEncryption.REQUIRED if agent.encrypted else MediaEncryption.OFF


def _accounts_line(inside: Path, database: URL | None) -> str:
    """Where ``centre.toml`` says that devices' accounts are."""
    if database is None:
        return f'accounts = "{inside / "var" / ACCOUNTS}"'
    at = f'port = {database.query["port"]}, database = "{database.database}", user = "{ASTERISK}"'
    return f"postgres = {{ {at} }}"


def make_account_tables(path: Path) -> None:
    """What a hub makes when it comes up, so that Asterisk finds tables before there is a hub."""
    engine = create_engine(f"sqlite:///{path}")
    accounts.create_all(engine)
    engine.dispose()


def _runs(root: Root) -> Path:
    return Path(tempfile.gettempdir()) if root.own else root.path / "tmp"


def ends_with_us() -> list[str]:
    """The words before a command whose process is to die with the thread that starts it, so with a test run
    that is killed (prctl(2)).
    """
    return ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []


def _sweep(runs: Path) -> None:
    """Take away what killed runs left behind: directories whose lock nobody holds."""
    for lock in runs.glob(f"{_PREFIX}*/lock"):
        with lock.open("r") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(lock.parent, ignore_errors=True)
