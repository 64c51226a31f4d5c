"""One Postgres for the run, on a Unix socket in a directory of its own; nothing of it outlives the tests.

Who lives in another root file system, as Asterisk does, comes by a port of its own, with a password.

Its server runs as nobody special: root may not run one. What it loses in a power cut nobody misses, so it
waits for no disk.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy.engine import URL

from tests.pbx.centre import free_port

GUARDED = "guarded"
"""A role that needs its password; the others are let in by the directory's permissions."""
PASSWORD = "correct-horse-battery"

_TIMEOUT = 60
_ACCESS = ("--auth-local=trust", "--auth-host=scram-sha-256")
_ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
"""Without the variables (PGPORT, PGDATABASE, ...) that lead somebody's own programs to their own server."""
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class NoPostgres(Exception):
    """There are no server's programs on this machine."""


class PostgresServer:
    """The server: started on entering, ended and deleted on leaving."""

    def __init__(self) -> None:
        self._bin = _programs()
        self.user = _unprivileged()
        self.directory = Path(tempfile.mkdtemp(prefix="mp-"))
        if self.user is not None:
            shutil.chown(self.directory, self.user)
        self._data = self.directory / "data"
        self.port = free_port()
        self._made = 0

    def __enter__(self) -> Self:
        self._run("initdb", "-U", "postgres", *_ACCESS, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        access = self._data / "pg_hba.conf"
        access.write_text(f"local all {GUARDED} scram-sha-256\n{access.read_text()}")
        settings = {**_SETTINGS, "port": str(self.port), "unix_socket_directories": str(self.directory)}
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self.start()
        self.sql(f"CREATE ROLE {GUARDED} LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.directory)

    def start(self) -> None:
        """Start the server; returns once it answers."""
        self._run("pg_ctl", "start", "--wait", "-l", str(self.directory / "log"), "-s")

    def stop(self) -> None:
        """End the server by its process id, whoever is connected."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--wait", "--mode", "fast", "-s")

    def create(self, template: str = "template0") -> URL:
        """A new database, a copy of ``template``."""
        self._made += 1
        name = f"hub{self._made}"
        self.sql(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: URL) -> None:
        """Delete a database, whoever is connected."""
        self.sql(f"DROP DATABASE {url.database} WITH (FORCE)")

    def url(self, name: str, user: str = "postgres") -> URL:
        """How the hub's settings call a database here."""
        return URL.create(
            "postgresql+asyncpg",
            username=user,
            database=name,
            query={"host": str(self.directory), "port": str(self.port)},
        )

    def sql(self, command: str, database: str = "postgres") -> str:
        """What the server answers to one command of its superuser, bare."""
        where = ["-h", str(self.directory), "-p", str(self.port), "-U", "postgres", "-d", database]
        done = subprocess.run(
            [self._bin / "psql", "-XqAt", *where, "-c", command],
            env=_ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def make_accounts(self, script: Path, password: str) -> URL:
        """The database that ``script`` makes beside the first one, as in the Postgres of ``compose.yaml``."""
        environment = {
            "PATH": f"{self._bin}:{os.environ['PATH']}",
            "PGHOST": str(self.directory),
            "PGPORT": str(self.port),
            "POSTGRES_USER": "postgres",
            "POSTGRES_DB": "postgres",
            "MOKED_PBX_ACCOUNTS_PASSWORD": password,
        }
        command = ["sh", str(script)]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=_TIMEOUT, check=False)
        assert done.returncode == 0, done.stderr
        return self.url("accounts")

    def _run(self, program: str, *arguments: str) -> None:
        log = self.directory / "log"
        who: dict[str, Any] = {"user": self.user, "group": _group(self.user), "extra_groups": []}
        with tempfile.TemporaryFile() as told:
            # not a pipe: the server that pg_ctl starts would hold its end
            done = subprocess.run(
                [self._bin / program, "-D", self._data, *arguments],
                **(who if self.user else {}),
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                cwd=self.directory,
                timeout=_TIMEOUT,
                check=False,
            )
            told.seek(0)
            words = told.read().decode() + (log.read_text()[-2000:] if log.exists() else "")
        assert done.returncode == 0, f"{program}: {words}"


def _programs() -> Path:
    """Where the newest server's programs are. Raises ``NoPostgres``."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = places[-1] if places else shutil.which("initdb")
    if found is None:
        raise NoPostgres("no Postgres server (Debian: apt-get install postgresql)")
    return Path(found).resolve().parent


def _unprivileged() -> str | None:
    """Whom the server runs as; None: who runs the tests."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None
