"""Where a phone listens, and how phone and desk know each other there.

Where there are Unix sockets, the phone listens on one of mode 0600 in a 0700 directory, and the kernel names
the user at the other end. Elsewhere (Windows) it listens on a loopback port, which every user of the machine
can reach. There a file beside it, as private as that socket, holds the port and a token of 256 bits. Neither
end sends the token: each proves that it knows it, so that a stranger on the port learns nothing, be it that
they knock at the phone or that they listen where a phone was.

========== ====================================================================
phone      ``<its nonce>``
desk       ``<its nonce> <HMAC-SHA256 of "desk" and both nonces under the token>``
phone      ``<HMAC-SHA256 of "phone" and both nonces>``
========== ====================================================================

Each is a line of hexadecimal digits. After them both speak ``sip.wire``.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol, TypeAlias

from edge.runtime import peer_is_us
from sip.wire import LONGEST_LINE

Connection: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_BYTES = 32
"""Of a token, a nonce and a proof."""
_PROOF_WITHIN = 5.0
_MOST_UNPROVED = 16
"""Connections that may owe their proof at once; further ones are dropped."""
_LARGEST_FILE = 1_000
_LOOPBACK = "127.0.0.1"


class Stranger(Exception):
    """Whoever is at the other end is not this user's."""


class Place(Protocol):
    """One place for one phone. ``path`` names it; a lock file lies beside it."""

    @property
    def path(self) -> Path:
        """The file that names it."""
        ...

    @property
    def arguments(self) -> list[str]:
        """How ``python -m sip`` is told this place."""
        ...

    def listening(self) -> AbstractContextManager[socket.socket]:
        """A listening socket for as long as the context lasts; one left by a dead phone is replaced."""
        ...

    async def admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The phone's side of getting to know each other. Raises ``Stranger``."""
        ...

    async def connect(self) -> Connection:
        """The desk's side. Raises ``OSError`` where nobody listens, and ``Stranger``."""
        ...


def usual(directory: Path) -> Place:
    """The place of this user's phone in ``directory``, which must be private."""
    if sys.platform == "win32":
        return LoopbackPlace(directory / "phone.port")
    return UnixPlace(directory / "phone.sock")


class UnixPlace:
    """A Unix socket. The kernel tells who is at its other end, so there is nothing to prove."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def arguments(self) -> list[str]:
        """How ``python -m sip`` is told this place."""
        return ["--socket", str(self.path)]

    @contextmanager
    def listening(self) -> Iterator[socket.socket]:
        """The socket, with its file as long as the context lasts."""
        self.path.unlink(missing_ok=True)
        before = os.umask(0o177)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(str(self.path))
        finally:
            os.umask(before)
        with listener:
            listener.listen()
            try:
                yield listener
            finally:
                self.path.unlink(missing_ok=True)

    async def admit(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let in this user's processes alone."""
        if not peer_is_us(writer.get_extra_info("socket")):
            raise Stranger("a process of another user")

    async def connect(self) -> Connection:
        """The phone's socket is in our own directory: whoever listens there is ours."""
        return await asyncio.open_unix_connection(str(self.path), limit=LONGEST_LINE)


class LoopbackPlace:
    """A loopback port. The file ``path`` holds its number and the token, for this user alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._token = b""
        self._unproved = 0

    @property
    def arguments(self) -> list[str]:
        """How ``python -m sip`` is told this place."""
        return ["--loopback", str(self.path)]

    @contextmanager
    def listening(self) -> Iterator[socket.socket]:
        """The socket on a free port, with a new token for as long as the context lasts."""
        self._token = secrets.token_bytes(_BYTES)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            if sys.platform == "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            listener.bind((_LOOPBACK, 0))
            listener.listen()
            self._tell(listener.getsockname()[1])
            try:
                yield listener
            finally:
                self.path.unlink(missing_ok=True)

    async def admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Have the desk prove that it knows the token, and prove it in return."""
        if not ip_address(writer.get_extra_info("peername")[0]).is_loopback:
            raise Stranger("a process of another machine")
        if self._unproved >= _MOST_UNPROVED:
            raise Stranger("one of too many that proved nothing yet")
        self._unproved += 1
        try:
            async with asyncio.timeout(_PROOF_WITHIN):
                await self._get_to_know(reader, writer)
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            raise Stranger("a process that proved nothing") from None
        finally:
            self._unproved -= 1

    async def _get_to_know(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ours = secrets.token_bytes(_BYTES)
        writer.write(_line(ours))
        theirs, proof = _parts(await reader.readuntil(b"\n"), 2)
        if not hmac.compare_digest(proof, _proof(self._token, b"desk", ours, theirs)):
            raise Stranger("a process with a wrong token")
        writer.write(_line(_proof(self._token, b"phone", ours, theirs)))

    async def connect(self) -> Connection:
        """Reach the port, and have who listens there prove that it is our phone."""
        port, token = self._told()
        reader, writer = await asyncio.open_connection(_LOOPBACK, port, limit=LONGEST_LINE)
        try:
            async with asyncio.timeout(_PROOF_WITHIN):
                await _be_known(reader, writer, token)
        except BaseException as error:
            writer.transport.abort()
            if isinstance(error, ValueError | asyncio.IncompleteReadError | asyncio.LimitOverrunError):
                raise Stranger("no phone of ours listens there") from None
            raise
        return reader, writer

    def _tell(self, port: int) -> None:
        new = self.path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump({"port": port, "token": self._token.hex()}, file)
        new.replace(self.path)

    def _told(self) -> tuple[int, bytes]:
        """Port and token of the phone that wrote the file. Raises ``OSError`` where none did."""
        with self.path.open(encoding="ascii") as file:
            text = file.read(_LARGEST_FILE)
        try:
            told = json.loads(text)
            return int(told["port"]), bytes.fromhex(told["token"])
        except (ValueError, TypeError, LookupError):
            raise FileNotFoundError(f"{self.path} tells no port and token") from None


async def _be_known(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: bytes) -> None:
    """The desk's half. Raises ``Stranger`` for a phone that does not know the token."""
    (theirs,) = _parts(await reader.readuntil(b"\n"), 1)
    ours = secrets.token_bytes(_BYTES)
    writer.write(_line(ours, _proof(token, b"desk", theirs, ours)))
    (proof,) = _parts(await reader.readuntil(b"\n"), 1)
    if not hmac.compare_digest(proof, _proof(token, b"phone", theirs, ours)):
        raise Stranger("no phone of ours listens there")


def _proof(token: bytes, who: bytes, phones: bytes, desks: bytes) -> bytes:
    return hmac.digest(token, who + phones + desks, "sha256")


def _line(*parts: bytes) -> bytes:
    return b" ".join(part.hex().encode() for part in parts) + b"\n"


def _parts(line: bytes, count: int) -> list[bytes]:
    """The parts of a line, each of the right length. Raises ``ValueError``."""
    parts = [bytes.fromhex(part) for part in line.decode("ascii").split()]
    if len(parts) != count or any(len(part) != _BYTES for part in parts):
        raise ValueError("not what this language has here")
    return parts
