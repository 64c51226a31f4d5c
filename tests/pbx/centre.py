"""The centre of the tests: who works there, which queues there are, on ports that are free now."""

from __future__ import annotations

import random
import socket
from pathlib import Path

from pbx.centre import Agent, Centre, Certificate, Directories, Ports, Queue, Trunk

SUPPORT, SALES, EXPRESS = "support", "sales", "express"
SUPPORT_NUMBER, SALES_NUMBER, EXPRESS_NUMBER = "700", "701", "702"
ENROLLED = "1301"
ACCOUNTS = "accounts.db"
OUTSIDE_NUMBERS = ("035550001", "+15550100")

_PORTS = range(16_000, 32_000)
"""Below the range that the kernel hands out for outgoing connections: a port stays free over a restart."""
_RTP_PORTS = 400
_random = random.Random()  # noqa: S311 - spreads runs over ports, guards nothing


def test_centre(directories: Directories, certificate: Certificate, address: str) -> Centre:
    """1001–1004 speak SRTP, 1201 by DTLS, 1101–1104 plain RTP; a password is ``pw`` and the extension.

    1301 has no password: the account is whatever a hub writes.
    """
    encrypted = [Agent(str(number), f"Agent {number}", f"pw{number}") for number in range(1001, 1005)]
    plain = [Agent(str(n), f"Agent {n}", f"pw{n}", encrypted=False) for n in range(1101, 1105)]
    return Centre(
        agents=(
            *encrypted,
            *plain,
            Agent("1201", "Agent 1201", "pw1201", dtls=True),
            Agent(ENROLLED, f"Agent {ENROLLED}", None),
        ),
        queues=(
            Queue(SUPPORT, SUPPORT_NUMBER, service_level_seconds=20, ring_seconds=10, wrap_up_seconds=0),
            Queue(SALES, SALES_NUMBER, service_level_seconds=30, ring_seconds=3, wrap_up_seconds=0),
            Queue(EXPRESS, EXPRESS_NUMBER, service_level_seconds=1, ring_seconds=10, wrap_up_seconds=0),
        ),
        ports=free_ports(),
        trunk=Trunk("trunk", "pwtrunk"),
        certificate=certificate,
        ami_secret="ami-of-this-run",
        outside_numbers=OUTSIDE_NUMBERS,
        address=address,
        qualify_seconds=2,
        silence_seconds=10,
        accounts=directories.var / ACCOUNTS,
        directories=directories,
    )


def free_ports() -> Ports:
    """Ports that nobody on this machine uses now."""
    first = _random.randrange(10_000, 15_600, _RTP_PORTS)
    sip, tls, ami = _free(), _free(), _free()
    return Ports(sip=sip, sip_tls=tls, ami=ami, rtp_first=first, rtp_last=first + _RTP_PORTS - 1)


def _free() -> int:
    for port in _random.sample(_PORTS, 200):
        if all(_bindable(kind, port) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)):
            return port
    raise OSError("no free port among 200 tried")


def _bindable(kind: socket.SocketKind, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def queue_number(queue: str) -> str:
    """The number that reaches ``queue``."""
    return {SUPPORT: SUPPORT_NUMBER, SALES: SALES_NUMBER, EXPRESS: EXPRESS_NUMBER}[queue]


def own_directories(inside: Path, *, data: Path, modules: Path) -> Directories:
    """A run's own directories under ``inside``; sounds and modules are shared and only read."""
    return Directories(
        etc=inside / "etc",
        var=inside / "var",
        data=data,
        modules=modules,
        spool=inside / "spool",
        run=inside / "run",
        log=inside / "log",
    )
