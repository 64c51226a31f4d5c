"""What makes a registration doubtful, looked at once a second: sleep, another network, a dead registrar.

None of it can be left to the SIP stack: baresip finds out at its next refresh, up to a minute later.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from sip.registration import Doubt

TICK: Final = 1.0
SLEPT: Final = 3.0
"""Seconds between two looks that only sleep, SIGSTOP or a machine past all use can explain."""

Look: TypeAlias = Callable[[], Doubt | None]
"""A look at one thing: why the registration is to be doubted, or None."""


async def watch(looks: Iterable[Look], doubt: Callable[[Doubt], None]) -> None:
    """Look at each once a second, and tell ``doubt``. Ends only when cancelled."""
    looks = tuple(looks)
    while True:
        await asyncio.sleep(TICK)
        for look in looks:
            found = look()
            if found is not None:
                doubt(found)


class SleepLook:
    """Sees that the machine or this process slept: the clock that goes on in sleep ran ahead, or the wall
    clock jumped against it, as it does when a virtual machine is resumed.
    """

    def __init__(
        self, asleep: Callable[[], float] | None = None, wall: Callable[[], float] = time.time
    ) -> None:
        self._asleep = asleep or clock_in_sleep
        self._wall = wall
        self._last = self._asleep(), self._wall()

    def __call__(self) -> Doubt | None:
        """One look; it must come each second."""
        last_asleep, last_wall = self._last
        self._last = asleep, wall = self._asleep(), self._wall()
        ran, jumped = asleep - last_asleep, (wall - last_wall) - (asleep - last_asleep)
        return Doubt.WOKE if ran > SLEPT or abs(jumped) > SLEPT else None


def clock_in_sleep() -> float:
    """Seconds on a clock that goes on in sleep: CLOCK_BOOTTIME, or CLOCK_MONOTONIC where that does so."""
    if not hasattr(time, "clock_gettime"):  # Windows, whose one monotonic clock goes on in sleep
        return time.monotonic()
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def local_address(remote: str, port: int) -> str | None:
    """The address of ours from which packets to ``remote`` leave now; None without a way there."""
    family = socket.AF_INET6 if ":" in remote else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((remote, port))  # of UDP: asks the routing table, sends nothing
        except OSError:
            return None
        return str(probe.getsockname()[0])


def is_ours(address: str) -> bool:
    """Whether the machine has this address now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
