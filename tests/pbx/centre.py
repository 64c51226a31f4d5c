"""The centre of the tests: who works there, which queues there are, on ports that are free now."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

from centre.exchange import Directories, Ports

SUPPORT, SALES, EXPRESS = "support", "sales", "express"
SUPPORT_NUMBER, SALES_NUMBER, EXPRESS_NUMBER = "700", "701", "702"
ENROLLED = "1301"
ACCOUNTS = "accounts.db"
"""Whatever a hub writes for agents without a password, as 1301."""
ASTERISK = "asterisk"
"""The role that only reads them, where they are in Postgres."""
OUTSIDE_NUMBERS = ("035550001", "+15550100")

NAMES = {"1001": "yael", "1002": "daniel", "1101": "dana", "1102": "noam"}
"""Agents whom tests know by id; of the others it is ``agent-`` and the extension."""

ROLES = {"noam": "supervisor"}
"""By id; the others are agents."""

AMI_SECRET, TRUNK_PASSWORD, ACCOUNTS_PASSWORD = "ami-of-this-run", "pwtrunk", "pwaccounts"

_PORTS = range(16_000, 32_000)
"""Below the range that the kernel hands out for outgoing connections: a port stays free over a restart."""
_RTP_PORTS = 400
_random = random.Random()  # noqa: S311 - spreads runs over ports, guards nothing

_FILE = """\
outside_numbers = [{outside}]
{agents}
[[queues]]
name = "support"
titles = {{ en = "Support", he = "תמיכה" }}
number = "700"
ring_seconds = 10
wrap_up_seconds = 0

[[queues]]
name = "sales"
titles = {{ en = "Sales", he = "מכירות" }}
number = "701"
service_level_seconds = 30
ring_seconds = 3
wrap_up_seconds = 0

[[queues]]
name = "express"
titles = {{ en = "Express", he = "אקספרס" }}
number = "702"
service_level_seconds = 1
ring_seconds = 10
wrap_up_seconds = 0

[[dispositions]]
code = "solved"
labels = {{ en = "Solved", he = "נפתר" }}

[exchange]
certificate = "{directories.etc}/server.pem"
certificate_key = "{directories.etc}/server.key"
address = "{address}"
trunk_networks = ["127.0.0.1/32"]
qualify_seconds = 2
silence_seconds = 10

[exchange.phones]
{accounts}
domain = "{address}:{sip}"
transport = "udp"

[exchange.ports]
{ports}

[exchange.directories]
{places}
"""


def write_centre(to: Path, directories: Directories, address: str, accounts: str) -> None:
    """A ``centre.toml`` for one run. 1001–1004 speak SRTP, 1201 by DTLS, 1101–1104 and 1301 plain RTP.

    ``accounts`` is the line that says where those of enrolled devices are.
    """
    ports = free_ports()
    text = _FILE.format(
        outside=", ".join(f'"{number}"' for number in OUTSIDE_NUMBERS),
        agents="".join(_agents()),
        directories=directories,
        address=address,
        accounts=accounts,
        sip=ports.sip,
        ports="\n".join(f"{name} = {port}" for name, port in ports),
        places="\n".join(f'{name} = "{place}"' for name, place in directories),
    )
    to.write_text(text, encoding="utf-8")


def password(extension: str) -> str:
    """The SIP password of an agent."""
    return f"pw{extension}"


def _agents() -> Iterator[str]:
    for first, count, voice in ((1001, 4, "required"), (1101, 4, "off"), (1201, 1, "dtls"), (1301, 1, "off")):
        for extension in range(first, first + count):
            agent = NAMES.get(str(extension), f"agent-{extension}")
            yield f'''
[[agents]]
id = "{agent}"
name = "{agent.title()}"
extension = "{extension}"
role = "{ROLES.get(agent, "agent")}"
queues = ["support", "sales", "express"]
media_encryption = "{voice}"
'''


def free_ports() -> Ports:
    """Ports that nobody on this machine uses now."""
    first = _random.randrange(10_000, 15_600, _RTP_PORTS)
    sip, tls, ami, ami_tls = free_port(), free_port(), free_port(), free_port()
    last = first + _RTP_PORTS - 1
    return Ports(sip=sip, sip_tls=tls, ami=ami, ami_tls=ami_tls, rtp_first=first, rtp_last=last)


def free_port() -> int:
    """One of them."""
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
