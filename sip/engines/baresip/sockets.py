"""The stack's sockets, found among this process's own descriptors: baresip tells nothing of them."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

Seen: TypeAlias = set[tuple[int, int]]
"""Descriptor and inode of sockets: together they tell one from the next that takes its descriptor."""

_DESCRIPTORS = Path("/dev/fd")
_IDLE, _BETWEEN, _TRIES, _UNACKNOWLEDGED = 5, 2, 3, 10_000
"""Seconds of silence before the kernel asks, seconds between tries, tries; milliseconds without an ACK."""


def connections(addresses: Collection[str], port: int) -> int:
    """How many TCP connections of this process lead to one of ``addresses`` at ``port``."""
    return sum(1 for _ in _to(addresses, port))


def keep_alive(addresses: Collection[str], port: int) -> None:
    """Have the kernel find out by itself, within seconds, that a connection there is dead.

    Its probes keep the binding of a home router too.
    """
    for found in _to(addresses, port):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        idle = "TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE"
        options = ((idle, _IDLE), ("TCP_KEEPINTVL", _BETWEEN), ("TCP_KEEPCNT", _TRIES))
        for name, value in (*options, ("TCP_USER_TIMEOUT", _UNACKNOWLEDGED)):
            if hasattr(socket, name):
                found.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def keep_binding(address: str, registrar: tuple[str, int]) -> None:
    """Send an empty message (CRLF, RFC 3261 §7.5) to a registrar over UDP, from the stack's own socket there.

    A home router forgets a binding that nothing went out by for half a minute, and all of them when it is
    switched off and on. ``address`` is ours; sockets for the voice are bound to none.
    """
    for found in own():
        with suppress(OSError):
            if found.type is socket.SOCK_DGRAM and found.getsockname()[0] == address:
                found.sendto(b"\r\n\r\n", registrar)


def cut(addresses: Collection[str], port: int) -> None:
    """Shut the connections there: the stack sees them end, and makes new ones for what it sends next."""
    for found in _to(addresses, port):
        with suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)


def _to(addresses: Collection[str], port: int) -> Iterator[socket.socket]:
    """Each such connection as a socket of our own on it, closed when the next is asked for."""
    for found in own():
        with suppress(OSError):
            if found.type is socket.SOCK_STREAM:
                host, there = found.getpeername()[:2]
                if there == port and host in addresses:
                    yield found


def own() -> Iterator[socket.socket]:
    """Each socket of this process that speaks IP, as one of our own, closed when the next is asked for."""
    return fresh(set())


def fresh(seen: Seen) -> Iterator[socket.socket]:
    """As ``own``, without those that were ``seen``, which those that are there now are from now on."""
    there = set(_there())
    new = there - seen
    seen.clear()
    seen.update(there)
    for descriptor, _inode in new:
        with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as found:
            if found.family in (socket.AF_INET, socket.AF_INET6):
                yield found


def _there() -> Iterator[tuple[int, int]]:
    for entry in tuple(_DESCRIPTORS.iterdir()):
        with suppress(OSError):  # closed meanwhile
            about = os.fstat(int(entry.name))
            if stat.S_ISSOCK(about.st_mode):
                yield int(entry.name), about.st_ino
