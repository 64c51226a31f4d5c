"""Private places of one user: a 0700 directory, a lock for one owner, and who is at a socket's other end."""

from __future__ import annotations

import getpass
import os
import socket
import stat
import struct
import sys
import tempfile
from pathlib import Path
from types import TracebackType

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PRIVATE = 0o700


class NotPrivateError(Exception):
    """A directory that must be ours alone belongs to somebody else or is open to others."""


class AlreadyRunningError(Exception):
    """Another process of this user holds the lock."""


def runtime_directory() -> Path:
    """The user's directory for sockets and locks, made 0700 where it is missing.

    ``MOKED_RUNTIME_DIR`` names another one (tests, several desks); else it lies in ``XDG_RUNTIME_DIR``,
    else in the temporary directory under the user's number. Raises ``NotPrivateError``.
    """
    given = os.environ.get("MOKED_RUNTIME_DIR")
    if given:
        return private_directory(Path(given))
    session = os.environ.get("XDG_RUNTIME_DIR")
    if session:
        return private_directory(Path(session) / "moked")
    return private_directory(Path(tempfile.gettempdir()) / f"moked-{_user()}")


def private_directory(path: Path) -> Path:
    """``path`` as a directory of ours with mode 0700; raises ``NotPrivateError`` when it cannot be that.

    On Windows it is as private as the directory it lies in: the user's own, by the profile's access list.
    """
    path.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    if sys.platform == "win32":
        return path
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise NotPrivateError(f"{path} is not a directory of yours; remove it or set MOKED_RUNTIME_DIR")
    if stat.S_IMODE(found.st_mode) != _PRIVATE:
        path.chmod(_PRIVATE)
    return path


def _user() -> str:
    """Who we are, in a form that names a directory."""
    return getpass.getuser() if sys.platform == "win32" else str(os.getuid())


def peer_is_us(connection: socket.socket) -> bool:
    """Whether the process at the other end of a Unix socket runs as this user.

    Linux tells by ``SO_PEERCRED`` (socket(7)), macOS and the BSDs by ``LOCAL_PEERCRED`` (unix(4)).
    """
    if sys.platform == "linux":
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _pid, uid, _gid = struct.unpack("3i", told)
    else:
        # struct xucred: version, uid, then groups
        told = connection.getsockopt(0, 1, 76)
        _version, uid = struct.unpack_from("Ii", told)
    return bool(uid == os.getuid())


def peer_pid(connection: socket.socket) -> int:
    """The process at the other end of a Unix socket; of a listener, the one that began to listen.

    Linux tells by ``SO_PEERCRED``, macOS by ``LOCAL_PEERPID`` (unix(4)).
    """
    if sys.platform == "linux":
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid, _uid, _gid = struct.unpack("3i", told)
    else:
        (pid,) = struct.unpack("i", connection.getsockopt(0, 2, struct.calcsize("i")))
    return int(pid)


class Lock:
    """One holder at a time; the kernel frees it when the holder dies. A context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> Lock:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _hold(descriptor)
        except (BlockingIOError, PermissionError):
            os.close(descriptor)
            raise AlreadyRunningError(str(self._path)) from None
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _hold(descriptor: int) -> None:
    """Take the lock of an open file; raises ``BlockingIOError`` (Windows: ``PermissionError``) when held."""
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
