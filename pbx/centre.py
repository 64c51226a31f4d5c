"""A centre as its exchange sees it: agents, queues, numbers, ports. The templates are filled from this."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent's SIP account. ``encrypted`` refuses a call whose voice is not SRTP (RFC 3711).

    Its keys are told in the SDP (RFC 4568), or with ``dtls`` agreed between the two ends (RFC 5763).
    ``password`` None: the account is no file's, the hub writes it into ``Centre.accounts`` for each device.
    """

    extension: str
    name: str
    password: str | None = field(repr=False)
    encrypted: bool = True
    dtls: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue and the number that reaches it. Times are seconds.

    ``wrap_up_seconds`` keeps the next call away from an agent whose talk just ended, long enough for the
    hub to pause them while the wrap-up is owed. ``strategy`` is Asterisk's: rrmemory goes on to the next
    agent after one who does not answer, where leastrecent rings the same one for ever.
    """

    name: str
    number: str
    service_level_seconds: int = 20
    ring_seconds: int = 15
    wrap_up_seconds: int = 2
    strategy: str = "rrmemory"


@dataclass(frozen=True, slots=True)
class Trunk:
    """The way to and from the telephone network: a SIP peer known by its credentials alone.

    It registers here, so that no address of the peer need be configured.
    """

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the exchange listens. ``sip`` serves UDP and TCP; RTP takes ``rtp_first`` to ``rtp_last``."""

    sip: int
    sip_tls: int
    ami: int
    rtp_first: int
    rtp_last: int


@dataclass(frozen=True, slots=True)
class Directories:
    """Asterisk's directories (asterisk.conf), as Asterisk itself sees them."""

    etc: Path = Path("/etc/asterisk")
    var: Path = Path("/var/lib/asterisk")
    data: Path = Path("/usr/share/asterisk")
    modules: Path = Path("/usr/lib/asterisk/modules")
    spool: Path = Path("/var/spool/asterisk")
    run: Path = Path("/var/run/asterisk")
    log: Path = Path("/var/log/asterisk")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate chain and its key, PEM, by Asterisk's own paths."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Centre:
    """The whole centre. ``address`` is the one address it listens on.

    ``outside_numbers`` is all that agents may dial or transfer to on the telephone network: a list, not a
    pattern, because every open pattern has been used for toll fraud. ``ami_secret`` is the hub's.
    ``qualify_seconds`` is how often each registered device is asked whether it is still there;
    ``silence_seconds`` without a packet from the telephone network end a call. ``accounts`` is the SQLite
    file, by Asterisk's own path, in which the hub keeps the accounts of enrolled devices.
    """

    agents: tuple[Agent, ...]
    queues: tuple[Queue, ...]
    ports: Ports
    trunk: Trunk
    certificate: Certificate
    ami_secret: str = field(repr=False)
    outside_numbers: tuple[str, ...] = ()
    address: str = "127.0.0.1"
    realm: str = "moked"
    qualify_seconds: int = 15
    silence_seconds: int = 60
    accounts: Path | None = None
    directories: Directories = Directories()

    def passwords(self) -> Iterator[str]:
        """Every secret of the centre, for those who must keep it out of logs."""
        yield from (agent.password for agent in self.agents if agent.password is not None)
        yield self.trunk.password
        yield self.ami_secret
