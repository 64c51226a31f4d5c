"""Which Asterisk the tests run: a file system that holds one, found, or made where that is possible."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OLDEST = 20
"""The oldest major version of Asterisk that the profile serves."""

PACKAGES = ("asterisk", "asterisk-modules", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav")
_ASTERISK = "usr/sbin/asterisk"
_BUILD_TIMEOUT = 900
_CACHE_HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
"""Taken when the tests begin, before each test gets a home of its own."""


class NoAsterisk(Exception):
    """There is no Asterisk and none can be made; the text says what was tried."""


@dataclass(frozen=True, slots=True)
class Root:
    """A file system with Asterisk in it: ``/`` itself, or a directory to chroot into."""

    path: Path

    @property
    def own(self) -> bool:
        """Whether it is this machine's own file system."""
        return self.path == Path("/")

    def command(self, *argv: str) -> list[str]:
        """``argv`` as run inside the root."""
        return list(argv) if self.own else ["chroot", str(self.path), *argv]

    def inside(self, path: Path) -> Path:
        """How ``path``, which lies in the root, is called from inside."""
        return path if self.own else Path("/") / path.relative_to(self.path)

    @property
    def modules(self) -> Path:
        """Asterisk's module directory, as seen from inside."""
        for place in ("usr/lib/asterisk/modules", "usr/lib64/asterisk/modules"):
            if (self.path / place).is_dir():
                return Path("/") / place
        found = sorted(self.path.glob("usr/lib/*/asterisk/modules"))
        if not found:
            raise NoAsterisk(f"{self.path} has no Asterisk modules")
        return self.inside(found[0])

    @property
    def data(self) -> Path:
        """Where sounds and music lie, as seen from inside."""
        debian = Path("/usr/share/asterisk")
        return debian if (self.path / "usr/share/asterisk/sounds").is_dir() else Path("/var/lib/asterisk")

    def version(self) -> int:
        """The major version; 0 when the program does not run."""
        try:
            told = subprocess.run(
                self.command("/usr/sbin/asterisk", "-V"),
                capture_output=True,
                text=True,
                timeout=20,
                check=False,
            ).stdout
        except OSError:
            return 0
        found = re.search(r"Asterisk (?:certified[/-])?(\d+)", told)
        return int(found.group(1)) if found else 0


def cached_root() -> Path:
    """Where a root made by the tests is kept between runs."""
    return _CACHE_HOME / "moked" / "asterisk-root"


def find_root() -> Root:
    """``MOKED_ASTERISK_ROOT``, the cached root, the system's Asterisk, or a new root made by debootstrap.

    Raises ``NoAsterisk``.
    """
    named = os.environ.get("MOKED_ASTERISK_ROOT")
    if named:
        return _usable(Root(Path(named)), "MOKED_ASTERISK_ROOT")
    if (cached_root() / _ASTERISK).exists() and _may_chroot():
        return _usable(Root(cached_root()), "the cached root")
    system = Root(Path("/"))
    if (system.path / _ASTERISK).exists() and system.version() >= OLDEST:
        return system
    if not (_may_chroot() and shutil.which("debootstrap")):
        raise NoAsterisk(
            f"No Asterisk {OLDEST} or later. Install it, name a root with MOKED_ASTERISK_ROOT, or run the "
            "tests as root with debootstrap installed: then one is made."
        )
    build_root(cached_root())
    return _usable(Root(cached_root()), "the root just made")


def build_root(target: Path) -> None:
    """Make a root at ``target`` by debootstrap, once, however many runs ask at the same time.

    It is complete under its name or not there at all. The packages come from wherever this machine's own
    debootstrap and apt take theirs. Raises ``NoAsterisk`` with the last lines of what failed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with locked(target.parent / f"{target.name}.lock"):
        if (target / _ASTERISK).exists():
            return
        half = Path(tempfile.mkdtemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent))
        try:
            _bootstrap(half)
            half.chmod(0o755)
            half.rename(target)
        except BaseException:
            _discard(half)
            raise


def make_known(root: Root) -> None:
    """Let the root's ``/etc/hosts`` know this machine's name: Asterisk asks DNS for it at each call else."""
    if root.own:
        return
    hosts, name = root.path / "etc/hosts", socket.gethostname()
    with locked(root.path.parent / f"{root.path.name}.lock"):
        known = hosts.read_text() if hosts.exists() else ""
        if name not in known.split():
            hosts.write_text(f"{known}127.0.0.1 localhost\n127.0.0.1 {name}\n")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold ``path`` as a lock between processes; the kernel frees it when its holder dies."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _usable(root: Root, name: str) -> Root:
    version = root.version()
    if version < OLDEST:
        raise NoAsterisk(f"{name} ({root.path}) holds no Asterisk {OLDEST} or later that runs here")
    make_known(root)
    return root


def _may_chroot() -> bool:
    return os.geteuid() == 0


def _bootstrap(root: Path) -> None:
    unaged = "Acquire::Check-Valid-Until=false"  # a mirror's snapshot may be older than its signature allows
    _run("debootstrap", "--variant=minbase", "sid", str(root))
    no_services = root / "usr/sbin/policy-rc.d"
    no_services.write_text("#!/bin/sh\nexit 101\n")
    no_services.chmod(0o755)
    apt = ("chroot", str(root), "apt-get", "-q", "-o", unaged, "-o", "APT::Sandbox::User=root")
    _run(*apt, "update")
    _run(*apt, "install", "-y", "--no-install-recommends", *PACKAGES)
    _run(*apt, "clean")


def _discard(half: Path) -> None:
    """Take away a root that was not finished, and never anything that is mounted in it."""
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for place in sorted((place for place in mounted if Path(place).is_relative_to(half)), reverse=True):
        subprocess.run(["umount", "--lazy", place], check=False, timeout=30)
    subprocess.run(["rm", "-rf", "--one-file-system", str(half)], check=False, timeout=120)


def _run(*argv: str) -> None:
    done = subprocess.run(
        argv,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_BUILD_TIMEOUT,
        env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-15:])
        raise NoAsterisk(f"{' '.join(argv[:4])} failed:\n{last}")
